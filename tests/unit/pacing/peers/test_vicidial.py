"""VICIdial's fixed level and its level servo, against steps calculated by hand."""

import pytest

from pacing import Pacer, create_pacer
from pacing.peers.spare_servo import SpareSamples, servo_level, tapered_level
from pacing.peers.vicidial import VicidialAdaptPacer, lines_to_level
from tests.unit.pacing.snapshots import ages, floor

ADAPTING = ["vicidial-hard-limit", "vicidial-tapered", "vicidial-average"]


@pytest.mark.parametrize(
    ("level", "idle", "talking", "on_the_way", "is_available_only", "lines"),
    [
        (1.5, 2, 5, 1, False, 4),  # round(10.5) = 10; 10 - 5 - 1
        (1.5, 3, 6, 0, False, 8),  # round(13.5) = 14; 14 - 6
        (1.0, 3, 6, 2, False, 1),  # at level 1 it is progressive dialing
        (3.0, 0, 10, 0, False, 20),  # all agents talk and it dials for every one of them
        (3.0, 0, 10, 0, True, 0),
        (2.0, 3, 6, 4, True, 2),  # round(6) + 6 - 6 - 4
        (2.0, 1, 1, 9, False, 0),  # never negative
    ],
)
def test_lines_to_level_are_the_goal_less_what_exists(
    level: float, idle: int, talking: int, on_the_way: int, is_available_only: bool, lines: int
) -> None:
    """goal = round(level × agents counted), less talks, ringing lines and waiting calls."""
    assert lines_to_level(level, idle, talking, on_the_way, is_available_only=is_available_only) == lines


@pytest.mark.parametrize(
    ("level", "spare", "agents", "intensity", "next_level"),
    [
        (1.0, 4.0, 10.0, 0.0, 1.4),
        (1.4, 4.0, 10.0, 0.0, 1.96),
        (2.0, -1.0, 10.0, 0.0, 1.8),
        (2.0, 1.0, 10.0, 0.4, 2.28),  # m = 0.1 × 1.4
        (2.0, -1.0, 10.0, 0.4, 1.88),  # m = -0.1 × 0.6
        (2.0, 1.0, 10.0, -0.4, 2.12),  # m = 0.1 × 0.6
        (2.0, -1.0, 10.0, -0.4, 1.72),  # m = -0.1 × 1.4
        (2.0, 0.0, 10.0, 0.4, 2.0),
        (2.0, 3.0, 0.0, 0.0, 2.0),  # nobody is logged in
    ],
)
def test_servo_level_grows_by_the_share_of_spare_agents(
    level: float, spare: float, agents: float, intensity: float, next_level: float
) -> None:
    """L (1 + m'), with the intensity helping one direction and hindering the other."""
    assert servo_level(level, spare, agents, intensity) == pytest.approx(next_level)


@pytest.mark.parametrize(
    ("hour_and_minute", "level"),
    [
        (900, 2.0),
        (1100, 2.0),
        (1101, 1.998),
        (1600, 1.0),
        (1959, 0.282),
        (2000, 0.2),
        (2100, 0.0),
        (2101, 1.0),
    ],
)
def test_tapered_level_subtracts_times_as_plain_numbers(hour_and_minute: int, level: float) -> None:
    """From 19:59 to 20:00 the difference to 21:00 jumps from 141 to 100; after 21:00 the level is 1."""
    assert tapered_level(2.0, hour_and_minute, 2100) == pytest.approx(level)


def test_samples_asked_at_odd_times_hold_what_was_so_in_between() -> None:
    """Asked at 0 s and at 4 s: samples at 0, 1, 2, 3 are of the first look, that at 4 of the second."""
    samples = SpareSamples()
    assert not samples.watch(0.0, (5.0, 0.0, 10.0))
    assert not samples.watch(4.0, (0.0, 5.0, 10.0))
    assert samples.mean == (4.0, 1.0, 10.0)


def test_samples_after_a_long_gap_begin_anew() -> None:
    """What was so before a night says nothing."""
    samples = SpareSamples()
    samples.watch(0.0, (5.0, 0.0, 10.0))
    samples.watch(3600.0, (1.0, 0.0, 4.0))
    assert samples.mean == (1.0, 0.0, 4.0)


def play(pacer: Pacer, seconds: range, **changes: object) -> list[int]:
    """Decide each second on the same floor."""
    return [pacer.decide(floor(now=float(second), **changes)).lines for second in seconds]


def servo(method: str, **settings: float) -> VicidialAdaptPacer:
    """A pacer of the family."""
    pacer = create_pacer(method, **settings)  # type: ignore[arg-type]
    assert isinstance(pacer, VicidialAdaptPacer)
    return pacer


def drops(pacer: Pacer, now: float, *, calls: int, connected: int, abandoned: int) -> None:
    """Tell of so many calls and what became of those answered."""
    for kind, count in (("no_answer", calls), ("connected", connected), ("abandoned", abandoned)):
        for _ in range(count):
            pacer.observe(kind, now, 1.0)


def test_ratio_dials_in_its_own_loop_of_two_and_a_half_seconds() -> None:
    """Lines come at 0, 3, 5, 8 and 10 s, and nothing in between."""
    lines = play(create_pacer("vicidial-ratio"), range(11), agents_idle=2)
    assert lines == [3, 0, 0, 3, 0, 3, 0, 0, 3, 0, 3]


@pytest.mark.parametrize("method", ADAPTING)
def test_level_climbs_every_fifteen_seconds_to_the_largest(method: str) -> None:
    """Four idle of ten: 1.4, 1.96, 2.744, then 3 and no further."""
    pacer = servo(method)
    levels = []
    for step in range(5):
        play(pacer, range(15 * step, 15 * step + 15), agents_idle=4)
        levels.append(pacer.level)
    assert levels == pytest.approx([1.4, 1.96, 2.744, 3.0, 3.0])


def test_level_falls_with_calls_waiting_to_the_floor_and_no_further() -> None:
    """Five of ten wait for an agent: each step halves the level, down to 1."""
    pacer = servo("vicidial-average", level_start=3.0, level_max=10.0)
    levels = []
    for step in range(3):
        play(pacer, range(15 * step, 15 * step + 15), calls_waiting=5)
        levels.append(pacer.level)
    assert levels == pytest.approx([1.5, 1.0, 1.0])


def test_level_with_idle_agents_wanted_stands_still_at_that_many() -> None:
    """Two idle agents wanted and two idle: no step."""
    pacer = servo("vicidial-hard-limit", level_start=2.0, agents_idle_wanted=2.0)
    play(pacer, range(15), agents_idle=2)
    assert pacer.level == pytest.approx(2.0)


def test_level_of_a_team_below_the_least_is_one() -> None:
    """Ten agents where eleven are asked for."""
    pacer = servo("vicidial-hard-limit", level_start=2.0, agents_min=11.0)
    play(pacer, range(15), agents_idle=4)
    assert pacer.level == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("method", "level"),
    [
        ("vicidial-hard-limit", 1.0),
        ("vicidial-average", 1.4),  # 2 × 1.4 / 2
        ("vicidial-tapered", 1.12),  # 2 × 1.4 × (2100 - 1700) / 1000
    ],
)
def test_limit_that_is_crossed_is_answered_in_each_method_s_way(method: str, level: float) -> None:
    """5 of 100 answers dropped, 60 calls: over the limit of 3 %."""
    pacer = servo(method, level_start=2.0, began_at_hour=17.0)
    drops(pacer, 0.0, calls=60, connected=95, abandoned=5)
    play(pacer, range(15), agents_idle=4)
    assert pacer.level == pytest.approx(level)


def test_limit_is_not_looked_at_before_fifty_calls() -> None:
    """Fifty calls are not more than fifty."""
    pacer = servo("vicidial-hard-limit", level_start=2.0)
    drops(pacer, 0.0, calls=50, connected=10, abandoned=5)
    play(pacer, range(15), agents_idle=1)
    assert pacer.level == pytest.approx(2.2)


def test_drop_ratio_is_looked_at_only_once_a_minute() -> None:
    """Drops of second 1 are not known until second 60: three steps still climb."""
    pacer = servo("vicidial-hard-limit", level_start=1.0)
    play(pacer, range(1), agents_idle=1)
    drops(pacer, 1.0, calls=60, connected=10, abandoned=5)
    play(pacer, range(1, 45), agents_idle=1)
    assert pacer.level == pytest.approx(1.1**3)
    play(pacer, range(45, 75), agents_idle=1)
    assert pacer.level == pytest.approx(1.0)


def test_drops_of_more_than_half_the_calls_of_a_minute_halve_the_level() -> None:
    """30 calls and 16 drops in the last minute, 40 calls in the day: 2.4 becomes 1.2."""
    pacer = servo("vicidial-tapered", level_start=2.0)
    drops(pacer, 0.0, calls=30, connected=0, abandoned=16)
    play(pacer, range(15), agents_idle=2)
    assert pacer.level == pytest.approx(1.2)


def test_count_of_the_day_begins_anew_at_midnight() -> None:
    """What was dropped before midnight is forgiven after it."""
    pacer = servo("vicidial-hard-limit", began_at_hour=23.99, level_start=2.0)
    drops(pacer, 0.0, calls=60, connected=10, abandoned=10)
    play(pacer, range(15), agents_idle=1)
    assert pacer.level == pytest.approx(1.0)
    play(pacer, range(60, 90), agents_idle=1)
    assert pacer.level > 1.0


def test_over_the_limit_the_floor_still_dials_a_line_for_each_counted_agent() -> None:
    """Two idle and five talking agents at level 1: two lines, and the reason is the limit."""
    pacer = servo("vicidial-hard-limit", level_start=2.0)
    drops(pacer, 0.0, calls=60, connected=10, abandoned=5)
    play(pacer, range(15), agents_idle=2, talk_ages_seconds=ages(5))
    decision = pacer.decide(floor(now=17.0, agents_idle=2, talk_ages_seconds=ages(5)))
    assert (decision.lines, decision.binding_constraint) == (2, "abandon_limit")


@pytest.mark.parametrize("method", ADAPTING)
def test_servo_restored_goes_on_where_it_was(method: str) -> None:
    """Level, counts of the day and time of day outlive a restart; the new clock begins at zero."""
    pacer, restored = servo(method), servo(method)
    play(pacer, range(1000, 1030), agents_idle=4)
    drops(pacer, 1030.0, calls=60, connected=10, abandoned=5)
    restored.restore_state(pacer.export_state())
    assert play(restored, range(15), agents_idle=3) == play(pacer, range(1090, 1105), agents_idle=3)
    assert restored.level == pytest.approx(pacer.level)
