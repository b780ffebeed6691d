"""Who may see and change which rows and fields: the only way to a row.

Every list, search, export, page and socket narrows by `visible_to` and shows fields by `seen_fields`;
nothing else reads the tables of entities.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Uuid, and_, false, or_, select, true

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import RecordAbsent, VerbRefused
from crm_core.engine.field import Field, is_any_of
from crm_core.engine.reference_fields import Computed, Link
from crm_core.engine.scopes import Scope, Verb
from crm_core.engine.statements import fetch_row
from crm_core.engine.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row as one viewer sees it: without the fields that are hidden from him."""

    entity: Entity
    id: UUID
    version: int  # one more at each change
    is_deleted: bool
    values: Mapping[str, object]  # by names of the fields that he may see

    def title(self) -> str:
        """What it is called in links and results."""
        name = self.entity.title_field
        return self.entity.fields[name].to_text(self.values.get(name))


def scopes_of(viewer: Viewer, entity: Entity, verb: Verb) -> frozenset[Scope]:
    """How far a viewer reaches with a verb, by his roles and exceptions alone."""
    if viewer.is_read_only and verb is not Verb.READ:
        return frozenset()
    excepted = [one for one in viewer.scope_exceptions if (one.entity, one.verb) == (entity.name, verb)]
    if excepted:
        return frozenset([excepted[-1].scope])
    if viewer.is_administrator:
        return frozenset([Scope.ALL])
    return frozenset(
        viewer.role_scopes.get((role, entity.name, verb), entity.rights.scope(role, verb))
        for role in viewer.roles
    )


def may_reach(viewer: Viewer, entity: Entity, verb: Verb) -> bool:
    """Whether a viewer may do this with some record, by himself, in another's name or within one."""
    if viewer.is_read_only and verb is not Verb.READ:
        return False
    reaches = (scopes_of(principal, entity, verb) - {Scope.NOBODY} for principal in viewer.principals(verb))
    return any(reaches) or bool(entity.rights.inherits)


def visible_to(
    viewer: Viewer, entity: Entity, verb: Verb = Verb.READ, *, with_shares: bool = True
) -> ColumnElement[bool]:
    """Rows of an entity that a viewer may do this with; deleted ones are not left out here.

    Whoever may not read a row may do nothing with it. `with_shares` False: by right alone, see `sharing`.
    """
    reached = _reached(viewer, entity, verb, with_shares)
    return reached if verb is Verb.READ else and_(reached, _reached(viewer, entity, Verb.READ))


def _reached(viewer: Viewer, entity: Entity, verb: Verb, with_shares: bool = True) -> ColumnElement[bool]:
    if viewer.is_read_only and verb is not Verb.READ:
        return false()
    conditions = [
        _scope_condition(principal, entity, scope)
        for principal in viewer.principals(verb)
        for scope in sorted(scopes_of(principal, entity, verb), key=lambda scope: scope.value)
    ]
    if with_shares:
        shared = [one for principal in viewer.principals(verb) for one in _shared(principal, entity, verb)]
        conditions += [is_any_of(entity.table.c.id, shared, Uuid())] if shared else []
    # What is made or taken away within a record changes that record: it needs the right to edit it.
    of_parent = verb if verb in (Verb.READ, Verb.EXPORT) else Verb.EDIT
    for name in entity.rights.inherits:
        link = entity.fields[name]
        assert isinstance(link, Link)
        parent = entity.registry.get(link.to)
        allowed = select(parent.table.c.id).where(
            visible_to(viewer, parent, of_parent, with_shares=with_shares),
            parent.table.c.deleted_at.is_(None),
        )
        conditions.append(entity.table.c[link.column_name()].in_(allowed))
    return or_(false(), *conditions)


def _shared(principal: Viewer, entity: Entity, verb: Verb) -> list[UUID]:
    """Records that are shared with somebody for this; of kinds that he is kept from wholly, none."""
    if verb in (Verb.CREATE, Verb.DELETE) or not scopes_of(principal, entity, verb) - {Scope.NOBODY}:
        return []
    return [
        one.record_id
        for one in principal.shares
        if one.entity == entity.name and (one.may_edit or verb is not Verb.EDIT)
    ]


def _scope_condition(principal: Viewer, entity: Entity, scope: Scope) -> ColumnElement[bool]:
    columns = entity.table.c
    if scope is Scope.ALL:
        return true()
    if scope is Scope.NOBODY:
        return false()
    own = columns.owner_id == principal.user_id
    if scope is Scope.TEAM and principal.team_ids:
        return or_(own, is_any_of(columns.team_id, sorted(principal.team_ids), BigInteger()))
    if scope is Scope.AGENCY and principal.agency_id is not None:
        return or_(own, columns.agency_id == principal.agency_id)
    return own


def may_see(viewer: Viewer, entity: Entity, field: Field) -> bool:
    """Whether a field of an entity exists for a viewer. Those he stands in for do not widen this."""
    if isinstance(field, Computed):
        return all(may_see(viewer, entity, entity.fields[name]) for name in field.of)
    for one in reversed(viewer.field_exceptions):
        if (one.entity, one.field) == (entity.name, field.name):
            return one.is_seen
    if viewer.is_administrator or not viewer.roles:
        return viewer.is_administrator or not field.seen_by
    return any(
        viewer.role_masks.get((role, entity.name, field.name), not field.seen_by or role in field.seen_by)
        for role in viewer.roles
    )


def seen_fields(viewer: Viewer, entity: Entity) -> dict[str, Field]:
    """Fields of an entity that exist for a viewer, by name."""
    return {name: field for name, field in entity.fields.items() if may_see(viewer, entity, field)}


def values_of(entity: Entity, row: Mapping[str, object]) -> dict[str, object]:
    """Values of all fields of a row, computed ones as well; for rules and audit, never for a viewer."""
    values = {name: field.from_row(row) for name, field in entity.fields.items()}
    for name, field in entity.fields.items():
        if isinstance(field, Computed):
            values[name] = field.value(values)
    return values


def record_of(viewer: Viewer, entity: Entity, row: Mapping[str, object]) -> Record:
    """A row as a viewer sees it."""
    values = values_of(entity, row)
    identity, version = row["id"], row["version"]
    assert isinstance(identity, UUID)
    assert isinstance(version, int)
    return Record(
        entity=entity,
        id=identity,
        version=version,
        is_deleted=row["deleted_at"] is not None,
        values={name: values[name] for name in seen_fields(viewer, entity)},
    )


async def access_row(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    record_id: UUID,
    verb: Verb,
    *,
    is_deleted: bool = False,
    will_change: bool = False,
) -> Mapping[str, object]:
    """The whole row, for the engine's own writing; pages use `access_record`.

    Raises:
        RecordAbsent: there is none that he may see.
        VerbRefused: he may see it, and not do this.
    """
    table = entity.table
    deleted = table.c.deleted_at.is_not(None) if is_deleted else table.c.deleted_at.is_(None)
    found = select(table, visible_to(viewer, entity, verb).label("is_allowed")).where(
        table.c.id == record_id, deleted, visible_to(viewer, entity)
    )
    row = await fetch_row(connection, found.with_for_update(of=table) if will_change else found)
    if row is None:
        raise RecordAbsent("there is no such record")
    if not row["is_allowed"]:
        raise VerbRefused("you may see this record, and not {verb} it", verb=verb.value)
    return dict(row)


async def access_record(
    connection: Connection, viewer: Viewer, entity: Entity, record_id: UUID, verb: Verb = Verb.READ
) -> Record:
    """A record that a viewer may do this with, as he sees it.

    Raises:
        RecordAbsent: there is none that he may see: whether there is one for others, he cannot tell.
        VerbRefused: he may see it, and not do this.
    """
    return record_of(viewer, entity, await access_row(connection, viewer, entity, record_id, verb))
