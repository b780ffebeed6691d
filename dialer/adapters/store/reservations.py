"""Leases of leads: due leads go to one engine for a while, and come back dialed, released or reclaimed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock, posix_instant
from dialer.adapters.named_statements import sql
from dialer.adapters.store.campaigns import campaign_numbers
from dialer.adapters.store.queue_state import QueueState
from dialer.adapters.store.stored_leads import read_leads
from dialer.core.calling_checks import HouseReason
from dialer.core.commands import LeadRelease, ReleaseLeads, ReserveLeads
from dialer.core.events import LeadsReserved
from dialer.messages import LeadId
from rules.abandon_ledger import AbandonDefinition

RELEASE_PAUSE = timedelta(seconds=60)  # a lead given back without a date may be reserved again after this
SKIP_PAUSE = timedelta(hours=1)  # and after this, when an agent did not want it
RECLAIM_AFTER = timedelta(seconds=90)  # beyond the lease: a preview may last so long, and clocks differ
FINAL_RELEASES = frozenset(
    reason.value for reason in (HouseReason.DO_NOT_CALL, HouseReason.NO_NUMBER_LEFT, HouseReason.WITHDRAWN)
)
SKIP_RELEASES = frozenset(
    reason.value for reason in (HouseReason.PREVIEW_SKIPPED, HouseReason.PREVIEW_TIMED_OUT)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What goes with `ReserveLeads` that the engine need not know."""

    engine_id: str  # who leases; the same after a restart
    lease_seconds: float  # the lease ends by itself after this
    definition: AbandonDefinition  # the campaign's law: which earlier calls to a number were abandoned
    zone_group_ids: Sequence[int] | None = None  # groups inside calling hours now; None: do not look


async def find_zone_groups(connection: Connection) -> Mapping[int, tuple[str, ...]]:
    """Every group of time zones by its id; the caller judges which of them are inside calling hours."""
    rows = await connection.fetch(sql("zone_groups"))
    return {row["zone_group_id"]: tuple(row["zones"]) for row in rows}


async def reserve_leads(
    connection: Connection,
    command: ReserveLeads,
    reservation: Reservation,
    now: datetime,
    clock: EngineClock,
) -> LeadsReserved:
    """Lease due leads to an engine, and answer its command. No lead is ever leased to two.

    Leads on the do-not-call list are closed on the way. The transaction may be one whose loss is bearable
    (`synchronous_commit` off): a lost lease is a lead that is still due.
    """
    number = (await campaign_numbers(connection, [command.campaign_id]))[command.campaign_id]
    rows = await connection.fetch(
        sql("reserve_leads"),
        number,
        command.count,
        now,
        now + timedelta(seconds=reservation.lease_seconds),
        reservation.engine_id,
        reservation.zone_group_ids,
    )
    rows.sort(key=lambda row: (-row["priority"], row["due_at"], row["lead_id"]))
    lead_ids = [LeadId(row["lead_id"]) for row in rows]
    closed = await connection.fetch(sql("close_suppressed_leads"), lead_ids, now, number)
    gone = {row["lead_id"] for row in closed}
    lead_ids = [lead_id for lead_id in lead_ids if lead_id not in gone]
    leads = await read_leads(connection, lead_ids, definition=reservation.definition, now=now, clock=clock)
    is_exhausted = not lead_ids and not await connection.fetchval(sql("has_open_leads"), number)
    return LeadsReserved(
        campaign_id=command.campaign_id,
        leads=tuple(leads[lead_id] for lead_id in lead_ids),
        is_exhausted=is_exhausted,
        request=command.request,
    )


async def release_leads(
    connection: Connection, commands: Sequence[ReleaseLeads], engine_id: str, now: datetime
) -> int:
    """Take leads back undialed; gives how many the engine had leased. The others stay as they are."""
    releases = {release.lead_id: release for command in commands for release in command.releases}
    final = [release for release in releases.values() if release.reason in FINAL_RELEASES]
    waiting = [release for release in releases.values() if release.reason not in FINAL_RELEASES]
    closed = await connection.fetch(
        sql("close_leads"),
        [release.lead_id for release in final],
        [release.reason for release in final],
        now,
        QueueState.LEASED,
        engine_id,
    )
    released = await connection.fetch(
        sql("release_leads"),
        [release.lead_id for release in waiting],
        [_due_at(release, now) for release in waiting],
        [release.reason for release in waiting],
        engine_id,
    )
    return len(closed) + len(released)


async def reclaim_leads(connection: Connection, now: datetime) -> int:
    """Make leads due again that nobody will bring back; gives how many. To be called now and then.

    That is: leases long over, and leads that wait for a disposition which nobody owes any more.
    """
    leases = await connection.fetch(sql("reclaim_leases"), now - RECLAIM_AFTER)
    stranded = await connection.fetch(sql("reclaim_stranded_leads"))
    return len(leases) + len(stranded)


def _due_at(release: LeadRelease, now: datetime) -> datetime:
    if release.allowed_at is not None:
        return posix_instant(release.allowed_at)
    return now + (SKIP_PAUSE if release.reason in SKIP_RELEASES else RELEASE_PAUSE)
