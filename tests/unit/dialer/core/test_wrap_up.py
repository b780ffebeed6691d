"""After the call: wrap-up, disposition, callback, retry, the lead's next number."""

from dataclasses import replace

import pytest

from dialer.core.commands import RecordDisposition, RefuseRequest
from dialer.core.events import AgentPaused, CampaignStatus, DispositionSaved, LeadWithdrawn
from dialer.core.leads import LeadNext, LeadStep
from dialer.core.outcomes import EndCause, Outcome
from dialer.core.settings import DEFAULT_RETRY_RULES, RetryRule
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId
from tests.unit.dialer.core.dialing_floor import NOON_AT, Floor, a_lead, of_kind

ANN, BOB = AgentId("ann"), AgentId("bob")
RULES = {
    **DEFAULT_RETRY_RULES,
    "not_interested": RetryRule(is_final=True),
    "try_again": RetryRule(delay_seconds=1800.0, attempts_max=3),
}


@pytest.fixture
def floor() -> Floor:
    """Ann at work in a campaign with two dispositions of its own."""
    floor = Floor()
    floor.trunk()
    floor.campaign(retry_rules=RULES, wrap_up_seconds_max=60.0)
    floor.agent("ann")
    return floor


def wall(floor: Floor, seconds: float = 0.0) -> float:
    """So many seconds from now, POSIX seconds."""
    return NOON_AT + floor.now + seconds


def save(
    floor: Floor,
    attempt_id: AttemptId,
    disposition: str = "try_again",
    *,
    agent_id: AgentId = ANN,
    callback_at: float | None = None,
    is_mine: bool = False,
) -> list[RecordDisposition]:
    """Let an agent declare the result; gives what is put on record."""
    orders = floor.tell(
        DispositionSaved(
            agent_id=agent_id,
            attempt_id=attempt_id,
            disposition=disposition,
            callback_at=callback_at,
            is_callback_mine=is_mine,
        )
    )
    return of_kind(orders, RecordDisposition)


def lead_next_of(floor: Floor, attempt_id: AttemptId) -> LeadNext:
    """Give the lead's next state as decided at the end of the attempt."""
    lead_next = floor.end_of(attempt_id).lead_next
    assert lead_next is not None
    return lead_next


# --- the wrap-up -------------------------------------------------------------------------------------------


def test_end_of_a_talk_leaves_the_lead_to_the_disposition(floor: Floor) -> None:
    """The agent wraps up, and the attempt's record says nothing of the lead."""
    talk = floor.talk()
    floor.end(talk)
    assert floor.state_of() == "wrapping_up"
    assert floor.end_of(talk).lead_next is None


def test_disposition_in_wrap_up_decides_the_lead_and_frees_the_agent(floor: Floor) -> None:
    """One record with both; the agent gets his next call."""
    talk = floor.talk()
    floor.end(talk)
    (record,) = save(floor, talk)
    assert (record.agent_id, record.lead_id, record.disposition) == (ANN, 1, "try_again")
    assert record.lead_next is not None
    assert (record.lead_next.step, record.lead_next.at) == (LeadStep.RETRY, wall(floor, 1800.0))
    assert floor.state_of() == "idle"


def test_wrap_up_ends_at_its_limit_without_a_disposition(floor: Floor) -> None:
    """The lead is decided by the rule for live answers; the agent is free again."""
    talk = floor.talk()
    floor.end(talk)
    assert of_kind(floor.pass_time(59.0), RecordDisposition) == []
    (record,) = of_kind(floor.pass_time(2.0), RecordDisposition)
    assert record.disposition is None
    assert record.lead_next is not None
    assert record.lead_next.step is LeadStep.RETRY
    assert floor.state_of() == "idle"


def test_disposition_after_the_limit_is_refused(floor: Floor) -> None:
    """The result is on record already; the agent is told."""
    talk = floor.talk()
    floor.end(talk)
    floor.pass_time(61.0)
    assert save(floor, talk) == []
    assert len(floor.ordered(RefuseRequest)) == 1


def test_second_disposition_is_refused(floor: Floor) -> None:
    """A double click does not decide twice."""
    talk = floor.talk()
    floor.end(talk)
    save(floor, talk)
    assert save(floor, talk, "not_interested") == []


def test_disposition_by_the_wrong_agent_is_refused(floor: Floor) -> None:
    """Bob has nothing to say about Ann's call, during it or after it."""
    talk = floor.talk()
    floor.agent("bob")
    assert save(floor, talk, agent_id=BOB) == []
    floor.end(talk)
    assert save(floor, talk, agent_id=BOB) == []
    assert len(floor.ordered(RefuseRequest)) == 2
    assert floor.state_of("ann") == "wrapping_up"


def test_disposition_during_the_call_spares_the_wrap_up(floor: Floor) -> None:
    """Declared before the end: the end decides the lead by it, and the agent is idle at once."""
    talk = floor.talk()
    (record,) = save(floor, talk, "not_interested")
    assert record.lead_next is None
    floor.end(talk)
    assert lead_next_of(floor, talk).step is LeadStep.CLOSED
    assert floor.state_of() == "idle"


def test_agent_who_paused_during_the_call_is_idle_and_gets_no_call_after_it(floor: Floor) -> None:
    """A break that was announced begins after wrap-up."""
    talk = floor.talk()
    floor.tell(AgentPaused(agent_id=ANN, reason="lunch"))
    floor.end(talk)
    save(floor, talk)
    floor.give(a_lead(2))
    floor.pass_time(10.0)
    assert (floor.state_of(), floor.agent_floor().status) == ("idle", "paused")
    assert len(floor.dials()) == 1


def test_disposition_of_an_inbound_call_decides_no_lead(floor: Floor) -> None:
    """There is none."""
    caller = floor.call_in()
    floor.connect(caller)
    floor.end(caller)
    (record,) = save(floor, caller)
    assert (record.lead_id, record.lead_next) == (None, None)


def test_disposition_that_the_campaign_does_not_list_closes_the_lead(floor: Floor) -> None:
    """An agent has talked: nobody calls again without a rule."""
    talk = floor.talk()
    floor.end(talk)
    (record,) = save(floor, talk, "sale")
    assert record.lead_next is not None
    assert record.lead_next.step is LeadStep.CLOSED


# --- callbacks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("is_mine", "agent_id"), [(True, ANN), (False, None)])
@pytest.mark.parametrize("is_during_call", [True, False])
def test_callback_is_promised_for_its_instant_by_anyone_or_mine(
    floor: Floor, is_mine: bool, agent_id: AgentId | None, is_during_call: bool
) -> None:
    """The promise is kept word for word, whenever it was declared."""
    talk = floor.talk()
    at = wall(floor, 7200.0)
    if is_during_call:
        save(floor, talk, "callback", callback_at=at, is_mine=is_mine)
        floor.end(talk)
        lead_next = floor.end_of(talk).lead_next
    else:
        floor.end(talk)
        (record,) = save(floor, talk, "callback", callback_at=at, is_mine=is_mine)
        lead_next = record.lead_next
    assert lead_next is not None
    assert (lead_next.step, lead_next.at, lead_next.agent_id) == (LeadStep.CALLBACK, at, agent_id)


def test_lead_withdrawn_during_the_wrap_up_is_closed_whatever_was_promised(floor: Floor) -> None:
    """An objection outlives the callback that the agent declares after it."""
    talk = floor.talk()
    floor.end(talk)
    floor.tell(LeadWithdrawn(campaign_id=CampaignId("sales"), lead_id=LeadId(1), reason="objection"))
    (record,) = save(floor, talk, "callback", callback_at=wall(floor, 7200.0), is_mine=False)
    assert record.lead_next == LeadNext(step=LeadStep.CLOSED, reason="withdrawn")


# --- retry rules -------------------------------------------------------------------------------------------

AFTER_UNANSWERED = [
    (EndCause.NO_ANSWER, LeadStep.RETRY, 3600.0),
    (EndCause.BUSY, LeadStep.RETRY, 300.0),
    (EndCause.CONGESTION, LeadStep.RETRY, 120.0),
    (EndCause.INVALID_NUMBER, LeadStep.CLOSED, None),
    (EndCause.REJECTED, LeadStep.RETRY, 86400.0),
    (EndCause.FAILED, LeadStep.RETRY, 600.0),
]


@pytest.mark.parametrize(("cause", "step", "delay_seconds"), AFTER_UNANSWERED)
def test_lead_after_an_unanswered_call_follows_the_rule_of_its_outcome(
    floor: Floor, cause: EndCause, step: LeadStep, delay_seconds: float | None
) -> None:
    """One rule for each outcome."""
    (ringing,) = floor.ring(1)
    floor.end(ringing, cause)
    lead_next = lead_next_of(floor, ringing)
    assert lead_next.step is step
    assert lead_next.at == (None if delay_seconds is None else wall(floor, delay_seconds))


@pytest.mark.parametrize(("made", "step"), [(4, LeadStep.RETRY), (5, LeadStep.CLOSED)])
def test_lead_is_closed_when_its_attempts_are_used_up(floor: Floor, made: int, step: LeadStep) -> None:
    """This attempt counts: the sixth of six is the last."""
    floor.give(a_lead(1, attempts_made=made))
    floor.pass_time(1.0)
    floor.end(floor.dials()[0].attempt_id, EndCause.NO_ANSWER)
    assert lead_next_of(floor, floor.dials()[0].attempt_id).step is step


def test_lead_with_another_number_is_kept_and_dialed_at_it(floor: Floor) -> None:
    """Nobody answered at the first number: the second is next, in the same reservation."""
    floor.give(a_lead(1, numbers=2), a_lead(2))
    floor.pass_time(1.0)
    first = floor.dials()[0]
    floor.end(first.attempt_id, EndCause.NO_ANSWER)
    lead_next = lead_next_of(floor, first.attempt_id)
    assert (lead_next.step, lead_next.number_index) == (LeadStep.KEPT, 1)
    floor.pass_time(1.0)
    second = floor.dials()[1]
    assert (second.lead_id, second.number_index) == (1, 1)
    assert second.e164 == a_lead(1, numbers=2).numbers[1].e164
    floor.end(second.attempt_id, EndCause.NO_ANSWER)
    lead_next = lead_next_of(floor, second.attempt_id)
    assert (lead_next.step, lead_next.number_index) == (LeadStep.RETRY, 0)


def test_kept_lead_brings_its_new_attempt_to_the_rules(floor: Floor) -> None:
    """The attempt just made counts for caps and for the attempts of the lead."""
    rules = {**RULES, Outcome.NO_ANSWER.value: RetryRule(attempts_max=2)}
    floor.campaign(retry_rules=rules, starts=False)
    floor.give(a_lead(1, numbers=3))
    for _ in range(2):
        floor.pass_time(1.0)
        floor.end(floor.dials()[-1].attempt_id, EndCause.NO_ANSWER)
    assert lead_next_of(floor, floor.dials()[1].attempt_id).step is LeadStep.CLOSED
    floor.pass_time(10.0)
    assert len(floor.dials()) == 2


def test_busy_number_is_tried_again_before_the_next_one(floor: Floor) -> None:
    """Busy means that somebody is there."""
    floor.give(a_lead(1, numbers=2))
    floor.pass_time(1.0)
    floor.end(floor.dials()[0].attempt_id, EndCause.BUSY)
    assert lead_next_of(floor, floor.dials()[0].attempt_id).step is LeadStep.RETRY


@pytest.mark.parametrize("trouble", ["paused", "lease"])
def test_lead_that_cannot_be_kept_is_retried_at_its_next_number(floor: Floor, trouble: str) -> None:
    """A campaign that does not dial, or a lease that is over: the store takes the lead, number and all."""
    floor.give(replace(a_lead(1, numbers=2), lease_until=10.0))
    floor.pass_time(1.0)
    if trouble == "paused":
        floor.set_status(CampaignStatus.PAUSED)
    else:
        floor.pass_time(11.0)
    floor.end(floor.dials()[0].attempt_id, EndCause.NO_ANSWER)
    lead_next = lead_next_of(floor, floor.dials()[0].attempt_id)
    assert (lead_next.step, lead_next.number_index, lead_next.at) == (LeadStep.RETRY, 1, wall(floor))


def test_abandoned_client_is_not_called_for_three_days(floor: Floor) -> None:
    """The default rule for a live answer whom no agent met."""
    (ringing,) = floor.ring(1)
    floor.tell(AgentPaused(agent_id=ANN, reason="lunch"))
    floor.answer(ringing)
    floor.pass_time(3.0)
    floor.end(ringing)
    lead_next = lead_next_of(floor, ringing)
    assert (lead_next.step, lead_next.at) == (LeadStep.RETRY, wall(floor, 72 * 3600.0))
