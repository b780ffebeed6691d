"""The replay optimiser, against replays written out by hand."""

import pytest

from pacing import create_pacer
from pacing.peers.call_replay import RecordedCall, ReplayOutcome, best_lines_per_agent, replay
from pacing.peers.impact import ImpactReplayPacer
from tests.unit.pacing.snapshots import ages, floor

LIVE = RecordedCall(ring_seconds=2, is_live=True, talk_seconds=3)
DEAD = RecordedCall(ring_seconds=2, is_live=False)


def test_replay_of_one_call_talks_half_of_six_seconds() -> None:
    """Dialed at 0, answered at 2, talk in seconds 2, 3 and 4; at 5 it is dialed again and the agent waits."""
    assert replay([LIVE], agents=1, lines_per_agent=1.0, seconds=6) == ReplayOutcome(
        talk_share=0.5, abandoned=0, answered_live=1
    )


def test_replay_with_wrap_up_leaves_it_out_of_the_share() -> None:
    """Idle 0 and 1, talk 2 to 4, wrap-up 5 and 6, idle 7: three of six seconds that count."""
    call = RecordedCall(ring_seconds=2, is_live=True, talk_seconds=3, wrap_up_seconds=2)
    assert replay([call], agents=1, lines_per_agent=1.0, seconds=8).talk_share == pytest.approx(0.5)


def test_replay_with_two_lines_for_an_agent_abandons_the_second() -> None:
    """Both answer at 2; one is talked to, the other abandoned."""
    outcome = replay([LIVE, LIVE], agents=1, lines_per_agent=2.0, seconds=5)
    assert (outcome.abandoned, outcome.answered_live) == (1, 2)


def test_replay_dials_who_is_next_when_a_call_is_not_answered() -> None:
    """The dead call rings until 2, the live one from 2 to 4: one second of talk in five."""
    outcome = replay([DEAD, LIVE], agents=1, lines_per_agent=1.0, seconds=5)
    assert outcome.talk_share == pytest.approx(0.2)


def test_replay_rounds_parts_of_a_line_off_and_counts_ringing_lines() -> None:
    """Two agents × 1.4 are 2.8, two lines, and no third while they ring: nobody is abandoned."""
    outcome = replay([LIVE] * 5, agents=2, lines_per_agent=1.4, seconds=4)
    assert (outcome.answered_live, outcome.abandoned) == (2, 0)


@pytest.mark.parametrize(
    ("abandoned", "answered", "is_within"), [(0, 0, False), (0, 5, True), (2, 100, True), (3, 100, False)]
)
def test_replay_at_the_limit_or_without_answers_is_not_within(
    abandoned: int, answered: int, is_within: bool
) -> None:
    """Fewer than the limit, strictly."""
    outcome = ReplayOutcome(talk_share=0.5, abandoned=abandoned, answered_live=answered)
    assert outcome.is_within(0.03) is is_within


@pytest.mark.parametrize(("limit_ratio", "best"), [(0.03, 2.0), (0.40, 3.0)])
def test_best_lines_are_the_busiest_that_keep_the_limit(limit_ratio: float, best: float) -> None:
    """One answer in three: 1, 1.5, 2, 2.5 and 3 lines are tried; the last talks most and abandons a third."""
    calls = [DEAD, DEAD, LIVE] * 3
    outcomes = [
        replay(calls, agents=2, lines_per_agent=lines, seconds=60) for lines in (1.0, 1.5, 2.0, 2.5, 3.0)
    ]
    assert [outcome.abandoned for outcome in outcomes] == [0, 5, 0, 9, 10]
    assert [round(60 * outcome.talk_share) for outcome in outcomes] == [20, 22, 29, 27, 30]
    assert best_lines_per_agent(calls, agents=2, limit_ratio=limit_ratio, seconds=60) == pytest.approx(best)


def test_best_lines_of_calls_that_none_answers_are_one() -> None:
    """There is nothing to tune by."""
    assert best_lines_per_agent([DEAD] * 60, agents=5, limit_ratio=0.03, seconds=60) == pytest.approx(1.0)


def taught(*, calls: int = 60, now: float = 0.0, abandon_limit_ratio: float = 0.5) -> ImpactReplayPacer:
    """A pacer that has seen calls of which one in three was answered, and a talk of 60 s for each."""
    pacer = create_pacer("impact-replay", abandon_limit_ratio=abandon_limit_ratio)
    assert isinstance(pacer, ImpactReplayPacer)
    for call in range(calls):
        pacer.observe("live_answer" if call % 3 == 0 else "no_answer", now, 6.0)
        if call % 3 == 0:
            pacer.observe("talk_end", now, 60.0)
    return pacer


@pytest.mark.parametrize(("calls", "agents"), [(49, 10), (60, 4)])
def test_optimiser_with_few_calls_or_agents_says_one(calls: int, agents: int) -> None:
    """Below 50 calls or 5 agents nothing is replayed."""
    pacer = taught(calls=calls)
    pacer.decide(floor(now=0.0, agents_idle=2, agents_logged_in=agents))
    assert pacer.best == pytest.approx(1.0)


def test_optimiser_with_enough_of_both_finds_more_than_one_line() -> None:
    """One answer in three, and half of them may be abandoned: two lines and a half talk most."""
    pacer = taught()
    pacer.decide(floor(now=0.0, agents_idle=2))
    assert pacer.best == pytest.approx(2.5)


def test_optimiser_replays_once_a_minute() -> None:
    """What came meanwhile is not looked at before."""
    pacer = taught(calls=40)
    pacer.decide(floor(now=0.0))
    for call in range(20):
        pacer.observe("live_answer" if call % 3 == 0 else "no_answer", 1.0, 6.0)
    found = []
    for now in (59.0, 60.0):
        pacer.decide(floor(now=now))
        found.append(pacer.best > 1.0)
    assert found == [False, True]


@pytest.mark.parametrize(
    ("best", "abandoned", "now", "idle", "ringing", "lines"),
    [
        (2.5, 0, 0.0, 3, 2, 5),  # int(7.5 - 2)
        (6.0, 0, 0.0, 2, 0, 8),  # at most four lines for an agent
        (2.4, 5, 0.0, 3, 0, 5),  # over the limit: int(0.75 × 2.4 × 3) = int(5.4)
        (1.2, 5, 0.0, 3, 0, 3),  # 0.9, at least one
        (2.5, 0, 601.0, 3, 0, 3),  # no call in ten minutes
        (2.5, 0, 0.0, 1, 9, 0),
    ],
)
def test_optimiser_dials_factor_times_idle_less_ringing(
    best: float, abandoned: int, now: float, idle: int, ringing: int, lines: int
) -> None:
    """int(factor × idle - ringing), the factor slowed while the limit is crossed."""
    pacer = taught(calls=3, abandon_limit_ratio=0.03)
    for fate in ["connected"] * 95 + ["abandoned"] * abandoned:
        pacer.observe(fate, 0.0, 1.0)
    pacer.decide(floor(now=now))  # the replay that is due now has too few calls and would say one
    pacer.best = best
    assert pacer.decide(floor(now=now, agents_idle=idle, ring_ages_seconds=ages(ringing))).lines == lines


def test_optimiser_forgets_calls_of_more_than_half_an_hour_ago() -> None:
    """Sixty calls, then nothing for 31 minutes but one: too few to replay."""
    pacer = taught()
    pacer.observe("no_answer", 1860.0, 6.0)
    pacer.decide(floor(now=1860.0))
    assert pacer.best == pytest.approx(1.0)


def test_optimiser_restored_replays_the_same_calls() -> None:
    """The calls outlive a restart, and the new clock may begin at zero."""
    pacer = taught(now=9000.0)
    restored = create_pacer("impact-replay", abandon_limit_ratio=0.5)
    restored.restore_state(pacer.export_state())
    snapshot = floor(now=0.0, agents_idle=4)
    assert restored.decide(snapshot).lines == 10
