"""Gain correction and the controller of a rolling window, against steps calculated by hand."""

import pytest

from pacing import create_pacer
from pacing.peers.gain_correction import GainCorrectionPacer, corrected_lines
from pacing.peers.target_abandon import TargetAbandonPacer, steered_level
from tests.unit.pacing.snapshots import ages, floor


@pytest.mark.parametrize(
    ("lines", "abandon_ratio", "gain", "corrected"),
    [
        (1.5, 0.0, 0.3, 1.95),
        (1.95, 0.0, 0.3, 2.535),
        (2.535, 0.0, 0.3, 3.0),  # at most three
        (2.0, 0.03, 0.3, 2.0),  # at the limit it stands
        (2.0, 0.06, 0.3, 1.4),
        (2.0, 0.06, 1.0, 1.0),  # 2 × 0, at least one
        (2.0, 0.00, 0.0, 2.0),
    ],
)
def test_corrected_lines_move_by_the_relative_error(
    lines: float, abandon_ratio: float, gain: float, corrected: float
) -> None:
    """lines × (1 + gain × (0.03 - ratio) / 0.03), kept between 1 and 3."""
    step = corrected_lines(lines, abandon_ratio=abandon_ratio, limit_ratio=0.03, gain=gain, lines_max=3.0)
    assert step == pytest.approx(corrected)


def correcting(**settings: float) -> GainCorrectionPacer:
    """A pacer of the kind."""
    pacer = create_pacer("gain-correction", **settings)  # type: ignore[arg-type]
    assert isinstance(pacer, GainCorrectionPacer)
    return pacer


def test_gain_correction_comes_after_each_hundred_answers() -> None:
    """The hundredth answer makes 1.95 of 1.5; 6 abandoned of the next hundred make 1.365 of that."""
    pacer = correcting()
    lines = []
    for answer in range(1, 201):
        pacer.observe("abandoned" if 100 < answer <= 106 else "connected", float(answer), 1.0)
        if answer in (99, 100, 199, 200):
            lines.append(pacer.lines_per_agent)
    assert lines == pytest.approx([1.5, 1.95, 1.95, 1.365])


@pytest.mark.parametrize(
    ("start", "idle", "ringing", "waiting", "lines"),
    [(1.5, 3, 1, 1, 2), (3.0, 2, 0, 0, 6), (2.0, 1, 9, 0, 0)],
)
def test_gain_correction_dials_its_lines_for_each_idle_agent(
    start: float, idle: int, ringing: int, waiting: int, lines: int
) -> None:
    """floor(lines for an agent × idle) - ringing - waiting."""
    snapshot = floor(agents_idle=idle, ring_ages_seconds=ages(ringing), calls_waiting=waiting)
    assert correcting(lines_per_agent_start=start).decide(snapshot).lines == lines


def test_gain_correction_restored_finishes_its_hundred() -> None:
    """60 answers before the restart and 40 after it make a correction."""
    pacer, restored = correcting(), correcting()
    for answer in range(60):
        pacer.observe("connected", float(answer), 1.0)
    restored.restore_state(pacer.export_state())
    for answer in range(40):
        restored.observe("connected", float(answer), 1.0)
    assert restored.lines_per_agent == pytest.approx(1.95)


@pytest.mark.parametrize(
    ("integral", "error", "level", "next_integral"),
    [
        (0.0, 1.0, 1.75, 0.25),  # 1 + 0.5 + 0.25
        (0.25, 0.5, 1.625, 0.375),
        (1.9, 1.0, 3.0, 2.0),  # level and integral at their most
        (0.5, -1.0, 1.0, 0.25),  # 1 - 0.5 + 0.25 = 0.75, at least one
        (0.1, -9.0, 1.0, 0.0),  # the error counts as -5; the integral is never negative
    ],
)
def test_steered_level_is_one_and_proportion_and_integral(
    integral: float, error: float, level: float, next_integral: float
) -> None:
    """Gains 0.5, and 1 a minute, which is a quarter in a step of 15 s."""
    step = steered_level(
        integral, error=error, gain_proportional=0.5, gain_integral_per_minute=1.0, level_max=3.0
    )
    assert step == pytest.approx((level, next_integral))


def steering(**settings: float) -> TargetAbandonPacer:
    """A pacer of the kind, with an integral that moves a quarter in a step."""
    pacer = create_pacer("target-abandon", gain_integral_per_minute=1.0, **settings)  # type: ignore[arg-type]
    assert isinstance(pacer, TargetAbandonPacer)
    return pacer


def answers(pacer: TargetAbandonPacer, now: float, *, connected: int, abandoned: int) -> None:
    """Tell of so many answers."""
    for kind, count in (("connected", connected), ("abandoned", abandoned)):
        for _ in range(count):
            pacer.observe(kind, now, 1.0)


def levels(pacer: TargetAbandonPacer, instants: tuple[float, ...]) -> list[float]:
    """The level after each decision."""
    found = []
    for now in instants:
        pacer.decide(floor(now=now, agents_idle=2))
        found.append(pacer.level)
    return found


def test_target_abandon_steps_every_fifteen_seconds() -> None:
    """No abandoned call of 20: 1.75, 2, and 2.25; between the steps nothing moves."""
    pacer = steering()
    answers(pacer, 0.0, connected=20, abandoned=0)
    assert levels(pacer, (0.0, 14.0, 15.0, 30.0)) == pytest.approx([1.75, 1.75, 2.0, 2.25])


def test_target_abandon_with_nineteen_answers_is_progressive() -> None:
    """Too few to steer by."""
    pacer = steering()
    answers(pacer, 0.0, connected=19, abandoned=0)
    assert levels(pacer, (0.0, 15.0)) == [1.0, 1.0]


def test_target_abandon_over_its_target_falls_to_one() -> None:
    """6 of 100 are an error of -1: 1 - 0.5 + 0."""
    pacer = steering()
    answers(pacer, 0.0, connected=94, abandoned=6)
    assert levels(pacer, (0.0,)) == [1.0]


def test_target_abandon_forgets_what_lies_beyond_its_window() -> None:
    """After an hour the first abandoned calls are gone: 20 answers without one are an error of 1."""
    pacer = steering(target_ratio=0.10)
    answers(pacer, 0.0, connected=10, abandoned=10)
    answers(pacer, 3000.0, connected=20, abandoned=0)
    # 10 of 40 are an error of -1.5; then 0 of 20.
    assert levels(pacer, (3000.0, 3600.0)) == pytest.approx([1.0, 1.75])


def test_target_abandon_dials_its_level_for_each_idle_agent() -> None:
    """floor(1.75 × 4) - 2 ringing - 1 waiting."""
    pacer = steering()
    answers(pacer, 0.0, connected=20, abandoned=0)
    snapshot = floor(now=0.0, agents_idle=4, ring_ages_seconds=ages(2), calls_waiting=1)
    assert pacer.decide(snapshot).lines == 4


def test_target_abandon_restored_goes_on_where_it_was() -> None:
    """Level, integral and window outlive a restart."""
    pacer, restored = steering(), steering()
    answers(pacer, 0.0, connected=20, abandoned=0)
    levels(pacer, (0.0, 15.0))
    restored.restore_state(pacer.export_state())
    assert levels(restored, (0.0,)) == pytest.approx(levels(pacer, (30.0,)))
