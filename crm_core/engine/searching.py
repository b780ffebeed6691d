"""Search: case, accents and slips of the finger do not count; a phone number is found in any format.

One stage after the other, each along an index, until there are enough: what begins so, what has such words,
what holds such letters, and only where nothing was found, what sounds nearly so. A stage ranks what it found
first, never all that there is. Fields that are hidden from the viewer are not looked in: what is found would
tell what stands there.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from crm_core.access.connection import Connection
from crm_core.engine.contact_fields import Phone
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.field import Field
from crm_core.engine.phone_search import (
    WHOLE_DIGITS_MIN,
    inheriting,
    phone_digits,
    phone_stages,
    phones_of,
)
from crm_core.engine.rights import Record, may_see, record_of, visible_to
from crm_core.engine.search_stages import Stage, text_stages, words_of
from crm_core.engine.statements import fetch
from crm_core.engine.viewer import Viewer

CANDIDATES_MAX = 100  # rows that a stage ranks


async def search_records(
    connection: Connection, viewer: Viewer, entity: Entity, text: str, *, limit: int = 20
) -> list[Record]:
    """Records of one entity that a viewer may see, best first; none for a text too short to search for.

    A number also finds the records whose parts, such as ways to reach a party, have it.
    """
    found: dict[object, Record] = {}
    for stage in _stages(viewer, entity, text):
        if stage.is_last_resort and found:
            break
        for row in await fetch(connection, _best(viewer, entity, stage, limit)):
            found.setdefault(row["id"], record_of(viewer, entity, dict(row)))
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def search_statements(viewer: Viewer, entity: Entity, text: str) -> list[Select[Any]]:
    """What a search would ask, one statement a stage: for those who look at their plans."""
    return [_candidates(viewer, entity, stage, entity.table.c.id) for stage in _stages(viewer, entity, text)]


async def search_everything(
    connection: Connection, viewer: Viewer, registry: Registry, text: str, *, limit_each: int = 5
) -> list[Record]:
    """Records of every entity, those of one entity together."""
    found: list[Record] = []
    for entity in registry:
        found += await search_records(connection, viewer, entity, text, limit=limit_each)
    return found


def _stages(viewer: Viewer, entity: Entity, text: str) -> Iterator[Stage]:
    digits, words = phone_digits(text), words_of(text)
    yield from _number_stages(viewer, entity, digits) if digits else ()
    is_number = len(digits) >= WHOLE_DIGITS_MIN
    if is_number:
        words = [digits]
    fields = [field for field in _seen(viewer, entity) if not isinstance(field, Phone)]
    if words and fields:
        yield from text_stages(viewer, entity, fields, text, words, is_number=is_number)


def _number_stages(viewer: Viewer, entity: Entity, digits: str) -> list[Stage]:
    stages = phone_stages(entity, phones_of(_seen(viewer, entity)), digits)
    for link, part in inheriting(entity):
        if may_see(viewer, part, link):
            held = part.table.c[link.column_name()]
            for stage in phone_stages(part, phones_of(_seen(viewer, part)), digits):
                holders = entity.table.c.id.in_(_candidates(viewer, part, stage, held))
                stages.append(replace(stage, condition=holders))
    return sorted(stages, key=lambda stage: stage.is_last_resort)


def _seen(viewer: Viewer, entity: Entity) -> list[Field]:
    return [field for field in entity.fields.values() if field.search and may_see(viewer, entity, field)]


def _candidates(viewer: Viewer, entity: Entity, stage: Stage, *columns: ColumnElement[Any]) -> Select[Any]:
    """The first rows of a stage that the viewer may see: all that are looked at any closer."""
    return (
        select(*(columns or entity.table.c))
        .where(stage.condition, entity.table.c.deleted_at.is_(None), visible_to(viewer, entity))
        .order_by(*stage.order)
        .limit(CANDIDATES_MAX)
    )


def _best(viewer: Viewer, entity: Entity, stage: Stage, limit: int) -> Select[Any]:
    found = _candidates(viewer, entity, stage).subquery()
    nearest = [func.word_similarity(stage.nearest_to, found.c.search_text).desc()] if stage.nearest_to else []
    return select(found).order_by(*nearest, found.c.id).limit(limit)
