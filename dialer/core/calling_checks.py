"""Whether a lead's next number may be dialed now: every refusal is a named reason.

Asked twice: when a lead enters the hopper, and just before it is dialed (design.md part 3).
The law's side is in `rules`; the house's own reasons are here.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from dialer.core.leads import Lead, PhoneNumber
from rules.dial_rules import DialRules
from rules.policy_packs import PolicyPack
from rules.refusals import Refusal

if TYPE_CHECKING:
    from dialer.core.world import World

MEMORY_SECONDS = 1800.0
"""Longer than any lease: whatever was reserved before a dial has come back by then."""

SAME_ATTEMPT_SECONDS = 1.0
"""Two records of one attempt, ours and the store's, differ by less; no number is dialed twice in it."""


class HouseReason(Enum):
    """Why the house, and not the law, gives a lead back undialed."""

    DO_NOT_CALL = "do_not_call"  # the number must not be called any more
    WITHDRAWN = "withdrawn"  # the lead must not be dialed any more: erased, closed by hand, list undone
    LEAD_IN_PROGRESS = "lead_in_progress"  # an attempt or a wrap-up of this lead is going on
    NUMBER_IN_PROGRESS = "number_in_progress"  # an attempt to this number is going on
    NO_NUMBER_LEFT = "no_number_left"  # the lead has no (further) number
    LEASE_EXPIRED = "lease_expired"  # the reservation is no longer ours
    CAMPAIGN_NOT_RUNNING = "campaign_not_running"  # stopped or drained with the lead in the hopper
    PREVIEW_SKIPPED = "preview_skipped"  # the agent did not want it
    PREVIEW_TIMED_OUT = "preview_timed_out"  # the agent neither accepted nor skipped it
    CALLBACK_NOT_DUE = "callback_not_due"  # promised for later


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRefusal:
    """Why a lead is not dialed, and from when it may be asked about again."""

    reason: str  # value of a HouseReason or of a rules.refusals.RefusalReason
    allowed_at: float | None = None  # POSIX seconds, if known


class CallingChecks:
    """The checks of all campaigns, with what is remembered to make them cheap."""

    __slots__ = ("_abandoned_at", "_dials", "_dials_by_number", "_rules", "do_not_call")

    def __init__(self) -> None:
        """Begin with nothing forbidden but by law."""
        self.do_not_call: set[str] = set()  # E.164 numbers withdrawn since the engine was started
        self._dials: deque[tuple[float, str]] = deque()  # of this engine: instant, number; oldest first
        self._dials_by_number: dict[str, list[float]] = {}  # POSIX seconds, as the store has them
        self._abandoned_at: dict[str, float] = {}  # POSIX seconds, of numbers in the above
        self._rules: dict[str, DialRules] = {}  # by name of the policy pack

    def refusal(self, world: "World", pack: PolicyPack, lead: Lead) -> LeadRefusal | None:
        """Say why the lead's next number may not be dialed now; None if it may."""
        if not 0 <= lead.number_index < len(lead.numbers):
            return LeadRefusal(reason=HouseReason.NO_NUMBER_LEFT.value)
        number = lead.numbers[lead.number_index]
        if world.now >= lead.lease_until:
            return LeadRefusal(reason=HouseReason.LEASE_EXPIRED.value)
        if lead.lead_id in world.leads_in_progress:
            return LeadRefusal(reason=HouseReason.LEAD_IN_PROGRESS.value)
        if number.e164 in world.numbers_in_progress:
            return LeadRefusal(reason=HouseReason.NUMBER_IN_PROGRESS.value)
        if number.e164 in self.do_not_call:
            return LeadRefusal(reason=HouseReason.DO_NOT_CALL.value)
        wall_now = world.wall_now
        if lead.callback is not None and lead.callback.due_at > wall_now:
            return LeadRefusal(reason=HouseReason.CALLBACK_NOT_DUE.value, allowed_at=lead.callback.due_at)
        refusal = self._rules_of(pack).refusal(
            zones=number.zones,
            now_at=wall_now,
            number_attempts_at=self._attempts_at(number),
            lead_attempts_at=lead.attempts_at,
            abandoned_at=self._abandoned_at_of(number, wall_now),
        )
        return None if refusal is None else _as_lead_refusal(refusal)

    def note_dial(self, now: float, wall_now: float, e164: str) -> None:
        """Remember an attempt: another lead with this number may be in a hopper, with an older history."""
        dials, by_number = self._dials, self._dials_by_number
        while dials and dials[0][0] <= now - MEMORY_SECONDS:
            _, forgotten = dials.popleft()
            del by_number[forgotten][0]
            if not by_number[forgotten]:
                del by_number[forgotten]
                self._abandoned_at.pop(forgotten, None)
        dials.append((now, e164))
        by_number.setdefault(e164, []).append(wall_now)

    def note_abandoned(self, wall_now: float, e164: str) -> None:
        """Remember that a call to this number was abandoned, for the same reason."""
        if e164 in self._dials_by_number:
            self._abandoned_at[e164] = wall_now

    def _attempts_at(self, number: PhoneNumber) -> tuple[float, ...]:
        """Give the number's attempts, POSIX seconds: the reserved history, and what it does not know of.

        They are told apart by their instants, not by their order: a wall clock may have been set back.
        """
        dials = self._dials_by_number.get(number.e164)
        if dials is None:
            return number.attempts_at
        known = number.attempts_at
        unknown = (at for at in dials if all(abs(at - each) > SAME_ATTEMPT_SECONDS for each in known))
        return (*known, *unknown)

    def _abandoned_at_of(self, number: PhoneNumber, wall_now: float) -> float | None:
        """Give the latest abandoned call, POSIX seconds; one dated later than now (or never) was just now."""
        remembered = self._abandoned_at.get(number.e164)
        if remembered is None and number.abandoned_at is None:
            return None
        latest = max(at for at in (remembered, number.abandoned_at) if at is not None)
        return latest if latest <= wall_now else wall_now

    def _rules_of(self, pack: PolicyPack) -> DialRules:
        rules = self._rules.get(pack.name)
        if rules is None or rules.policy_pack is not pack:
            rules = self._rules[pack.name] = DialRules(pack)
        return rules


def _as_lead_refusal(refusal: Refusal) -> LeadRefusal:
    at = refusal.allowed_at
    return LeadRefusal(reason=refusal.reason.value, allowed_at=None if at is None else at.timestamp())
