"""Pairs to review: found as parties change, shown to whoever sees both, decided once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.access.signed_in_user import ADMINISTRATOR
from crm_core.engine.declaration import Registry
from crm_core.engine.events import take_events
from crm_core.engine.records import new_record_id
from crm_core.engine.rights import access_record
from crm_core.engine.scopes import Verb
from crm_core.engine.viewer import Viewer
from crm_core.quality.blocking import key_numbers, match_keys
from crm_core.quality.errors import PairAbsent
from crm_core.quality.looking import PARTY, POINT, SeenParty, find_duplicates, seen_parties
from crm_core.quality.scoring import Score, score

CONSUMER = "duplicates"
PROGRAM = Viewer(user_id=0, roles=frozenset([ADMINISTRATOR]))
"""Who looks for pairs: it sees everybody, and shows nothing to anyone."""

PAIRS_OF_ONE_MAX = 20
STATES = ("open", "later", "distinct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two parties that may be one, as a viewer sees them."""

    id: UUID
    state: str
    first: SeenParty
    second: SeenParty
    score: Score  # by what he may see


async def look_at_changes(
    connection: Connection, registry: Registry, now: datetime, *, limit: int = 200
) -> int:
    """Take up what happened to parties since the last look; gives how many events there were."""
    events = await take_events(connection, CONSUMER, limit=limit)
    changed = {event.record_id for event in events if event.entity == PARTY}
    points = [event.record_id for event in events if event.entity == POINT]
    rows = await connection.fetch(
        "select party_id from crm.contact_point where id = any ($1::uuid[])", points
    )
    await look_at_parties(connection, registry, changed | {row["party_id"] for row in rows}, now)
    return len(events)


async def look_at_parties(connection: Connection, registry: Registry, ids: set[UUID], now: datetime) -> None:
    """Keep the keys of some parties, and the pairs that they are in now."""
    parties = await seen_parties(connection, PROGRAM, registry, ids)
    await connection.execute(
        "delete from crm.match_profile where party_id = any ($1::uuid[])", sorted(ids - set(parties))
    )
    await connection.executemany(
        """insert into crm.match_profile (party_id, keys) values ($1, $2)
        on conflict (party_id) do update set keys = excluded.keys""",
        [(one, key_numbers(match_keys(party.profile))) for one, party in sorted(parties.items())],
    )
    for one, party in sorted(parties.items()):
        found = await find_duplicates(
            connection, PROGRAM, registry, party.profile, besides=one, limit=PAIRS_OF_ONE_MAX
        )
        await _keep_pairs(connection, one, {each.party.record.id: each.score.bits for each in found}, now)


async def _keep_pairs(connection: Connection, one: UUID, found: dict[UUID, float], now: datetime) -> None:
    await connection.execute(
        """delete from crm.match_pair where state = 'open' and (
            first_id = $1 and second_id <> all ($2::uuid[])
            or second_id = $1 and first_id <> all ($2::uuid[]))""",
        one,
        sorted(found),
    )
    await connection.executemany(
        """insert into crm.match_pair (id, first_id, second_id, bits, found_at) values ($1, $2, $3, $4, $5)
        on conflict (first_id, second_id) do update set bits = excluded.bits""",
        [
            (new_record_id(now), min(one, other), max(one, other), bits, now)
            for other, bits in sorted(found.items())
        ],
    )


async def pairs_to_review(
    connection: Connection, viewer: Viewer, registry: Registry, *, state: str = "open", limit: int = 50
) -> list[Pair]:
    """Pairs of which a viewer sees both, the likeliest first."""
    pairs: list[Pair] = []
    after = 0
    while len(pairs) < limit:
        rows = await connection.fetch(
            """select id, first_id, second_id, state from crm.match_pair
            where state = $1 order by bits desc, id limit $2 offset $3""",
            state,
            limit,
            after,
        )
        ids = {row[side] for row in rows for side in ("first_id", "second_id")}
        parties = await seen_parties(connection, viewer, registry, ids)
        for row in rows:
            if row["first_id"] in parties and row["second_id"] in parties:
                first, second = parties[row["first_id"]], parties[row["second_id"]]
                pairs.append(_pair(row["id"], state, first, second))
        after += limit
        if len(rows) < limit:
            break
    return pairs[:limit]


def _pair(pair_id: UUID, state: str, first: SeenParty, second: SeenParty) -> Pair:
    return Pair(
        id=pair_id, state=state, first=first, second=second, score=score(first.profile, second.profile)
    )


async def get_pair(connection: Connection, viewer: Viewer, registry: Registry, pair_id: UUID) -> Pair:
    """One pair.

    Raises:
        PairAbsent: there is none, or he does not see both.
    """
    row = await connection.fetchrow(
        "select first_id, second_id, state from crm.match_pair where id = $1", pair_id
    )
    sides = [row["first_id"], row["second_id"]] if row is not None else []
    parties = await seen_parties(connection, viewer, registry, sides)
    if row is None or len(parties) != len(sides):
        raise PairAbsent("there is no such pair")
    return _pair(pair_id, row["state"], parties[sides[0]], parties[sides[1]])


async def decide(
    connection: Connection, viewer: Viewer, registry: Registry, pair_id: UUID, state: str, now: datetime
) -> None:
    """Say that the two are not one (distinct), that it is for later, or that it is open again.

    Raises:
        PairAbsent: there is none, or he does not see both.
        VerbRefused: he may not edit both.
    """
    assert state in STATES
    pair = await get_pair(connection, viewer, registry, pair_id)
    for side in (pair.first, pair.second):
        await access_record(connection, viewer, side.record.entity, side.record.id, Verb.EDIT)
    await connection.execute(
        "update crm.match_pair set state = $2, decided_by = $3, decided_at = $4 where id = $1",
        pair_id,
        state,
        viewer.user_id,
        now,
    )
