"""Where each value of a record comes from: who typed it, which file it came in, whose it was before a merge.

Read out of the audit, never kept beside it. A viewer is told about the fields that he sees, and no others.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.rights import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where one value comes from."""

    at: datetime  # when it was written
    user_id: int | None  # who did it; None: the program itself
    system: str = ""  # what a file it came in with was said to be; "": it was typed
    row: int | None = None  # of the file; the first after the header is 1
    merged_id: UUID | None = None  # the record that it was of before a merge


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    version: int
    source: Source
    fields: Mapping[str, object]  # what it wrote, as JSON


async def sources_of(connection: Connection, record: Record) -> dict[str, Source]:
    """The source of each value that a viewer sees in a record; empty fields have none."""
    found = await _sources(connection, record.entity, record.id)
    return {name: source for name, source in found.items() if record.values.get(name) not in (None, [], "")}


async def _sources(connection: Connection, entity: Entity, record_id: UUID) -> dict[str, Source]:
    merges = await connection.fetch(
        """select survivor_version, loser_id from crm.merge
        where entity = $1 and survivor_id = $2 and undone_at is null""",
        entity.name,
        record_id,
    )
    losers = {row["survivor_version"]: row["loser_id"] for row in merges}
    came_with = await connection.fetchval(
        """select m.loser_id from crm.merge_move v join crm.merge m on m.id = v.merge_id
        where v.entity = $1 and v.record_id = $2 and v.kind = 'link' and m.undone_at is null
        order by m.at desc limit 1""",
        entity.name,
        record_id,
    )
    sources: dict[str, Source] = {}
    for change in await _changes(connection, entity, record_id):
        loser_id = losers.get(change.version)
        of_loser = await _sources(connection, entity, loser_id) if loser_id is not None else {}
        for name, value in change.fields.items():
            if value is None:
                sources.pop(name, None)
            elif name in of_loser:
                sources[name] = replace(of_loser[name], merged_id=loser_id)
            else:
                sources[name] = replace(change.source, merged_id=came_with)
    return sources


async def _changes(connection: Connection, entity: Entity, record_id: UUID) -> Sequence[_Change]:
    """What was written into a record, oldest first, with the file where it came in with one."""
    rows = await connection.fetch(
        """select c.at, c.user_id, c.version, c.after, s.system, s.row
        from crm.record_change c left join crm.record_source s
            on s.entity = c.entity and s.record_id = c.record_id and c.verb = 'create'
        where c.entity = $1 and c.record_id = $2 order by c.version""",
        entity.name,
        record_id,
    )
    return [
        _Change(
            version=row["version"],
            source=Source(at=row["at"], user_id=row["user_id"], system=row["system"] or "", row=row["row"]),
            fields=json.loads(row["after"]),
        )
        for row in rows
    ]


async def keep_source(connection: Connection, record: Record, system: str, row: int, now: datetime) -> None:
    """Write down which file a new record came in with."""
    await connection.execute(
        "insert into crm.record_source (entity, record_id, system, row, at) values ($1, $2, $3, $4, $5)",
        record.entity.name,
        record.id,
        system,
        row,
        now,
    )
