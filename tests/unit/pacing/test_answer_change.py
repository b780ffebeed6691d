"""The cumulative sums that notice a change of the live ratio."""

import numpy as np
import pytest

from pacing.answer_change import CHANGE_EVIDENCE, AnswerChange


def seconds_until_change(ratio: float, expected_per_second: float = 0.5, seed: int = 1) -> int | None:
    """Seconds of Poisson answers at `ratio` times what is expected until the change is taken; None: never."""
    rng, change = np.random.default_rng(seed), AnswerChange()
    for second in range(2000):
        change.add(observed=float(rng.poisson(ratio * expected_per_second)), expected=expected_per_second)
        if change.take_change() is not None:
            return second
    return None


def strongest(change: AnswerChange) -> float:
    """The largest of the sums."""
    evidence = change.state()["evidence"]
    assert isinstance(evidence, list)
    return max(evidence)


def test_steady_answers_are_seldom_taken_for_a_change() -> None:
    """In ten times 2,000 s of chance alone hardly an alarm."""
    alarms = sum(seconds_until_change(1.0, seed=seed) is not None for seed in range(10))
    assert alarms <= 3


def test_answers_more_than_tripled_are_noticed_within_half_a_minute() -> None:
    """A jump from 0.12 to 0.40 with an answer expected every two seconds."""
    waits = [seconds_until_change(0.40 / 0.12, seed=seed) for seed in range(20)]
    assert all(wait is not None for wait in waits)
    assert np.mean([wait for wait in waits if wait is not None]) < 20.0


def test_answers_that_ceased_are_noticed_too() -> None:
    """A list that has become useless is seen within two minutes."""
    waits = [seconds_until_change(0.2, seed=seed) for seed in range(20)]
    assert np.mean([120.0 if wait is None else wait for wait in waits]) < 60.0


def test_evidence_worked_by_hand() -> None:
    """Four answers where one was expected: 4 ln 3.5 - 2.5 = 2.51 for the ratio 3.5, its largest."""
    change = AnswerChange()
    change.add(observed=4.0, expected=1.0)
    assert strongest(change) == pytest.approx(2.511, abs=0.001)
    assert change.take_change() is None
    # The weights 1/1000 e^1.77, e^2.51, e^2.17 of the ratios 2, 3.5, 6 beside 1.
    assert change.factor() == pytest.approx(1.078, abs=0.001)


def test_change_taken_tells_its_size_and_begins_anew() -> None:
    """Thirty answers where ten were expected: (30 + 1) / (10 + 1) times as many."""
    change = AnswerChange()
    change.add(observed=30.0, expected=10.0)
    assert strongest(change) > CHANGE_EVIDENCE
    assert change.take_change() == pytest.approx(31.0 / 11.0)
    assert change.take_change() is None
    assert change.factor() == 1.0


def test_evidence_beyond_what_the_law_has_seen_proves_nothing() -> None:
    """Sixty answers where twenty were expected are a change, unless those twenty rest on four."""
    sure, guessed = AnswerChange(), AnswerChange()
    for known, change in ((1000.0, sure), (4.0, guessed)):
        change.add(observed=60.0, expected=20.0, known=known)
    assert sure.take_change() == pytest.approx(61.0 / 21.0)
    assert guessed.take_change() is None
