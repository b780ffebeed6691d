"""What happened to records: the audit row and the event of each change, in the transaction of the change."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity, Values
from crm_core.engine.rights import Record, may_see
from crm_core.engine.viewer import Viewer

EVENT_KINDS = {"create": "created", "edit": "changed", "delete": "deleted", "restore": "restored"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """One change of a record as a viewer may read it."""

    at: datetime
    user_id: int | None  # None: the program itself
    verb: str  # create, edit, delete or restore
    version: int  # that the record had afterwards
    before: Values  # JSON forms of the fields that changed
    after: Values


async def write_history(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    record_id: UUID,
    verb: str,
    version: int,
    before: Values,
    after: Values,
    now: datetime,
    bulk_token: UUID | None = None,
) -> None:
    """Write the audit row and the event of one change; `before` and `after` hold what changed."""
    olds, news = (
        json.dumps({name: entity.fields[name].to_json(value) for name, value in values.items()})
        for values in (before, after)
    )
    await connection.execute(
        """insert into crm.record_change
            (at, user_id, entity, record_id, verb, version, before, after, bulk_token)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        now,
        viewer.user_id,
        entity.name,
        record_id,
        verb,
        version,
        olds,
        news,
        bulk_token,
    )
    payload = {"version": version, "fields": sorted({*before, *after})}
    await tell(connection, viewer, entity, record_id, EVENT_KINDS[verb], payload, now)


async def tell(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    record_id: UUID,
    what: str,
    payload: Values,
    now: datetime,
) -> None:
    """Write an event of a record: `what` is a verb in the past tense; the payload holds no personal value."""
    await connection.execute(
        """insert into crm.domain_event (at, user_id, kind, entity, record_id, payload)
        values ($1, $2, $3, $4, $5, $6)""",
        now,
        viewer.user_id,
        f"{entity.name}.{what}",
        entity.name,
        record_id,
        json.dumps(payload),
    )


async def changes_of(
    connection: Connection, viewer: Viewer, record: Record, *, after_version: int = 0, limit: int = 200
) -> list[RecordChange]:
    """Changes of a record that the viewer has, oldest first, without the fields hidden from him."""
    rows = await connection.fetch(
        """select at, user_id, verb, version, before, after from crm.record_change
        where entity = $1 and record_id = $2 and version > $3 order by version limit $4""",
        record.entity.name,
        record.id,
        after_version,
        limit,
    )
    return [
        RecordChange(
            at=row["at"],
            user_id=row["user_id"],
            verb=row["verb"],
            version=row["version"],
            before=_shown(viewer, record.entity, row["before"]),
            after=_shown(viewer, record.entity, row["after"]),
        )
        for row in rows
    ]


def _shown(viewer: Viewer, entity: Entity, text: str) -> dict[str, object]:
    return {
        name: value
        for name, value in json.loads(text).items()
        if name in entity.fields and may_see(viewer, entity, entity.fields[name])
    }
