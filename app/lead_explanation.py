"""Why a lead is or is not dialed: every check in the order in which the dialer asks, as sentences.

The rules are asked as the engine asks them (`rules`), so that the answer here and the dialer cannot differ.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from dialer.adapters.store.campaign_counts import AgentOnRecord
from dialer.adapters.store.lead_records import LeadRecord
from dialer.adapters.store.queue_state import QueueState
from dialer.core.agent_session import AgentStatus
from dialer.core.campaign import AGENTLESS
from dialer.core.events import CampaignStatus
from dialer.core.leads import PhoneNumber
from rules.calling_hours import calling_hours_verdict
from rules.dial_rules import DialRules
from rules.errors import UnknownZoneError
from rules.refusals import RefusalReason, describe

HOURS_REASONS = (RefusalReason.OUTSIDE_CALLING_HOURS, RefusalReason.HOLIDAY, RefusalReason.ZONE_UNKNOWN)
SHOWN_DIGITS_FIRST, SHOWN_DIGITS_LAST = 3, 2  # of a masked number
LOCAL_TIME = "%Y-%m-%d %H:%M"


class CheckName(Enum):
    """What is checked, in this order."""

    CAMPAIGN = "campaign"
    TRUNK = "trunk"
    AGENTS = "agents"
    CLOSED = "closed"
    NUMBER = "number"
    DO_NOT_CALL = "do_not_call"
    IN_ATTEMPT = "in_attempt"
    DISPOSITION = "disposition"
    LEASE = "lease"
    DUE = "due"
    CALLBACK = "callback"
    CALLING_HOURS = "calling_hours"
    RULES = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check and what it says."""

    name: CheckName
    is_passed: bool
    text: str  # a sentence for people
    allowed_at: datetime | None = None  # when it will pass by itself, if that is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All checks of one lead."""

    checks: tuple[Check, ...]

    @property
    def is_dialable(self) -> bool:
        """Whether nothing stands against dialing it now."""
        return all(check.is_passed for check in self.checks)

    @property
    def allowed_at(self) -> datetime | None:
        """When everything will have passed by itself; None: it is dialable, or somebody must do something."""
        instants = [check.allowed_at for check in self.checks if not check.is_passed]
        known = [instant for instant in instants if instant is not None]
        return max(known) if known and len(known) == len(instants) else None


def explain(
    record: LeadRecord, agents: Sequence[AgentOnRecord], now: datetime, *, shows_numbers: bool = False
) -> Explanation:
    """Ask every check; `agents` are all who are signed in."""
    checks = [_campaign(record), _trunk(record), _agents(record, agents), _closed(record)]
    checks.append(_number(record, shows_numbers))
    checks += [_do_not_call(record), _in_attempt(record), _disposition(record), _lease(record, now)]
    checks += [_due(record, now), _callback(record, now)]
    lead = record.lead
    if 0 <= lead.number_index < len(lead.numbers):
        number = lead.numbers[lead.number_index]
        checks += _hours(record, number, now)
        checks += _rules(record, number, now)
    return Explanation(checks=tuple(checks))


def masked(e164: str) -> str:
    """A number of which a person sees only that it is the one he means.

    >>> masked("+390612345678")
    '+39••••••••78'
    """
    hidden = max(0, len(e164) - SHOWN_DIGITS_FIRST - SHOWN_DIGITS_LAST)
    return e164[:SHOWN_DIGITS_FIRST] + "•" * hidden + e164[len(e164) - SHOWN_DIGITS_LAST :]


def _campaign(record: LeadRecord) -> Check:
    campaign = record.campaign
    is_running = campaign.status is CampaignStatus.RUNNING
    text = f"Campaign {campaign.campaign_id} is {campaign.status.value}."
    if not is_running and campaign.wanted_status is CampaignStatus.RUNNING:
        text += " It is ordered to run: start `paceline serve`, which carries it out."
    elif not is_running:
        text += f" To start it: paceline campaign start {campaign.campaign_id}."
    return Check(name=CheckName.CAMPAIGN, is_passed=is_running, text=text)


def _trunk(record: LeadRecord) -> Check:
    trunks = record.campaign.settings.trunk_ids
    name = record.campaign.campaign_id
    text = f"It dials through {', '.join(trunks)}." if trunks else "It has no trunk to dial through."
    if not trunks:
        text += f" To give it one: paceline campaign set {name} trunk_ids=TRUNK."
    return Check(name=CheckName.TRUNK, is_passed=bool(trunks), text=text)


def _agents(record: LeadRecord, agents: Sequence[AgentOnRecord]) -> Check:
    if record.campaign.settings.pacing_method == AGENTLESS:
        return Check(name=CheckName.AGENTS, is_passed=True, text="The campaign needs no agents.")
    here = [agent for agent in agents if record.campaign.campaign_id in agent.campaign_ids]
    available = [agent for agent in here if agent.status is AgentStatus.AVAILABLE]
    skill = record.lead.required_skill
    able = [agent for agent in available if skill is None or skill in agent.skills]
    text = f"{len(here)} agents are signed in for the campaign, {len(available)} available"
    text += f", {len(able)} with the skill {skill}." if skill is not None else "."
    return Check(name=CheckName.AGENTS, is_passed=bool(able), text=text)


def _closed(record: LeadRecord) -> Check:
    if record.closed_at is None:
        attempts = record.lead.attempts_made
        return Check(name=CheckName.CLOSED, is_passed=True, text=f"It is open, after {attempts} attempts.")
    text = f"It was closed at {_utc(record.closed_at)}: {record.last_reason or 'no reason is on record'}."
    return Check(name=CheckName.CLOSED, is_passed=False, text=text)


def _number(record: LeadRecord, shows_numbers: bool) -> Check:
    lead = record.lead
    if not 0 <= lead.number_index < len(lead.numbers):
        return Check(name=CheckName.NUMBER, is_passed=False, text="It has no number left to dial.")
    e164 = lead.numbers[lead.number_index].e164
    shown = e164 if shows_numbers else masked(e164)
    text = f"Its next number is {shown}, {lead.number_index + 1} of {len(lead.numbers)}."
    return Check(name=CheckName.NUMBER, is_passed=True, text=text)


def _do_not_call(record: LeadRecord) -> Check:
    count = len(record.suppressed)
    text = "None of its numbers is on the do-not-call list."
    if count:
        text = f"{count} of its {len(record.lead.numbers)} numbers are on the do-not-call list."
    return Check(name=CheckName.DO_NOT_CALL, is_passed=not count, text=text)


def _in_attempt(record: LeadRecord) -> Check:
    is_called = record.queue_state is QueueState.IN_ATTEMPT
    text = "No attempt of it is going on."
    if is_called:
        attempt = record.open_attempt
        text = f"It is being called, since {_utc(attempt[1])}." if attempt else "It is being called."
    return Check(name=CheckName.IN_ATTEMPT, is_passed=not is_called, text=text)


def _disposition(record: LeadRecord) -> Check:
    is_owed = record.queue_state is QueueState.OWED
    text = "No disposition is owed."
    if is_owed:
        text = (
            f"It waits for the disposition of agent {record.owing_agent_id or '(nobody: it is freed soon)'}."
        )
    return Check(name=CheckName.DISPOSITION, is_passed=not is_owed, text=text)


def _lease(record: LeadRecord, now: datetime) -> Check:
    if record.queue_state is not QueueState.LEASED or record.leased_until is None:
        return Check(name=CheckName.LEASE, is_passed=True, text="No engine has it in its hopper.")
    text = f"It is in the hopper of engine {record.leased_by}, until {_utc(record.leased_until)}"
    if record.leased_until <= now:
        text += "; that is over, and it comes back by itself"
    # In the hopper it is about to be dialed: nothing stands against it.
    return Check(name=CheckName.LEASE, is_passed=True, text=f"{text}.")


def _due(record: LeadRecord, now: datetime) -> Check:
    if record.due_at is None:
        is_closed = record.closed_at is not None
        text = "It has no place in the dial queue" + (", being closed." if is_closed else ".")
        return Check(name=CheckName.DUE, is_passed=False, text=text)
    is_due = record.due_at <= now
    why = f" ({record.last_reason})" if record.last_reason else ""
    text = (
        f"It {'has been' if is_due else 'is'} due {'since' if is_due else 'from'} {_utc(record.due_at)}{why}."
    )
    return Check(
        name=CheckName.DUE, is_passed=is_due, text=text, allowed_at=None if is_due else record.due_at
    )


def _callback(record: LeadRecord, now: datetime) -> Check:
    callback = record.lead.callback
    if callback is None:
        return Check(name=CheckName.CALLBACK, is_passed=True, text="No callback is promised.")
    at = datetime.fromtimestamp(callback.due_at, UTC)
    who = f" by agent {callback.agent_id}" if callback.agent_id is not None else ""
    text = f"A callback is promised{who} for {_utc(at)}."
    is_due = at <= now
    return Check(name=CheckName.CALLBACK, is_passed=is_due, text=text, allowed_at=None if is_due else at)


def _hours(record: LeadRecord, number: PhoneNumber, now: datetime) -> Iterator[Check]:
    """One check for each zone that the party may be in: all must be open."""
    pack = record.campaign.settings.policy_pack
    if not number.zones:
        text = "The time zone of the number is not known, so that calling hours cannot be proven."
        yield Check(name=CheckName.CALLING_HOURS, is_passed=False, text=text)
    for zone in number.zones:
        try:
            verdict = calling_hours_verdict(pack.calling_hours, (zone,), now)
        except UnknownZoneError as error:
            yield Check(name=CheckName.CALLING_HOURS, is_passed=False, text=f"{error}.")
            continue
        place = ZoneInfo(zone)
        local = now.astimezone(place)
        text = f"In {zone} it is {local:%A} {local:%H:%M}: "
        if verdict.is_open:
            text += f"open until {verdict.until_at.astimezone(place):{LOCAL_TIME}}."
        else:
            why = "a holiday" if verdict.reason is RefusalReason.HOLIDAY else "closed"
            opens = verdict.opens_at
            then = f"opens {opens.astimezone(place):{LOCAL_TIME}}" if opens else "no opening is in sight"
            text += f"{why} ({pack.calling_hours.source}); {then}."
        yield Check(
            name=CheckName.CALLING_HOURS, is_passed=verdict.is_open, text=text, allowed_at=verdict.opens_at
        )


def _rules(record: LeadRecord, number: PhoneNumber, now: datetime) -> Iterator[Check]:
    """Attempt caps and the rest after an abandoned call, as the engine asks them."""
    pack = record.campaign.settings.policy_pack
    refusals = DialRules(pack).refusals(
        zones=number.zones,
        now_at=now.timestamp(),
        number_attempts_at=number.attempts_at,
        lead_attempts_at=record.lead.attempts_at,
        abandoned_at=number.abandoned_at,
    )
    others = [refusal for refusal in refusals if refusal.reason not in HOURS_REASONS]
    for refusal in others:
        yield Check(
            name=CheckName.RULES, is_passed=False, text=describe(refusal), allowed_at=refusal.allowed_at
        )
    if not others:
        text = f"Attempt caps and rests of {pack.name} allow it ({len(number.attempts_at)} recent attempts)."
        yield Check(name=CheckName.RULES, is_passed=True, text=text)


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
