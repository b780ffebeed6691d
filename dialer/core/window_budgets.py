"""What each window of the law leaves a campaign: counted as its calls are decided, told to its pacer.

The counting is `rules.window_counter`'s; the limit is the law's or, where it is stricter, the campaign's own.
"""

from dialer.core.call_attempt import CallAttempt
from dialer.core.campaign import Campaign
from dialer.core.world import World
from pacing import WindowBudget
from rules.abandon_ledger import LedgerEntry


def count_in_windows(world: World, attempt: CallAttempt, entry: LedgerEntry) -> None:
    """Count an answered call whose fate is certain; to be called once for each."""
    assert entry.answered_at is not None, "a ledger entry is of an answered call"
    attempt.campaign.windows.add(entry, entry.answered_at + world.wall_offset_seconds)


def window_budgets(world: World, campaign: Campaign) -> tuple[WindowBudget, ...]:
    """Give what each window of the law has counted; costs nothing while nothing changes."""
    counts = campaign.windows.counts(world.wall_now)
    if counts is not campaign.windows_counted:
        own_limit_ratio = campaign.settings.abandon_limit_ratio
        campaign.windows_counted = counts
        campaign.window_budgets = tuple(
            WindowBudget(
                name=each.limit.name,
                abandoned=share.abandoned,
                answered_live=share.live,
                limit_ratio=min(each.limit.definition.limit_ratio, own_limit_ratio),
            )
            for each, share in ((each, each.share) for each in counts)
        )
    return campaign.window_budgets
