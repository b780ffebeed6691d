"""The interface described as OpenAPI 3.1, out of the declarations, as far as a viewer may see them.

The schemas here are the ones that requests are held against: what the document says is what is checked.
"""

from collections.abc import Iterable, Iterator, Mapping

from agent_console.api.bodies import PAGE_ROWS, Schema, list_filters, values_schema
from agent_console.api.doors import API_PATH
from agent_console.problems import PROBLEM_TYPE
from crm_core.conditions.narrowing import CONDITION_LETTERS_MAX
from crm_core.engine.bulk_changes import RECORDS_MAX
from crm_core.engine.declaration import Entity
from crm_core.engine.field import Field, Lookup
from crm_core.engine.listing import FALLBACK_SORT, SIZE_MAX
from crm_core.engine.rights import seen_fields
from crm_core.engine.viewer import Viewer

VERSION_MAX = 2**31 - 1
ID_PATTERN = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
ID: Schema = {"type": "string", "format": "uuid", "pattern": ID_PATTERN}
VERSION: Schema = {"type": "integer", "minimum": 1, "maximum": VERSION_MAX}
MARKER: Schema = {"type": ["string", "null"]}
PROBLEMS = {
    "400": "The request cannot be read, or asks a list for what it does not have",
    "401": "Nobody is signed in: send a valid access token",
    "403": "You may not do this",
    "404": "There is no such record for you",
    "409": "Somebody changed it meanwhile, or there is nothing to undo",
    "413": "This is too much at once",
    "415": "Expected application/json",
    "422": "Values that cannot be kept, each named",
    "503": "The database is away for a moment",
}
DEEDS_WITH_ONE = ("read", "change", "delete", "restore", "changes of one")
OF_READING = ("400", "401", "403", "404", "503")
OF_WRITING = (*OF_READING, "409", "413", "415", "422")


def new_schema(values: Schema) -> Schema:
    """What makes a record."""
    return _object({"values": values})


def change_schema(values: Schema) -> Schema:
    """What changes a record: the version that was read, and the fields that change."""
    return _object({"version": VERSION, "values": values})


def many_schema(values: Schema) -> Schema:
    """What changes many records."""
    ids = {"type": "array", "items": ID, "minItems": 1, "maxItems": RECORDS_MAX}
    return _object({"ids": ids, "values": values})


def undo_schema() -> Schema:
    """What undoes a bulk change."""
    return _object({"token": ID})


def describe(entities: Iterable[Entity], viewer: Viewer, version: str) -> Schema:
    """The whole document."""
    schemas: dict[str, object] = {"Problem": _problem_schema(), "BulkOutcome": _outcome_schema()}
    paths: dict[str, object] = {}
    for entity in entities:
        schemas[entity.name] = _record_schema(viewer, entity)
        paths.update(_paths(viewer, entity))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Paceline", "version": version, "description": "Records of the CRM."},
        "servers": [{"url": API_PATH}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths(viewer: Viewer, entity: Entity) -> Iterator[tuple[str, object]]:
    name = entity.name
    record, outcome = _ref(name), _ref("BulkOutcome")
    new = new_schema(values_schema(viewer, entity, is_new=True))
    values = values_schema(viewer, entity, is_new=False)
    changes = _object({"changes": {"type": "array", "items": _change_schema()}})
    page = _object({"records": {"type": "array", "items": record}, "next": MARKER, "previous": MARKER})
    listed = _operation(entity, "list", "200", page, OF_READING)
    yield (
        f"/{name}",
        {
            "get": {**listed, "parameters": _list_parameters(viewer, entity)},
            "post": _with_links(entity, _operation(entity, "create", "201", record, OF_WRITING, new)),
        },
    )
    yield (
        f"/{name}/bulk-change",
        {"post": _operation(entity, "change many", "200", outcome, OF_WRITING, many_schema(values))},
    )
    yield (
        f"/{name}/bulk-undo",
        {"post": _operation(entity, "undo a bulk change", "200", outcome, OF_WRITING, undo_schema())},
    )
    one = [{"name": "record_id", "in": "path", "required": True, "schema": ID}]
    yield (
        f"/{name}/{{record_id}}",
        {
            "parameters": one,
            "get": _operation(entity, "read", "200", record, OF_READING),
            "patch": _operation(entity, "change", "200", record, OF_WRITING, change_schema(values)),
            "delete": _operation(entity, "delete", "204", None, OF_READING),
        },
    )
    yield (
        f"/{name}/{{record_id}}/restore",
        {
            "parameters": one,
            "post": _operation(entity, "restore", "200", record, OF_READING),
        },
    )
    yield (
        f"/{name}/{{record_id}}/changes",
        {
            "parameters": one,
            "get": _operation(entity, "changes of one", "200", changes, OF_READING),
        },
    )


def _with_links(entity: Entity, create: dict[str, object]) -> dict[str, object]:
    """Say at which addresses the id of what was made is of use."""
    responses = create["responses"]
    assert isinstance(responses, dict)
    responses["201"]["links"] = {
        deed: {
            "operationId": _operation_id(entity, deed),
            "parameters": {"record_id": "$response.body#/id"},
        }
        for deed in DEEDS_WITH_ONE
    }
    return create


def _operation_id(entity: Entity, deed: str) -> str:
    return f"{entity.name}_{deed}".replace(" ", "_")


def _operation(
    entity: Entity,
    deed: str,
    status: str,
    answer: Schema | None,
    problems: tuple[str, ...],
    body: Schema | None = None,
) -> dict[str, object]:
    good: dict[str, object] = {"description": "Done"}
    if answer is not None:
        good["content"] = {"application/json": {"schema": answer}}
    responses: dict[str, object] = {status: good}
    for code in problems:
        content = {PROBLEM_TYPE: {"schema": _ref("Problem")}}
        responses[code] = {"description": PROBLEMS[code], "content": content}
    operation: dict[str, object] = {
        "operationId": _operation_id(entity, deed),
        "summary": f"{entity.title}: {deed}",
        "tags": [entity.name],
        "responses": responses,
    }
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


CONDITION: Schema = {
    "type": "string",
    "minLength": 1,
    "description": "JSON of a tree of conditions, times in UTC: docs/algorithms/conditions.md; contacts of "
    f"a party are its rows `interaction_by_party`, and so on; at most {CONDITION_LETTERS_MAX} letters",
}


def _list_parameters(viewer: Viewer, entity: Entity) -> list[object]:
    seen = seen_fields(viewer, entity)
    names = dict.fromkeys((*(name.lstrip("-") for name in entity.sort), FALLBACK_SORT))
    sorts = [name for name in names if name in seen]
    plain: list[tuple[str, Schema]] = [
        ("sort", {"type": "string", "enum": [*sorts, *(f"-{name}" for name in sorts)]}),
        ("page", {"type": "string", "description": "`next` or `previous` of an answer", "minLength": 1}),
        ("size", {"type": "integer", "minimum": 1, "maximum": SIZE_MAX, "default": PAGE_ROWS}),
        ("condition", CONDITION),
    ]
    found: list[object] = [{"name": name, "in": "query", "schema": schema} for name, schema in plain]
    for parameter, field, lookup in list_filters(viewer, entity):
        found.append({"name": parameter, "in": "query", "schema": _filter_schema(field, lookup)})
    return found


def _filter_schema(field: Field, lookup: Lookup) -> Schema:
    if lookup is Lookup.EMPTY:
        return {"type": "boolean"}
    words = {"title": f"{field.title()}: {lookup.value}"}
    if lookup is Lookup.ONE_OF:
        words["description"] = "values with commas between"
    return {"type": "string", "minLength": 1, **words}


def _record_schema(viewer: Viewer, entity: Entity) -> Schema:
    seen = seen_fields(viewer, entity)
    values = {
        "type": "object",
        "properties": {name: field.json_schema() for name, field in seen.items()},
        "additionalProperties": False,
        "required": list(seen),
    }
    told = _object({"id": ID, "version": VERSION, "title": {"type": "string"}, "values": values})
    return {**told, "description": entity.help}


def _change_schema() -> Schema:
    return _object(
        {
            "at": {"type": "string", "format": "date-time"},
            "user_id": {"type": ["integer", "null"]},
            "verb": {"type": "string"},
            "version": VERSION,
            "before": {"type": "object"},
            "after": {"type": "object"},
        }
    )


def _problem_schema() -> Schema:
    text = {"type": "string"}
    of_field = {"type": "object", "properties": {"field": text, "text": text}}
    difference = {"type": "object", "properties": {"field": text, "theirs": text, "yours": text}}
    return {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "problems": {"type": "array", "items": of_field},
            "version": VERSION,
            "differences": {"type": "array", "items": difference},
        },
    }


def _outcome_schema() -> Schema:
    ids = {"type": "array", "items": ID}
    refused = {"type": "object", "additionalProperties": {"type": "string"}}
    return _object({"token": ID, "changed": ids, "refused": refused})


def _object(properties: Mapping[str, object]) -> Schema:
    """An object with exactly these members."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
