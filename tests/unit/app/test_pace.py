"""How fast the demo goes, and what it says about it."""

from app.pace import OPENING_SECONDS, PACES, Pace


def test_opening_is_quick_and_ends_in_real_time() -> None:
    """Nobody waits for agents to arrive; then a second is a second."""
    pace = Pace()
    pace.went(OPENING_SECONDS - 1.0, 0.0)
    assert pace.factor > 1.0
    pace.went(OPENING_SECONDS, 1.0)
    assert pace.factor == 1.0
    assert pace.describe() == "real time"


def test_key_pressed_in_the_opening_is_not_overruled_at_its_end() -> None:
    """Whoever has chosen a pace keeps it."""
    pace = Pace()
    pace.press("+")
    pace.went(OPENING_SECONDS + 1.0, 5.0)
    assert pace.factor == PACES[-1]


def test_keys_at_either_end_change_nothing_more() -> None:
    """There is a slowest and a fastest pace, and a pause that remembers."""
    pace = Pace()
    for _ in range(9):
        pace.press("-")
    assert pace.factor == PACES[0]
    pace.press(" ")
    assert (pace.factor, pace.describe()) == (0.0, "paused")
    pace.press(" ")
    for _ in range(9):
        pace.press("+")
    assert pace.factor == PACES[-1]


def test_pace_that_is_not_reached_is_said() -> None:
    """A database that cannot follow slows the floor down, and the screen does not claim otherwise."""
    pace = Pace(index=4, is_opening=False)
    pace.went(0.0, 0.0)
    pace.went(100.0, 1.0)
    assert pace.describe() == "100 × real time (asked: 240 ×)"
    pace.went(340.0, 2.0)
    assert pace.describe() == "240 × real time"


def test_unknown_key_changes_nothing() -> None:
    """Also not that the opening ends by itself."""
    pace = Pace()
    pace.press("x")
    assert pace.is_opening
