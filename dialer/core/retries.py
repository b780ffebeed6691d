"""What becomes of a lead after an attempt: retried, called back, its next number tried, or closed.

Pure: (settings, lead, what happened, when) -> LeadNext.
"""

from dataclasses import replace

from dialer.core.leads import Lead, LeadNext, LeadStep, PhoneNumber
from dialer.core.outcomes import Outcome
from dialer.core.settings import CampaignSettings, RetryRule
from dialer.messages import AgentId

_FINAL = RetryRule(is_final=True)
"""Rule of a disposition that the campaign does not list: an agent has talked, nobody calls again."""


def after_attempt(settings: CampaignSettings, lead: Lead, outcome: Outcome, wall_now: float) -> LeadNext:
    """Decide the lead's next state after an attempt that no agent declares the result of.

    `lead` is the lead as it was dialed, before this attempt counted; `wall_now` in POSIX seconds.
    """
    rule = settings.retry_rules.get(outcome.value, RetryRule())
    next_index = lead.number_index + 1
    may_go_on = not rule.is_final and lead.attempts_made + 1 < rule.attempts_max
    if rule.tries_next_number and may_go_on and next_index < len(lead.numbers):
        return LeadNext(
            step=LeadStep.KEPT, reason=f"{outcome.value}: next number", at=wall_now, number_index=next_index
        )
    return _by_rule(rule, lead, outcome.value, wall_now)


def after_disposition(
    settings: CampaignSettings,
    lead: Lead,
    disposition: str | None,
    callback_at: float | None,
    callback_agent_id: AgentId | None,
    wall_now: float,
) -> LeadNext:
    """Decide the lead's next state after an agent declared the result (None: he did not, in time)."""
    if callback_at is not None:
        return LeadNext(
            step=LeadStep.CALLBACK,
            reason=f"{disposition}: promised",
            at=callback_at,
            number_index=lead.number_index,
            agent_id=callback_agent_id,
        )
    if disposition is None:
        rule = settings.retry_rules.get(Outcome.LIVE.value, RetryRule())
        return _by_rule(rule, lead, "no disposition in time", wall_now)
    return _by_rule(settings.retry_rules.get(disposition, _FINAL), lead, disposition, wall_now)


def with_attempt(lead: Lead, dialed_at: float, next_index: int) -> Lead:
    """Give the lead after one more attempt, at `dialed_at` (POSIX seconds), with its next number in turn."""
    numbers = tuple(
        _dialed(number, dialed_at) if index == lead.number_index else number
        for index, number in enumerate(lead.numbers)
    )
    return replace(
        lead,
        numbers=numbers,
        attempts_made=lead.attempts_made + 1,
        attempts_at=(*lead.attempts_at, dialed_at),
        number_index=next_index,
        callback=None,
    )


def _dialed(number: PhoneNumber, dialed_at: float) -> PhoneNumber:
    return replace(number, attempts_at=(*number.attempts_at, dialed_at))


def _by_rule(rule: RetryRule, lead: Lead, reason: str, wall_now: float) -> LeadNext:
    if rule.is_final:
        return LeadNext(step=LeadStep.CLOSED, reason=f"{reason}: final")
    if lead.attempts_made + 1 >= rule.attempts_max:
        return LeadNext(step=LeadStep.CLOSED, reason=f"{reason}: {rule.attempts_max} attempts made")
    return LeadNext(
        step=LeadStep.RETRY, reason=f"{reason}: retry rule", at=wall_now + rule.delay_seconds, number_index=0
    )
