"""Progressive dialing."""

import pytest

from pacing import create_pacer
from tests.unit.pacing.snapshots import ages, floor


@pytest.mark.parametrize(
    ("idle", "ringing", "waiting", "lines"), [(5, 0, 0, 5), (5, 2, 1, 2), (3, 3, 0, 0), (1, 4, 2, 0)]
)
def test_progressive_lines_are_idle_agents_less_ringing_and_waiting(
    idle: int, ringing: int, waiting: int, lines: int
) -> None:
    """Each idle agent has one line, no matter whether it rings or waits."""
    snapshot = floor(agents_idle=idle, ring_ages_seconds=ages(ringing), calls_waiting=waiting)
    decision = create_pacer("progressive").decide(snapshot)
    assert (decision.lines, decision.binding_constraint) == (lines, "idle_agents")


def test_reserved_agents_of_a_blended_team_get_no_outbound_line() -> None:
    """Agents kept free for inbound calls are not idle for the pacer."""
    decision = create_pacer("progressive").decide(floor(agents_idle=5, agents_reserved=2))
    assert decision.lines == 3
