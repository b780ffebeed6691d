"""The short-term factor of live answers."""

import pytest

from pacing.answer_jump import AnswerJump


def played(seconds: int, answers_per_second: float, expected_per_second: float = 0.2) -> AnswerJump:
    """A jump that saw that many answers, evenly spread."""
    jump = AnswerJump()
    came = 0.0
    for _ in range(seconds):
        came += answers_per_second
        while came >= 1.0:
            jump.answered()
            came -= 1.0
        jump.expect(expected_per_second, 1.0)
    return jump


def test_answer_factor_of_what_was_expected_stays_near_one() -> None:
    """Where the ring law is right nothing is corrected."""
    assert played(600, 0.2).factor == pytest.approx(1.0, abs=0.1)


def test_answer_factor_after_a_jump_rises_within_seconds() -> None:
    """Three times the answers show within twenty seconds, though shrunk towards one."""
    assert played(20, 0.6).factor > 1.4
    assert played(60, 0.6).factor > 1.7


def test_answer_factor_after_a_drop_falls_slowly() -> None:
    """Fewer answers are believed late: the careful error."""
    assert played(20, 0.0).factor > 0.8
    assert played(1500, 0.02).factor < 0.45


def test_answers_of_a_gap_without_decisions_tell_nothing() -> None:
    """Nobody knows how many lines rang while nobody looked."""
    jump = AnswerJump()
    for _ in range(50):
        jump.answered()
    jump.skip()
    jump.expect(0.0, 1.0)
    assert jump.factor == pytest.approx(1.0)
