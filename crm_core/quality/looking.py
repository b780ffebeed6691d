"""Look for duplicates of a party: by its keys among millions, then by score among the few that share one.

Parties are known here by the names of their entities and fields only. What is shown to somebody is made of
what he may see: of rows and fields hidden from him neither pair nor reason tells anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, select

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Registry
from crm_core.engine.field import is_any_of
from crm_core.engine.rights import Record, record_of, visible_to
from crm_core.engine.statements import fetch
from crm_core.engine.values import PhoneNumber, PostalAddress
from crm_core.engine.viewer import Viewer
from crm_core.quality.blocking import key_numbers, match_keys
from crm_core.quality.match_profile import MatchProfile, match_profile
from crm_core.quality.scoring import POSSIBLE_BITS, Score, score

PARTY, POINT = "party", "contact_point"
UNDER_KEY_MAX = 100  # parties looked at under one key
COMPARED_MAX = 40  # parties compared field by field: those that share the most keys, rare ones first

SHARING = """
    with shared as (
        select m.party_id, 1.0 / count(*) over (partition by k) as rarity
        from unnest($1::bigint[]) k
        cross join lateral (
            select party_id from crm.match_profile where keys @> array[k] limit $2) m)
    select party_id from shared where party_id is distinct from $3
    group by party_id order by sum(rarity) desc, party_id limit $4
"""

"""Of a key that many have, some are looked at: so a key that few have tells more about who is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenParty:
    """A party as one viewer sees it, with what of it is compared."""

    record: Record
    points: tuple[Record, ...]
    profile: MatchProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Somebody who may be the one looked for, and why."""

    party: SeenParty
    score: Score


def profile_of(values: Mapping[str, object], points: Iterable[Mapping[str, object]]) -> MatchProfile:
    """The profile of a party's values and those of its contact points.

    >>> profile_of({"kind": "person", "name": "Anna Maria Nowak"}, []).last_name
    'nowak'
    """
    address = values.get("address")
    place = address if isinstance(address, PostalAddress) else PostalAddress()
    name, first, last = (str(values.get(part) or "") for part in ("name", "first_name", "last_name"))
    is_person = values.get("kind") in (None, "person")
    if not first and not last:
        first, _, last = name.rpartition(" ")
    born = values.get("birth_date")
    reached = list(points)
    phones = [point.get("phone") for point in reached]
    return match_profile(
        first_name=first if is_person else "",
        last_name=last if is_person else "",
        company="" if is_person else name,
        birth_date=born.isoformat() if isinstance(born, date) else "",
        tax_id=str(values.get("tax_id") or ""),
        street=place.street,
        postal_code=place.postal_code,
        city=place.city,
        region=place.region,
        phones=[phone.e164 for phone in phones if isinstance(phone, PhoneNumber)],
        emails=[str(point["email"]) for point in reached if point.get("email")],
    )


async def seen_parties(
    connection: Connection, viewer: Viewer, registry: Registry, ids: Iterable[UUID]
) -> dict[UUID, SeenParty]:
    """Those of some parties that a viewer sees, with their contact points; deleted ones are left out."""
    wanted = list(ids)
    party, point = registry.get(PARTY), registry.get(POINT)
    rows = await fetch(
        connection,
        select(party.table).where(
            is_any_of(party.table.c.id, wanted, Uuid()),
            party.table.c.deleted_at.is_(None),
            visible_to(viewer, party),
        ),
    )
    points = await fetch(
        connection,
        select(point.table)
        .where(
            is_any_of(point.table.c.party_id, wanted, Uuid()),
            point.table.c.deleted_at.is_(None),
            visible_to(viewer, point),
        )
        .order_by(point.table.c.id),
    )
    of_party: dict[object, list[Record]] = {}
    for row in points:
        of_party.setdefault(row["party_id"], []).append(record_of(viewer, point, dict(row)))
    found: dict[UUID, SeenParty] = {}
    for row in rows:
        record, reached = record_of(viewer, party, dict(row)), tuple(of_party.get(row["id"], ()))
        profile = profile_of(record.values, [one.values for one in reached])
        found[record.id] = SeenParty(record=record, points=reached, profile=profile)
    return found


async def find_duplicates(
    connection: Connection,
    viewer: Viewer,
    registry: Registry,
    profile: MatchProfile,
    *,
    besides: UUID | None = None,
    bits_min: float = POSSIBLE_BITS,
    limit: int = 5,
) -> list[Duplicate]:
    """Parties that a viewer sees and that may be the one of a profile, the likeliest first."""
    keys = key_numbers(match_keys(profile))
    if not keys:
        return []
    rows = await connection.fetch(SHARING, keys, UNDER_KEY_MAX, besides, COMPARED_MAX)
    parties = await seen_parties(connection, viewer, registry, [row["party_id"] for row in rows])
    scored = [Duplicate(party=one, score=score(profile, one.profile)) for one in parties.values()]
    found = [one for one in scored if one.score.bits >= bits_min]
    return sorted(found, key=lambda one: (-one.score.bits, one.party.record.id))[:limit]
