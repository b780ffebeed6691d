"""vici2's controller behind a gate, against steps calculated by hand."""

import pytest

from pacing import create_pacer
from pacing.peers.gated_level import GatedLevelPacer, controlled_level, next_gate
from tests.unit.pacing.snapshots import ages, floor


@pytest.mark.parametrize(
    ("level", "integral", "abandon_ratio", "next_level", "next_integral"),
    [
        (1.0, 0.0, 0.005, 1.25, 0.15),  # e = 2: 1 + 0.1 + 0.15
        (1.25, 0.15, 0.005, 1.65, 0.30),  # 1.25 + 0.1 + 0.3
        (1.65, 0.30, 0.025, 1.65, 0.285),  # e = 0: held, the integral bleeds
        (1.65, 0.30, 0.0225, 1.65, 0.285),  # e = 0.25 lies in the band
        (2.9, 0.30, 0.005, 3.0, 0.4455),  # 2.9 + 0.1 + 0.45 = 3.45, clamped by 0.45
        (1.1, 0.0, 0.045, 1.0, -0.1485),  # 1.1 - 0.1 - 0.15 = 0.85, clamped by 0.15
        (
            2.0,
            0.45,
            0.0,
            2.75,
            0.5,
        ),  # e = 2.5: 2 + 0.125 + 0.6375 = 2.7625 on the grid; the integral at its most
        (1.0, 0.0, 0.017, 1.1, 0.06),  # e = 0.8: 1 + 0.04 + 0.06
    ],
)
def test_controlled_level_steps_by_error_and_integral_on_a_grid(
    level: float, integral: float, abandon_ratio: float, next_level: float, next_integral: float
) -> None:
    """The error counts in percentage points; a hundredth of what is clamped leaves the integral."""
    step = controlled_level(level, integral, target_ratio=0.025, abandon_ratio=abandon_ratio, level_max=3.0)
    assert step == pytest.approx((next_level, next_integral))


@pytest.mark.parametrize(
    ("is_shut", "shut_seconds", "abandon_ratio", "is_shut_next"),
    [
        (False, 0.0, 0.0299, False),
        (False, 0.0, 0.03, True),
        (True, 400.0, 0.025, True),  # below the cap is not enough
        (True, 299.0, 0.01, True),  # too soon
        (True, 300.0, 0.0199, False),
        (True, 300.0, 0.02, True),
    ],
)
def test_gate_shuts_at_the_cap_and_opens_below_the_release_after_its_time(
    is_shut: bool, shut_seconds: float, abandon_ratio: float, is_shut_next: bool
) -> None:
    """Shut at 3 %, open below 2 % after 300 s."""
    assert (
        next_gate(
            is_shut=is_shut,
            shut_seconds=shut_seconds,
            abandon_ratio=abandon_ratio,
            hard_ratio=0.03,
            release_ratio=0.02,
        )
        is is_shut_next
    )


def gated(**settings: float) -> GatedLevelPacer:
    """A pacer of the kind."""
    pacer = create_pacer("gated-adapt", **settings)  # type: ignore[arg-type]
    assert isinstance(pacer, GatedLevelPacer)
    return pacer


def answers(pacer: GatedLevelPacer, now: float, *, connected: int, abandoned: int) -> None:
    """Tell of so many answers."""
    for kind, count in (("connected", connected), ("abandoned", abandoned)):
        for _ in range(count):
            pacer.observe(kind, now, 1.0)


def test_level_stands_until_it_has_warmed_up() -> None:
    """Fifty answers without an abandoned one, but not 300 s: level 1; then 1 + 0.125 + 0.1875 on the grid."""
    pacer = gated()
    answers(pacer, 0.0, connected=50, abandoned=0)
    levels = []
    for now in (0.0, 285.0, 300.0, 315.0):
        pacer.decide(floor(now=now, agents_idle=2))
        levels.append(pacer.level)
    assert levels == pytest.approx([1.0, 1.0, 1.3, 1.8])


def test_level_with_too_few_answers_stands() -> None:
    """Forty-nine answers are no sample."""
    pacer = gated(level_start=2.0)
    answers(pacer, 0.0, connected=49, abandoned=0)
    for now in (0.0, 300.0, 315.0):
        pacer.decide(floor(now=now, agents_idle=2))
    assert pacer.level == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("level", "idle", "ringing", "waiting", "lines"),
    [(1.5, 3, 1, 1, 3), (1.5, 1, 0, 0, 2), (1.0, 9, 0, 0, 2), (2.5, 9, 0, 0, 6), (3.0, 1, 9, 0, 0)],
)
def test_lines_round_half_up_and_ramp(
    level: float, idle: int, ringing: int, waiting: int, lines: int
) -> None:
    """round(4.5) = 5 less 2; at most 2 × ceil(level) in one decision."""
    snapshot = floor(agents_idle=idle, ring_ages_seconds=ages(ringing), calls_waiting=waiting)
    assert gated(level_start=level).decide(snapshot).lines == lines


def test_gate_that_shuts_cuts_the_level_to_one_and_the_lines_to_one() -> None:
    """3 of 100 answers abandoned: one line, whoever is idle."""
    pacer = gated(level_start=2.0)
    answers(pacer, 0.0, connected=97, abandoned=3)
    decision = pacer.decide(floor(now=0.0, agents_idle=5))
    assert (decision.lines, decision.binding_constraint, pacer.level) == (1, "abandon_limit", 1.0)


def test_gate_opens_again_when_answers_have_thinned_the_abandoned_out() -> None:
    """3 of 151 are 1.99 %: open at the first look after 300 s."""
    pacer = gated()
    answers(pacer, 0.0, connected=97, abandoned=3)
    pacer.decide(floor(now=0.0, agents_idle=5))
    answers(pacer, 1.0, connected=51, abandoned=0)
    shut = []
    for now in (15.0, 285.0, 300.0):
        pacer.decide(floor(now=now, agents_idle=5))
        shut.append(pacer.is_shut)
    assert shut == [True, True, False]


def test_gate_looks_back_thirty_days_and_no_further() -> None:
    """On day 29 there are 10 of 200, on day 31 only that day's one and day 29's hundred answers: 1 of 101."""
    pacer = gated()
    answers(pacer, 0.0, connected=90, abandoned=10)
    pacer.decide(floor(now=0.0, agents_idle=5))
    answers(pacer, 29 * 86_400.0, connected=100, abandoned=0)
    pacer.decide(floor(now=29 * 86_400.0, agents_idle=5))
    assert pacer.is_shut
    answers(pacer, 31 * 86_400.0, connected=0, abandoned=1)
    pacer.decide(floor(now=31 * 86_400.0, agents_idle=5))
    assert not pacer.is_shut


def test_gate_restored_is_still_shut() -> None:
    """A restart is no way around the gate."""
    pacer, restored = gated(), gated()
    answers(pacer, 7200.0, connected=97, abandoned=3)
    pacer.decide(floor(now=7200.0, agents_idle=5))
    restored.restore_state(pacer.export_state())
    assert restored.decide(floor(now=0.0, agents_idle=5)).lines == 1
