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
    shares = campaign.windows.shares(world.wall_now)
    if shares is not campaign.windows_counted:
        own_limit_ratio = campaign.settings.abandon_limit_ratio
        campaign.windows_counted = shares
        campaign.window_budgets = tuple(
            [
                WindowBudget(
                    name=limit.name,
                    abandoned=abandoned,
                    answered_live=live,
                    limit_ratio=min(limit.definition.limit_ratio, own_limit_ratio),
                )
                for limit, (abandoned, live) in zip(
                    campaign.settings.policy_pack.abandon_limits, shares, strict=True
                )
            ]
        )
    return campaign.window_budgets
