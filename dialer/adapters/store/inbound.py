"""The numbers that people call us by, whom a caller is known as, and what he is promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from dialer.adapters.connection import Connection
from dialer.adapters.named_statements import sql
from dialer.adapters.store.campaigns import campaign_numbers
from dialer.messages import AgentId, CampaignId, LeadId

DIGITS_COMPARED_MIN = 6  # fewer digits are nobody's number: a short code, or a caller who hides


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundNumber:
    """One of our numbers, and what happens to whoever calls it. Sounds are named as Asterisk finds them."""

    number: str  # as the carrier names it, with or without its plus
    campaign_id: CampaignId  # whose agents take the call
    open_hours: str = ""  # such as "mo-fr 09:00-18:00"; empty: always open
    zone: str = "UTC"  # IANA, of the open hours
    greeting_sound: str = ""  # before the music; empty: none
    closed_sound: str = ""  # outside the open hours; empty: the node's own message
    overflow_seconds: float | None = None  # then other agents are asked too; None: never
    overflow_campaign_id: CampaignId | None = None  # whose they are
    overflow_sound: str = ""  # to whom nobody took in time; empty: the node's own message
    offers_callback: bool = False  # key 1 while waiting: a call back, to callers whom we called before
    callback_sound: str = ""  # thanks for it; empty: the node's own message


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCaller:
    """The lead that was called by this number last, and who called."""

    lead_id: LeadId
    agent_id: AgentId | None  # the last agent who talked; None: nobody did


async def save_inbound_number(connection: Connection, number: InboundNumber) -> None:
    """Keep a number, new or changed.

    Raises:
        UnknownCampaigns: a campaign is not there.
    """
    overflow = number.overflow_campaign_id
    wanted = {number.campaign_id} | ({overflow} if overflow is not None else set())
    numbers = await campaign_numbers(connection, wanted)
    await connection.execute(
        sql("save_inbound_number"),
        plain(number.number),
        numbers[number.campaign_id],
        number.open_hours,
        number.zone,
        number.greeting_sound,
        number.closed_sound,
        number.overflow_seconds,
        numbers[overflow] if overflow is not None else None,
        number.overflow_sound,
        number.offers_callback,
        number.callback_sound,
    )


async def remove_inbound_number(connection: Connection, number: str) -> bool:
    """Forget a number; gives whether it was there."""
    return await connection.fetchval(sql("remove_inbound_number"), plain(number)) is not None


async def read_inbound_numbers(connection: Connection) -> list[InboundNumber]:
    """All numbers, in order."""
    return [_number(row) for row in await connection.fetch(sql("read_inbound_numbers"), None)]


async def find_inbound_number(connection: Connection, number: str) -> InboundNumber | None:
    """What is set for a number that was called."""
    row = await connection.fetchrow(sql("read_inbound_numbers"), plain(number))
    return None if row is None else _number(row)


async def find_caller(connection: Connection, caller_id_number: str) -> KnownCaller | None:
    """The lead that was called by this number last; None: nobody was, or he hides."""
    digits = plain(caller_id_number)
    if len(digits) < DIGITS_COMPARED_MIN:
        return None
    row = await connection.fetchrow(sql("find_caller"), _spellings(digits))
    if row is None:
        return None
    agent_id = AgentId(row["agent_id"]) if row["agent_id"] is not None else None
    return KnownCaller(lead_id=LeadId(row["lead_id"]), agent_id=agent_id)


async def promise_callback(connection: Connection, caller: KnownCaller, due_at: datetime) -> bool:
    """Let a lead be called at `due_at`, by the agent who knows it; gives whether it can be.

    It cannot where it must not be called, or where it is being called just now.
    """
    kept = await connection.fetchval(sql("promise_callback"), caller.lead_id, due_at, caller.agent_id)
    return kept is not None


def plain(number: str) -> str:
    """A number without its plus: carriers write it with and without.

    >>> plain("+390612345678")
    '390612345678'
    """
    return number.strip().removeprefix("+")


def _spellings(digits: str) -> Sequence[str]:
    return [digits, f"+{digits}"]


def _number(row: asyncpg.Record) -> InboundNumber:
    overflow = row["overflow_campaign_id"]
    return InboundNumber(
        number=row["number"],
        campaign_id=CampaignId(row["campaign_id"]),
        open_hours=row["open_hours"],
        zone=row["zone"],
        greeting_sound=row["greeting_sound"],
        closed_sound=row["closed_sound"],
        overflow_seconds=row["overflow_seconds"],
        overflow_campaign_id=CampaignId(overflow) if overflow is not None else None,
        overflow_sound=row["overflow_sound"],
        offers_callback=row["offers_callback"],
        callback_sound=row["callback_sound"],
    )
