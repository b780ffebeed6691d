"""What the people and records are called that values point at, as far as the viewer may see them."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Uuid, select

from agent_console.records.inputs import Option
from crm_core.access.connection import Connection
from crm_core.access.users import active_names, names_of_users
from crm_core.engine.declaration import Entity
from crm_core.engine.field import Field, is_any_of
from crm_core.engine.reference_fields import Link, Links
from crm_core.engine.rights import may_see, visible_to
from crm_core.engine.statements import fetch
from crm_core.engine.viewer import Viewer

UNNAMED = "–"


async def titles_of(
    connection: Connection, viewer: Viewer, entity: Entity, ids: Iterable[UUID]
) -> dict[object, str]:
    """What records of one entity are called; those that the viewer may not see are not in it."""
    wanted = list(set(ids))
    field = entity.fields[entity.title_field]
    if not wanted:
        return {}
    rows = await fetch(
        connection,
        select(entity.table).where(
            is_any_of(entity.table.c.id, wanted, Uuid()),
            visible_to(viewer, entity),
            entity.table.c.deleted_at.is_(None),
        ),
    )
    is_seen = may_see(viewer, entity, field)
    return {
        row["id"]: (field.to_text(field.from_row(dict(row))) if is_seen else "") or UNNAMED for row in rows
    }


async def names_in(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    fields: Sequence[Field],
    records: Sequence[Mapping[str, object]],
) -> dict[object, str]:
    """Names for everything that the fields of some records point at."""
    names: dict[object, str] = {}
    people: set[int] = set()
    for field in fields:
        values = [record.get(field.name) for record in records]
        if isinstance(field, Link | Links):
            ids = [one for value in values for one in (value if isinstance(value, list) else [value])]
            found = [one for one in ids if isinstance(one, UUID)]
            names |= await titles_of(connection, viewer, entity.registry.get(field.to), found)
        elif field.widget == "person":
            people |= {value for value in values if isinstance(value, int)}
    called: dict[object, str] = dict((await names_of_users(connection, sorted(people))).items())
    return names | called


async def options_of(connection: Connection, fields: Sequence[Field]) -> dict[str, Sequence[Option]]:
    """Answers to choose from that are kept in the database: people and teams."""
    options: dict[str, Sequence[Option]] = {}
    for field in fields:
        if field.widget == "person":
            people = await active_names(connection)
            options[field.name] = [Option(value=str(number), label=name) for number, name in people.items()]
        elif field.widget == "team":
            rows = await connection.fetch("select id, name from crm.teams order by name limit 500")
            options[field.name] = [Option(value=str(row["id"]), label=row["name"]) for row in rows]
    return options
