"""Erlang dialing."""

import pytest

from pacing import Pacer, create_pacer
from pacing.erlang import DecayedMean
from pacing.erlang_c import load_within_limit
from tests.unit.pacing.snapshots import ages, floor


def taught() -> Pacer:
    """A pacer that saw 600 lines of 10 s, each fourth answered live, talks of 90 s, wrap-ups of 15 s."""
    pacer = create_pacer("erlang", memory_lines=1e6)
    for line in range(600):
        pacer.observe("live_answer" if line % 4 == 0 else "no_answer", float(line), 10.0)
        pacer.observe("talk_end", float(line), 90.0)
        pacer.observe("wrap_up_end", float(line), 15.0)
    return pacer


def test_erlang_lines_of_a_busy_team_follow_from_littles_law() -> None:
    """Lines = bearable live answers per second × ring seconds / live ratio, less ringing and waiting ones."""
    handle = (600 * 90.0 + 5 * 180.0) / 605 + (600 * 15.0 + 5 * 30.0) / 605
    live_ratio = (150 + 5.0) / 610
    rate = load_within_limit(40, 0.03, 2.0, handle) / handle
    lines = round(rate * 10.0 / live_ratio) - 3 - 1
    decision = taught().decide(
        floor(agents_logged_in=40, ring_ages_seconds=ages(3), calls_waiting=1, talk_ages_seconds=ages(40))
    )
    assert (decision.lines, decision.binding_constraint) == (lines, "agent_load")
    assert lines > 0


def test_erlang_lines_of_an_idle_small_team_equal_progressive() -> None:
    """A team too small for any load still gets one line for each idle agent."""
    decision = taught().decide(floor(agents_logged_in=2, agents_idle=2))
    assert (decision.lines, decision.binding_constraint) == (2, "idle_agents")


def test_decayed_mean_of_many_values_forgets_its_prior() -> None:
    """After many values the mean is theirs."""
    mean = DecayedMean(prior=100.0, prior_weight=5.0, memory=50.0)
    for _ in range(1000):
        mean.add(7.0)
    assert mean.mean == pytest.approx(7.0)
