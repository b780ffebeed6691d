"""Whatever comes, every pacer answers within the limits: properties over random snapshots."""

import math
from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pacing import BindingConstraint, PacingDecision, PacingInputs, WindowBudget, create_pacer, list_methods
from pacing.interface import ObservationKind

METHODS = st.sampled_from(list_methods())
NONSENSE = st.sampled_from([math.nan, math.inf, -math.inf, -1.0, -0.001, 1e300])
COUNTS = st.integers(0, 40)


def mostly(sense: st.SearchStrategy[float]) -> st.SearchStrategy[float]:
    """Mostly figures that make sense, at times nonsense."""
    return st.one_of(sense, sense, sense, NONSENSE)


def as_is(sense: st.SearchStrategy[float]) -> st.SearchStrategy[float]:
    """Only figures that make sense."""
    return sense


def snapshots(
    figure: Callable[[st.SearchStrategy[float]], st.SearchStrategy[float]],
) -> st.SearchStrategy[PacingInputs]:
    """Random floors: contradictory ones too, nonsense if `figure` says so."""
    ages = st.lists(figure(st.floats(0.0, 2000.0)), max_size=70).map(np.array)
    budgets = st.builds(
        WindowBudget,
        name=st.just("day"),
        abandoned=figure(st.floats(0.0, 50.0)),
        answered_live=figure(st.floats(0.0, 500.0)),
        limit_ratio=figure(st.floats(0.0, 1.0)),
    )
    return st.builds(
        PacingInputs,
        now=figure(st.floats(0.0, 100.0)),
        agents_idle=figure(COUNTS),
        agents_logged_in=figure(COUNTS),
        calls_waiting=figure(st.integers(0, 5)),
        talk_ages_seconds=ages,
        wrap_up_ages_seconds=ages,
        ring_ages_seconds=ages,
        agents_leaving=figure(st.integers(0, 5)),
        window_budgets=st.lists(budgets, max_size=2),
        lines_available=st.none() | figure(st.integers(0, 30)),
        dials_per_second_max=st.none() | figure(st.floats(0.0, 20.0)),
        live_probabilities_next=st.none() | st.lists(figure(st.floats(0.0, 1.0)), max_size=9),
        inbound_waiting=st.sampled_from([0, 0, 0, 1]),
        inbound_per_second=st.just(0.0) | figure(st.floats(0.0, 3.0)),
        agents_reserved=st.integers(0, 3),
    )


INPUTS = st.one_of(snapshots(as_is), snapshots(as_is), snapshots(mostly))
OBSERVATIONS = st.tuples(
    st.sampled_from([kind.value for kind in ObservationKind]), mostly(st.floats(0.0, 300.0))
)
STEPS = st.lists(st.tuples(st.lists(OBSERVATIONS, max_size=6), INPUTS), min_size=1, max_size=4)


def is_within_limits(decision: PacingDecision, inputs: PacingInputs, lines_max: int | None) -> bool:
    """Whether a decision exceeds no limit of trunks or carrier, and starts nothing on nonsense."""
    if decision.binding_constraint == "invalid_inputs":
        return decision.lines == 0
    in_use = len(inputs.ring_ages_seconds) + len(inputs.talk_ages_seconds) + inputs.calls_waiting
    caps = [
        math.inf if lines_max is None else max(0, lines_max - in_use),
        math.inf if inputs.lines_available is None else inputs.lines_available,
        math.inf if inputs.dials_per_second_max is None else max(1.0, inputs.dials_per_second_max),
    ]
    return 0 <= decision.lines <= min(caps)


@given(METHODS, st.none() | st.integers(0, 60), STEPS)
@settings(max_examples=120)
def test_pacer_of_any_method_stays_within_limits_whatever_comes(
    method: str, lines_max: int | None, steps: list[tuple[list[tuple[str, float]], PacingInputs]]
) -> None:
    """No exception, whole lines, a named constraint, and no limit exceeded."""
    pacer = create_pacer(method, lines_max=lines_max)
    for observations, inputs in steps:
        for kind, value in observations:
            pacer.observe(kind, 0.0, value)
        decision = pacer.decide(inputs)
        assert isinstance(decision.lines, int)
        assert decision.binding_constraint in list(BindingConstraint)
        assert is_within_limits(decision, inputs, lines_max)


@given(st.sampled_from(["progressive", "erlang", "predictive"]), COUNTS, COUNTS, COUNTS, st.integers(0, 70))
def test_pacer_never_starts_fewer_lines_than_progressive_of_a_sound_floor(
    method: str, idle: int, waiting: int, talking: int, ringing: int
) -> None:
    """One line for each idle agent carries no risk, so that no method holds it back."""
    inputs = PacingInputs(
        now=0.0,
        agents_idle=idle,
        agents_logged_in=idle + talking,
        calls_waiting=waiting,
        talk_ages_seconds=np.full(talking, 30.0),
        wrap_up_ages_seconds=np.empty(0),
        ring_ages_seconds=np.full(ringing, 3.0),
    )
    lines = create_pacer(method, ring_timeout_seconds=30.0).decide(inputs).lines
    assert lines >= min(idle - ringing - waiting, 10 * (idle + talking) - ringing)


@given(METHODS, STEPS)
@settings(max_examples=40)
def test_pacer_told_the_same_story_twice_decides_the_same(
    method: str, steps: list[tuple[list[tuple[str, float]], PacingInputs]]
) -> None:
    """Nothing but what it was told decides: no clock, no chance."""
    stories = []
    for _ in range(2):
        pacer = create_pacer(method, lines_max=100)
        told = []
        for observations, inputs in steps:
            for kind, value in observations:
                pacer.observe(kind, 0.0, value)
            told.append(pacer.decide(inputs))
        stories.append((told, pacer.export_state()))
    assert stories[0] == stories[1]
