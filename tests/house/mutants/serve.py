"""Faults in the supervisor: what dies stays dead, what hangs is waited for, what should end lives on."""

from tests.house.mutants.mutant import Mutant

KEEPING = "tests/unit/app/test_keeping.py"
SERVE = "tests/integration/test_serve.py"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault in a file of the supervisor."""
    return Mutant(name=f"serve: {name}", catches=catches, path=f"app/{path}", before=before, after=after)


MUTANTS: tuple[Mutant, ...] = (
    fault(
        "the pauses do not grow",
        f"{KEEPING}::test_part_that_ends_again_and_again_is_started_with_growing_pauses",
        "keeping.py",
        "        self._failures_in_a_row += 1\n",
        "",
    ),
    fault(
        "a quiet minute changes nothing",
        f"{KEEPING}::test_part_that_lived_for_a_quiet_minute_is_started_at_once_again",
        "keeping.py",
        "            self._failures_in_a_row = 0\n",
        "            pass\n",
    ),
    fault(
        "what hangs is asked to end",
        f"{KEEPING}::test_part_that_shows_no_life_is_killed_and_started_again",
        "keeping.py",
        "            self.part.kill()\n",
        "",
    ),
    fault(
        "what waits for a person is started all the same",
        f"{KEEPING}::test_part_that_waits_for_a_person_is_asked_again_and_not_started",
        "keeping.py",
        "            self._start_at = now + OBSTACLE_POLL_SECONDS\n            return self._start_at\n",
        "",
    ),
    fault(
        "what was stopped for good comes back",
        f"{KEEPING}::test_part_that_is_stopped_for_good_is_never_started_again",
        "keeping.py",
        "        self._start_at = math.inf\n",
        "        self._start_at = 0.0\n",
    ),
    fault(
        "signs of life are not listened for",
        f"{SERVE}::test_engine_killed_or_hung_is_started_again_and_nothing_else_is",
        "child_process.py",
        "                self.excuse()\n",
        "",
    ),
    fault(
        "the database comes back on another port",
        f"{SERVE}::test_database_killed_is_started_again_in_its_place",
        "embedded_postgres.py",
        "self._free_port(self._port or self._settings.port)",
        "self._free_port(self._settings.port)",
    ),
    fault(
        "the bus comes back with another password",
        f"{SERVE}::test_bus_killed_is_started_again_in_its_place",
        "nats_server.py",
        "        url = read_address(self._folder)\n",
        "        url = None\n",
    ),
    fault(
        "two serve one home",
        f"{SERVE}::test_second_serve_on_a_home_is_refused_by_name",
        "serve_command.py",
        "        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "",
    ),
    fault(
        "children outlive a killed supervisor",
        f"{SERVE}::test_supervisor_killed_takes_everything_with_it",
        "child_process.py",
        "                preexec_fn=dying_with_parent(signal.SIGKILL),\n",
        "",
    ),
    fault(
        "a second signal is the first again",
        f"{SERVE}::test_second_signal_ends_at_once_what_does_not_want_to_end",
        "supervisor.py",
        "        if self._signals > 1:\n",
        "        if self._signals > 2:\n",
    ),
)
