"""What the newest attempts on record say of lines and talks, level by level: where a cold pacer may begin.

Each level is counted by itself, from all campaigns to one list; what to believe of them `pacing.priors` says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dialer.adapters.connection import Connection
from dialer.adapters.named_statements import sql
from dialer.messages import CampaignId
from pacing import LevelEvidence

if TYPE_CHECKING:
    import asyncpg

AGE_MAX = timedelta(days=14)
"""What was dialed longer ago says little of the lists of today; it also bounds what is looked through."""

DAY = timedelta(days=1)

ATTEMPTS_MAX = 20_000
"""The newest attempts of all campaigns that are counted; each is then looked up by its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorEvidence:
    """What each level has seen; a level without attempts is not there."""

    everything: LevelEvidence | None
    hour: LevelEvidence | None  # of this hour of the day, in UTC
    campaigns: Mapping[CampaignId, LevelEvidence]
    newest_lists: Mapping[CampaignId, LevelEvidence]  # of each campaign, the list that was loaded last

    def levels(self, campaign_id: CampaignId) -> list[LevelEvidence]:
        """Give the levels of one campaign, from the widest to the narrowest."""
        campaign, newest = self.campaigns.get(campaign_id), self.newest_lists.get(campaign_id)
        return [level for level in (self.everything, self.hour, campaign, newest) if level is not None]


async def read_prior_evidence(connection: Connection, now: datetime) -> PriorEvidence:
    """Count the newest ended attempts of all campaigns."""
    # A busy house fills the count within a day, and is spared the look through all the others.
    for age in (DAY, AGE_MAX):
        rows = await connection.fetch(sql("count_prior_evidence"), now - age, now, ATTEMPTS_MAX)
        found = {kind: _by_campaign(rows, kind) for kind in ("all", "hour", "campaign", "list")}
        everything = found["all"].get(None)
        if everything is not None and everything.lines >= ATTEMPTS_MAX:
            break
    return PriorEvidence(
        everything=everything,
        hour=found["hour"].get(None),
        campaigns={each: level for each, level in found["campaign"].items() if each is not None},
        newest_lists={each: level for each, level in found["list"].items() if each is not None},
    )


def _by_campaign(rows: "Iterable[asyncpg.Record]", kind: str) -> dict[CampaignId | None, LevelEvidence]:
    return {row["campaign_id"]: _level(row) for row in rows if row["level"] == kind}


def _level(row: "asyncpg.Record") -> LevelEvidence:
    return LevelEvidence(
        name=row["level"],
        lines=row["lines"],
        live_answers=row["live_answers"],
        ring_seconds=row["ring_seconds"],
        talks=row["talks"],
        talk_seconds=row["talk_seconds"],
        wrap_ups=row["wrap_ups"],
        wrap_up_seconds=row["wrap_up_seconds"],
    )
