"""The raw instants of an answered call, and the one count of what they amount to under the campaign's law."""

from dialer.core.call_attempt import CallAttempt
from dialer.core.window_budgets import count_in_windows
from dialer.core.world import World
from rules.abandon_ledger import AbandonClass, LedgerEntry, abandon_class
from rules.detection import DetectionVerdict


def count_fate(world: World, attempt: CallAttempt, ended_at: float | None = None) -> None:
    """Count an answered call once, as soon as its class is certain: bridged, given up, or over.

    The pacer hears of it at the same moment, by the same definition as the ledger will be read with.
    """
    entry = ledger_entry(attempt, ended_at)
    if attempt.fate is not None or entry is None:
        return
    campaign = attempt.campaign
    fate = attempt.fate = abandon_class(entry, campaign.settings.policy_pack.abandon_definition)
    count_in_windows(world, attempt, entry)
    if fate is AbandonClass.CONNECTED:
        campaign.counts.connected += 1
    elif fate is AbandonClass.ABANDONED:
        campaign.counts.abandoned += 1
        world.checks.note_abandoned(world.wall_now, attempt.e164)
    else:
        return
    if not attempt.is_dialed_for_agent:
        assert entry.answered_at is not None
        campaign.pacer.observe(fate.value, world.now, world.now - entry.answered_at)


def ledger_entry(attempt: CallAttempt, ended_at: float | None) -> LedgerEntry | None:
    """Give the raw instants of an answered call; None where the law counts nothing.

    That is: never answered, called by the client, or a broadcast, in which no agent was ever to come.
    """
    if attempt.answered_at is None or attempt.is_inbound or attempt.is_broadcast:
        return None
    return LedgerEntry(
        attempt_id=attempt.attempt_id,
        campaign_id=attempt.campaign.settings.campaign_id,
        answered_at=attempt.answered_at,
        greeting_ended_at=attempt.greeting_ended_at,
        verdict=attempt.verdict or DetectionVerdict.NOT_DETECTED,
        verdict_at=attempt.verdict_at,
        offered_at=attempt.offered_at,
        bridged_at=attempt.bridged_at,
        client_gone_at=attempt.client_gone_at,
        message_started_at=attempt.message_started_at,
        message_ended_at=attempt.message_ended_at,
        ended_at=ended_at,
    )
