"""Campaigns: start, pause, drain, stop, new settings; and the limits that hold for every attempt."""

from dataclasses import replace
from typing import Any

import pytest

from dialer.core.commands import (
    HangUp,
    RecordAttemptEnded,
    RecordCampaignStatus,
    RecordPacingDecision,
    ReserveLeads,
)
from dialer.core.errors import SettingsError, UnknownCampaign
from dialer.core.events import (
    CallEnded,
    CampaignStatus,
    CampaignStatusSet,
    TrunkLost,
    TrunkReturned,
)
from dialer.core.outcomes import EndCause, EndReason
from dialer.core.settings import CampaignSettings
from dialer.messages import CampaignId, NodeId, TrunkId
from tests.unit.dialer.core.dialing_floor import Floor, of_kind, some_leads

SALES = CampaignId("sales")


@pytest.fixture
def floor() -> Floor:
    """A floor with one trunk."""
    floor = Floor()
    floor.trunk()
    return floor


def statuses(floor: Floor) -> list[str]:
    """The statuses on record, in order."""
    return [record.status.value for record in floor.ordered(RecordCampaignStatus)]


def lines(floor: Floor, **wishes: Any) -> Floor:
    """A broadcast campaign with many leads: it uses every line that the limits allow."""
    floor.campaign(method="agentless", **{"lines_max": 1000, **wishes})
    floor.give(*some_leads(500))
    return floor


# --- status ------------------------------------------------------------------------------------------------


def test_campaign_that_was_never_started_does_nothing(floor: Floor) -> None:
    """Configured is not started."""
    floor.campaign(starts=False)
    floor.agent()
    floor.pass_time(60.0)
    assert floor.ordered(ReserveLeads) == []


def test_paused_campaign_dials_no_more_and_lets_its_lines_ring(floor: Floor) -> None:
    """What rings is answered as ever; started again, it dials on."""
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob")
    first, _ = floor.ring(2)
    floor.set_status(CampaignStatus.PAUSED)
    floor.give(*some_leads(10, first=50))
    floor.end(first, EndCause.BUSY)
    floor.pass_time(20.0)
    assert len(floor.dials()) == 2
    assert floor.ordered(HangUp) == []
    floor.set_status(CampaignStatus.RUNNING)
    floor.pass_time(1.0)
    assert len(floor.dials()) == 3


def test_stopped_campaign_hangs_up_what_rings_and_keeps_who_has_answered(floor: Floor) -> None:
    """Nobody who answered is dropped."""
    floor.campaign()
    for name in ("ann", "bob", "cyd"):
        floor.agent(name)
    ringing, talking, waiting = floor.ring(3)
    floor.answer(talking)
    floor.connect(talking)
    orders = floor.set_status(CampaignStatus.STOPPED)
    assert {order.attempt_id for order in of_kind(orders, HangUp)} == {ringing, waiting}
    floor.end(ringing)
    assert floor.end_of(ringing).reason is EndReason.CAMPAIGN_STOPPED
    assert floor.attempt(talking).state.value == "talking"


def test_draining_campaign_stops_by_itself_when_its_last_call_has_ended(floor: Floor) -> None:
    """No new dials; the end of the last call is the end of the drain."""
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob")
    first, second = floor.ring(2)
    floor.set_status(CampaignStatus.DRAINING)
    floor.end(first, EndCause.BUSY)
    assert statuses(floor) == ["running", "draining"]
    floor.end(second, EndCause.BUSY)
    assert statuses(floor) == ["running", "draining", "stopped"]
    floor.give(*some_leads(10))
    floor.pass_time(30.0)
    assert len(floor.dials()) == 2


def test_draining_campaign_without_calls_is_stopped_at_once(floor: Floor) -> None:
    """There is nothing to wait for."""
    floor.campaign()
    floor.set_status(CampaignStatus.DRAINING)
    assert statuses(floor) == ["running", "stopped"]


def test_status_that_a_campaign_has_already_is_not_recorded_again(floor: Floor) -> None:
    """A repeated order changes nothing."""
    floor.campaign()
    floor.set_status(CampaignStatus.RUNNING)
    assert statuses(floor) == ["running"]


def test_campaign_that_was_never_configured_is_an_error_of_the_caller(floor: Floor) -> None:
    """The message lists those that exist."""
    floor.campaign("sales")
    with pytest.raises(UnknownCampaign, match=r"'salse'.*known: sales"):
        floor.tell(CampaignStatusSet(campaign_id=CampaignId("salse"), status=CampaignStatus.RUNNING))


# --- settings ----------------------------------------------------------------------------------------------


def test_new_settings_hold_from_the_next_decision_on(floor: Floor) -> None:
    """The calls in progress stay."""
    floor.campaign(method="ratio", pacing_settings={"lines_per_agent": 1.0})
    floor.agent()
    floor.ring(1)
    floor.campaign(method="ratio", pacing_settings={"lines_per_agent": 3.0}, starts=False)
    floor.give(*some_leads(9, first=50))
    floor.pass_time(2.0)
    assert len(floor.dials()) == 3


def test_pacing_method_that_does_not_exist_is_refused_with_those_that_do() -> None:
    """It is found where the settings are made, not in the middle of a call."""
    with pytest.raises(SettingsError, match=r"'clairvoyant'.*progressive"):
        CampaignSettings(campaign_id=SALES, trunk_ids=(), pacing_method="clairvoyant")


def test_pacing_setting_that_does_not_exist_is_refused() -> None:
    """So is a setting of another method, or a figure outside its range."""
    for pacing_settings in ({"clairvoyance": 1.0}, {"lines_per_agent": -1.0}):
        with pytest.raises(SettingsError, match="pacing_settings"):
            CampaignSettings(
                campaign_id=SALES, trunk_ids=(), pacing_method="ratio", pacing_settings=pacing_settings
            )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("abandon_limit_ratio", 1.0),
        ("connect_limit_seconds", -0.1),
        ("ring_timeout_seconds", 14.0),
        ("lines_max", -1),
        ("detection_seconds_max", 0.0),
        ("wrap_up_seconds_max", float("nan")),
        ("hopper_leads_min", 0),
        ("ramp_seconds", -1.0),
    ],
)
def test_setting_outside_its_range_is_refused_by_name(name: str, value: float) -> None:
    """The message names the setting, the value and the range."""
    settings = CampaignSettings(campaign_id=SALES, trunk_ids=())
    with pytest.raises(SettingsError, match=name):
        replace(settings, **{name: value})  # type: ignore[arg-type]


# --- limits ------------------------------------------------------------------------------------------------


def test_trunk_never_carries_more_calls_than_its_channels(floor: Floor) -> None:
    """A channel is free again when its attempt has ended, whatever the outcome."""
    floor.trunk(channels=3)
    lines(floor)
    floor.pass_time(10.0)
    assert (len(floor.dials()), floor.channels_used()) == (3, 3)
    floor.end(floor.dials()[0].attempt_id, EndCause.BUSY)
    floor.pass_time(2.0)
    assert (len(floor.dials()), floor.channels_used()) == (4, 3)


@pytest.mark.parametrize("per_second", [0.25, 1.0, 3.7, 12.0])
def test_trunk_rate_is_kept_in_every_one_second_window(floor: Floor, per_second: float) -> None:
    """Carriers refuse a burst, not a mean: two campaigns share the rate, and nearly all of it is used."""
    floor.trunk(channels=1000, per_second=per_second)
    for number, name in enumerate(("one", "two")):
        floor.campaign(name, method="agentless", lines_max=1000)
        floor.give(*some_leads(500, first=1 + 500 * number), campaign=name)
    for _ in range(200):
        floor.pass_time(0.1)
        for dial in floor.dials()[-2:]:
            floor.end(dial.attempt_id, EndCause.BUSY)
    begun_at = [record.dialed_at for record in floor.ordered(RecordAttemptEnded)]
    period, allowed = (1.0, int(per_second)) if per_second >= 1.0 else (1.0 / per_second, 1)
    for earliest in begun_at:
        assert sum(1 for at in begun_at if earliest <= at < earliest + period - 1e-6) <= allowed
    assert len(floor.dials()) >= 0.8 * 20.0 / period * allowed


def test_lines_of_a_campaign_are_limited_over_all_its_attempts(floor: Floor) -> None:
    """Whatever the method wants."""
    lines(floor, lines_max=4)
    floor.pass_time(10.0)
    assert len(floor.dials()) == 4


def test_second_trunk_is_used_when_the_first_is_full(floor: Floor) -> None:
    """In the campaign's order, each on its own node."""
    floor.trunk("t1", channels=2)
    floor.trunk("t2", channels=2, node=NodeId("node-2"))
    lines(floor, trunk_ids=(TrunkId("t1"), TrunkId("t2"), TrunkId("t9")))
    floor.pass_time(3.0)
    assert [(dial.trunk_id, dial.node_id) for dial in floor.dials()] == [
        ("t1", "node-1"),
        ("t1", "node-1"),
        ("t2", "node-2"),
        ("t2", "node-2"),
    ]


def test_two_campaigns_share_the_channels_of_one_trunk(floor: Floor) -> None:
    """Together they use no more than there are."""
    floor.trunk(channels=5)
    floor.campaign("one", method="agentless", lines_max=4)
    floor.campaign("two", method="agentless", lines_max=4)
    floor.give(*some_leads(20), campaign="one")
    floor.give(*some_leads(20, first=100), campaign="two")
    floor.pass_time(5.0)
    by_campaign = [dial.campaign_id for dial in floor.dials()]
    assert (by_campaign.count(CampaignId("one")), by_campaign.count(CampaignId("two"))) == (4, 1)


def test_lost_trunk_is_dialed_over_again_when_it_returns(floor: Floor) -> None:
    """Its calls in progress stay."""
    floor.trunk(channels=10)
    lines(floor, lines_max=10)
    floor.tell(TrunkLost(trunk_id=TrunkId("t1")))
    floor.pass_time(5.0)
    before = len(floor.dials())
    floor.end(floor.dials()[0].attempt_id, EndCause.BUSY)
    floor.pass_time(5.0)
    assert len(floor.dials()) == before
    floor.tell(TrunkReturned(trunk_id=TrunkId("t1")))
    floor.pass_time(2.0)
    assert len(floor.dials()) == before + 1


def test_group_that_comes_back_at_once_is_taken_up_slowly(floor: Floor) -> None:
    """Twenty agents after a break: the first decision is a part of the full one, later ones grow."""
    floor.campaign(ramp_seconds=20.0)
    for number in range(20):
        floor.agent(f"agent-{number:02d}")
    floor.give(*some_leads(100))
    floor.pass_time(1.0)
    first = floor.ordered(RecordPacingDecision)[-1]
    assert (first.binding_constraint, len(floor.dials())) == ("ramp", 1)
    floor.pass_time(20.0)
    assert len(floor.dials()) == 20
    started = [record.lines_started for record in floor.ordered(RecordPacingDecision)]
    assert max(started) <= 5


def test_agents_who_come_one_by_one_meet_no_ramp(floor: Floor) -> None:
    """A ramp is for groups."""
    floor.campaign(ramp_seconds=20.0)
    floor.give(*some_leads(100))
    for number in range(8):
        floor.agent(f"agent-{number}")
        floor.pass_time(2.0)
        assert len(floor.dials()) == number + 1


def test_decision_that_starts_nothing_is_recorded_once_in_ten_seconds(floor: Floor) -> None:
    """And at once when the constraint that binds is another one."""
    floor.campaign()
    floor.agent("ann")
    floor.ring(1)
    assert len(of_kind(floor.pass_time(30.0), RecordPacingDecision)) <= 4


def test_unit_of_work_of_one_campaign_leaves_the_other_alone(floor: Floor) -> None:
    """Stopping one campaign does not touch the other's lines."""
    floor.campaign("one", method="agentless", lines_max=2)
    floor.campaign("two", method="agentless", lines_max=2)
    floor.give(*some_leads(5), campaign="one")
    floor.give(*some_leads(5, first=100), campaign="two")
    floor.pass_time(1.0)
    stopped = of_kind(floor.set_status(CampaignStatus.STOPPED, "one"), HangUp)
    ones = {dial.attempt_id for dial in floor.dials() if dial.campaign_id == "one"}
    assert {order.attempt_id for order in stopped} == ones


def test_settings_that_cannot_be_used_change_nothing(floor: Floor) -> None:
    """A campaign keeps the settings it has when new ones are refused."""
    floor.campaign(method="ratio", pacing_settings={"lines_per_agent": 1.0})
    with pytest.raises(SettingsError):
        floor.campaign(method="ratio", pacing_settings={"lines_per_agent": -1.0})
    floor.agent()
    floor.give(*some_leads(9))
    floor.pass_time(2.0)
    assert len(floor.dials()) == 1


def test_campaign_configured_twice_keeps_its_status(floor: Floor) -> None:
    """Settings are settings; running is running."""
    floor.campaign()
    floor.campaign(starts=False)
    assert floor.engine.snapshot(floor.now).campaigns[0].status == "running"


def test_changed_ring_time_of_a_running_predictive_campaign_is_taken() -> None:
    """What was learned in the bins of another ring time does not fit; the pacer learns anew."""
    floor = Floor()
    floor.trunk()
    floor.campaign(method="predictive")
    floor.agent()
    floor.give(*some_leads(3))
    floor.pass_time(5.0)
    floor.campaign(method="predictive", starts=False, ring_timeout_seconds=35.0)
    floor.tell(CallEnded(attempt_id=floor.dials()[-1].attempt_id, cause=EndCause.BUSY))
    floor.pass_time(5.0)
    assert floor.dials()[-1].ring_timeout_seconds == 35.0
