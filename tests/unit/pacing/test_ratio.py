"""Ratio dialing."""

import pytest

from pacing import create_pacer
from tests.unit.pacing.snapshots import ages, floor


@pytest.mark.parametrize(
    ("lines_per_agent", "idle", "ringing", "waiting", "lines"),
    [(2.0, 3, 1, 0, 5), (1.5, 3, 0, 0, 4), (1.1, 10, 0, 1, 10), (0.0, 9, 0, 0, 0), (3.0, 2, 9, 0, 0)],
)
def test_ratio_lines_follow_ready_agents_and_round_down(
    lines_per_agent: float, idle: int, ringing: int, waiting: int, lines: int
) -> None:
    """Ready agents × ratio, rounded down, less what rings and waits; talking agents do not count."""
    snapshot = floor(
        agents_idle=idle, ring_ages_seconds=ages(ringing), calls_waiting=waiting, talk_ages_seconds=ages(4)
    )
    assert create_pacer("ratio", lines_per_agent=lines_per_agent).decide(snapshot).lines == lines
