"""The network helps itself: late answers, and the message played to whom we did not take in time."""

from dataclasses import replace

import pytest

from dialer.core.commands import ConnectToAgent, PlaySafeHarbourMessage
from dialer.core.events import AgentPaused, CallAnswered, LiveAttempt, SafeHarbourStarted, StateRestored
from dialer.core.outcomes import EndCause, EndReason, Outcome
from dialer.messages import AgentId, AttemptId, CampaignId, TrunkId
from rules.abandon_ledger import AbandonClass, abandon_class
from rules.policy_packs import get_policy_pack
from tests.unit.dialer.core.dialing_floor import NODE, Floor, a_lead, of_kind

DEFINITION = get_policy_pack("us_federal").abandon_definition


@pytest.fixture
def floor() -> Floor:
    """A campaign with one agent who wants calls."""
    floor = Floor()
    floor.trunk()
    floor.campaign()
    floor.agent()
    return floor


def counted_as_abandoned(floor: Floor, attempt_id: AttemptId) -> bool:
    """Whether the ledger holds the call against us."""
    entry = floor.end_of(attempt_id).entry
    assert entry is not None
    return abandon_class(entry, DEFINITION) is AbandonClass.ABANDONED


@pytest.mark.parametrize("late_seconds", [0.0, 60.0])
def test_late_answer_without_an_agent_gets_the_message_once_the_limit_is_over(
    floor: Floor, late_seconds: float
) -> None:
    """The wait is counted from the answer: a client of whom we hear too late waits no further."""
    (attempt_id,) = floor.ring()
    floor.tell(AgentPaused(agent_id=AgentId("ann"), reason="break"))
    floor.pass_time(1.0)
    floor.tell(CallAnswered(attempt_id=attempt_id, answered_at=floor.now - late_seconds))
    assert bool(floor.ordered(PlaySafeHarbourMessage)) is (late_seconds > 0.0)
    assert floor.attempt(attempt_id).answered_at == floor.now - min(late_seconds, 2.0)


@pytest.mark.parametrize("answered_before", [False, True])
def test_message_of_the_network_frees_the_agent_and_counts_as_abandoned(
    floor: Floor, answered_before: bool
) -> None:
    """Whether the answer was heard of or not: the client had no agent, and the agent takes the next call."""
    (attempt_id,) = floor.ring()
    if answered_before:
        floor.answer(attempt_id)
        assert floor.state_of() == "ringing"
    floor.tell(SafeHarbourStarted(attempt_id=attempt_id, answered_at=floor.now))
    assert floor.state_of() == "idle"
    assert not floor.ordered(PlaySafeHarbourMessage), "the network plays it already"
    floor.pass_time(3.0)
    floor.end(attempt_id)
    record = floor.end_of(attempt_id)
    assert (record.outcome, record.reason) == (Outcome.LIVE, EndReason.ABANDONED)
    assert counted_as_abandoned(floor, attempt_id)


def test_message_of_the_network_after_our_connection_is_ignored(floor: Floor) -> None:
    """A message that lost the race against the bridge changes nothing."""
    attempt_id = floor.talk()
    floor.tell(SafeHarbourStarted(attempt_id=attempt_id))
    assert floor.state_of() == "talking"


def gone_call() -> LiveAttempt:
    """An attempt of the engine before, whose leg is gone."""
    lead = a_lead(1)
    return LiveAttempt(
        attempt_id=AttemptId("e0-1"),
        campaign_id=CampaignId("sales"),
        lead=lead,
        e164=lead.numbers[0].e164,
        node_id=NODE,
        trunk_id=TrunkId("t1"),
        dialed_at=-20.0,
        is_up=False,
    )


def test_call_that_ended_while_we_were_away_ends_as_the_network_said(floor: Floor) -> None:
    """What the network has kept for us is the outcome; else it is a failure of the node."""
    heard = replace(gone_call(), end_cause=EndCause.BUSY)
    floor.tell(StateRestored(attempts=(heard,), agents=()))
    assert floor.end_of(heard.attempt_id).outcome is Outcome.BUSY


def test_call_that_heard_the_message_while_we_were_away_counts_as_abandoned(floor: Floor) -> None:
    """The message was played by the network and the client is gone: answered, and given nobody."""
    heard = replace(gone_call(), answered_at=-6.0, has_message=True)
    floor.tell(StateRestored(attempts=(heard,), agents=()))
    record = floor.end_of(heard.attempt_id)
    assert (record.outcome, record.reason) == (Outcome.LIVE, EndReason.ABANDONED)
    assert counted_as_abandoned(floor, heard.attempt_id)
    assert not of_kind(floor.commands, ConnectToAgent)
