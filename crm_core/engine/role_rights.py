"""Rights of roles as administrators change them at run time; `rights` puts them before the declaration's."""

import json
from datetime import datetime

from crm_core.access.connection import Connection
from crm_core.access.happenings import NOT_RECORD
from crm_core.engine.scopes import Scope, Verb
from crm_core.engine.viewer import Viewer


async def set_role_scope(
    connection: Connection, viewer: Viewer, role: str, entity: str, verb: Verb, scope: Scope, now: datetime
) -> None:
    """Let one verb on one entity reach so far for a role."""
    await connection.execute(
        """insert into crm.role_right (role, entity, verb, scope) values ($1, $2, $3, $4)
        on conflict (role, entity, verb) where verb is not null do update set scope = excluded.scope""",
        role,
        entity,
        verb.value,
        scope.value,
    )
    await _tell(connection, viewer, entity, {"role": role, "verb": verb.value, "scope": scope.value}, now)


async def set_role_field(
    connection: Connection, viewer: Viewer, role: str, entity: str, field: str, is_seen: bool, now: datetime
) -> None:
    """Let a role see one field of an entity, or hide it."""
    await connection.execute(
        """insert into crm.role_right (role, entity, field, is_seen) values ($1, $2, $3, $4)
        on conflict (role, entity, field) where field is not null do update set is_seen = excluded.is_seen""",
        role,
        entity,
        field,
        is_seen,
    )
    await _tell(connection, viewer, entity, {"role": role, "field": field, "is_seen": is_seen}, now)


async def _tell(
    connection: Connection, viewer: Viewer, entity: str, payload: dict[str, object], now: datetime
) -> None:
    await connection.execute(
        """insert into crm.domain_event (at, user_id, kind, entity, record_id, payload)
        values ($1, $2, 'role_right.changed', $3, $4, $5)""",
        now,
        viewer.user_id,
        entity,
        NOT_RECORD,
        json.dumps(payload),
    )
