"""Create, change, delete and restore records: each in one function, in the caller's transaction.

Every change is cleaned, held against the entity's rules and the viewer's rights, and leaves an audit row and
an event. A change that is refused leaves nothing, even if the caller goes on and commits.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from crm_core.access.connection import Connection
from crm_core.engine.cleaning import check_rules, clean_given, fill_defaults, link_problems
from crm_core.engine.declaration import Entity, Values
from crm_core.engine.document_fields import DOCUMENT, InDocument, document_with
from crm_core.engine.errors import Difference, RecordRefused, StaleEdit, VerbRefused
from crm_core.engine.history import changes_of, write_history
from crm_core.engine.rights import Record, access_row, record_of, values_of, visible_to
from crm_core.engine.scopes import Verb
from crm_core.engine.statements import fetch_row
from crm_core.engine.viewer import Viewer


def new_record_id(now: datetime) -> UUID:
    """An id that sorts by time: version 7 of RFC 9562, 5.7."""
    milliseconds = int(now.timestamp() * 1000)
    number = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    number = number & ~(0xF << 76) | (7 << 76)
    return UUID(int=number & ~(0b11 << 62) | (0b10 << 62))


async def create_record(
    connection: Connection, viewer: Viewer, entity: Entity, raw: Values, now: datetime
) -> Record:
    """Make a record; its owner and team are the viewer's unless given.

    Raises:
        RecordRefused: with everything that is wrong.
        VerbRefused: he may not make such a record.
    """
    record_id = new_record_id(now)
    values, problems = clean_given(viewer, entity, raw)
    problems += fill_defaults(viewer, entity, values, raw)
    if not problems:
        given = {name: value for name, value in values.items() if name in entity.own_fields or name in raw}
        problems = await link_problems(connection, viewer, entity, record_id, given)
    stamps = {
        "created_at": now,
        "created_by": viewer.user_id,
        "changed_at": now,
        "changed_by": viewer.user_id,
    }
    values.update(stamps)
    values.update(_set_with(entity, values, now))
    if problems:
        raise RecordRefused(problems)
    check_rules(viewer, entity, None, values)
    async with connection.transaction():
        row = await fetch_row(
            connection,
            insert(entity.table).values(id=record_id, **to_row(entity, values)).returning(entity.table),
        )
        assert row is not None
        await _require_allowed(connection, viewer, entity, record_id)
        told = {name: values[name] for name in entity.own_fields if values.get(name) is not None}
        told |= {name: values[name] for name in ("owner", "team") if values[name] is not None}
        await write_history(connection, viewer, entity, record_id, "create", 1, {}, told, now)
    return record_of(viewer, entity, dict(row))


async def _require_allowed(connection: Connection, viewer: Viewer, entity: Entity, record_id: UUID) -> None:
    # Asked of the row itself: rights are written once, as a condition, and hold for what does not exist yet.
    may_create = select(entity.table.c.id).where(
        entity.table.c.id == record_id, visible_to(viewer, entity, Verb.CREATE)
    )
    if await fetch_row(connection, may_create) is None:
        raise VerbRefused("you may not create this {entity}", entity=entity.title)


async def change_record(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    record_id: UUID,
    raw: Values,
    now: datetime,
    *,
    version: int | None = None,
    bulk_token: UUID | None = None,
) -> Record:
    """Change the fields given; `version` is the one that the viewer read, None: whatever it is now.

    Raises:
        RecordAbsent: there is none that he may see.
        VerbRefused: he may not change it.
        StaleEdit: somebody changed it since he read it.
        RecordRefused: with everything that is wrong.
    """
    row = await access_row(connection, viewer, entity, record_id, Verb.EDIT, will_change=True)
    values, problems = clean_given(viewer, entity, raw)
    if version is not None and version != row["version"]:
        raise await _stale_edit(connection, viewer, record_of(viewer, entity, row), version, values)
    before = values_of(entity, row)
    changed = {name: value for name, value in values.items() if value != before[name]}
    problems += await link_problems(connection, viewer, entity, record_id, changed)
    if problems:
        raise RecordRefused(problems)
    if not changed:
        return record_of(viewer, entity, row)
    changed |= _set_with(entity, changed, now)
    check_rules(viewer, entity, before, {**before, **changed})
    return await write_change(connection, viewer, entity, row, changed, "edit", now, bulk_token=bulk_token)


def _set_with(entity: Entity, changed: Values, now: datetime) -> dict[str, object]:
    followers = (field for field in entity.fields.values() if field.set_with in changed)
    return {field.name: now.date() for field in followers}


async def write_change(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    row: Mapping[str, object],
    changed: Values,
    verb: str,
    now: datetime,
    *,
    deleted_at: datetime | None = None,
    bulk_token: UUID | None = None,
) -> Record:
    """Write what was cleaned and checked, over a row that `access_row` locked; gives the record."""
    record_id, version = row["id"], row["version"]
    assert isinstance(record_id, UUID)
    assert isinstance(version, int)
    stamps = {"changed_at": now, "changed_by": viewer.user_id}
    written = to_row(entity, {**changed, **stamps}, row[DOCUMENT])
    async with connection.transaction():
        after = await fetch_row(
            connection,
            update(entity.table)
            .where(entity.table.c.id == record_id)
            .values(version=version + 1, deleted_at=deleted_at, **written)
            .returning(entity.table),
        )
        assert after is not None
        olds = {name: entity.fields[name].from_row(row) for name in changed}
        await write_history(
            connection, viewer, entity, record_id, verb, version + 1, olds, changed, now, bulk_token
        )
    return record_of(viewer, entity, dict(after))


async def delete_record(
    connection: Connection, viewer: Viewer, entity: Entity, record_id: UUID, now: datetime
) -> Record:
    """Take a record out of every list; `restore_record` brings it back.

    Raises:
        RecordAbsent: there is none that he may see.
        VerbRefused: he may not delete it.
    """
    row = await access_row(connection, viewer, entity, record_id, Verb.DELETE, will_change=True)
    return await write_change(connection, viewer, entity, row, {}, "delete", now, deleted_at=now)


async def restore_record(
    connection: Connection, viewer: Viewer, entity: Entity, record_id: UUID, now: datetime
) -> Record:
    """Bring back a record that was deleted; who may delete it may restore it.

    Raises:
        RecordAbsent: there is no deleted one that he may see.
        VerbRefused: he may not restore it.
    """
    row = await access_row(
        connection, viewer, entity, record_id, Verb.DELETE, is_deleted=True, will_change=True
    )
    return await write_change(connection, viewer, entity, row, {}, "restore", now)


def to_row(entity: Entity, values: Values, document: object = None) -> dict[str, object]:
    """Columns of values; what lies in the record's document is put into that of before."""
    row: dict[str, object] = {}
    parts: dict[str, object] = {}
    for name, value in values.items():
        field = entity.fields[name]
        if isinstance(field, InDocument):
            parts[name] = field.to_json(value)
        else:
            row.update(field.to_row(value))
    return {**row, DOCUMENT: document_with(document, parts)} if parts else row


async def _stale_edit(
    connection: Connection, viewer: Viewer, record: Record, version: int, sent: Values
) -> StaleEdit:
    changes = await changes_of(connection, viewer, record, after_version=version)
    fields = record.entity.fields
    differences = [
        Difference(
            field=name,
            theirs=fields[name].to_text(record.values[name]),
            yours=fields[name].to_text(sent[name]) if name in sent else "",
        )
        for name in sorted({name for change in changes for name in change.after})
    ]
    return StaleEdit(record.version, differences)
