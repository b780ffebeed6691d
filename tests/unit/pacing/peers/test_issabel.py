"""Issabel's predictor, against steps calculated by hand."""

import numpy as np
import pytest

from pacing import Pacer, create_pacer
from pacing.peers.issabel import agents_soon_free, overcommitted
from tests.unit.pacing.snapshots import ages, floor


@pytest.mark.parametrize(
    ("release_ratio_min", "soon"),
    [(0.97, 1), (0.90, 2), (0.50, 3), (0.0, 4), (1.0, 0)],
)
def test_soon_free_are_those_whose_unconditional_law_reaches_the_quality(
    release_ratio_min: float, soon: int
) -> None:
    """Mean 100 s, answer 10 s, ages 0, 110, 240, 390 s: 1 - exp(-0.1) = 0.095, 0.699, 0.918, 0.982."""
    talk_ages = np.array([0.0, 110.0, 240.0, 390.0])
    assert agents_soon_free(talk_ages, 10.0, 100.0, release_ratio_min) == soon


@pytest.mark.parametrize(
    ("lines", "ratio", "dialed"), [(3, 0.25, 12), (2, 0.30, 7), (3, 0.40, 8), (3, 0.05, 15), (0, 0.5, 0)]
)
def test_overcommitted_lines_are_divided_by_the_answer_ratio(lines: int, ratio: float, dialed: int) -> None:
    """2 / 0.3 = 6.67 is 7, 3 / 0.4 = 7.5 is 8, and no ratio below a fifth is believed."""
    assert overcommitted(lines, ratio, 0.20) == dialed


def taught(pacer: Pacer, *, talks: int = 10, calls: int = 40, now: float = 0.0) -> Pacer:
    """A pacer that has seen talks of 100 s, and calls of which one in four was answered after 10 s."""
    for _ in range(talks):
        pacer.observe("talk_end", now, 100.0)
    for call in range(calls):
        pacer.observe("live_answer" if call % 4 == 0 else "no_answer", now, 10.0)
    return pacer


def test_lines_are_free_and_soon_free_less_queued_over_the_answer_ratio_less_nothing() -> None:
    """2 idle + 1 soon free - 1 waiting = 2; over a quarter 8."""
    pacer = taught(create_pacer("issabel"))
    snapshot = floor(agents_idle=2, calls_waiting=1, talk_ages_seconds=[10.0, 400.0])
    assert pacer.decide(snapshot).lines == 8


def test_lines_that_ring_are_subtracted_before_the_division() -> None:
    """3 idle, 2 ring: 1 over a quarter is 4, though 2 lines answer only half a call."""
    pacer = taught(create_pacer("issabel"))
    assert pacer.decide(floor(agents_idle=3, ring_ages_seconds=ages(2))).lines == 4


def test_predictor_with_nine_talks_or_nine_calls_is_progressive() -> None:
    """Nobody is soon free and nothing is divided yet."""
    pacer = taught(create_pacer("issabel"), talks=9, calls=9)
    assert pacer.decide(floor(agents_idle=2, talk_ages_seconds=[4000.0])).lines == 2


def test_answer_ratio_forgets_after_half_an_hour() -> None:
    """With no call in the last 30 minutes nothing is divided."""
    pacer = taught(create_pacer("issabel"))
    assert pacer.decide(floor(now=1801.0 + 10.0, agents_idle=2)).lines == 2


def test_lines_are_capped_before_they_are_divided() -> None:
    """lines_max 2 stands before the division in the original; the frame caps again behind it."""
    pacer = taught(create_pacer("issabel", lines_max=2))
    decision = pacer.decide(floor(agents_idle=5))
    assert (decision.lines_wanted, decision.lines) == (8, 2)


@pytest.mark.parametrize(("settings", "lines"), [({"lines_extra": 2}, 16), ({"is_overcommitting": 0}, 2)])
def test_knobs_force_more_calls_or_switch_the_division_off(settings: dict[str, float], lines: int) -> None:
    """(2 + 2) over a quarter is 16."""
    pacer = taught(create_pacer("issabel", **settings))  # type: ignore[arg-type]
    assert pacer.decide(floor(agents_idle=2)).lines == lines


def test_predictor_looks_only_every_three_seconds() -> None:
    """Lines at 0, 3 and 6 s."""
    pacer = create_pacer("issabel")
    lines = [pacer.decide(floor(now=float(second), agents_idle=1)).lines for second in range(7)]
    assert lines == [1, 0, 0, 1, 0, 0, 1]


def test_predictor_restored_forecasts_the_same() -> None:
    """Means and the half hour outlive a restart."""
    pacer, restored = taught(create_pacer("issabel"), now=5000.0), create_pacer("issabel")
    restored.restore_state(pacer.export_state())
    snapshot = floor(agents_idle=2, talk_ages_seconds=[400.0])
    assert restored.decide(snapshot).lines == 12
