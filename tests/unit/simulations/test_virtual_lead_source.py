"""The lead source: each lead with one owner at a time, leases, retries, callbacks, exhaustion."""

import pytest

from dialer.core.commands import Dial, LeadRelease, RecordAttemptEnded, ReleaseLeads, ReserveLeads
from dialer.core.commands import RecordDisposition as Disposition
from dialer.core.events import DoNotCallAdded, Event, LeadsReserved, LeadWithdrawn
from dialer.core.leads import Lead, LeadNext, LeadStep
from dialer.core.outcomes import EndReason, Outcome
from dialer.messages import AgentId, AttemptId, CampaignId, NodeId, TrunkId
from rules.abandon_ledger import LedgerEntry
from rules.policy_packs import get_policy_pack
from simulations.called_parties import CalledParties, Population
from simulations.event_list import EventList
from simulations.lead_list import LeadList, LeadListPlan
from simulations.random_streams import RandomStreams
from simulations.virtual_lead_source import RECLAIM_SECONDS, RELEASE_PAUSE_SECONDS, VirtualLeadSource

CAMPAIGN = CampaignId("sales")
AGENT = AgentId("agent")
WALL = 1_000_000.0


class Desk:
    """A lead source with its clock, and what it said."""

    def __init__(self, size: int = 3, plan: LeadListPlan | None = None) -> None:
        streams = RandomStreams(1)
        self.events = EventList()
        self.said: list[Event] = []
        lead_list = LeadList(plan or LeadListPlan(lease_seconds=100.0), CAMPAIGN, 0, size, streams)
        parties = CalledParties(Population(), streams, 0)
        laws = {CAMPAIGN: get_policy_pack("strict_generic").abandon_definition}
        self.source = VirtualLeadSource(self.events, [(lead_list, parties)], laws, self.said.append)
        self.source.wall_offset_seconds = WALL
        self.dials = 0

    def reserve(self, count: int = 10) -> LeadsReserved:
        """Ask, wait for the answer, give it."""
        self.source.reserve(ReserveLeads(campaign_id=CAMPAIGN, count=count, request="1"))
        while self.events.next_at() is not None:
            self.events.step()
        answer = self.said[-1]
        assert isinstance(answer, LeadsReserved)
        return answer

    def dial(self, lead: Lead) -> AttemptId:
        """Begin an attempt to the lead's next number."""
        self.dials += 1
        attempt_id = AttemptId(f"a{self.dials}")
        command = Dial(
            attempt_id=attempt_id,
            campaign_id=CAMPAIGN,
            lead_id=lead.lead_id,
            e164=lead.numbers[lead.number_index].e164,
            number_index=lead.number_index,
            trunk_id=TrunkId("trunk"),
            node_id=NodeId("node"),
            caller_id_number="",
            ring_timeout_seconds=22.0,
        )
        self.source.begin_attempt(command)
        return attempt_id

    def end(
        self, lead: Lead, attempt_id: AttemptId, following: LeadNext | None, entry: LedgerEntry | None = None
    ) -> None:
        """End that attempt."""
        self.source.end_attempt(
            RecordAttemptEnded(
                attempt_id=attempt_id,
                campaign_id=CAMPAIGN,
                lead_id=lead.lead_id,
                outcome=Outcome.NO_ANSWER,
                reason=EndReason.NOT_ANSWERED,
                agent_id=None,
                entry=entry,
                dialed_at=0.0,
                ended_at=self.events.now,
                lead_next=following,
            )
        )

    def save(self, lead: Lead, attempt_id: AttemptId, following: LeadNext | None, code: str = "sale") -> None:
        """Save a disposition."""
        self.source.save_disposition(
            Disposition(
                attempt_id=attempt_id,
                campaign_id=CAMPAIGN,
                lead_id=lead.lead_id,
                agent_id=AGENT,
                disposition=code,
                lead_next=following,
            )
        )


def retry_at(seconds: float) -> LeadNext:
    """A retry so many seconds after the beginning."""
    return LeadNext(step=LeadStep.RETRY, reason="test", at=WALL + seconds)


CLOSED = LeadNext(step=LeadStep.CLOSED, reason="test")


def test_lead_that_is_leased_is_not_given_twice() -> None:
    """Three leads are given once; then there is nothing, but the list is not exhausted."""
    desk = Desk()
    first, second = desk.reserve(), desk.reserve()
    assert len({lead.lead_id for lead in first.leads}) == 3
    assert (second.leads, second.is_exhausted) == ((), False)


def test_lead_with_a_retry_comes_back_at_its_time_with_its_history() -> None:
    """Not a second earlier; the attempt is in its history and in its number's."""
    desk = Desk(size=1)
    (lead,) = desk.reserve().leads
    desk.end(lead, desk.dial(lead), retry_at(300.0))
    desk.events.advance(299.0)
    assert desk.reserve().leads == ()
    desk.events.advance(301.0)
    (again,) = desk.reserve().leads
    assert again.lead_id == lead.lead_id
    assert (again.attempts_made, len(again.attempts_at), len(again.numbers[0].attempts_at)) == (1, 1, 1)


def test_lead_that_was_kept_stays_with_the_engine() -> None:
    """Its next number is dialed in the same reservation."""
    desk = Desk(size=1, plan=LeadListPlan(second_number_ratio=1.0))
    (lead,) = desk.reserve().leads
    assert len(lead.numbers) == 2
    desk.end(lead, desk.dial(lead), LeadNext(step=LeadStep.KEPT, reason="test", at=WALL, number_index=1))
    assert desk.reserve().leads == ()
    assert [kept.number_index for _, leads in desk.source.leased_leads() for kept in leads] == [1]


def test_lead_that_is_owed_a_disposition_waits_for_it() -> None:
    """Only the disposition says what becomes of it, and a promise comes with its agent."""
    desk = Desk(size=1)
    (lead,) = desk.reserve().leads
    attempt_id = desk.dial(lead)
    desk.end(lead, attempt_id, None)
    assert desk.reserve().is_exhausted is False
    promise = LeadNext(step=LeadStep.CALLBACK, reason="test", at=WALL + 50.0, agent_id=AGENT)
    desk.save(lead, attempt_id, promise)
    desk.events.advance(60.0)
    (again,) = desk.reserve().leads
    assert again.callback is not None
    assert (again.callback.due_at, again.callback.agent_id) == (WALL + 50.0, AGENT)


def test_list_is_exhausted_when_its_last_lead_is_closed() -> None:
    """As long as one lead may come back it is not."""
    desk = Desk(size=1)
    (lead,) = desk.reserve().leads
    attempt_id = desk.dial(lead)
    desk.end(lead, attempt_id, CLOSED)
    answer = desk.reserve()
    assert (answer.leads, answer.is_exhausted, desk.source.count_held()) == ((), True, 0)


def test_lead_that_was_released_rests_before_it_comes_again() -> None:
    """With the engine's date if there is one, else for a minute; for good if its number is withdrawn."""
    desk = Desk(size=3)
    leads = desk.reserve().leads
    releases = (
        LeadRelease(lead_id=leads[0].lead_id, reason="outside_calling_hours", allowed_at=WALL + 30.0),
        LeadRelease(lead_id=leads[1].lead_id, reason="number_in_progress"),
        LeadRelease(lead_id=leads[2].lead_id, reason="do_not_call"),
    )
    desk.source.release(ReleaseLeads(campaign_id=CAMPAIGN, releases=releases))
    desk.events.advance(31.0)
    assert [lead.lead_id for lead in desk.reserve().leads] == [leads[0].lead_id]
    desk.events.advance(RELEASE_PAUSE_SECONDS + 31.0)
    assert [lead.lead_id for lead in desk.reserve().leads] == [leads[1].lead_id]


def test_lease_that_ran_out_long_ago_is_taken_back() -> None:
    """An engine that died does not keep its leads for ever."""
    desk = Desk(size=1)
    (lead,) = desk.reserve().leads
    desk.events.advance(lead.lease_until + RECLAIM_SECONDS - 1.0)
    assert desk.reserve().leads == ()
    desk.events.advance(lead.lease_until + RECLAIM_SECONDS + 1.0)
    (again,) = desk.reserve().leads
    assert (again.lead_id, again.lease_until > lead.lease_until) == (lead.lead_id, True)


def test_wish_not_to_be_called_withdraws_the_number_everywhere() -> None:
    """The engine is told, and another lead with the same number is never given."""
    desk = Desk(size=2, plan=LeadListPlan(household_ratio=1.0))
    (lead,) = desk.reserve(count=1).leads
    attempt_id = desk.dial(lead)
    desk.end(lead, attempt_id, None)
    desk.save(lead, attempt_id, CLOSED, code="do_not_call")
    assert DoNotCallAdded(e164=lead.numbers[0].e164) in desk.said
    answer = desk.reserve()
    assert (answer.leads, answer.is_exhausted) == ((), True)


def test_withdrawn_lead_is_told_and_never_given_again() -> None:
    """Objections reach the engine while it holds the lead."""
    desk = Desk(size=1)
    (lead,) = desk.reserve().leads
    desk.source.withdraw_one(CAMPAIGN)
    assert LeadWithdrawn(campaign_id=CAMPAIGN, lead_id=lead.lead_id, reason="objection") in desk.said
    release = LeadRelease(lead_id=lead.lead_id, reason="number_in_progress")
    desk.source.release(ReleaseLeads(campaign_id=CAMPAIGN, releases=(release,)))
    desk.events.advance(RELEASE_PAUSE_SECONDS + 1.0)
    assert desk.reserve().leads == ()


def test_abandoned_call_is_told_with_the_number() -> None:
    """The rest after an abandoned call is judged by it, whoever's lead the number is."""
    desk = Desk(size=1)
    (lead,) = desk.reserve().leads
    attempt_id = desk.dial(lead)
    entry = LedgerEntry(
        attempt_id=attempt_id, campaign_id=CAMPAIGN, answered_at=5.0, message_started_at=7.0, ended_at=15.0
    )
    desk.events.advance(15.0)
    desk.end(lead, attempt_id, retry_at(20.0), entry)
    desk.events.advance(25.0)
    (again,) = desk.reserve().leads
    assert again.numbers[0].abandoned_at == pytest.approx(WALL + 15.0)


def test_lead_as_dialed_is_the_lead_before_its_attempt() -> None:
    """A restarted engine gets the lead as the old one dialed it, and nothing is lost by asking."""
    desk = Desk(size=1)
    (lead,) = desk.reserve().leads
    desk.dial(lead)
    assert desk.source.lead_as_dialed(lead.lead_id) == lead
    assert desk.source.lead_as_dialed(lead.lead_id) == lead


def test_source_that_is_told_nonsense_counts_it() -> None:
    """It judges nobody, but nothing goes unseen."""
    desk = Desk(size=1)
    (lead,) = desk.reserve().leads
    attempt_id = desk.dial(lead)
    desk.end(lead, attempt_id, retry_at(1.0))
    desk.end(lead, attempt_id, CLOSED)
    assert desk.source.surprises["ended without an attempt"] == 1
