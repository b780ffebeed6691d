"""Worlds that should not exist: the decision is safe and says why."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacing import Pacer, PacingInputs, create_pacer
from tests.unit.pacing.snapshots import ages, floor


def taught(live_ratio: float) -> Pacer:
    """A predictive pacer that has seen 400 lines of which none or all answered, and some talks."""
    pacer = create_pacer("predictive")
    for line in range(400):
        pacer.observe("live_answer" if line < 400 * live_ratio else "no_answer", 0.0, 3.0 + line % 9)
        pacer.observe("talk_end", 0.0, 30.0 + line % 100)
        pacer.observe("wrap_up_end", 0.0, 5.0 + line % 10)
    return pacer


NEVER, ALWAYS = taught(0.0).export_state(), taught(1.0).export_state()


def restored(state: bytes) -> Pacer:
    """A pacer that knows what the state knows."""
    pacer = create_pacer("predictive")
    pacer.restore_state(state)
    return pacer


FLOORS = st.builds(
    lambda idle, talking, wrapping, ringing, waiting, age: PacingInputs(
        now=100.0,
        agents_idle=idle,
        agents_logged_in=idle + talking + wrapping,
        calls_waiting=waiting,
        talk_ages_seconds=np.linspace(0.0, age, talking),
        wrap_up_ages_seconds=np.linspace(0.0, age / 4.0, wrapping),
        ring_ages_seconds=np.linspace(0.0, min(20.0, age), ringing),
    ),
    *(st.integers(0, most) for most in (12, 40, 12, 60, 4)),
    st.floats(0.0, 300.0),
)


@given(FLOORS)
def test_list_on_which_everybody_answers_never_gets_more_lines_than_agents(inputs: PacingInputs) -> None:
    """Each line will need an agent: lines, waiting calls and all never exceed the team."""
    lines = restored(ALWAYS).decide(inputs).lines
    demand = lines + len(inputs.ring_ages_seconds) + inputs.calls_waiting
    assert lines == 0 or demand <= inputs.agents_logged_in


@given(FLOORS)
def test_list_on_which_nobody_answers_is_dialed_within_its_bounds(inputs: PacingInputs) -> None:
    """Without answers nothing is at risk: the plain maximum stops it, and says so where it does."""
    decision = restored(NEVER).decide(inputs)
    most = 10 * inputs.agents_logged_in - len(inputs.ring_ages_seconds)
    assert 0 <= decision.lines <= max(0, most)
    if inputs.agents_logged_in and decision.lines == most:
        assert decision.binding_constraint == "lines_per_agent_max"


@given(FLOORS, st.integers(0, 30))
def test_trunks_that_hold_fewer_lines_than_ring_start_nothing(inputs: PacingInputs, lines_max: int) -> None:
    """Whatever rings already, a line is only started where one is left."""
    pacer = create_pacer("predictive", lines_max=lines_max)
    in_use = len(inputs.ring_ages_seconds) + len(inputs.talk_ages_seconds) + inputs.calls_waiting
    decision = pacer.decide(inputs)
    assert decision.lines <= max(0, lines_max - in_use)
    if in_use >= lines_max and decision.lines_wanted > 0:
        assert decision.binding_constraint == "lines_max"


def test_team_that_vanishes_stops_the_dialing_and_its_return_resumes_it() -> None:
    """Everybody gone in the middle of calls: no line, by name; back again: lines."""
    pacer = restored(ALWAYS)
    busy = floor(agents_logged_in=20, agents_idle=5, talk_ages_seconds=ages(15), ring_ages_seconds=ages(3))
    gone = replace(busy, now=101.0, agents_logged_in=0, agents_idle=0)
    decision = pacer.decide(gone)
    assert (decision.lines, decision.binding_constraint) == (0, "no_agents")
    assert pacer.decide(replace(busy, now=102.0, ring_ages_seconds=ages(0))).lines >= 5


@pytest.mark.parametrize(
    "nonsense",
    [
        {"idle_ages_seconds": [1.0, float("nan")]},
        {"wrap_up_factors": [1.0]},
        {"connect_seconds_spent": float("inf")},
        {"connect_seconds_spent": -1.0},
    ],
)
def test_nonsense_in_the_optional_figures_starts_nothing_and_is_named(nonsense: dict[str, object]) -> None:
    """Also what may be left out must make sense if it comes."""
    decision = create_pacer("predictive").decide(floor(agents_idle=3, **nonsense))
    assert (decision.lines, decision.binding_constraint) == (0, "invalid_inputs")
