"""Lists and their leads, and the do-not-call list. Cleaning and checking of files is the import's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.named_statements import sql
from dialer.adapters.store.campaigns import campaign_numbers
from dialer.adapters.store.reservations import find_zone_groups
from dialer.messages import AgentId, CampaignId, LeadId

SCHEMA = "dialer"
COLUMNS = {
    "leads": "lead_id list_id campaign_number priority owner_agent_id required_skill live_probability",
    "numbers": "lead_id number_index e164 raw_text zone_group_id",
    "dial_queue": "lead_id campaign_number priority zone_group_id due_at",
}
"""What `add_leads` fills in each table."""

PRIORITY_DEFAULT = 4  # of 0 to 8, larger first; 9 is a promised callback's


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNumber:
    """A number of a lead to be added."""

    e164: str  # the number, E.164
    raw_text: str  # as it stood in the list
    zones: tuple[str, ...]  # every IANA zone the party may be in


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLead:
    """A lead to be added."""

    numbers: tuple[NewNumber, ...]  # one at least, in the order in which they are to be tried
    due_at: datetime  # not dialed before this
    priority: int = PRIORITY_DEFAULT  # 0 to 8, larger first
    owner_agent_id: AgentId | None = None  # the agent who knows the party
    required_skill: str | None = None  # only agents with this skill may take the call
    live_probability: float | None = None  # score of the next attempt, 0..1, if one is known


async def create_list(connection: Connection, campaign_id: CampaignId, name: str, now: datetime) -> int:
    """Make a list of a campaign; gives its id."""
    number = (await campaign_numbers(connection, [campaign_id]))[campaign_id]
    list_id = await connection.fetchval(sql("create_list"), number, name, now)
    assert isinstance(list_id, int)
    return list_id


async def add_leads(
    connection: Connection, campaign_id: CampaignId, list_id: int, leads: Sequence[NewLead]
) -> list[LeadId]:
    """Add leads to a list of a campaign by COPY; gives their ids in the same order."""
    number = (await campaign_numbers(connection, [campaign_id]))[campaign_id]
    for zones in sorted({each.zones for lead in leads for each in lead.numbers}):
        await connection.execute(sql("create_zone_groups"), zones)
    groups = {zones: group_id for group_id, zones in (await find_zone_groups(connection)).items()}
    rows = await connection.fetch(sql("next_lead_ids"), len(leads))
    lead_ids = [LeadId(row[0]) for row in rows]
    pairs = list(zip(lead_ids, leads, strict=True))
    tables: dict[str, list[tuple[object, ...]]] = {
        "leads": [
            (
                lead_id,
                list_id,
                number,
                lead.priority,
                lead.owner_agent_id,
                lead.required_skill,
                lead.live_probability,
            )
            for lead_id, lead in pairs
        ],
        "numbers": [
            (lead_id, index, each.e164, each.raw_text, groups[each.zones])
            for lead_id, lead in pairs
            for index, each in enumerate(lead.numbers)
        ],
        "dial_queue": [
            (lead_id, number, lead.priority, groups[lead.numbers[0].zones], lead.due_at)
            for lead_id, lead in pairs
        ],
    }
    for table, records in tables.items():
        await connection.copy_records_to_table(
            table, schema_name=SCHEMA, columns=COLUMNS[table].split(), records=records
        )
    return lead_ids


async def suppress_numbers(
    connection: Connection,
    e164s: Sequence[str],
    reason: str,
    now: datetime,
    campaign_id: CampaignId | None = None,
) -> int:
    """Put numbers on the do-not-call list, of one campaign or of all; gives how many were not on it.

    Leads with such a number are closed when they would be reserved next.
    """
    number = None
    if campaign_id is not None:
        number = (await campaign_numbers(connection, [campaign_id]))[campaign_id]
    rows = await connection.fetch(sql("suppress_numbers"), sorted(set(e164s)), number, reason, now)
    return len(rows)
