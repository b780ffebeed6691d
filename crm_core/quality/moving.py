"""Move all that points at one record to another one, and back: the larger half of a merge and of its undo.

Moving is the program's own doing: whoever may merge two records moves what hangs on them, also what he may
not see. It is written down move by move, without any value.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.records import write_change
from crm_core.engine.reference_fields import Link, Links
from crm_core.engine.rights import values_of
from crm_core.engine.statements import fetch, fetch_row
from crm_core.engine.viewer import Viewer

FACETS = ("note",)
"""Tables of what hangs on records of any entity: columns id, entity, record_id."""

HISTORY = ("record_change", "domain_event", "merge_move", "record_source", "record_share")
"""Tables that say what happened to a record under its own id, and keep doing so.

A share is one of them: a merge gives nobody a record that he was not given.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing that was moved.

    Kinds: link, links (one of several), joined (both were linked to), left (deleted where it was, since it
    would say nothing new) and facet.
    """

    kind: str
    entity: str  # of what was moved; of a facet its table
    record_id: UUID
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """From which record to which other one, on whose behalf and when."""

    viewer: Viewer
    entity: Entity
    source_id: UUID
    target_id: UUID
    now: datetime


async def move_all(connection: Connection, way: Way) -> list[Move]:
    """Move links and facets from the source to the target; gives what was moved, in its order."""
    moves: list[Move] = []
    for holder in way.entity.registry:
        for field in holder.links():
            if field.to == way.entity.name:
                moves += [move async for move in _move_field(connection, way, holder, field)]
    for table in FACETS:
        rows = await connection.fetch(
            f"update crm.{table} set record_id = $3 where entity = $1 and record_id = $2 returning id",
            way.entity.name,
            way.source_id,
            way.target_id,
        )
        moves += [Move(kind="facet", entity=table, record_id=row["id"], field="record_id") for row in rows]
    return moves


async def _move_field(
    connection: Connection, way: Way, holder: Entity, field: Link | Links
) -> AsyncIterator[Move]:
    at_target = [values_of(holder, row) for row in await _pointing(connection, holder, field, way.target_id)]
    for row in await _pointing(connection, holder, field, way.source_id):
        if holder is way.entity and row["id"] in (way.source_id, way.target_id):
            continue  # the two themselves: the merge has seen to it
        before = values_of(holder, row)
        after = {**before, field.name: _moved(field, before[field.name], way.source_id, way.target_id)}
        is_kept_apart = row["deleted_at"] is None and (
            any(wrong for rule in holder.rules for wrong in rule(before, after))
            or (field.name in holder.rights.inherits and _is_among(holder, after, at_target))
        )
        if is_kept_apart:
            await write_change(connection, way.viewer, holder, row, {}, "delete", way.now, deleted_at=way.now)
            kind = "left"
        else:
            await _point(connection, way, holder, field, row, after[field.name])
            kind = _kind_of(before[field.name], way.target_id)
        yield Move(kind=kind, entity=holder.name, record_id=_id_of(row), field=field.name)


def _kind_of(held: object, target_id: UUID) -> str:
    if not isinstance(held, list):
        return "link"
    return "joined" if target_id in held else "links"


def _moved(field: Link | Links, value: object, source_id: UUID, target_id: UUID) -> object:
    if isinstance(field, Link):
        return target_id
    assert isinstance(value, list)
    return sorted({target_id if one == source_id else one for one in value})


def _is_among(holder: Entity, after: Mapping[str, object], others: Sequence[Mapping[str, object]]) -> bool:
    """Whether one of the others says the same already: all of it but the title, which may be missing here."""
    texts = _texts(holder, after)
    title = texts.pop(holder.title_field, "")
    for other in others:
        found = _texts(holder, other)
        if title in ("", found.pop(holder.title_field, "")) and found == texts:
            return True
    return False


def _texts(holder: Entity, values: Mapping[str, object]) -> dict[str, str]:
    return {name: holder.fields[name].to_text(values[name]) for name in holder.own_fields}


async def move_back(connection: Connection, way: Way, moves: Sequence[Move]) -> None:
    """Give back to the target what was moved from it; what points elsewhere since stays there.

    `way` leads from the record that has it now to the one that had it.
    """
    for move in reversed(moves):
        if move.kind == "facet":
            assert move.entity in FACETS
            await connection.execute(
                f"update crm.{move.entity} set record_id = $3 where id = $1 and record_id = $2",
                move.record_id,
                way.source_id,
                way.target_id,
            )
        else:
            await _move_back(connection, way, move)


async def _move_back(connection: Connection, way: Way, move: Move) -> None:
    holder = way.entity.registry.get(move.entity)
    field = holder.fields[move.field]
    assert isinstance(field, Link | Links)
    table = holder.table
    wanted = table.c.id == bindparam(None, move.record_id, Uuid())
    found = await fetch_row(connection, select(table).where(wanted).with_for_update())
    if found is None:
        return
    row = dict(found)
    held = field.from_row(row)
    if move.kind == "left":
        if row["deleted_at"] is not None:
            await write_change(connection, way.viewer, holder, row, {}, "restore", way.now)
    elif held == way.source_id or (isinstance(held, list) and way.source_id in held):
        value = _moved(field, held, way.source_id, way.target_id)
        if move.kind == "joined" and isinstance(value, list):
            value = sorted({*value, way.source_id})
        await _point(connection, way, holder, field, row, value)


async def _point(
    connection: Connection,
    way: Way,
    holder: Entity,
    field: Link | Links,
    row: Mapping[str, object],
    value: object,
) -> None:
    deleted_at = row["deleted_at"]
    assert deleted_at is None or isinstance(deleted_at, datetime)
    changed = {field.name: value}
    await write_change(connection, way.viewer, holder, row, changed, "edit", way.now, deleted_at=deleted_at)


async def _pointing(
    connection: Connection, holder: Entity, field: Link | Links, record_id: UUID
) -> list[Mapping[str, object]]:
    column = holder.table.c[field.column_name()]
    target = bindparam(None, record_id, Uuid())
    points = column == target
    if isinstance(field, Links):
        points = column.op("@>", is_comparison=True)(bindparam(None, [record_id], field.sql_type()))
    statement = select(holder.table).where(points).order_by(holder.table.c.id).with_for_update()
    return [dict(row) for row in await fetch(connection, statement)]


def _id_of(row: Mapping[str, object]) -> UUID:
    record_id = row["id"]
    assert isinstance(record_id, UUID)
    return record_id
