"""Faults in the bus: bytes that are believed, hearers that die, servers that are not found again."""

from tests.house.mutants.mutant import Mutant

WIRE = "tests/unit/dialer/adapters/test_wire.py"
IN_PROCESS = "tests/unit/dialer/adapters/test_in_process_bus.py"
CONTRACT = f"{IN_PROCESS}::TestInProcessBus"
NATS = "tests/integration/test_nats_bus.py"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault in a file of the bus."""
    return Mutant(name=f"bus: {name}", catches=catches, path=path, before=before, after=after)


def in_wire(name: str, catches: str, before: str, after: str) -> Mutant:
    """A fault in what is said and read."""
    return fault(name, f"{WIRE}::{catches}", "dialer/adapters/wire.py", before, after)


def in_listening(name: str, catches: str, before: str, after: str) -> Mutant:
    """A fault in what both transports do with bytes that arrive."""
    return fault(name, catches, "dialer/adapters/listening.py", before, after)


def in_nats(name: str, catches: str, before: str, after: str) -> Mutant:
    """A fault in the transport over NATS."""
    return fault(name, f"{NATS}::{catches}", "dialer/adapters/nats_bus.py", before, after)


MUTANTS: tuple[Mutant, ...] = (
    in_wire(
        "a default stands in for a field that is missing",
        "test_message_of_any_kind_comes_back_as_it_was",
        "if set(expected) != raw.keys():",
        "if raw.keys() - set(expected):",
    ),
    in_wire(
        "fields too many inside a list are dropped",
        "test_message_with_a_field_too_many_is_refused_at_any_depth",
        "if isinstance(raw_part, dict | list):",
        "if isinstance(raw_part, list):",
    ),
    in_wire(
        "a number that is none is said as nothing",
        "test_number_that_is_none_is_not_said_as_nothing",
        'if b"null" in body and ',
        "if not body and ",
    ),
    in_wire(
        "any dataclass may travel",
        "test_message_that_is_not_listed_is_not_said",
        "if type(message) not in WIRE_TYPES:",
        "if not is_dataclass(message):",
    ),
    in_wire(
        "bytes that are no text are an error of another kind",
        "test_bytes_of_any_kind_raise_nothing_but_wire_error",
        "envelope = _envelopes.decode(data)\n    except (msgspec.MsgspecError, UnicodeError,",
        "envelope = _envelopes.decode(data)\n    except (UnicodeError,",
    ),
    in_wire(
        "sets are said in any order",
        "test_same_message_is_always_the_same_bytes",
        'Encoder(order="deterministic")',
        "Encoder()",
    ),
    in_listening(
        "messages are heard side by side",
        f"{CONTRACT}::test_message_is_heard_one_at_a_time",
        "                await self._hear_one(decode(data))\n",
        "                asyncio.create_task(self._hear_one(decode(data)))\n",
    ),
    in_listening(
        "an error ends the hearing",
        f"{CONTRACT}::test_error_while_hearing_does_not_end_the_hearing",
        "asyncio.gather(self._hear(message), return_exceptions=True)",
        "asyncio.gather(self._hear(message))",
    ),
    in_listening(
        "questions wait for each other",
        f"{CONTRACT}::test_question_gets_the_answer_to_itself",
        "        self._tasks: set[asyncio.Task[None]] = set()\n",
        "        self._tasks: set[asyncio.Task[None]] = set()\n"
        "        lock, answer = asyncio.Lock(), self._answer\n\n"
        "        async def in_turn(data: bytes, respond: Respond) -> None:\n"
        "            async with lock:\n"
        "                await answer(data, respond)\n\n"
        "        self._answer = in_turn  # type: ignore[method-assign]\n",
    ),
    in_listening(
        "an error while answering is kept from the asker",
        f"{CONTRACT}::test_refusal_reaches_the_asker_with_its_reason",
        "                await respond(self._refusal(question, answer), True)\n",
        "                self._refusal(question, answer)\n",
    ),
    in_listening(
        "an answer that cannot be said is kept from the asker",
        f"{CONTRACT}::test_answer_that_cannot_be_said_is_a_refusal",
        "            await respond(str(error).encode(), True)\n",
        "            pass\n",
    ),
    in_listening(
        "what is to be heard has no bound",
        f"{IN_PROCESS}::test_listener_that_does_not_keep_up_loses_the_newest_and_counts_them",
        "asyncio.Queue(PENDING_MESSAGES_MAX)",
        "asyncio.Queue()",
    ),
    in_listening(
        "wildcards are subjects",
        f"{CONTRACT}::test_subject_that_is_none_is_refused",
        'word.replace("_", "")',
        'word.replace("*", "x").replace("_", "")',
    ),
    fault(
        "closing forgets what was said",
        f"{CONTRACT}::test_message_said_before_closing_is_delivered",
        "dialer/adapters/listening.py",
        "                await self._pending.join()\n",
        "                pass\n",
    ),
    in_nats(
        "a new connection brings no subscriptions",
        "test_server_killed_and_started_again_is_found_by_everybody",
        "            joined = 0\n",
        "            joined = 0 if self.connections == 0 else len(self._interests)\n",
    ),
    in_nats(
        "nobody is told of a reconnection",
        "test_server_killed_and_started_again_is_found_by_everybody",
        "if self.connections > 1:",
        "if self.connections > 2:",
    ),
    in_nats(
        "a frozen server is taken for a silent one",
        "test_server_that_freezes_is_noticed_and_keeps_nobody_waiting",
        "if not lost.is_set() and not await _round_trip(client):",
        "if lost.is_set():",
    ),
    fault(
        "everybody may read the bus's password",
        f"{NATS}::test_password_is_needed_and_kept_from_others",
        "app/nats_server.py",
        "os.O_EXCL, 0o600)",
        "os.O_EXCL, 0o644)",
    ),
    fault(
        "NATS runs as root",
        f"{NATS}::test_server_of_ours_never_runs_as_root",
        "app/nats_server.py",
        "                **self._identity,\n            )\n\n    @property",
        "            )\n\n    @property",
    ),
    fault(
        "the bus needs no password",
        f"{NATS}::test_password_is_needed_and_kept_from_others",
        "app/nats_server.py",
        'authorization {{ user: {user}, password: "{password}" }}\n',
        "# {user} {password}\n",
    ),
    fault(
        "a task is asked to end only once",
        "tests/unit/dialer/adapters/test_ending_tasks.py"
        "::test_task_that_loses_a_cancellation_ends_all_the_same",
        "dialer/adapters/ending_tasks.py",
        "    while left:",
        "    if left:",
    ),
    in_nats(
        "a lost request to end is not noticed",
        "test_bus_closes_at_once_although_the_library_loses_the_request_to_end",
        "while not (lost.is_set() or self._is_closed):",
        "while not lost.is_set():",
    ),
)
