"""Judges what becomes of every lead: leased, in one attempt at a time, given back or decided exactly once."""

from dialer.core.commands import Dial, RecordAttemptEnded, RecordDisposition, ReleaseLeads
from dialer.core.events import LeadsReserved, StateRestored
from dialer.core.leads import Lead, LeadStep
from dialer.messages import AttemptId, LeadId
from simulations.invariants import Alarm


class ShadowLease:
    """A lead in the engine's hands."""

    __slots__ = ("attempt_id", "due_at", "is_owed", "lead")

    def __init__(self, lead: Lead) -> None:
        """Begin in the hopper."""
        self.lead = lead
        self.due_at = lead.callback.due_at if lead.callback is not None else 0.0  # POSIX s; kept once dialed
        self.attempt_id: AttemptId | None = None  # of the attempt it is in
        self.is_owed = False  # an agent's disposition decides it


class WatchedLeads:
    """Every lead that the engine holds."""

    __slots__ = ("_alarm", "_leases")

    def __init__(self, alarm: Alarm) -> None:
        """Begin without leads."""
        self._alarm = alarm
        self._leases: dict[LeadId, ShadowLease] = {}

    def __len__(self) -> int:
        return len(self._leases)

    def reserved(self, event: LeadsReserved) -> None:
        """Note new leases; one that has run out may be given anew."""
        for lead in event.leads:
            self._leases[lead.lead_id] = ShadowLease(lead)

    def restored(self, event: StateRestored) -> None:
        """Forget what died with the old engine: leases that the store did not hand to the new one."""
        handed = {lead.lead_id: lead for _, leads in event.reservations for lead in leads}
        for lead_id, lease in list(self._leases.items()):
            if lease.attempt_id is None and not lease.is_owed and lead_id not in handed:
                del self._leases[lead_id]
        for lead_id, lead in handed.items():
            self._leases[lead_id] = ShadowLease(lead)

    def dialed(self, dial: Dial, now: float, wall_now: float) -> Lead | None:
        """Judge the lease behind a dial; gives the lead, if there is one."""
        lease = self._leases.get(dial.lead_id)
        if lease is None:
            detail = f"{dial.attempt_id} dials lead {dial.lead_id} without a lease"
            self._alarm.violated("lease_kept", detail, now)
            return None
        lead = lease.lead
        if lease.attempt_id is not None or lease.is_owed:
            detail = f"{dial.attempt_id} dials lead {dial.lead_id} beside {lease.attempt_id}"
            self._alarm.violated("lead_in_one_attempt", detail, now)
        if now >= lead.lease_until:
            detail = f"{dial.attempt_id} dials lead {dial.lead_id}, whose lease ended at {lead.lease_until}"
            self._alarm.violated("lease_kept", detail, now)
        numbers = lead.numbers
        if not 0 <= dial.number_index < len(numbers) or numbers[dial.number_index].e164 != dial.e164:
            detail = f"{dial.attempt_id} dials a number that lead {dial.lead_id} does not have there"
            self._alarm.violated("lease_kept", detail, now)
        if lease.due_at > wall_now:
            detail = f"{dial.attempt_id} comes {lease.due_at - wall_now:.0f} s before its promise"
            self._alarm.violated("callback_not_early", detail, now)
        lease.due_at = 0.0
        lease.attempt_id = dial.attempt_id
        return lead

    def released(self, command: ReleaseLeads, now: float) -> None:
        """Judge leads given back undialed."""
        for release in command.releases:
            lease = self._leases.get(release.lead_id)
            if lease is None or lease.attempt_id is not None or lease.is_owed:
                detail = f"lead {release.lead_id} is given back, but is not held undialed"
                self._alarm.violated("lead_decided_once", detail, now)
            else:
                del self._leases[release.lead_id]

    def attempt_ended(self, command: RecordAttemptEnded, now: float) -> None:
        """Judge the lead's next state at the end of its attempt."""
        lead_id = command.lead_id
        if lead_id is None:
            return
        lease = self._leases.get(lead_id)
        if lease is None or lease.attempt_id != command.attempt_id:
            detail = f"the end of {command.attempt_id} decides lead {lead_id}, which is not in it"
            self._alarm.violated("lead_decided_once", detail, now)
            return
        lease.attempt_id = None
        if command.lead_next is None:
            lease.is_owed = True
        elif command.lead_next.step is not LeadStep.KEPT:
            del self._leases[lead_id]

    def disposition_saved(self, command: RecordDisposition, now: float) -> None:
        """Judge the lead's next state at the end of a wrap-up."""
        lead_id = command.lead_id
        if lead_id is None or command.lead_next is None:
            return
        lease = self._leases.get(lead_id)
        if lease is None or not lease.is_owed:
            detail = f"a disposition of {command.attempt_id} decides lead {lead_id}, which is not owed one"
            self._alarm.violated("lead_decided_once", detail, now)
        else:
            del self._leases[lead_id]

    def finish(self, now: float) -> None:
        """Judge the end of a drained run: the engine holds no lead any more."""
        if self._leases:
            held = ", ".join(str(lead_id) for lead_id in list(self._leases)[:5])
            self._alarm.violated("lead_decided_once", f"{len(self._leases)} leads still held: {held}", now)
