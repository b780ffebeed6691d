"""Saved views: filters and sorting of a list under a name, for oneself or for everybody.

A view holds no rights: whoever opens one that names what is hidden from him is refused as if he had typed it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.field import Lookup
from crm_core.engine.fields import Text
from crm_core.engine.listing import Filter, filter_condition, order_of
from crm_core.engine.records import new_record_id
from crm_core.engine.viewer import Viewer

NAME = Text(name="name", required=True, length_max=80)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A list that somebody named."""

    id: UUID
    name: str
    is_own: bool  # the viewer may change it
    filters: tuple[Filter, ...]  # raw values, as they were typed
    sort: str  # "" is the entity's own


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
        ListRefused: the list has no such filter or sort for this viewer.
        UnusableValue: the name is empty or too long.
    """
    order_of(viewer, entity, sort)
    for one in filters:
        filter_condition(viewer, entity, one)
    raw = [[one.field, one.lookup.value, one.value] for one in filters]
    await connection.execute(
        """insert into crm.saved_view (id, user_id, entity, name, settings, is_shared)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (user_id, entity, name) do update
        set settings = excluded.settings, is_shared = excluded.is_shared""",
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
        where entity = $1 and (user_id = $2 or is_shared) order by name, id""",
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
