"""What a program sends: read with limits, and held against the schemas that the document shows."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from jsonschema import Draft202012Validator

from agent_console.problems import PROBLEM_TYPE
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import ListRefused, RecordRefused, problem
from crm_core.engine.field import Field, Lookup
from crm_core.engine.listing import SIZE_MAX, Filter
from crm_core.engine.rights import seen_fields
from crm_core.engine.viewer import Viewer

JSON_TYPES = frozenset({"application/json", "application/merge-patch+json", PROBLEM_TYPE})
PAGE_ROWS = 50
TRUTHS = ("true", "false")
SEVERAL = ","
"""Between the values of `one_of`."""

Schema = Mapping[str, object]


def written_fields(viewer: Viewer, entity: Entity) -> list[Field]:
    """Fields that a viewer may give a record."""
    return [field for field in seen_fields(viewer, entity).values() if not field.read_only]


def values_schema(viewer: Viewer, entity: Entity, *, is_new: bool) -> Schema:
    """What values of a record may be sent."""
    fields = written_fields(viewer, entity)
    needed = [field.name for field in fields if field.required and field.default is None]
    return {
        "type": "object",
        "properties": {field.name: field.input_schema() for field in fields},
        "additionalProperties": False,
        **({"required": needed} if is_new and needed else {}),
    }


async def read_body(request: web.Request, schema: Schema) -> dict[str, object]:
    """The object that was sent, if it fits the schema.

    Raises:
        HTTPUnsupportedMediaType: it is not JSON by its own word.
        HTTPRequestEntityTooLarge: it is too long.
        RecordRefused: it does not fit; every place that is wrong is named.
    """
    if request.content_type not in JSON_TYPES:
        raise web.HTTPUnsupportedMediaType
    raw = await request.read()
    try:
        sent = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(reason=HTTPStatus.BAD_REQUEST.phrase) from None
    wrong = [
        problem("/".join(str(step) for step in error.absolute_path), "{text}", text=_told(error.message))
        for error in sorted(Draft202012Validator(schema).iter_errors(sent), key=lambda one: one.json_path)
    ]
    if wrong:
        raise RecordRefused(wrong)
    assert isinstance(sent, dict)
    return sent


TOLD_LENGTH_MAX = 300


def _told(message: str) -> str:
    """What a validator says, without long values of the sender's own."""
    return message if len(message) <= TOLD_LENGTH_MAX else f"{message[:TOLD_LENGTH_MAX]}…"


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedList:
    """What an address asks of a list."""

    filters: tuple[Filter, ...]
    sort: str  # "" as declared
    marker: str  # of the page; "" from the beginning
    size: int  # rows
    condition: str  # text of a tree of conditions; "" where there is none


def read_list_query(request: web.Request, viewer: Viewer, entity: Entity) -> AskedList:
    """What an address asks for; nothing unknown is passed over.

    Raises:
        ListRefused: with what was not expected.
    """
    plain = {"sort": "", "page": "", "size": str(PAGE_ROWS), "condition": ""}
    known = {parameter: (field, lookup) for parameter, field, lookup in list_filters(viewer, entity)}
    filters: list[Filter] = []
    for name, text in request.query.items():
        if not text:
            raise ListRefused("expected a value for every parameter")
        if any(ord(letter) < 0x20 or 0xD800 <= ord(letter) <= 0xDFFF for letter in text):
            raise ListRefused("expected a text without control characters")
        if name in plain:
            plain[name] = text
        elif name in known:
            field, lookup = known[name]
            if lookup is Lookup.EMPTY and text not in TRUTHS:
                raise ListRefused("expected true or false")
            value: object = text.split(SEVERAL) if lookup is Lookup.ONE_OF else text
            filters.append(Filter(field=field.name, lookup=lookup, value=value))
        else:
            raise ListRefused("there is no parameter of this name; the document names all")
    size = plain["size"]
    if not (size.isascii() and size.isdigit() and len(size) <= len(str(SIZE_MAX))):
        raise ListRefused("expected 1 to {size_max} rows on a page", size_max=SIZE_MAX)
    return AskedList(
        filters=tuple(filters),
        sort=plain["sort"],
        marker=plain["page"],
        size=int(size),
        condition=plain["condition"],
    )


def list_filters(viewer: Viewer, entity: Entity) -> Iterable[tuple[str, Field, Lookup]]:
    """Parameters by which a list can be filtered, each with its field and how it compares."""
    seen = seen_fields(viewer, entity)
    for name in entity.filters:
        if name in seen:
            for lookup in seen[name].lookups:
                yield f"{name}.{lookup.value}", seen[name], lookup
