"""Saved views: filters and sorting of a list under a name, for oneself or for everybody.

A view holds no rights: whoever opens one that names what is hidden from him is refused as if he had typed it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.access.signed_in_user import ADMINISTRATOR
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import RecordAbsent, UnusableValue, VerbRefused
from crm_core.engine.field import Lookup
from crm_core.engine.fields import Text
from crm_core.engine.listing import Filter, filter_condition, order_of
from crm_core.engine.records import new_record_id
from crm_core.engine.viewer import Viewer

NAME = Text(name="name", required=True, length_max=80)
SHARING_ROLES = frozenset([ADMINISTRATOR, "manager", "supervisor"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A list that somebody named."""

    id: UUID
    name: str
    is_own: bool  # the viewer may change it
    filters: tuple[Filter, ...]  # raw values, as they were typed
    sort: str  # "" is the entity's own


def may_share(viewer: Viewer) -> bool:
    """Whether others may be given his views."""
    return bool(SHARING_ROLES & viewer.roles)


async def save_view(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    name: str,
    filters: Sequence[Filter],
    sort: str,
    now: datetime,
    *,
    is_shared: bool = False,
) -> None:
    """Keep a view; one of the same name is replaced.

    Raises:
        VerbRefused: he only looks with another's eyes, or may not share.
        ListRefused: the list has no such filter or sort for this viewer.
        UnusableValue: the name is empty or too long.
    """
    if viewer.is_read_only or (is_shared and not may_share(viewer)):
        raise VerbRefused("you may not do this")
    order_of(viewer, entity, sort)
    for one in filters:
        filter_condition(viewer, entity, one)
    raw = [[one.field, one.lookup.value, one.value] for one in filters]
    await connection.execute(
        """insert into crm.saved_view (id, user_id, entity, name, settings, is_shared)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (user_id, entity, name) do update
        set settings = excluded.settings, is_shared = excluded.is_shared, deleted_at = null""",
        new_record_id(now),
        viewer.user_id,
        entity.name,
        str(NAME.clean(name)),
        json.dumps({"filters": raw, "sort": sort}, default=str),
        is_shared,
    )


async def saved_views(connection: Connection, viewer: Viewer, entity: Entity) -> list[SavedView]:
    """One's own views and the shared ones, by name."""
    rows = await connection.fetch(
        """select id, user_id, name, settings from crm.saved_view
        where entity = $1 and (user_id = $2 or is_shared) and deleted_at is null order by name, id""",
        entity.name,
        viewer.user_id,
    )
    views = []
    for row in rows:
        settings = json.loads(row["settings"])
        filters = tuple(
            Filter(field=field, lookup=Lookup(lookup), value=value)
            for field, lookup, value in settings["filters"]
        )
        views.append(
            SavedView(
                id=row["id"],
                name=row["name"],
                is_own=row["user_id"] == viewer.user_id,
                filters=filters,
                sort=settings["sort"],
            )
        )
    return views


async def rename_view(
    connection: Connection, viewer: Viewer, entity: Entity, view_id: UUID, name: str
) -> None:
    """Give one's own view another name.

    Raises:
        RecordAbsent: he has no such view.
        UnusableValue: the name is empty, too long, or that of another view of his.
    """
    cleaned = str(NAME.clean(name))
    same = "user_id = $1 and entity = $2 and name = $3 and id <> $4"
    values = (viewer.user_id, entity.name, cleaned, view_id)
    if await connection.fetchrow(
        f"select 1 from crm.saved_view where {same} and deleted_at is null", *values
    ):
        raise UnusableValue("you have a view of this name already: choose another")
    await connection.execute(f"delete from crm.saved_view where {same}", *values)
    await _change_own(connection, viewer, entity, view_id, "name = $4", cleaned, is_deleted=False)


async def delete_view(
    connection: Connection, viewer: Viewer, entity: Entity, view_id: UUID, now: datetime
) -> None:
    """Delete one's own view.

    Raises:
        RecordAbsent: he has no such view.
    """
    await _change_own(connection, viewer, entity, view_id, "deleted_at = $4", now, is_deleted=False)


async def restore_view(connection: Connection, viewer: Viewer, entity: Entity, view_id: UUID) -> None:
    """Give back a view that one deleted.

    Raises:
        RecordAbsent: he has no such view that is deleted.
    """
    await _change_own(
        connection, viewer, entity, view_id, "deleted_at = $4::timestamptz", None, is_deleted=True
    )


async def _change_own(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    view_id: UUID,
    change: str,
    value: str | datetime | None,
    *,
    is_deleted: bool,
) -> None:
    if viewer.is_read_only:
        raise VerbRefused("you may not do this")
    found = await connection.fetchrow(
        f"""update crm.saved_view set {change} where id = $1 and user_id = $2 and entity = $3
        and (deleted_at is not null) = $5 returning id""",
        view_id,
        viewer.user_id,
        entity.name,
        value,
        is_deleted,
    )
    if found is None:
        raise RecordAbsent("there is no such view")
