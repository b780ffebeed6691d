"""Lists of records: filters typed by the fields, declared sorting, pages that go on after a row.

A page begins after the last row of the one before, not after a count of rows: it is as fast after a thousand
pages as at the first, and rows that appear meanwhile shift nothing.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, select, tuple_

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import ListRefused, UnusableValue
from crm_core.engine.field import Field, Lookup, escape_like
from crm_core.engine.rights import Record, may_see, record_of, visible_to
from crm_core.engine.scopes import Verb
from crm_core.engine.statements import fetch
from crm_core.engine.tables import short_texts
from crm_core.engine.viewer import Viewer
from rules.conditions.folding import fold

SIZE_MAX = 500
FALLBACK_SORT = "created_at"
"""Every entity can be sorted by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One condition of a list."""

    field: str  # name of a field that the declaration lets lists be filtered by
    lookup: Lookup
    value: object  # raw: the field cleans it


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows of a list, and the way on."""

    records: tuple[Record, ...]
    next_marker: str  # "" on the last page
    previous_marker: str  # "" on the first page


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a list is sorted by; records without a value come last, whichever way."""

    field: Field
    is_descending: bool

    def name(self) -> str:
        """As declarations and addresses have it."""
        return f"-{self.field.name}" if self.is_descending else self.field.name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A row that a page goes on from."""

    is_forward: bool
    value: object  # of the order's column
    record_id: UUID


async def list_records(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    *,
    filters: Sequence[Filter] = (),
    sort: str = "",
    marker: str = "",
    size: int = 50,
    verb: Verb = Verb.READ,
    narrowing: ColumnElement[bool] | None = None,
) -> Page:
    """One page of the records that a viewer may see; `narrowing` leaves those that meet it too.

    `sort` is a name out of the declaration's, `-` before it for greatest first; `marker` is a page's own.

    Raises:
        ListRefused: the list has no such filter, sort or page.
    """
    if not 1 <= size <= SIZE_MAX:
        raise ListRefused("expected 1 to {size_max} rows on a page", size_max=SIZE_MAX)
    order = order_of(viewer, entity, sort)
    place = _read_marker(marker, order) if marker else None
    wanted = [
        entity.table.c.deleted_at.is_(None),
        visible_to(viewer, entity, verb),
        *(filter_condition(viewer, entity, one) for one in filters),
        *([] if narrowing is None else [narrowing]),
    ]
    rows = await _rows(connection, entity, order, place, wanted, size + 1)
    has_more, rows = len(rows) > size, rows[:size]
    is_forward = place is None or place.is_forward
    if not is_forward:
        rows.reverse()
    has_next = has_more if is_forward else True
    has_previous = place is not None if is_forward else has_more
    return Page(
        records=tuple(record_of(viewer, entity, row) for row in rows),
        next_marker=_marker(order, rows[-1], "next") if rows and has_next else "",
        previous_marker=_marker(order, rows[0], "previous") if rows and has_previous else "",
    )


def order_of(viewer: Viewer, entity: Entity, sort: str) -> Order:
    """The order that a name means; the declaration's first where there is none, or where it is hidden.

    Raises:
        ListRefused: the list cannot be sorted so.
    """
    names = {one.lstrip("-") for one in entity.sort} | {FALLBACK_SORT}
    field = entity.fields.get((sort or entity.sort[0]).removeprefix("-"))
    seen = field is not None and may_see(viewer, entity, field)
    if not sort and not seen:
        return Order(field=entity.fields[FALLBACK_SORT], is_descending=True)
    if field is None or not seen or field.name not in names:
        raise ListRefused("this list cannot be sorted by {sort}", sort=sort)
    return Order(field=field, is_descending=(sort or entity.sort[0]).startswith("-"))


def filter_condition(viewer: Viewer, entity: Entity, one: Filter) -> ColumnElement[bool]:
    """The condition of one filter.

    Raises:
        ListRefused: the list has no such filter, or cannot compare with this.
    """
    field = entity.fields.get(one.field)
    if field is None or one.field not in entity.filters or not may_see(viewer, entity, field):
        raise ListRefused("this list has no filter {field}", field=one.field)
    try:
        condition = field.condition(entity.table, one.lookup, one.value)
        if one.lookup is Lookup.HAS and field in short_texts(entity.fields.values()):
            # It holds this one's text too, and an index answers it: the condition itself is asked of few.
            return and_(entity.table.c.search_text.like(f"%{escape_like(fold(str(one.value)))}%"), condition)
        return condition
    except UnusableValue as refused:
        raise ListRefused(f"filter {one.field}: {refused}".replace("{", "(")) from refused


async def _rows(
    connection: Connection,
    entity: Entity,
    order: Order,
    place: _Place | None,
    wanted: Sequence[ColumnElement[bool]],
    count: int,
) -> list[Mapping[str, object]]:
    rows: list[Mapping[str, object]] = []
    for part, ordering in _parts(entity, order, place):
        statement = select(entity.table).where(*wanted, *part).order_by(*ordering).limit(count - len(rows))
        rows.extend(dict(row) for row in await fetch(connection, statement))
        if len(rows) == count:
            break
    return rows


def _parts(
    entity: Entity, order: Order, place: _Place | None
) -> Iterator[tuple[list[ColumnElement[bool]], list[ColumnElement[object]]]]:
    """Rows with a value, then those without, each a range of the index; from the place on.

    One condition for both would hold an "or", which no database reads along an index.
    """
    column, key = entity.table.c[order.field.column_name()], entity.table.c.id
    is_forward = place is None or place.is_forward
    is_rising = is_forward != order.is_descending
    ordering: list[ColumnElement[object]] = [one.asc() if is_rising else one.desc() for one in (column, key)]
    kinds = [has_value for has_value in (is_forward, not is_forward) if has_value or column.nullable]
    if place is not None:
        kinds = kinds[kinds.index(place.value is not None) :]
    for has_value in kinds:
        part: list[ColumnElement[bool]] = [column.is_not(None) if has_value else column.is_(None)]
        if place is not None and has_value == (place.value is not None):
            here = bindparam(None, place.record_id, Uuid())
            if has_value:
                row, there = tuple_(column, key), tuple_(bindparam(None, place.value, column.type), here)
                part.append(row > there if is_rising else row < there)
            else:
                part.append(key > here if is_rising else key < here)
        yield part, ordering if has_value else ordering[1:]


def _marker(order: Order, row: Mapping[str, object], way: str) -> str:
    value = order.field.to_json(order.field.from_row(row))
    text = json.dumps([order.name(), way, value, str(row["id"])])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_marker(marker: str, order: Order) -> _Place:
    try:
        text = base64.urlsafe_b64decode(marker + "=" * (-len(marker) % 4))
        name, way, json_value, record_id = json.loads(text)
        if name != order.name() or way not in ("next", "previous"):
            raise ListRefused("this page belongs to a list that is sorted otherwise")
        value = order.field.from_json(json_value)
        column = order.field.to_row(value)[order.field.column_name()]
        return _Place(is_forward=way == "next", value=column, record_id=UUID(record_id))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, UnusableValue) as error:
        raise ListRefused("there is no such page") from error
