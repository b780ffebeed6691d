"""From what a form, a file or the API gave to values that may be kept, and all that is wrong with it."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Uuid, select

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity, Values
from crm_core.engine.errors import Problem, RecordRefused, UnusableValue, problem
from crm_core.engine.field import Field, is_any_of
from crm_core.engine.reference_fields import Link, Links, Person, Team
from crm_core.engine.rights import may_see, visible_to
from crm_core.engine.statements import fetch
from crm_core.engine.viewer import Viewer

TREE = """
    with recursive above as (
        select id, {column} as parent from crm.{table} where id = $1
        union select t.id, t.{column} from crm.{table} t join above on t.id = above.parent)
    select exists (select from above where id = $2)
"""
"""Whether a record is among those above another; the names are a declaration's own."""


def clean_given(viewer: Viewer, entity: Entity, raw: Values) -> tuple[dict[str, object], list[Problem]]:
    """Values of the fields that were given, and what is wrong with the others.

    A field that is hidden from the viewer is refused in the words for one that does not exist.
    """
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for name, given in raw.items():
        field = entity.fields.get(name)
        if field is None or not may_see(viewer, entity, field):
            problems.append(problem(name, "there is no such field"))
        elif field.read_only:
            problems.append(problem(name, "this cannot be changed"))
        else:
            _clean_one(field, given, values, problems)
    return values, problems


def _clean_one(field: Field, given: object, values: dict[str, object], problems: list[Problem]) -> None:
    try:
        values[field.name] = field.clean(given)
    except UnusableValue as refused:
        problems.append(Problem(field=field.name, text=refused.text, values=refused.values))


def fill_defaults(
    viewer: Viewer, entity: Entity, values: dict[str, object], given: Iterable[str]
) -> list[Problem]:
    """Give a new record what was not given; gives the problems of fields that are needed and lack a value."""
    problems: list[Problem] = []
    people: Mapping[str, object] = {
        "owner": viewer.user_id,
        "team": viewer.team_id,
        "agency_id": viewer.agency_id,
    }
    for name, field in entity.fields.items():
        if name in given or not field.is_kept:
            continue
        if name in people:
            values[name] = people[name]
        elif name in entity.own_fields:
            _clean_one(field, field.default, values, problems)
        else:
            values[name] = None
    return problems


def check_rules(viewer: Viewer, entity: Entity, before: Values | None, after: Values) -> None:
    """Refuse what the entity's rules refuse.

    Raises:
        RecordRefused: with all problems; those of fields hidden from the viewer do not name them.
    """
    shown = []
    for wrong in (wrong for rule in entity.rules for wrong in rule(before, after)):
        field = entity.fields.get(wrong.field)
        hidden = field is not None and not may_see(viewer, entity, field)
        shown.append(problem("", "this is not allowed here") if hidden else wrong)
    if shown:
        raise RecordRefused(shown)


async def link_problems(
    connection: Connection, viewer: Viewer, entity: Entity, record_id: UUID, changed: Values
) -> list[Problem]:
    """What is wrong with records and people that a record shall point at.

    A record that the viewer may not see is refused in the words for one that does not exist.
    """
    problems = []
    for name, value in changed.items():
        field = entity.fields[name]
        if value is None:
            continue
        if isinstance(field, Link | Links):
            ids = value if isinstance(value, list) else [value]
            if not await _all_visible(connection, viewer, entity.registry.get(field.to), ids):
                problems.append(problem(name, "there is no such record"))
            elif name == entity.tree_field and await _is_cycle(connection, entity, record_id, value):
                problems.append(problem(name, "this would put the record above itself"))
        elif isinstance(field, Person) and not await _works_here(connection, field, value):
            problems.append(problem(name, "there is nobody with this number"))
    return problems


async def _all_visible(connection: Connection, viewer: Viewer, entity: Entity, ids: list[object]) -> bool:
    table = entity.table
    found = await fetch(
        connection,
        select(table.c.id).where(
            is_any_of(table.c.id, ids, Uuid()), table.c.deleted_at.is_(None), visible_to(viewer, entity)
        ),
    )
    return {row["id"] for row in found} == set(ids)


async def _works_here(connection: Connection, field: Person, value: object) -> bool:
    is_team = isinstance(field, Team)
    sql = (
        "select from crm.teams where id = $1"
        if is_team
        else "select from crm.users where id = $1 and is_active"
    )
    return bool(await connection.fetchval(f"select exists ({sql})", value))


async def _is_cycle(connection: Connection, entity: Entity, record_id: UUID, parent: object) -> bool:
    # One move at a time: two that are harmless alone may close a circle together.
    await connection.execute("select pg_advisory_xact_lock(hashtext($1))", f"tree of {entity.name}")
    column = entity.fields[entity.tree_field].column_name()
    return bool(await connection.fetchval(TREE.format(table=entity.name, column=column), parent, record_id))
