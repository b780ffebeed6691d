"""The changes of a record in words: which fields, what they were and what they became, and who did it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from agent_console.records.names import names_in
from agent_console.records.shown import Shown, shown
from agent_console.rendering import locale_of
from crm_core.access.connection import Connection
from crm_core.access.users import names_of_users
from crm_core.engine.declaration import Entity
from crm_core.engine.history import changes_of
from crm_core.engine.rights import Record
from crm_core.engine.viewer import Viewer

CHANGES_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of the record."""

    at: datetime
    by: str  # "" where the program did it
    fields: tuple[tuple[str, Shown, Shown], ...]  # English label, before and after


async def history_of(
    request: web.Request, connection: Connection, viewer: Viewer, record: Record
) -> list[Change]:
    """The last changes of a record, newest first, without what is hidden from the viewer."""
    entity, locale = record.entity, locale_of(request)
    newest = max(1, record.version - CHANGES_MAX)  # its first version is its making, not a change
    changes = [one for one in await changes_of(connection, viewer, record, after_version=newest) if one.after]
    told = [_values(entity, values) for one in changes for values in (one.before, one.after)]
    fields = [entity.fields[name] for name in sorted({name for values in told for name in values})]
    names = await names_in(connection, viewer, entity, fields, told)
    people = await names_of_users(connection, sorted({one.user_id for one in changes if one.user_id}))
    return [
        Change(
            at=one.at,
            by=str(people.get(one.user_id, "")) if one.user_id is not None else "",
            fields=tuple(
                (
                    entity.fields[name].title(),
                    shown(entity.fields[name], before.get(name), locale, names, is_short=True),
                    shown(entity.fields[name], value, locale, names, is_short=True),
                )
                for name, value in after.items()
            ),
        )
        for one, before, after in zip(changes, told[::2], told[1::2], strict=True)
    ][::-1]


def _values(entity: Entity, json_values: Mapping[str, object]) -> dict[str, object]:
    return {name: entity.fields[name].from_json(value) for name, value in json_values.items()}
