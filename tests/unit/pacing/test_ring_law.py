"""The ring law against lines whose law is known."""

import numpy as np
import pytest

from pacing.ring_law import RingLaw

NONE = np.empty(0)


def taught(lines: int, live_ratio: float = 0.3, seconds_mean: float = 8.0, seed: int = 1) -> RingLaw:
    """A law that saw lines of exponential ring time, given up at 22 s."""
    rng = np.random.default_rng(seed)
    law = RingLaw(22.0, memory_lines=1e6)
    for seconds, is_live in zip(
        rng.exponential(seconds_mean, lines), rng.random(lines) < live_ratio, strict=True
    ):
        law.observe(min(float(seconds), 22.0), is_live=bool(is_live) and seconds < 22.0)
    return law


def test_ring_law_of_many_lines_finds_survival_and_live_answers() -> None:
    """S(a) = exp(-a/8) and C(a) = 0.3 (1 - S(a)) for lines that end at rate 1/8, 30 % of them live."""
    curves = taught(20_000).curves(NONE)
    ages = np.arange(22)
    assert curves.still_ringing[:22] == pytest.approx(np.exp(-ages / 8.0), abs=0.015)
    assert curves.answered_live[:22] == pytest.approx(0.3 * (1.0 - np.exp(-ages / 8.0)), abs=0.01)


def test_ring_law_gives_a_line_of_any_age_its_conditional_chance() -> None:
    """P(live within 5 s | still ringing at 10 s) is what it was at 0 s where ring time is exponential."""
    within = taught(20_000).curves(NONE).answers_within(np.array([5.0]))[:, 0]
    expected = 0.3 * (1.0 - np.exp(-5.0 / 8.0))
    assert within[0] == pytest.approx(expected, abs=0.015)
    assert within[10] == pytest.approx(expected, abs=0.03)


def test_lines_expected_to_answer_are_known_as_well_as_their_own_ages() -> None:
    """Live answers come at 0.3 / 8 a second; a wave at one age rests on the answers of that age alone."""
    law = taught(20_000).curves(NONE)
    spread, wave = np.linspace(0.0, 15.9, 160), np.full(160, 6.5)
    for ages in (spread, wave):
        expected, _ = law.expected_live(ages)
        # The chance of the whole second ahead: 0.3 (1 - exp(-1/8)) of those that still ring.
        assert expected == pytest.approx(160 * 0.3 * (1.0 - np.exp(-1.0 / 8.0)), rel=0.12)
    assert law.expected_live(wave)[1] == pytest.approx(law.live_known[6], rel=1e-6)
    assert law.expected_live(spread)[1] > 5.0 * law.expected_live(wave)[1]
    assert law.expected_live(NONE) == (0.0, 0.0)


def test_memory_shorter_than_what_rings_is_made_longer() -> None:
    """Of 4,000 ends the law remembers nearly all where so many lines ring, and 100 where few do."""
    laws = [RingLaw(22.0, memory_lines=100.0) for _ in range(2)]
    laws[0].remember(40_000.0)
    for law in laws:
        for _ in range(4_000):
            law.observe(5.0, is_live=True)
    assert [law.lines_weight for law in laws] == [
        pytest.approx(3_800, rel=0.02),
        pytest.approx(100, rel=0.02),
    ]


def test_lines_that_still_ring_count_as_at_risk() -> None:
    """Ten quick answers among ninety lines that ring on do not mean that all lines answer."""
    law = RingLaw(22.0, memory_lines=1e6)
    for _ in range(10):
        law.observe(1.5, is_live=True)
    blind = law.curves(NONE).answered_live[3]
    seeing = law.curves(np.full(90, 3.0)).answered_live[3]
    assert blind > 0.4
    assert seeing == pytest.approx(0.1, abs=0.05)


def test_ring_law_without_any_line_believes_that_half_answer() -> None:
    """A cold start is careful."""
    assert RingLaw(22.0, memory_lines=100.0).curves(NONE).live_ratio == pytest.approx(0.5, abs=0.01)


def test_ring_law_after_a_change_forgets_the_old_list() -> None:
    """After several memories of a new list only the new one counts."""
    law = RingLaw(22.0, memory_lines=200.0)
    for _ in range(2000):
        law.observe(5.0, is_live=False)
    for line in range(2000):
        law.observe(5.0, is_live=line % 2 == 0)
    assert law.curves(NONE).live_ratio == pytest.approx(0.5, abs=0.03)
    assert law.lines_weight == pytest.approx(200.0, rel=0.02)


def test_ring_law_with_verdicts_after_the_timeout_keeps_them() -> None:
    """Detection may end long after the ring timeout, and the law still knows about it."""
    law = RingLaw(22.0, memory_lines=1e6)
    for _ in range(500):
        law.observe(25.4, is_live=True)
        law.observe(400.0, is_live=False)
    curves = law.curves(NONE)
    assert curves.answered_live[25] < 0.05
    assert curves.answered_live[26] > 0.4


def test_answer_quantiles_of_a_list_without_answers_are_finite() -> None:
    """Nothing ever answers, and still there are moments to calculate with."""
    law = taught(5000, live_ratio=0.0)
    quantiles = law.curves(NONE).answer_quantiles(np.array([0.1, 0.5, 0.9]))
    assert np.all(np.diff(quantiles) >= 0.0)
    assert np.isfinite(quantiles).all()


def test_ring_law_of_huge_weights_rescales_without_a_change() -> None:
    """The growing weights of newer lines never overflow."""
    law = RingLaw(22.0, memory_lines=50.0)
    for line in range(3000):
        law.observe(line % 20 + 0.5, is_live=line % 3 == 0)
    assert law.curves(NONE).live_ratio == pytest.approx(1 / 3, abs=0.05)
    assert law.lines_weight == pytest.approx(50.0, rel=0.03)
