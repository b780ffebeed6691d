"""One change to many records, and its undo.

An undo gives back exactly what the bulk change changed, and leaves alone what was changed since.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.engine.cleaning import clean_given
from crm_core.engine.declaration import Entity, Values
from crm_core.engine.errors import EngineError, RecordAbsent, RecordRefused, UndoRefused, VerbRefused
from crm_core.engine.records import change_record, new_record_id, write_change
from crm_core.engine.rights import access_row, may_see
from crm_core.engine.scopes import Verb
from crm_core.engine.text_fields import Secret
from crm_core.engine.viewer import Viewer

RECORDS_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOutcome:
    """What a bulk change, or its undo, did."""

    token: UUID  # `undo_bulk_change` takes it
    changed: tuple[UUID, ...]  # those that were so already count too, and undo does not touch them
    refused: Mapping[UUID, str]  # why, for a person


async def change_many(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    record_ids: Iterable[UUID],
    raw: Values,
    now: datetime,
) -> BulkOutcome:
    """Change fields of many records; one that is refused does not hold up the others.

    Raises:
        RecordRefused: values that no record could have; nothing is changed.
        UndoRefused: the change could not be undone: a secret cannot be given back, or there are too many.
    """
    ids = sorted(set(record_ids))  # in one order, so that two bulk changes do not wait for each other
    if len(ids) > RECORDS_MAX:
        raise UndoRefused("expected at most {count_max} records at once", count_max=RECORDS_MAX)
    if any(isinstance(entity.fields.get(name), Secret) for name in raw):
        raise UndoRefused("a secret is changed one record at a time: it could not be given back")
    _, problems = clean_given(viewer, entity, raw)
    if problems:
        raise RecordRefused(problems)
    token = new_record_id(now)
    await connection.execute(
        "insert into crm.bulk_change (token, user_id, entity, at) values ($1, $2, $3, $4)",
        token,
        viewer.user_id,
        entity.name,
        now,
    )
    changed: list[UUID] = []
    refused: dict[UUID, str] = {}
    for one in ids:
        try:
            await change_record(connection, viewer, entity, one, raw, now, bulk_token=token)
        except EngineError as error:
            refused[one] = str(error)
        else:
            changed.append(one)
    return BulkOutcome(token=token, changed=tuple(changed), refused=refused)


async def undo_bulk_change(
    connection: Connection, viewer: Viewer, entity: Entity, token: UUID, now: datetime
) -> BulkOutcome:
    """Give back what one's own bulk change changed; records changed since stay as they are.

    Raises:
        UndoRefused: there is no such change of his, or it was undone already.
    """
    undone = await connection.fetchval(
        """update crm.bulk_change set undone_at = $4
        where token = $1 and user_id = $2 and entity = $3 and undone_at is null returning token""",
        token,
        viewer.user_id,
        entity.name,
        now,
    )
    if undone is None:
        raise UndoRefused("there is nothing to undo: it was undone already, or is not yours")
    rows = await connection.fetch(
        "select record_id, version, before from crm.record_change where bulk_token = $1 order by record_id",
        token,
    )
    changed: list[UUID] = []
    refused: dict[UUID, str] = {}
    for row in rows:
        try:
            await _give_back(connection, viewer, entity, dict(row), now)
        except EngineError as error:
            refused[row["record_id"]] = str(error)
        else:
            changed.append(row["record_id"])
    return BulkOutcome(token=token, changed=tuple(changed), refused=refused)


async def _give_back(
    connection: Connection, viewer: Viewer, entity: Entity, change: Mapping[str, object], now: datetime
) -> None:
    record_id = change["record_id"]
    if not isinstance(record_id, UUID):
        raise RecordAbsent("there is no such record")
    row = await access_row(connection, viewer, entity, record_id, Verb.EDIT, will_change=True)
    if row["version"] != change["version"]:
        raise UndoRefused("it was changed since")
    before = json.loads(str(change["before"]))
    if any(not may_see(viewer, entity, entity.fields[name]) for name in before):
        raise VerbRefused("you may not see all that would change")
    values = {name: entity.fields[name].from_json(json_value) for name, json_value in before.items()}
    await write_change(connection, viewer, entity, row, values, "edit", now)
