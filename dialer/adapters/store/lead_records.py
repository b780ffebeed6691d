"""One lead with all that decides whether it is dialed, for a person who asks why."""

from dataclasses import dataclass
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.errors import UnknownLead
from dialer.adapters.named_statements import sql
from dialer.adapters.store.campaigns import StoredCampaign, read_campaign
from dialer.adapters.store.queue_state import QueueState
from dialer.adapters.store.stored_leads import read_leads
from dialer.core.leads import Lead
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRecord:
    """A lead as it is on record."""

    lead: Lead  # as the engine would get it; its instants are POSIX seconds
    campaign: StoredCampaign
    list_id: int
    list_name: str
    priority: int  # as it was loaded, 0 to 8
    queue_state: QueueState | None  # None: it has no place in the dial queue
    due_at: datetime | None
    leased_by: str | None  # the engine that has it
    leased_until: datetime | None
    closed_at: datetime | None
    last_reason: str | None  # what decided about it last
    suppressed: frozenset[str]  # those of its numbers that must not be called
    open_attempt: tuple[AttemptId, datetime] | None  # that goes on, and since when
    owing_agent_id: AgentId | None  # who owes the disposition that decides


async def read_lead_record(connection: Connection, lead_id: LeadId, now: datetime) -> LeadRecord:
    """Read a lead.

    Raises:
        UnknownLead: there is no such lead.
    """
    row = await connection.fetchrow(sql("read_lead_record"), lead_id)
    if row is None:
        raise UnknownLead(f"expected the number of a lead, got {lead_id}: there is none (or none any more)")
    campaign = await read_campaign(connection, CampaignId(row["campaign_id"]))
    definition = campaign.settings.policy_pack.abandon_definition
    posix = EngineClock(wall_offset_seconds=0.0)
    leads = await read_leads(connection, [lead_id], definition=definition, now=now, clock=posix)
    lead = leads[lead_id]
    e164s = [number.e164 for number in lead.numbers]
    suppressed = await connection.fetch(sql("read_suppressed"), e164s, campaign.campaign_number)
    attempt, owing = row["attempt_id"], row["owing_agent_id"]
    return LeadRecord(
        lead=lead,
        campaign=campaign,
        list_id=row["list_id"],
        list_name=row["list_name"],
        priority=row["priority"],
        queue_state=QueueState(row["state"]) if row["state"] is not None else None,
        due_at=row["due_at"],
        leased_by=row["leased_by"],
        leased_until=row["leased_until"],
        closed_at=row["closed_at"],
        last_reason=row["last_reason"],
        suppressed=frozenset(each["e164"] for each in suppressed),
        open_attempt=(AttemptId(attempt), row["dialed_at"]) if attempt is not None else None,
        owing_agent_id=AgentId(owing) if owing is not None else None,
    )
