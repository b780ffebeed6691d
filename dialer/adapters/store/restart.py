"""What the store knows of a run that was cut off; with Asterisk's truth it makes `StateRestored`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.named_statements import sql
from dialer.adapters.store.stored_leads import read_leads
from dialer.core.agent_session import AgentStatus
from dialer.core.leads import Lead
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId
from rules.abandon_ledger import AbandonDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAttempt:
    """An attempt that has begun and not ended: the store's half of `LiveAttempt`."""

    attempt_id: AttemptId
    campaign_id: CampaignId
    lead: Lead | None  # as it was before this attempt counted; None: an inbound call
    e164: str  # the number dialed, or the caller's
    node_id: NodeId
    trunk_id: TrunkId | None  # None: an inbound call
    dialed_at: float  # engine clock of the new engine
    agent_id: AgentId | None  # the agent it was dialed for


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInAgent:
    """An agent who is signed in: the store's half of `LiveAgent`."""

    agent_id: AgentId
    campaign_ids: tuple[CampaignId, ...]
    is_available: bool  # his status; False: paused
    skills: frozenset[str]  # as at his signing in
    node_id: NodeId | None
    pause_reason: str  # what he gave; empty when available
    owed_attempt_id: AttemptId | None  # a talk whose disposition is still owed
    owed_campaign_id: CampaignId | None  # its campaign
    owed_lead: Lead | None  # its lead as it was dialed; None: an inbound call, or he does not decide it


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredState:
    """Everything that lives on record."""

    attempts: tuple[OpenAttempt, ...]
    agents: tuple[SignedInAgent, ...]
    reservations: tuple[tuple[CampaignId, tuple[Lead, ...]], ...]  # leases not yet dialed


async def read_stored_state(
    connection: Connection,
    engine_id: str,
    definitions: Mapping[CampaignId, AbandonDefinition],
    now: datetime,
    clock: EngineClock,
) -> StoredState:
    """Read what an engine needs to go on; every campaign that occurs needs its definition."""
    attempts = await connection.fetch(sql("live_attempts"))
    agents = await connection.fetch(sql("live_agents"))
    leases = await connection.fetch(sql("live_leases"), engine_id)
    in_campaign: dict[CampaignId, list[LeadId]] = {}
    without: dict[LeadId, tuple[AttemptId, int]] = {}
    for row in leases:
        in_campaign.setdefault(CampaignId(row["campaign_id"]), []).append(LeadId(row["lead_id"]))
    leased = {campaign_id: tuple(lead_ids) for campaign_id, lead_ids in in_campaign.items()}
    talks = [row for row in agents if row["owed_lead_id"] is not None and row["decides_lead"]]
    dialed = [(row, "") for row in attempts if row["lead_id"] is not None] + [(row, "owed_") for row in talks]
    for row, prefix in dialed:
        lead_id = LeadId(row[f"{prefix}lead_id"])
        in_campaign.setdefault(CampaignId(row[f"{prefix}campaign_id"]), []).append(lead_id)
        without[lead_id] = (AttemptId(row[f"{prefix}attempt_id"]), row[f"{prefix}number_index"])
    leads: dict[LeadId, Lead] = {}
    for campaign_id, lead_ids in in_campaign.items():
        definition = definitions[campaign_id]
        leads |= await read_leads(
            connection, lead_ids, definition=definition, now=now, clock=clock, without=without
        )
    return StoredState(
        attempts=tuple(_open_attempt(row, leads, clock) for row in attempts),
        agents=tuple(_signed_in_agent(row, leads) for row in agents),
        reservations=tuple(
            (campaign_id, tuple(leads[lead_id] for lead_id in lead_ids))
            for campaign_id, lead_ids in leased.items()
        ),
    )


def _open_attempt(row: asyncpg.Record, leads: Mapping[LeadId, Lead], clock: EngineClock) -> OpenAttempt:
    return OpenAttempt(
        attempt_id=AttemptId(row["attempt_id"]),
        campaign_id=CampaignId(row["campaign_id"]),
        lead=leads[LeadId(row["lead_id"])] if row["lead_id"] is not None else None,
        e164=row["e164"],
        node_id=NodeId(row["node_id"]),
        trunk_id=TrunkId(row["trunk_id"]) if row["trunk_id"] is not None else None,
        dialed_at=clock.engine_at(row["dialed_at"]),
        agent_id=AgentId(row["agent_id"]) if row["agent_id"] is not None else None,
    )


def _signed_in_agent(row: asyncpg.Record, leads: Mapping[LeadId, Lead]) -> SignedInAgent:
    owed = row["owed_attempt_id"]
    decides = owed is not None and row["decides_lead"] and row["owed_lead_id"] is not None
    is_available = row["status"] == AgentStatus.AVAILABLE.value
    return SignedInAgent(
        agent_id=AgentId(row["agent_id"]),
        campaign_ids=tuple(CampaignId(campaign_id) for campaign_id in row["campaign_ids"]),
        is_available=is_available,
        skills=frozenset(row["skills"]),
        node_id=NodeId(row["node_id"]) if row["node_id"] is not None else None,
        pause_reason="" if is_available else row["reason"],
        owed_attempt_id=AttemptId(owed) if owed is not None else None,
        owed_campaign_id=CampaignId(row["owed_campaign_id"]) if owed is not None else None,
        owed_lead=leads[LeadId(row["owed_lead_id"])] if decides else None,
    )
