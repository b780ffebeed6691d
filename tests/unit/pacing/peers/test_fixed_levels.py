"""Wombat's boost and the ratio that stops at its cap, against steps calculated by hand."""

import pytest

from pacing import create_pacer
from pacing.peers.ratio_with_stop import lines_to_ceiling
from tests.unit.pacing.snapshots import ages, floor


@pytest.mark.parametrize(
    ("idle", "ringing", "waiting", "lines", "reason"),
    [
        (7, 0, 0, 9, "lines_per_agent"),  # the vendor's example: 7 × 1.3 = 9
        (7, 4, 1, 4, "lines_per_agent"),
        (7, 0, 2, 7, "lines_per_agent"),
        (7, 0, 3, 0, "calls_waiting"),
        (0, 0, 0, 0, "lines_per_agent"),
        (10, 0, 0, 13, "lines_per_agent"),  # 1.3 × 10 in floating point lies on the whole number
    ],
)
def test_boost_multiplies_idle_agents_and_stops_while_calls_queue(
    idle: int, ringing: int, waiting: int, lines: int, reason: str
) -> None:
    """floor(1.3 × idle) - ringing - waiting, nothing with more than two waiting."""
    decision = create_pacer("wombat-boost").decide(
        floor(agents_idle=idle, ring_ages_seconds=ages(ringing), calls_waiting=waiting)
    )
    assert (decision.lines, decision.binding_constraint) == (lines, reason)


@pytest.mark.parametrize(
    ("level", "agents", "in_flight", "lines"),
    [(1.5, 5, 3, 4), (1.5, 5, 9, 0), (0.1, 3, 0, 1), (0.1, 3, 1, 0), (1.1, 10, 0, 11)],
)
def test_lines_to_ceiling_fill_up_what_is_in_flight(
    level: float, agents: int, in_flight: int, lines: int
) -> None:
    """max(1, floor(level × agents)) - in flight: even a tenth of a line is one."""
    assert lines_to_ceiling(level, agents, in_flight) == lines


def test_ratio_with_stop_counts_all_agents_and_all_calls() -> None:
    """Ten agents, six talk, two lines ring: 15 - 8 = 7."""
    decision = create_pacer("ratio-with-stop", level=1.5).decide(
        floor(agents_idle=4, talk_ages_seconds=ages(6), ring_ages_seconds=ages(2))
    )
    assert (decision.lines, decision.binding_constraint) == (7, "lines_per_agent")


@pytest.mark.parametrize(
    ("talks", "abandoned", "lines", "reason"),
    [
        (47, 2, 15, "lines_per_agent"),  # 49 calls: too few to look at
        (49, 1, 15, "lines_per_agent"),  # 2 %
        (48, 2, 0, "abandon_limit"),  # 4 % of 50
        (97, 3, 0, "abandon_limit"),  # 3 % reaches the cap
        (98, 2, 15, "lines_per_agent"),
    ],
)
def test_ratio_with_stop_stops_at_the_cap(talks: int, abandoned: int, lines: int, reason: str) -> None:
    """The abandoned among the last 100 dispositioned calls, from 50 on."""
    pacer = create_pacer("ratio-with-stop", level=1.5)
    for kind, count in (("abandoned", abandoned), ("talk_end", talks)):
        for _ in range(count):
            pacer.observe(kind, 0.0, 60.0)
    decision = pacer.decide(floor(agents_idle=10))
    assert (decision.lines, decision.binding_constraint) == (lines, reason)


def test_ratio_with_stop_goes_on_when_talks_push_the_abandoned_out() -> None:
    """Of 103 calls the three abandoned first are no longer among the last hundred."""
    pacer = create_pacer("ratio-with-stop", level=1.5)
    for kind, count in (("abandoned", 3), ("talk_end", 97)):
        for _ in range(count):
            pacer.observe(kind, 0.0, 60.0)
    assert pacer.decide(floor(now=0.0, agents_idle=10)).lines == 0
    pacer.observe("talk_end", 1.0, 60.0)
    assert pacer.decide(floor(now=3.0, agents_idle=10)).lines == 15


@pytest.mark.parametrize(("resume_seconds", "lines"), [(900.0, [0, 0, 15]), (0.0, [0, 0, 0])])
def test_ratio_with_stop_waits_for_its_supervisor(resume_seconds: float, lines: list[int]) -> None:
    """Stopped at 0 s, still at 897 s, started anew at 900 s; without a supervisor it stays stopped."""
    pacer = create_pacer("ratio-with-stop", level=1.5, resume_seconds=resume_seconds)
    for _ in range(50):
        pacer.observe("abandoned", 0.0, 2.0)
    found = [pacer.decide(floor(now=now, agents_idle=10)).lines for now in (0.0, 897.0, 900.0)]
    assert found == lines


def test_ratio_with_stop_restored_is_still_stopped() -> None:
    """A restart is no way around the cap."""
    pacer, restored = create_pacer("ratio-with-stop", level=1.5), create_pacer("ratio-with-stop", level=1.5)
    for call in range(60):
        pacer.observe("abandoned" if call % 10 == 0 else "talk_end", 0.0, 60.0)
    restored.restore_state(pacer.export_state())
    assert restored.decide(floor(agents_idle=10)).lines == 0
