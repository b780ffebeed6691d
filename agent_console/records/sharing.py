"""Who else has a record: shown on its page, given there, ended there, each with its undo."""

from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from agent_console.forms import text_fields
from agent_console.navigation import N_
from agent_console.parts import parts_of
from agent_console.records.doors import record_id_of, record_path
from agent_console.rendering import done, locale_of, moment, text_of
from crm_core.access.connection import Connection
from crm_core.access.users import active_names, names_of_users
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import UnusableValue
from crm_core.engine.rights import Record, access_record
from crm_core.engine.sharing import (
    HeldShare,
    end_share,
    may_share,
    restore_share,
    share_record,
    shares_of,
)
from crm_core.engine.viewer import Viewer

LEVEL_LABELS = {"read": N_("may see it"), "edit": N_("may edit it")}
ID_DIGITS_MAX = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who has the record."""

    name: str
    level: str  # English
    by: str  # who gave it to him
    at: Markup
    ended_at: Markup | None
    end_path: str  # "" where this viewer cannot end it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What the card on the record's page shows."""

    holders: tuple[Holder, ...]  # who have it now
    former: tuple[Holder, ...]
    colleagues: dict[int, str]  # whom it can be given to; empty where this viewer cannot
    levels: dict[str, str]  # codes and English labels
    path: str


async def sharing_of(
    request: web.Request, connection: Connection, viewer: Viewer, record: Record
) -> Sharing | None:
    """Who has a record; None for parts, which go with the record that they belong to."""
    if record.entity.rights.inherits:
        return None
    shares = await shares_of(connection, record)
    may = await may_share(connection, viewer, record)
    ids = {number for one in shares for number in (one.user_id, one.shared_by)}
    names, locale = await names_of_users(connection, sorted(ids)), locale_of(request)
    path = f"{record_path(record.entity, record.id)}/shares"

    def holder(one: HeldShare) -> Holder:
        may_end = may or (one.user_id == viewer.user_id and not viewer.is_read_only)
        return Holder(
            name=names.get(one.user_id, ""),
            level=LEVEL_LABELS[one.level],
            by=names.get(one.shared_by, ""),
            at=moment(one.shared_at, locale),
            ended_at=moment(one.ended_at, locale) if one.ended_at else None,
            end_path=f"{path}/{one.id}/end" if may_end and one.ended_at is None else "",
        )

    people = await active_names(connection) if may else {}
    return Sharing(
        holders=tuple(holder(one) for one in shares if one.ended_at is None),
        former=tuple(holder(one) for one in shares if one.ended_at is not None),
        colleagues={number: name for number, name in people.items() if number != viewer.user_id},
        levels=LEVEL_LABELS,
        path=path,
    )


async def share(request: web.Request, connection: Connection, viewer: Viewer, entity: Entity) -> web.Response:
    """Give a record to a colleague; the notice offers to take it back."""
    record_id, now = record_id_of(request), parts_of(request).clock()
    user, level = await text_fields(request, "colleague", "level")
    user_id = int(user) if user.isascii() and user.isdigit() and len(user) <= ID_DIGITS_MAX else 0
    path = record_path(entity, record_id)
    try:
        share_id = await share_record(connection, viewer, entity, record_id, user_id, level, now)
    except UnusableValue as refused:
        return await done(request, path, text_of(request, refused.text, **refused.values))
    undo = f"{path}/shares/{share_id}/end"
    return await done(request, path, text_of(request, "It is shared."), undo)


async def end(request: web.Request, connection: Connection, viewer: Viewer, entity: Entity) -> web.Response:
    """Take a record back; the notice offers to give it again."""
    record_id, share_id = record_id_of(request), int(request.match_info["share_id"])
    may = await may_share(connection, viewer, await access_record(connection, viewer, entity, record_id))
    await end_share(connection, viewer, entity, record_id, share_id, parts_of(request).clock())
    path, text = record_path(entity, record_id), text_of(request, "It is no longer shared.")
    if not may:  # he gave it back, and sees it no more
        return await done(request, "/", text)
    return await done(request, path, text, f"{path}/shares/{share_id}/restore")


async def restore(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Give a record again that was taken back."""
    record_id, share_id = record_id_of(request), int(request.match_info["share_id"])
    path = record_path(entity, record_id)
    try:
        await restore_share(connection, viewer, entity, record_id, share_id, parts_of(request).clock())
    except UnusableValue as refused:
        return await done(request, path, text_of(request, refused.text, **refused.values))
    return await done(request, path, text_of(request, "It is shared."))
