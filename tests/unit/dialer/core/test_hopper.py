"""The hopper: what may enter, what may leave it to be dialed, and the reason of every refusal."""

from dataclasses import replace

import pytest

from dialer.core.commands import ReleaseLeads, ReserveLeads
from dialer.core.events import (
    AgentBecameAvailable,
    AgentPaused,
    CallAnswered,
    CallEnded,
    CampaignStatus,
    DoNotCallAdded,
    LeadsReserved,
    LeadWithdrawn,
    MessageEnded,
    WallClockSet,
)
from dialer.core.leads import Callback, Lead, PhoneNumber
from dialer.core.outcomes import EndCause
from dialer.messages import AgentId, CampaignId, LeadId
from rules.attempt_caps import AttemptCap, CapScope
from rules.policy_packs import get_policy_pack
from tests.unit.dialer.core.dialing_floor import NOON_AT, ZONE, Floor, a_lead, of_kind, some_leads

SALES = CampaignId("sales")
HOUR = 3600.0


@pytest.fixture
def floor() -> Floor:
    """A running campaign with one idle agent, and no line to dial on yet."""
    floor = Floor()
    floor.trunk(channels=0)
    floor.campaign()
    floor.agent()
    return floor


def reasons(floor: Floor) -> dict[int, str]:
    """The reason for which each lead was given back."""
    given_back = [release for command in floor.ordered(ReleaseLeads) for release in command.releases]
    assert len({release.lead_id for release in given_back}) == len(given_back), "a lead is given back once"
    return {release.lead_id: release.reason for release in given_back}


def hopper_leads(floor: Floor) -> int:
    """Count the leads in the hopper, as the board shows them."""
    return floor.engine.snapshot(floor.now).campaigns[0].hopper_leads


def open_the_line(floor: Floor) -> list[int]:
    """Let the campaign dial; gives the leads that it dialed."""
    before = len(floor.dials())
    floor.trunk(channels=1)
    floor.pass_time(1.0)
    return [dial.lead_id for dial in floor.dials()[before:]]


NEVER_DIALED = {
    "outside_calling_hours": a_lead(1, numbers=0, lease_seconds=1e6),
    "zone_unknown": a_lead(1),
    "callback_not_due": a_lead(1, callback=Callback(due_at=NOON_AT + 60.0)),
    "no_number_left": a_lead(1, number_index=1),
    "lease_expired": a_lead(1, lease_seconds=0.0),
}
NEVER_DIALED["outside_calling_hours"] = replace(
    a_lead(1), numbers=(PhoneNumber(e164="+390600000001", zones=("Asia/Tokyo",)),)
)
NEVER_DIALED["zone_unknown"] = replace(a_lead(1), numbers=(PhoneNumber(e164="+12120000001", zones=()),))


@pytest.mark.parametrize("reason", sorted(NEVER_DIALED))
def test_lead_that_may_not_be_dialed_is_refused_on_entry_by_name(floor: Floor, reason: str) -> None:
    """Each refusal is a named reason, and the lead is not held."""
    floor.give(NEVER_DIALED[reason])
    assert reasons(floor) == {1: reason}
    assert hopper_leads(floor) == 0


def test_refusal_by_hours_says_from_when_the_lead_may_be_asked_about_again(floor: Floor) -> None:
    """Noon in New York is one o'clock at night in Tokyo, where calls begin at eight."""
    floor.give(NEVER_DIALED["outside_calling_hours"])
    (release,) = floor.ordered(ReleaseLeads)[0].releases
    assert release.allowed_at == NOON_AT + 7 * HOUR


def test_lead_whose_rule_closes_in_the_hopper_is_refused_just_before_dialing(floor: Floor) -> None:
    """Allowed on entry, forbidden nine hours later: the second check finds it."""
    floor.give(a_lead(1))
    assert reasons(floor) == {}
    floor.tell(WallClockSet(offset_seconds=NOON_AT + 9.5 * HOUR))
    assert open_the_line(floor) == []
    assert reasons(floor) == {1: "outside_calling_hours"}


def test_number_added_to_do_not_call_is_refused_just_before_dialing(floor: Floor) -> None:
    """The lead was in the hopper when the number was withdrawn."""
    floor.give(a_lead(1), a_lead(2))
    floor.tell(DoNotCallAdded(e164=a_lead(1).numbers[0].e164))
    assert open_the_line(floor) == [2]
    assert reasons(floor) == {1: "do_not_call"}


def test_number_on_do_not_call_is_refused_on_entry(floor: Floor) -> None:
    """It does not matter which came first."""
    floor.tell(DoNotCallAdded(e164=a_lead(1).numbers[0].e164))
    floor.give(a_lead(1))
    assert reasons(floor) == {1: "do_not_call"}


def test_lead_withdrawn_leaves_the_hopper_at_once(floor: Floor) -> None:
    """Erased or closed by hand: it is not dialed, the others are."""
    floor.give(a_lead(1), a_lead(2))
    floor.tell(LeadWithdrawn(campaign_id=SALES, lead_id=LeadId(1), reason="erased"))
    assert reasons(floor) == {1: "withdrawn"}
    assert open_the_line(floor) == [2]


def test_lead_withdrawn_during_its_call_is_closed_with_it(floor: Floor) -> None:
    """No second number, no retry."""
    floor.give(a_lead(1, numbers=2))
    assert open_the_line(floor) == [1]
    floor.tell(LeadWithdrawn(campaign_id=SALES, lead_id=LeadId(1), reason="erased"))
    floor.end(floor.dials()[0].attempt_id, EndCause.NO_ANSWER)
    floor.pass_time(10.0)
    lead_next = floor.end_of(floor.dials()[0].attempt_id).lead_next
    assert lead_next is not None
    assert lead_next.step.value == "closed"
    assert len(floor.dials()) == 1


def test_lead_in_progress_is_refused_until_its_call_has_ended(floor: Floor) -> None:
    """One lead, one attempt at a time."""
    floor.give(a_lead(1))
    open_the_line(floor)
    floor.give(a_lead(1))
    assert reasons(floor) == {1: "lead_in_progress"}


def test_number_in_progress_is_refused_for_any_lead_of_any_campaign(floor: Floor) -> None:
    """One number, one attempt at a time."""
    floor.campaign("other")
    floor.give(a_lead(1))
    open_the_line(floor)
    floor.give(replace(a_lead(2), numbers=a_lead(1).numbers), campaign="other")
    assert reasons(floor) == {2: "number_in_progress"}


def test_two_leads_with_one_number_are_dialed_one_after_the_other(floor: Floor) -> None:
    """Both are in the hopper; the second is refused at its turn."""
    floor.agent("bob")
    floor.give(a_lead(1), replace(a_lead(2), numbers=a_lead(1).numbers))
    floor.trunk(channels=9)
    floor.pass_time(1.0)
    assert [dial.lead_id for dial in floor.dials()] == [1]
    assert reasons(floor) == {2: "number_in_progress"}


def test_attempt_cap_of_the_pack_refuses_by_name(floor: Floor) -> None:
    """The caps of number and lead are two reasons."""
    pack = replace(
        get_policy_pack("us_federal"),
        attempt_caps=(
            AttemptCap(scope=CapScope.NUMBER, attempts_max=1, window_seconds=24 * HOUR, source="house"),
            AttemptCap(scope=CapScope.LEAD, attempts_max=2, window_seconds=24 * HOUR, source="house"),
        ),
    )
    floor.campaign(policy_pack=pack, starts=False)
    called = PhoneNumber(e164="+12120000001", zones=(ZONE,), attempts_at=(NOON_AT - HOUR,))
    floor.give(replace(a_lead(1), numbers=(called,)))
    floor.give(a_lead(2, attempts_at=(NOON_AT - HOUR, NOON_AT - 2 * HOUR)))
    assert reasons(floor) == {1: "attempt_cap_number", 2: "attempt_cap_lead"}


def test_number_of_an_abandoned_call_rests(floor: Floor) -> None:
    """Where the pack asks for a rest, it is kept."""
    pack = replace(
        get_policy_pack("us_federal"), rest_after_abandon_seconds=72 * HOUR, rest_after_abandon_source="house"
    )
    floor.campaign(policy_pack=pack, starts=False)
    number = PhoneNumber(e164="+12120000001", zones=(ZONE,), abandoned_at=NOON_AT - HOUR)
    floor.give(replace(a_lead(1), numbers=(number,)))
    assert reasons(floor) == {1: "rest_after_abandon"}


@pytest.mark.parametrize("position", [0, 1])
def test_lead_is_given_back_when_its_lease_ends_wherever_it_stands(floor: Floor, position: int) -> None:
    """No lead is kept beyond its lease, at the front or behind a longer one."""
    leads = [a_lead(1, lease_seconds=1e6), a_lead(2, lease_seconds=1e6)]
    leads[position] = replace(leads[position], lease_until=30.0)
    floor.give(*leads)
    floor.pass_time(29.0)
    assert reasons(floor) == {}
    floor.pass_time(2.0)
    assert reasons(floor) == {position + 1: "lease_expired"}


def test_lead_reserved_twice_is_held_once(floor: Floor) -> None:
    """A repeated answer does not dial anybody twice."""
    floor.give(a_lead(1), a_lead(2))
    floor.give(a_lead(1), a_lead(2))
    assert hopper_leads(floor) == 2
    assert reasons(floor) == {}


def test_callback_reserved_twice_is_held_once(floor: Floor) -> None:
    """The same holds for a promise that binds an agent who is away."""
    mine = a_lead(1, callback=Callback(due_at=NOON_AT - 1.0, agent_id=floor.agent("bob", wants_calls=False)))
    floor.give(mine)
    floor.give(mine)
    assert hopper_leads(floor) == 1


@pytest.mark.parametrize("status", [CampaignStatus.STOPPED, CampaignStatus.DRAINING])
def test_leads_of_a_campaign_that_ends_are_given_back(floor: Floor, status: CampaignStatus) -> None:
    """Those in the hopper, and those that arrive late."""
    floor.give(a_lead(1))
    floor.set_status(status)
    floor.give(a_lead(2))
    assert reasons(floor) == {1: "campaign_not_running", 2: "campaign_not_running"}


def test_leads_of_a_paused_campaign_stay_in_the_hopper(floor: Floor) -> None:
    """A pause keeps what is reserved."""
    floor.give(a_lead(1))
    floor.set_status(CampaignStatus.PAUSED)
    assert (reasons(floor), hopper_leads(floor)) == ({}, 1)
    floor.set_status(CampaignStatus.RUNNING)
    assert open_the_line(floor) == [1]


def test_empty_answer_is_followed_by_a_pause_before_the_next_request(floor: Floor) -> None:
    """The store is not asked in a loop."""
    floor.give()
    assert of_kind(floor.pass_time(9.0), ReserveLeads) == []
    assert len(of_kind(floor.pass_time(3.0), ReserveLeads)) == 1


def test_answer_with_nothing_but_refused_leads_is_followed_by_a_pause(floor: Floor) -> None:
    """A lead that may not be dialed just now does not go to and fro in a loop."""
    before = len(floor.ordered(ReserveLeads))
    for _ in range(5):
        floor.give(NEVER_DIALED["callback_not_due"])
    assert len(floor.ordered(ReserveLeads)) == before
    assert len(of_kind(floor.pass_time(11.0), ReserveLeads)) == 1


def test_hopper_that_is_more_than_half_full_asks_for_nothing(floor: Floor) -> None:
    """Reservations are short, so they are made late."""
    floor.give(*some_leads(15))
    assert of_kind(floor.pass_time(30.0), ReserveLeads) == []


def test_hopper_of_a_fast_campaign_holds_two_minutes_of_dialing() -> None:
    """The wanted number of leads follows the dialing rate."""
    floor = Floor()
    floor.trunk(channels=1000, per_second=2.0)
    floor.campaign(method="agentless", lines_max=1000)
    next_lead = 1
    for _ in range(120):
        for asked in of_kind(floor.pass_time(1.0), ReserveLeads):
            floor.give(*some_leads(asked.count, first=next_lead))
            next_lead += asked.count
    assert 120 <= hopper_leads(floor) <= 240


def test_lead_of_several_numbers_is_never_in_two_attempts() -> None:
    """Its second number is dialed when the first attempt has ended, not before."""
    floor = Floor()
    floor.trunk()
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob")
    lead: Lead = a_lead(1, numbers=2)
    floor.give(lead)
    floor.pass_time(10.0)
    assert len(floor.dials()) == 1


def test_answer_heard_twice_does_not_bring_its_leads_twice(floor: Floor) -> None:
    """A lead that was dialed and ended is not dialed again because the source's answer came again."""
    request = floor.ordered(ReserveLeads)[-1].request
    answer = LeadsReserved(campaign_id=SALES, leads=(a_lead(1),), request=request)
    floor.tell(answer)
    assert open_the_line(floor) == [1]
    floor.tell(CallEnded(attempt_id=floor.dials()[-1].attempt_id, cause=EndCause.REJECTED))
    floor.tell(answer)
    assert open_the_line(floor) == []
    assert floor.engine.ignored_counts()["LeadsReserved: answered already, or asked before a restart"] == 1


THREE_A_DAY = AttemptCap(scope=CapScope.NUMBER, attempts_max=3, window_seconds=24 * HOUR, source="example")


@pytest.mark.parametrize("clock_error_seconds", [0.0, -7200.0, 7200.0])
def test_cap_counts_the_attempts_made_while_a_lead_of_the_same_number_waited(
    floor: Floor, clock_error_seconds: float
) -> None:
    """Two leads share a number with one attempt left: the second is refused, whatever the clock does."""
    pack = replace(get_policy_pack("us_federal"), attempt_caps=(THREE_A_DAY,))
    floor.campaign(policy_pack=pack)
    shared = PhoneNumber(e164="+12125550101", zones=(ZONE,), attempts_at=(NOON_AT - 2 * HOUR, NOON_AT - HOUR))
    floor.give(*(replace(a_lead(lead_id), numbers=(shared,)) for lead_id in (1, 2)))
    assert open_the_line(floor) == [1]
    floor.tell(WallClockSet(offset_seconds=NOON_AT + clock_error_seconds))
    floor.tell(CallEnded(attempt_id=floor.dials()[-1].attempt_id, cause=EndCause.REJECTED))
    assert open_the_line(floor) == []
    assert reasons(floor)[2] == "attempt_cap_number"


def test_rest_after_an_abandoned_call_holds_for_a_waiting_lead_of_the_same_number(floor: Floor) -> None:
    """The second lead was reserved before the call was abandoned; its number rests all the same."""
    floor.campaign(policy_pack=get_policy_pack("strict_generic"))
    shared = PhoneNumber(e164="+12125550101", zones=(ZONE,))
    floor.give(*(replace(a_lead(lead_id), numbers=(shared,)) for lead_id in (1, 2)))
    assert open_the_line(floor) == [1]
    floor.tell(AgentPaused(agent_id=AgentId("ann"), reason="lunch"))
    attempt_id = floor.dials()[-1].attempt_id
    floor.tell(CallAnswered(attempt_id=attempt_id))
    floor.pass_time(3.0)
    floor.tell(MessageEnded(attempt_id=attempt_id))
    floor.tell(CallEnded(attempt_id=attempt_id, cause=EndCause.NORMAL))
    floor.tell(AgentBecameAvailable(agent_id=AgentId("ann")))
    assert open_the_line(floor) == []
    assert reasons(floor)[2] == "rest_after_abandon"


def test_list_that_grew_is_asked_for_at_once(floor: Floor) -> None:
    """A campaign whose source had nothing asks anew when it is configured again, as after a load."""
    floor.pass_time(1.0)
    floor.give(is_exhausted=True)
    asked = len(floor.ordered(ReserveLeads))
    floor.pass_time(2.0)
    assert len(floor.ordered(ReserveLeads)) == asked, "an empty answer is left alone for a while"
    floor.campaign(starts=False)
    floor.pass_time(1.0)
    assert len(floor.ordered(ReserveLeads)) == asked + 1
