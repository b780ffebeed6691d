"""The lead source of the virtual world: leases, retries, callbacks, exhaustion; one owner for each lead.

It answers `ReserveLeads` and `ReleaseLeads` and applies what `RecordAttemptEnded` and `RecordDisposition`
decide. It does not judge the engine: what it finds odd it counts in `surprises`, the watcher judges.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from dialer.core.commands import (
    Dial,
    RecordAttemptEnded,
    RecordDisposition,
    ReleaseLeads,
    ReserveLeads,
)
from dialer.core.events import DoNotCallAdded, Event, LeadsReserved, LeadWithdrawn
from dialer.core.leads import Callback, Lead, LeadNext, LeadStep
from dialer.messages import CampaignId, LeadId
from rules.abandon_ledger import AbandonClass, AbandonDefinition, abandon_class
from simulations.called_parties import CalledParties
from simulations.event_list import EventList
from simulations.lead_list import LeadList, LeadRecord, LeadState, NumberBook, lead_of

RESERVE_SECONDS = 0.02  # a reservation's way to the store and back
RELEASE_PAUSE_SECONDS = 60.0  # a lead given back without a date may be reserved again after this
SKIP_PAUSE_SECONDS = 3600.0  # and after this, when an agent did not want it
RECLAIM_SECONDS = 90.0  # beyond the lease: a preview that shows the lead may last so long, and clocks differ
FINAL_RELEASES = frozenset({"do_not_call", "withdrawn", "no_number_left"})
SKIP_RELEASES = frozenset({"preview_skipped", "preview_timed_out"})


class VirtualLeadSource:
    """All lists of a run."""

    def __init__(
        self,
        events: EventList,
        lists: Iterable[tuple[LeadList, CalledParties]],
        definitions: Mapping[CampaignId, AbandonDefinition],
        emit: Callable[[Event], None],
    ) -> None:
        """Take the lists, each with its parties, and each law; `emit` takes the answers."""
        self._definitions = definitions
        self._events = events
        self._emit = emit
        self._lists: dict[CampaignId, LeadList] = {}
        self._parties: dict[CampaignId, CalledParties] = {}
        self._due: dict[CampaignId, list[tuple[float, int, LeadRecord]]] = {}
        self._leases: dict[CampaignId, list[tuple[float, int, LeadRecord]]] = {}
        for lead_list, parties in lists:
            self._lists[lead_list.campaign_id] = lead_list
            self._parties[lead_list.campaign_id] = parties
            self._due[lead_list.campaign_id] = []
            self._leases[lead_list.campaign_id] = []
        self._records: dict[LeadId, LeadRecord] = {}  # open ones, and those that wait
        self._numbers = NumberBook()
        self._sequence = 0
        self.wall_offset_seconds = 0.0  # POSIX seconds minus the virtual clock
        self.surprises: Counter[str] = Counter()
        self.do_not_call: dict[str, None] = {}  # numbers, in the order in which they were withdrawn

    # --- commands ----------------------------------------------------------------------------------------

    def reserve(self, command: ReserveLeads) -> None:
        """Answer after the store's time."""
        self._events.schedule(self._events.now + RESERVE_SECONDS, self._answer, command)

    def release(self, command: ReleaseLeads) -> None:
        """Take leads back."""
        for release in command.releases:
            record = self._records.get(release.lead_id)
            if record is None or record.state is not LeadState.LEASED:
                self.surprises["released without a lease"] += 1
                continue
            if release.reason in FINAL_RELEASES or record.is_withdrawn:
                self._close(record)
                continue
            pause = SKIP_PAUSE_SECONDS if release.reason in SKIP_RELEASES else RELEASE_PAUSE_SECONDS
            at = release.allowed_at if release.allowed_at is not None else self._wall_now() + pause
            self._wait(record, at)

    def begin_attempt(self, command: Dial) -> tuple[CalledParties, int, int]:
        """Note an attempt; gives the parties, the lead's index and the number of this attempt, from 1."""
        record = self._records[command.lead_id]
        if record.state is not LeadState.LEASED:
            self.surprises["dialed without a lease"] += 1
        record.state = LeadState.IN_ATTEMPT
        wall_now = self._wall_now()
        record.attempts_at.append(wall_now)
        record.attempt_numbers.append(command.e164)
        self._numbers.attempts_at.setdefault(command.e164, []).append(wall_now)
        return self._parties[command.campaign_id], record.index, len(record.attempts_at)

    def end_attempt(self, command: RecordAttemptEnded) -> None:
        """Apply the lead's next state, or wait for the disposition."""
        if command.lead_id is None:
            return
        record = self._records[command.lead_id]
        if record.state is not LeadState.IN_ATTEMPT:
            self.surprises["ended without an attempt"] += 1
        if command.entry is not None and record.attempt_numbers:
            definition = self._definitions[command.campaign_id]
            if abandon_class(command.entry, definition) is AbandonClass.ABANDONED:
                self._numbers.abandoned_at[record.attempt_numbers[-1]] = self._wall_now()
        if command.lead_next is None:
            record.state = LeadState.OWED
        else:
            self._apply(record, command.lead_next)

    def save_disposition(self, command: RecordDisposition) -> None:
        """Apply the lead's next state, and a wish not to be called again."""
        if command.lead_id is None:
            return
        record = self._records.get(command.lead_id)
        if record is None:
            self.surprises["disposition of a closed lead"] += 1
            return
        if command.disposition == "do_not_call":
            record.is_withdrawn = True
            number = record.attempt_numbers[-1] if record.attempt_numbers else record.numbers[0]
            self.do_not_call[number] = None
            self._emit(DoNotCallAdded(e164=number))
        if command.lead_next is None:
            return
        if record.state is not LeadState.OWED:
            self.surprises["disposition of a lead that was not owed one"] += 1
        self._apply(record, command.lead_next)

    # --- what the house does -----------------------------------------------------------------------------

    def withdraw_one(self, campaign_id: CampaignId) -> None:
        """Withdraw one lead that the engine holds, as a person who objects would; none if there is none."""
        for _, _, record in self._leases[campaign_id]:
            is_held = record.state is LeadState.LEASED or record.state is LeadState.IN_ATTEMPT
            if is_held and not record.is_withdrawn:
                record.is_withdrawn = True
                self._emit(LeadWithdrawn(campaign_id=campaign_id, lead_id=record.lead_id, reason="objection"))
                return

    def withdrawn_leads(self) -> tuple[LeadWithdrawn, ...]:
        """Give every objection that a new engine must hear of: to leads whose attempt or wrap-up goes on."""
        return tuple(
            LeadWithdrawn(campaign_id=record.list.campaign_id, lead_id=record.lead_id, reason="objection")
            for record in self._records.values()
            if record.is_withdrawn and record.state in (LeadState.IN_ATTEMPT, LeadState.OWED)
        )

    def leased_leads(self) -> tuple[tuple[CampaignId, tuple[Lead, ...]], ...]:
        """Give every lead that is leased and not dialed, by campaign: what the store tells a new engine."""
        found: dict[CampaignId, list[Lead]] = {campaign_id: [] for campaign_id in self._lists}
        for record in self._records.values():
            if record.state is LeadState.LEASED and not self._is_withdrawn(record):
                found[record.list.campaign_id].append(self._lead(record))
        return tuple((campaign_id, tuple(leads)) for campaign_id, leads in found.items())

    def lead_as_dialed(self, lead_id: LeadId) -> Lead:
        """Give a lead whose attempt goes on, as it was before that attempt counted."""
        record = self._records[lead_id]
        dialed_at, e164 = record.attempts_at.pop(), record.attempt_numbers[-1]
        by_number = self._numbers.attempts_at[e164]
        by_number.remove(dialed_at)
        number_index, record.number_index = record.number_index, record.numbers.index(e164)
        lead = self._lead(record)
        record.number_index = number_index
        by_number.append(dialed_at)
        record.attempts_at.append(dialed_at)
        return lead

    def count_held(self) -> int:
        """Count the leads that are leased, in an attempt or owed a disposition."""
        return sum(lead_list.open_leads for lead_list in self._lists.values())

    # --- books -------------------------------------------------------------------------------------------

    def _answer(self, command: ReserveLeads, _: int) -> None:
        campaign_id = command.campaign_id
        lead_list = self._lists[campaign_id]
        self._reclaim(campaign_id)
        records = self._take_due(campaign_id, command.count)
        while len(records) < command.count:
            fresh = lead_list.take_fresh()
            if fresh is None:
                break
            if not self._is_withdrawn(fresh):
                self._records[fresh.lead_id] = fresh
                records.append(fresh)
        leads = tuple(self._lease(record) for record in records)
        is_done = lead_list.next_fresh >= lead_list.size and not self._due[campaign_id]
        is_exhausted = is_done and lead_list.open_leads == 0
        self._emit(
            LeadsReserved(
                campaign_id=campaign_id, leads=leads, is_exhausted=is_exhausted, request=command.request
            )
        )

    def _take_due(self, campaign_id: CampaignId, count: int) -> list[LeadRecord]:
        due, wall_now = self._due[campaign_id], self._wall_now()
        taken: list[LeadRecord] = []
        while due and due[0][0] <= wall_now and len(taken) < count:
            record = heapq.heappop(due)[2]
            if self._is_withdrawn(record):
                self._forget(record)
            else:
                taken.append(record)
        return taken

    def _is_withdrawn(self, record: LeadRecord) -> bool:
        withdrawn = self.do_not_call
        return record.is_withdrawn or (
            bool(withdrawn) and any(number in withdrawn for number in record.numbers)
        )

    def _lease(self, record: LeadRecord) -> Lead:
        record.state = LeadState.LEASED
        record.lease_until = self._events.now + record.list.plan.lease_seconds
        record.list.open_leads += 1
        self._expect_back(record)
        return self._lead(record)

    def _lead(self, record: LeadRecord) -> Lead:
        parties = self._parties[record.list.campaign_id]
        number = len(record.attempts_at) + 1
        score = parties.live_ratio(number, self._events.now) if record.list.plan.has_scores else None
        return lead_of(record, self._numbers, score)

    def _expect_back(self, record: LeadRecord) -> None:
        self._sequence += 1
        leases = self._leases[record.list.campaign_id]
        heapq.heappush(leases, (record.lease_until, self._sequence, record))

    def _reclaim(self, campaign_id: CampaignId) -> None:
        """Take back what the engine has kept long beyond the lease: it must have been lost."""
        leases, now = self._leases[campaign_id], self._events.now
        while leases and leases[0][0] + RECLAIM_SECONDS <= now:
            until, _, record = heapq.heappop(leases)
            if record.state is LeadState.LEASED and record.lease_until == until:
                self._wait(record, self._wall_now())

    def _apply(self, record: LeadRecord, following: LeadNext) -> None:
        record.number_index = following.number_index
        record.callback = None
        if following.step is LeadStep.KEPT:
            record.state = LeadState.LEASED
            self._expect_back(record)
        elif following.step is LeadStep.CLOSED or record.is_withdrawn:
            self._close(record)
        else:
            at = following.at if following.at is not None else self._wall_now()
            if following.step is LeadStep.CALLBACK:
                record.callback = Callback(due_at=at, agent_id=following.agent_id)
            self._wait(record, at)

    def _wait(self, record: LeadRecord, at: float) -> None:
        record.state = LeadState.DUE
        record.due_at = at
        record.list.open_leads -= 1
        self._sequence += 1
        heapq.heappush(self._due[record.list.campaign_id], (at, self._sequence, record))

    def _close(self, record: LeadRecord) -> None:
        record.list.open_leads -= 1
        self._forget(record)

    def _forget(self, record: LeadRecord) -> None:
        record.state = LeadState.CLOSED
        del self._records[record.lead_id]

    def _wall_now(self) -> float:
        return self._events.now + self.wall_offset_seconds
