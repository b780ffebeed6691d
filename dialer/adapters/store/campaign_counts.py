"""What a campaign's status shows: leads by state, attempts by outcome, agents; every count is bounded."""

from dataclasses import dataclass
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.named_statements import sql
from dialer.core.agent_session import AgentState, AgentStatus
from dialer.messages import AgentId, CampaignId

COUNT_MAX = 200_000
"""Leads are counted up to here: some hundredths of a second, whatever the size of the lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCounts:
    """Leads of a campaign; each count ends at COUNT_MAX."""

    due: int  # may be reserved now, calling hours apart
    later: int  # wait for their instant
    leased: int  # in an engine's hopper
    in_attempt: int  # being called
    owed: int  # wait for an agent's disposition
    closed: int  # not dialed any more; never attempted and taken out are not among them


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOnRecord:
    """An agent who is signed in."""

    agent_id: AgentId
    campaign_ids: tuple[CampaignId, ...]
    skills: tuple[str, ...]
    status: AgentStatus
    state: AgentState
    changed_at: datetime  # his status or state, last
    reason: str  # of a pause


async def count_leads(connection: Connection, campaign_number: int, now: datetime) -> LeadCounts:
    """Count the leads of a campaign by what they wait for."""
    row = await connection.fetchrow(sql("count_leads"), campaign_number, now, COUNT_MAX)
    assert row is not None
    return LeadCounts(
        due=row["due"],
        later=row["later"],
        leased=row["leased"],
        in_attempt=row["in_attempt"],
        owed=row["owed"],
        closed=row["closed"],
    )


async def due_zones(connection: Connection, campaign_number: int, now: datetime) -> list[tuple[str, ...]]:
    """The groups of time zones in which leads of a campaign are due."""
    rows = await connection.fetch(sql("due_zone_groups"), campaign_number, now)
    return [tuple(row["zones"]) for row in rows]


async def count_attempts(connection: Connection, campaign_number: int, since: datetime) -> dict[str, int]:
    """Count the attempts dialed since an instant by outcome; those that go on are called `in progress`."""
    rows = await connection.fetch(sql("count_attempts"), campaign_number, since)
    return {row["outcome"]: row["attempts"] for row in rows}


async def read_agents(connection: Connection) -> tuple[AgentOnRecord, ...]:
    """Everybody who is signed in, by name."""
    return tuple(
        AgentOnRecord(
            agent_id=AgentId(row["agent_id"]),
            campaign_ids=tuple(CampaignId(campaign_id) for campaign_id in row["campaign_ids"]),
            skills=tuple(row["skills"]),
            status=AgentStatus(row["status"]),
            state=AgentState(row["state"]),
            changed_at=row["changed_at"],
            reason=row["reason"],
        )
        for row in await connection.fetch(sql("read_agents"))
    )


async def campaign_began_at(connection: Connection, campaign_number: int) -> datetime | None:
    """When the campaign's first answered call was, for windows that begin with the campaign; None: never."""
    began: datetime | None = await connection.fetchval(sql("first_answer"), campaign_number)
    return began
