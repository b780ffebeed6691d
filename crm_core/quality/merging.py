"""Two records become one, and two again: values by choice, everything that hangs on them moved.

Each in the caller's transaction, with audit and events. A merge writes down what it moved and no value; what
the survivor held before stands in the audit.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.engine.cleaning import check_rules
from crm_core.engine.declaration import Entity
from crm_core.engine.field import Field
from crm_core.engine.history import tell
from crm_core.engine.records import new_record_id, write_change
from crm_core.engine.rights import access_row, may_see, values_of
from crm_core.engine.scopes import Verb
from crm_core.engine.text_fields import Secret
from crm_core.engine.viewer import Viewer
from crm_core.quality.errors import MergeRefused
from crm_core.quality.moving import Move, Way, move_all, move_back

CIRCLE = """
    with recursive above as (
        select {column} as id from crm.{table} where id = $1
        union select t.{column} from crm.{table} t join above on t.id = above.id)
    select exists (select from above where id = $1)
"""
"""Whether a record stands above itself; the names are a declaration's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """One record that took up another."""

    id: UUID
    survivor_id: UUID
    loser_id: UUID
    survivor_version: int | None  # that the survivor's values have since; None: they stayed as they were
    moves: tuple[Move, ...]


def mergeable_fields(viewer: Viewer, entity: Entity) -> list[Field]:
    """Fields whose value a viewer may take from either of two records."""
    return [field for field in entity.fields.values() if _is_kept(field) and may_see(viewer, entity, field)]


def _is_kept(field: Field) -> bool:
    return bool(field.columns()) and not field.read_only and not isinstance(field, Secret)


async def merge_records(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    survivor_id: UUID,
    loser_id: UUID,
    now: datetime,
    *,
    taken: Collection[str] = (),
    versions: tuple[int, int] | None = None,
) -> Merge:
    """Make one of two; `taken` names the fields whose value comes from the loser, which is deleted.

    What the viewer may not see is taken from the loser only where the survivor has nothing. `versions` are
    those of survivor and loser that he looked at; None: whatever they are now.

    Raises:
        RecordAbsent: there is none of the two, for him.
        VerbRefused: he may not edit the survivor, or not delete the loser.
        RecordRefused: the values chosen break a rule of the entity.
        MergeRefused: it is one record, one stands above the other, or somebody changed one meanwhile.
    """
    if survivor_id == loser_id:
        raise MergeRefused("these are not two records but one")
    asked = {survivor_id: Verb.EDIT, loser_id: Verb.DELETE}
    rows = {
        one: await access_row(connection, viewer, entity, one, asked[one], will_change=True)
        for one in sorted(asked)  # in one order, so that two merges do not wait for each other
    }
    survivor, loser = rows[survivor_id], rows[loser_id]
    if versions is not None and versions != (survivor["version"], loser["version"]):
        raise MergeRefused("somebody changed one of them meanwhile: look at both again")
    async with connection.transaction():
        version = await _take_values(connection, viewer, entity, survivor, loser, taken, now)
        way = Way(viewer=viewer, entity=entity, source_id=loser_id, target_id=survivor_id, now=now)
        moves = await move_all(connection, way)
        await write_change(connection, viewer, entity, loser, {}, "delete", now, deleted_at=now)
        if entity.tree_field and await _is_circle(connection, entity, survivor_id):
            raise MergeRefused("one of them stands above the other: take it out of there first")
        done = Merge(
            id=new_record_id(now),
            survivor_id=survivor_id,
            loser_id=loser_id,
            survivor_version=version,
            moves=tuple(moves),
        )
        await _keep(connection, viewer, entity, done, now)
    return done


async def _take_values(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    survivor: Mapping[str, object],
    loser: Mapping[str, object],
    taken: Collection[str],
    now: datetime,
) -> int | None:
    changed = _chosen(viewer, entity, survivor, loser, taken)
    if not changed:
        return None
    before = values_of(entity, survivor)
    check_rules(viewer, entity, before, {**before, **changed})
    return (await write_change(connection, viewer, entity, survivor, changed, "edit", now)).version


def _chosen(
    viewer: Viewer,
    entity: Entity,
    survivor: Mapping[str, object],
    loser: Mapping[str, object],
    taken: Collection[str],
) -> dict[str, object]:
    """What the survivor's values become where they change."""
    ours, theirs = values_of(entity, survivor), values_of(entity, loser)
    chosen: dict[str, object] = {}
    for name, field in entity.fields.items():
        if not _is_kept(field):
            continue
        is_taken = name in taken if may_see(viewer, entity, field) else ours[name] is None
        chosen[name] = theirs[name] if is_taken else ours[name]
    if entity.tree_field and chosen[entity.tree_field] in (survivor["id"], loser["id"]):
        above = theirs[entity.tree_field]
        chosen[entity.tree_field] = None if above == survivor["id"] else above
    return {name: value for name, value in chosen.items() if value != ours[name]}


async def _is_circle(connection: Connection, entity: Entity, record_id: UUID) -> bool:
    column = entity.fields[entity.tree_field].column_name()
    return bool(await connection.fetchval(CIRCLE.format(table=entity.name, column=column), record_id))


async def _keep(connection: Connection, viewer: Viewer, entity: Entity, done: Merge, now: datetime) -> None:
    await connection.execute(
        """insert into crm.merge (id, entity, survivor_id, loser_id, survivor_version, user_id, at)
        values ($1, $2, $3, $4, $5, $6, $7)""",
        done.id,
        entity.name,
        done.survivor_id,
        done.loser_id,
        done.survivor_version,
        viewer.user_id,
        now,
    )
    await connection.executemany(
        """insert into crm.merge_move (merge_id, place, kind, entity, record_id, field)
        values ($1, $2, $3, $4, $5, $6)""",
        [
            (done.id, place, move.kind, move.entity, move.record_id, move.field)
            for place, move in enumerate(done.moves)
        ],
    )
    await _tell(connection, viewer, entity, done, "merged", now)


async def _tell(
    connection: Connection, viewer: Viewer, entity: Entity, done: Merge, what: str, now: datetime
) -> None:
    await connection.execute(
        """update crm.match_pair set state = $3, decided_by = $4, decided_at = $5
        where first_id = least($1::uuid, $2::uuid) and second_id = greatest($1::uuid, $2::uuid)""",
        done.survivor_id,
        done.loser_id,
        "merged" if what == "merged" else "open",
        viewer.user_id,
        now,
    )
    payload = {"merge": str(done.id), "loser": str(done.loser_id)}
    await tell(connection, viewer, entity, done.survivor_id, what, payload, now)


async def undo_merge(
    connection: Connection, viewer: Viewer, entity: Entity, merge_id: UUID, now: datetime
) -> Merge:
    """Make two of one again; what was changed since the merge stays as it was changed.

    Who may edit the survivor and delete the loser may undo it, as he might have merged them.

    Raises:
        RecordAbsent: there is none of the two, for him; a survivor that was merged on comes back first.
        VerbRefused: he may not.
        MergeRefused: there is no such merge, or it was undone already.
    """
    row = await connection.fetchrow(
        """select survivor_id, loser_id, survivor_version from crm.merge
        where id = $1 and entity = $2 and undone_at is null for update""",
        merge_id,
        entity.name,
    )
    if row is None:
        raise MergeRefused("there is nothing to undo: it was undone already")
    done = Merge(id=merge_id, moves=await _moves_of(connection, merge_id), **row)
    survivor = await access_row(connection, viewer, entity, done.survivor_id, Verb.EDIT, will_change=True)
    loser = await access_row(
        connection, viewer, entity, done.loser_id, Verb.DELETE, is_deleted=True, will_change=True
    )
    async with connection.transaction():
        await write_change(connection, viewer, entity, loser, {}, "restore", now)
        await _give_values_back(connection, viewer, entity, survivor, done, now)
        way = Way(viewer=viewer, entity=entity, source_id=done.survivor_id, target_id=done.loser_id, now=now)
        await move_back(connection, way, done.moves)
        await connection.execute(
            "update crm.merge set undone_by = $2, undone_at = $3 where id = $1",
            merge_id,
            viewer.user_id,
            now,
        )
        await _tell(connection, viewer, entity, done, "unmerged", now)
    return done


async def _moves_of(connection: Connection, merge_id: UUID) -> tuple[Move, ...]:
    rows = await connection.fetch(
        "select kind, entity, record_id, field from crm.merge_move where merge_id = $1 order by place",
        merge_id,
    )
    return tuple(Move(**row) for row in rows)


async def _give_values_back(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    survivor: Mapping[str, object],
    done: Merge,
    now: datetime,
) -> None:
    change = await connection.fetchrow(
        """select before, after from crm.record_change
        where entity = $1 and record_id = $2 and version = $3""",
        entity.name,
        done.survivor_id,
        done.survivor_version,
    )
    if change is None:
        return
    before, after = json.loads(change["before"]), json.loads(change["after"])
    now_held = values_of(entity, survivor)
    given_back = {
        name: field.from_json(before[name])
        for name, field in entity.fields.items()
        if name in after and field.to_json(now_held[name]) == after[name]
    }
    if given_back:
        await write_change(connection, viewer, entity, survivor, given_back, "edit", now)
