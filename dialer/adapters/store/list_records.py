"""Lists on record: what became of their leads, and how a list is taken out again."""

from dataclasses import dataclass
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.errors import UnknownList
from dialer.adapters.named_statements import sql
from dialer.messages import CampaignId, LeadId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRecord:
    """A list and its leads."""

    list_id: int
    name: str  # for people
    campaign_id: CampaignId
    loaded_at: datetime
    undone_at: datetime | None  # its untouched leads were taken out then
    leads_loaded: int  # as counted when it was loaded; 0: not by an import
    leads_there: int  # now
    attempted: int  # of those there, at least once
    closed: int  # of those there, not to be dialed any more


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUndone:
    """What taking out a list did."""

    campaign_id: CampaignId
    removed: int  # leads that were never attempted
    left: int  # leads that were
    leased: tuple[LeadId, ...]  # of those removed, what an engine had in its hopper


async def read_lists(connection: Connection, list_id: int | None = None) -> tuple[ListRecord, ...]:
    """Every list, the newest first, or one.

    Raises:
        UnknownList: there is no such list.
    """
    rows = await connection.fetch(sql("read_lists"), list_id)
    if list_id is not None and not rows:
        raise UnknownList(f"expected the number of a list, got {list_id}: `paceline list show` names them")
    return tuple(
        ListRecord(
            list_id=row["list_id"],
            name=row["name"],
            campaign_id=CampaignId(row["campaign_id"]),
            loaded_at=row["loaded_at"],
            undone_at=row["undone_at"],
            leads_loaded=row["leads_loaded"],
            leads_there=row["leads_there"],
            attempted=row["attempted"],
            closed=row["closed"],
        )
        for row in rows
    )


async def undo_list(connection: Connection, list_id: int, now: datetime) -> ListUndone:
    """Remove the leads of a list that were never attempted; to be done in a transaction.

    A lead that an engine has leased goes too: without its row in the dial queue no attempt can begin.

    Raises:
        UnknownList: there is no such list.
    """
    campaign_id = await connection.fetchval(sql("mark_list_undone"), list_id, now)
    if campaign_id is None:
        raise UnknownList(f"expected the number of a list, got {list_id}: `paceline list show` names them")
    rows = await connection.fetch(sql("untouched_leads"), list_id)
    await connection.execute(sql("remove_leads"), [row["lead_id"] for row in rows], timeout=None)
    left = await connection.fetchval(sql("count_leads_of_list"), list_id)
    return ListUndone(
        campaign_id=CampaignId(campaign_id),
        removed=len(rows),
        left=int(left),
        leased=tuple(LeadId(row["lead_id"]) for row in rows if row["is_leased"]),
    )
