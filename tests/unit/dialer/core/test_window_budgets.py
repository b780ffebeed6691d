"""The pacer is told what each window of the law has counted, and a restart does not forget it."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialer.core.commands import RecordAttemptEnded, RecordPacingDecision
from dialer.core.events import MessageEnded, StateRestored, WallClockSet
from dialer.core.restart_events import CampaignMemory, PacerState
from dialer.messages import CampaignId
from pacing import WindowBudget, create_pacer
from rules.abandon_ledger import AbandonCounts, abandon_counts
from rules.policy_packs import get_policy_pack
from rules.window_counter import AbandonBucket, AbandonHistory, bucket_number
from tests.unit.dialer.core.dialing_floor import NOON_AT, Floor
from tests.unit.dialer.core.rough_day import RoughDay

SALES = CampaignId("sales")
STRICT, FEDERAL = get_policy_pack("strict_generic"), get_policy_pack("us_federal")
DAY_SECONDS = 86_400.0
STEPS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 255), st.integers(0, 255)), min_size=40, max_size=120
)


def a_floor(**wishes: Any) -> Floor:
    """A campaign under the strict pack, in New York's noon; Ann and Bob want calls."""
    floor = Floor(decision_record_seconds=0.5)
    floor.trunk()
    floor.campaign(policy_pack=STRICT, **wishes)
    floor.agent("ann")
    floor.agent("bob")
    return floor


def serve(floor: Floor, lead: int) -> None:
    """One call that an agent takes in time, to its end and its disposition's time limit."""
    floor.end(floor.talk(lead))
    floor.pass_time(121.0)


def abandon(floor: Floor, lead: int) -> None:
    """One call that is answered when nobody is there any more."""
    (attempt_id,) = floor.ring(1, first=lead)
    first = floor.call_in(f"in-{lead}-1"), floor.call_in(f"in-{lead}-2")
    for caller in first:
        floor.connect(caller)
    floor.answer(attempt_id)
    floor.pass_time(2.0)
    floor.tell(MessageEnded(attempt_id=attempt_id))
    for each in (attempt_id, *first):
        floor.end(each)
    floor.pass_time(121.0)


def budgets(floor: Floor) -> dict[str, WindowBudget]:
    """What the pacer was told last, by the names of the limits."""
    floor.pass_time(1.0)
    told = floor.ordered(RecordPacingDecision)[-1].inputs.window_budgets
    return {budget.name: budget for budget in told}


def counted(floor: Floor) -> dict[str, tuple[float, float]]:
    """Abandoned and live calls by window, as the pacer was told last."""
    return {name: (each.abandoned, each.answered_live) for name, each in budgets(floor).items()}


def test_pacer_is_told_of_every_window_that_the_law_names() -> None:
    """Three served, one abandoned: the same in each window on the first day."""
    floor = a_floor()
    for lead in (1, 2, 3):
        serve(floor, lead)
    abandon(floor, 4)

    assert counted(floor) == dict.fromkeys(("day", "24 hours", "month", "30 days"), (1.0, 4.0))


def test_windows_roll_while_the_campaign_goes_on() -> None:
    """The next day in UTC, 12 hours later, 24 hours later, the next month, the next 30 days."""
    floor = a_floor()
    serve(floor, 1)
    seen = []
    for days in (0.5, 1.2, 17.0, 31.0):
        floor.tell(WallClockSet(offset_seconds=NOON_AT + days * DAY_SECONDS))
        seen.append({name for name, (_, live) in counted(floor).items() if live})

    assert seen == [{"24 hours", "month", "30 days"}, {"month", "30 days"}, {"30 days"}, set()]


def test_limit_is_the_stricter_of_law_and_campaign() -> None:
    """A campaign may ask less of its people than the law; asking more changes nothing."""
    assert {each.limit_ratio for each in budgets(a_floor(abandon_limit_ratio=0.01)).values()} == {0.01}
    assert {each.limit_ratio for each in budgets(a_floor(abandon_limit_ratio=0.2)).values()} == {0.03}


def test_new_settings_keep_the_counts_and_take_the_new_limit_at_once() -> None:
    """Also those of another pack, whose windows are others."""
    floor = a_floor()
    serve(floor, 1)
    floor.campaign(policy_pack=FEDERAL, abandon_limit_ratio=0.02)

    assert {name: (each.answered_live, each.limit_ratio) for name, each in budgets(floor).items()} == {
        "30 days": (1.0, 0.02)
    }


def memory(connected: int, abandoned: int, days_ago: float, **wishes: Any) -> CampaignMemory:
    """What a store says of a campaign that began ten days ago."""
    bucket = AbandonBucket(
        number=bucket_number(NOON_AT - days_ago * DAY_SECONDS),
        counts=AbandonCounts(connected=connected, abandoned=abandoned),
    )
    history = AbandonHistory(definition=STRICT.abandon_definition, buckets=(bucket,))
    began_at = NOON_AT - 10 * DAY_SECONDS
    return CampaignMemory(campaign_id=SALES, first_answer_at=began_at, histories=(history,), **wishes)


def test_restarted_engine_goes_on_within_the_budget_of_before() -> None:
    """Of 100 calls two days ago, and of 50 today, the windows know; then it counts on."""
    floor = a_floor()
    memories = (memory(97, 3, 2.0), memory(40, 10, 0.05))
    floor.tell(StateRestored(attempts=(), agents=(), memories=memories))
    serve(floor, 1)

    assert counted(floor) == {
        "day": (10.0, 51.0),
        "24 hours": (10.0, 51.0),
        "month": (13.0, 151.0),
        "30 days": (13.0, 151.0),
    }


def test_thirty_days_begin_with_the_first_call_of_all_and_not_with_the_restart() -> None:
    """Ten days ago plus thirty: on the twenty-first day from now the next thirty have begun."""
    floor = a_floor()
    floor.tell(StateRestored(attempts=(), agents=(), memories=(memory(97, 3, 2.0),)))
    floor.tell(WallClockSet(offset_seconds=NOON_AT + 19.0 * DAY_SECONDS))
    assert counted(floor)["30 days"] == (3.0, 100.0)
    floor.tell(WallClockSet(offset_seconds=NOON_AT + 21.0 * DAY_SECONDS))

    assert counted(floor)["30 days"] == (0.0, 0.0)


def test_pacer_goes_on_from_what_it_had_learned() -> None:
    """What the engine exports is what the next one begins with; a decision does not change it."""
    floor = a_floor(method="predictive")
    for lead in (1, 2):
        serve(floor, lead)
    (state,) = floor.engine.pacer_states()
    assert state.data != create_pacer("predictive").export_state()
    after = a_floor(method="predictive")
    after.tell(StateRestored(attempts=(), agents=(), memories=(memory(1, 0, 0.1, pacer=state),)))

    assert after.engine.pacer_states() == (state,)


def test_state_that_does_not_fit_is_counted_and_left_alone() -> None:
    """Bytes that are none, and the state of another method: the pacer begins anew, the budgets stay."""
    for state, reason in (
        (PacerState(campaign_id=SALES, method="predictive", data=b"\x00"), "pacer state cannot be used"),
        (PacerState(campaign_id=SALES, method="ratio", data=b"{}"), "pacer state of another method"),
    ):
        floor = a_floor(method="predictive")
        floor.tell(StateRestored(attempts=(), agents=(), memories=(memory(1, 0, 0.1, pacer=state),)))

        assert floor.engine.ignored_counts() == {f"StateRestored: {reason}": 1}
        assert counted(floor)["day"] == (0.0, 1.0)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(STEPS)
def test_any_day_counts_in_its_windows_what_its_ledger_says(steps: list[tuple[int, int, int]]) -> None:
    """Counted while the calls went on; recounted from the records of their ends."""
    day = RoughDay()
    day.run(steps)
    day.close()
    for campaign_id, campaign in day.engine._world.campaigns.items():
        ends = [each for each in day.ordered if isinstance(each, RecordAttemptEnded)]
        entries = [end.entry for end in ends if end.entry is not None and end.campaign_id == campaign_id]
        (history,) = campaign.windows.histories()
        recount = abandon_counts(entries, history.definition)
        for name in ("connected", "abandoned", "client_left_early", "not_live", "machines_detected"):
            in_windows = sum(getattr(bucket.counts, name) for bucket in history.buckets)
            assert in_windows == getattr(recount, name), name
