"""Leads out of the database as the engine sees them: numbers, zones, history, promise."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import asyncpg

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.named_statements import sql
from dialer.adapters.store.ledger import ledger_entry
from dialer.core.leads import Callback, Lead, PhoneNumber
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId
from rules.abandon_ledger import AbandonClass, AbandonDefinition, abandon_class

HISTORY = timedelta(days=45)
"""How far back attempts are read: longer than every window of the policy packs, two or three partitions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _PastAttempt:
    """One earlier attempt to a number."""

    attempt_id: AttemptId
    lead_id: LeadId | None  # None: the party called us
    dialed_at: float  # POSIX seconds
    is_abandoned: bool  # under the law of the campaign that asks


async def read_leads(
    connection: Connection,
    lead_ids: Sequence[LeadId],
    *,
    definition: AbandonDefinition,
    now: datetime,
    clock: EngineClock,
    without: Mapping[LeadId, tuple[AttemptId, int]] | None = None,
) -> dict[LeadId, Lead]:
    """The leads by id.

    `without` names attempts, with the index of the number each dialed, that are to be left out of the
    history: the lead comes as it was before that attempt counted.
    """
    if not lead_ids:
        return {}
    numbers: dict[LeadId, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for row in await connection.fetch(sql("read_numbers"), lead_ids):
        numbers[LeadId(row["lead_id"])].append((row["e164"], tuple(row["zones"])))
    dialed = {e164 for of_lead in numbers.values() for e164, _ in of_lead}
    history = await _read_history(connection, dialed, definition, now)
    found: dict[LeadId, Lead] = {}
    for row in await connection.fetch(sql("read_leads"), lead_ids):
        lead_id = LeadId(row["lead_id"])
        left_out = (without or {}).get(lead_id)
        past = {
            e164: [attempt for attempt in history[e164] if not left_out or attempt.attempt_id != left_out[0]]
            for e164, _ in numbers[lead_id]
        }
        lead = _lead(row, numbers[lead_id], past, now, clock)
        if left_out is not None:
            lead = replace(lead, number_index=left_out[1], attempts_made=max(0, lead.attempts_made - 1))
        found[lead_id] = lead
    return found


async def _read_history(
    connection: Connection, e164s: Iterable[str], definition: AbandonDefinition, now: datetime
) -> Mapping[str, list[_PastAttempt]]:
    """Recent attempts by number, oldest first."""
    history: dict[str, list[_PastAttempt]] = defaultdict(list)
    for row in await connection.fetch(sql("read_history"), sorted(e164s), now - HISTORY):
        is_abandoned = False
        if row["is_answered"]:
            entry = ledger_entry(row, CampaignId(""))
            is_abandoned = abandon_class(entry, definition) is AbandonClass.ABANDONED
        history[row["e164"]].append(
            _PastAttempt(
                attempt_id=AttemptId(row["attempt_id"]),
                lead_id=LeadId(row["lead_id"]) if row["lead_id"] is not None else None,
                dialed_at=row["dialed_at"].timestamp(),
                is_abandoned=is_abandoned,
            )
        )
    return history


def _lead(
    row: asyncpg.Record,
    numbers: Sequence[tuple[str, tuple[str, ...]]],
    past: Mapping[str, Sequence[_PastAttempt]],
    now: datetime,
    clock: EngineClock,
) -> Lead:
    lead_id = LeadId(row["lead_id"])
    own = [attempt.dialed_at for of in past.values() for attempt in of if attempt.lead_id == lead_id]
    callback = None
    if row["callback_at"] is not None:
        promised_by = row["callback_agent_id"]
        callback = Callback(
            due_at=row["callback_at"].timestamp(), agent_id=AgentId(promised_by) if promised_by else None
        )
    owner = row["owner_agent_id"]
    return Lead(
        lead_id=lead_id,
        numbers=tuple(_number(e164, zones, past[e164]) for e164, zones in numbers),
        lease_until=clock.engine_at(row["leased_until"] or now),
        number_index=row["number_index"],
        attempts_made=row["attempts_made"],
        attempts_at=tuple(sorted(own)),
        owner_agent_id=AgentId(owner) if owner else None,
        required_skill=row["required_skill"],
        callback=callback,
        live_probability=row["live_probability"],
    )


def _number(e164: str, zones: tuple[str, ...], past: Sequence[_PastAttempt]) -> PhoneNumber:
    outbound = [attempt for attempt in past if attempt.lead_id is not None]
    abandoned = [attempt.dialed_at for attempt in outbound if attempt.is_abandoned]
    return PhoneNumber(
        e164=e164,
        zones=zones,
        attempts_at=tuple(attempt.dialed_at for attempt in outbound),
        abandoned_at=max(abandoned, default=None),
    )
