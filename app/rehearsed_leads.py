"""The leads of a rehearsal: rows in the database; virtual are only the people behind their numbers.

Who is due, leased, owed or closed the database alone knows. Here stands who answers when a lead is dialed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from dialer.adapters import store
from dialer.adapters.record_writer import Transactions
from dialer.core.commands import (
    Dial,
    RecordAttemptEnded,
    RecordDisposition,
    ReleaseLeads,
    ReserveLeads,
)
from dialer.core.events import Event, LeadWithdrawn
from dialer.messages import AttemptId, CampaignId, LeadId
from rules.abandon_ledger import AbandonDefinition
from simulations.called_parties import CalledParties
from simulations.event_list import EventList
from simulations.lead_list import LeadList
from simulations.virtual_lead_source import VirtualLeadSource

LEADS_MAX = 100_000  # of all lists together: loading more would keep people waiting
LEADS_PER_COPY = 10_000


class RehearsedLeads(VirtualLeadSource):
    """All lists of a rehearsal."""

    def __init__(
        self,
        events: EventList,
        lists: Iterable[tuple[LeadList, CalledParties]],
        definitions: Mapping[CampaignId, AbandonDefinition],
        emit: Callable[[Event], None],
    ) -> None:
        """Take the lists, each with its parties; a list too long to be loaded is cut."""
        given = list(lists)
        self.leads_wanted = sum(lead_list.size for lead_list, _ in given)
        for lead_list, _ in given:
            lead_list.size = min(lead_list.size, LEADS_MAX // len(given))
        super().__init__(events, given, definitions, emit)
        self.given = given
        self._say = emit
        self.people: dict[LeadId, tuple[CalledParties, int]] = {}  # and their place on the list
        self._attempts: Counter[LeadId] = Counter()
        self._in_attempt: dict[LeadId, CampaignId] = {}
        self.dialed: dict[AttemptId, Dial] = {}  # what the network was given to dial

    @property
    def leads_loaded(self) -> int:
        """Count the leads that were put into the database."""
        return len(self.people)

    async def load(self, transactions: Transactions, name: str, now: datetime) -> None:
        """Put every list into the database, all leads due at `now`; their campaigns must be there."""
        for lead_list, parties in self.given:
            async with transactions.begin() as connection:
                list_id = await store.create_list(connection, lead_list.campaign_id, name, now)
                for first in range(0, lead_list.size, LEADS_PER_COPY):
                    places = range(first, min(first + LEADS_PER_COPY, lead_list.size))
                    leads = [_new_lead(lead_list, parties, place, now) for place in places]
                    lead_ids = await store.add_leads(connection, lead_list.campaign_id, list_id, leads)
                    people = ((parties, place) for place in places)
                    self.people.update(zip(lead_ids, people, strict=True))

    # --- what the world asks -------------------------------------------------------------------------------

    def begin_attempt(self, command: Dial) -> tuple[CalledParties, int, int]:
        """Note an attempt; gives the parties, the lead's index and the number of this attempt, from 1."""
        self.dialed[command.attempt_id] = command
        self._attempts[command.lead_id] += 1
        self._in_attempt[command.lead_id] = command.campaign_id
        return (*self.people[command.lead_id], self._attempts[command.lead_id])

    def end_attempt(self, command: RecordAttemptEnded) -> None:
        """Note that an attempt is over; what becomes of its lead stands in the database."""
        if command.lead_id is not None:
            self._in_attempt.pop(command.lead_id, None)

    def save_disposition(self, command: RecordDisposition) -> None:
        """Note nothing: the disposition stands in the database."""

    def reserve(self, command: ReserveLeads) -> None:
        """Refuse: leads are leased out of the database."""
        raise AssertionError("a rehearsal reserves leads in the database")

    def release(self, command: ReleaseLeads) -> None:
        """Refuse: leads go back into the database."""
        raise AssertionError("a rehearsal releases leads in the database")

    def withdraw_one(self, campaign_id: CampaignId) -> None:
        """Withdraw one lead that is being dialed or talked to, as a person who objects would."""
        for lead_id, of_campaign in self._in_attempt.items():
            if of_campaign == campaign_id:
                self._say(LeadWithdrawn(campaign_id=campaign_id, lead_id=lead_id, reason="objection"))
                return


def _new_lead(lead_list: LeadList, parties: CalledParties, place: int, now: datetime) -> store.NewLead:
    zones, numbers, skill = lead_list.identity(place)
    return store.NewLead(
        numbers=tuple(store.NewNumber(e164=e164, raw_text=e164, zones=zones) for e164 in numbers),
        due_at=now,
        required_skill=skill,
        live_probability=parties.live_ratio(1, 0.0) if lead_list.plan.has_scores else None,
    )
