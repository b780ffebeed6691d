"""Faults at the manager interface and in the dialplan's own care for calls that nobody takes."""

from tests.house.mutants.mutant import Mutant

FAULTS = "tests/integration/test_ami_faults.py"
WATCH = "tests/integration/test_node_watch.py"
LINK = "dialer/adapters/ami_link.py"
TRANSPORT = "dialer/adapters/ami_transport.py"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault at the manager interface."""
    return Mutant(name=f"ami: {name}", catches=catches, path=path, before=before, after=after)


MUTANTS: tuple[Mutant, ...] = (
    fault(
        "a line break in a value begins a second order",
        f"{FAULTS}::test_value_that_would_leave_its_line_is_refused_and_nothing_is_sent",
        TRANSPORT,
        "if not value.isprintable():",
        "if False:",
    ),
    fault(
        "calls can be placed over AMI",
        f"{FAULTS}::test_order_that_could_place_a_call_is_never_sent",
        TRANSPORT,
        "if action.lower() in FORBIDDEN:",
        "if False:",
    ),
    fault(
        "an Asterisk that hangs is never noticed",
        f"{FAULTS}::test_asterisk_that_hangs_is_noticed_and_connected_to_again",
        LINK,
        'await transport.ask("Ping", seconds_max=PING_SECONDS_MAX)',
        "pass",
    ),
    fault(
        "letters split between two packets are lost",
        f"{FAULTS}::test_answer_in_pieces_of_one_byte_is_whole_with_every_letter",
        TRANSPORT,
        "super().data_received(self._decoder.decode(data).encode())",
        "super().data_received(data)",
    ),
    fault(
        "nobody is told that the connection broke",
        f"{FAULTS}::test_order_without_an_answer_fails_and_is_not_sent_again_after_a_reconnect",
        LINK,
        "self._listener.lost()",
        "pass",
    ),
    fault(
        "a message without an end fills the memory",
        f"{FAULTS}::test_message_without_an_end_ends_the_connection",
        TRANSPORT,
        "if sum(map(len, self.queue)) > UNREAD_BYTES_MAX:",
        "if False:",
    ),
    fault(
        "hints of a change are not followed",
        f"{FAULTS}::test_storm_of_hints_is_few_questions_and_the_last_state_is_told",
        LINK,
        "self._hint.set()",
        "pass",
    ),
    fault(
        "a call that nobody takes stays in silence",
        f"{WATCH}::test_call_that_nobody_takes_in_time_hears_the_message_is_on_record_and_told",
        "asterisk_config/templates/to_engine.j2",
        " same = n,Set(TIMEOUT(absolute)=",
        " same = n,Set(NOTHING=",
    ),
    fault(
        "a trunk that is dead counts as alive",
        f"{WATCH}::test_state_of_each_trunk_and_telephone_is_told_at_every_login",
        LINK,
        'UNREACHABLE = frozenset({"Unavailable", "Invalid", ""})',
        'UNREACHABLE = frozenset({""})',
    ),
    fault(
        "a missing module is not named",
        f"{WATCH}::test_check_of_a_bad_node_names_each_fault_with_its_fix",
        "dialer/adapters/node_check.py",
        "*[await _module_problem(transport, module) for module in expected.modules],",
        "",
    ),
)
