"""Planted faults that the comparison with textbook queues must catch."""

from tests.house.mutants.mutant import Mutant

KNOWN = "tests/simulation/test_known_results.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="known results: callers come a tenth more often than planned",
        catches=f"{KNOWN}::test_waits_of_callers_agree_with_erlang_c[6.4]",
        path="simulations/inbound_callers.py",
        before="seconds_between = 3600.0 / (",
        after="seconds_between = 3273.0 / (",
    ),
    Mutant(
        name="known results: the carrier has one channel more than its contract",
        catches=f"{KNOWN}::test_blocked_callers_agree_with_erlang_b[5]",
        path="simulations/carrier.py",
        before="or trunk.channels_used >= settings.channels_max",
        after="or trunk.channels_used > settings.channels_max",
    ),
)
