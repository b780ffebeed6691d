"""The stages that a record went through, with their dates, and how many records stand in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.rights import Record, may_see, visible_to
from crm_core.engine.statements import fetch
from crm_core.engine.viewer import Viewer

CHANGES_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChange:
    """When a record came to a stage."""

    stage: str  # code of the choice
    at: datetime
    user_id: int | None  # who changed it; None: the program itself


async def stages_of(connection: Connection, viewer: Viewer, record: Record) -> list[StageChange]:
    """The last stages of a record that the viewer has, oldest first; none where they are hidden from him."""
    entity = record.entity
    if not shows_stages(viewer, entity):
        return []
    rows = await connection.fetch(
        """select after->>$3 as stage, at, user_id from crm.record_change
        where entity = $1 and record_id = $2 and after ? $3 order by version desc limit $4""",
        entity.name,
        record.id,
        entity.stage_field,
        CHANGES_MAX,
    )
    return [StageChange(**row) for row in reversed(rows) if row["stage"] is not None]


async def stage_counts(connection: Connection, viewer: Viewer, entity: Entity) -> Mapping[str, int]:
    """How many records that the viewer may see stand in each stage, as the declaration orders them."""
    if not shows_stages(viewer, entity):
        return {}
    column = entity.table.c[entity.stage_field]
    counted = (
        select(column.label("stage"), func.count().label("count"))
        .where(entity.table.c.deleted_at.is_(None), visible_to(viewer, entity))
        .group_by(column)
    )
    found = {row["stage"]: row["count"] for row in await fetch(connection, counted)}
    return {code: found.get(code, 0) for code in getattr(entity.fields[entity.stage_field], "choices", {})}


def shows_stages(viewer: Viewer, entity: Entity) -> bool:
    """Whether an entity has stages, and this viewer may see them."""
    return bool(entity.stage_field) and may_see(viewer, entity, entity.fields[entity.stage_field])
