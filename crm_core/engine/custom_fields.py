"""Fields that administrators add to entities while the program runs, without a migration.

A field's kind and its choices' codes stay as they were made, so that what is kept can always be read; a field
can be retired, and comes back with its values.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crm_core.access.connection import Connection
from crm_core.access.happenings import NOT_RECORD
from crm_core.access.signed_in_user import ROLES
from crm_core.engine.declaration import CUSTOM_PREFIX, Entity
from crm_core.engine.document_fields import KINDS
from crm_core.engine.errors import Problem, RecordRefused, UnusableValue, VerbRefused, problem
from crm_core.engine.field import Field
from crm_core.engine.text_fields import Text
from crm_core.engine.viewer import Viewer

FIELDS_MAX = 100  # of one entity
CHOICES_MAX = 200
LABEL_LENGTH_MAX = 60
SLUG_LENGTH_MAX = 30
DECIMALS_MAX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """What was said about one field."""

    name: str  # in addresses and the API; begins with `x_`
    kind: str  # one of KINDS
    label: str  # in the language of those who made it
    help: str = ""
    is_required: bool = False  # records changed from now on need it
    is_in_list: bool = False  # lists have a column for it
    is_retired: bool = False  # nobody sees it any more; its values stay
    decimals: int = 0  # of a number
    choices: tuple[tuple[str, str], ...] = ()  # codes and labels
    seen_by: tuple[str, ...] = ()  # roles; empty: everybody

    def field(self) -> Field:
        """The field that the engine works with."""
        more: dict[str, object] = {}
        if self.kind == "choice":
            more["choices"] = dict(self.choices)
        if self.kind == "number":
            more["decimals"] = self.decimals
        kind = KINDS[self.kind]
        return kind(
            name=self.name,
            label=self.label,
            help=self.help,
            required=self.is_required,
            seen_by=self.seen_by,
            **more,  # type: ignore[arg-type]
        )


async def list_custom_fields(connection: Connection, entity: Entity) -> list[CustomField]:
    """All fields that were added to an entity, retired ones as well, as they were added."""
    return (await _read_all(connection, [entity.name])).get(entity.name, [])


async def _read_all(connection: Connection, names: Sequence[str]) -> dict[str, list[CustomField]]:
    """Fields that were added to entities, by the names of these."""
    rows = await connection.fetch(
        """select entity, name, kind, label, settings from crm.custom_field
        where entity = any($1) order by position, name""",
        names,
    )
    found: dict[str, list[CustomField]] = {}
    for row in rows:
        one = _read(row["name"], row["kind"], row["label"], json.loads(row["settings"]))
        found.setdefault(row["entity"], []).append(one)
    return found


def _read(name: str, kind: str, label: str, settings: Mapping[str, object]) -> CustomField:
    choices, seen_by = settings.get("choices", []), settings.get("seen_by", [])
    assert isinstance(choices, list)
    assert isinstance(seen_by, list)
    return CustomField(
        name=name,
        kind=kind,
        label=label,
        help=str(settings.get("help", "")),
        is_required=bool(settings.get("is_required")),
        is_in_list=bool(settings.get("is_in_list")),
        is_retired=bool(settings.get("is_retired")),
        decimals=int(str(settings.get("decimals", 0))),
        choices=tuple((str(code), str(words)) for code, words in choices),
        seen_by=tuple(str(role) for role in seen_by),
    )


async def with_custom_fields(connection: Connection, entity: Entity) -> Entity:
    """The entity with the fields that were added to it; they stand after its own."""
    return _with(entity, await list_custom_fields(connection, entity))


async def with_all_custom_fields(connection: Connection, entities: Iterable[Entity]) -> list[Entity]:
    """Entities with the fields that were added to them, asked for at once."""
    wanted = list(entities)
    found = await _read_all(connection, [one.name for one in wanted])
    return [_with(one, found.get(one.name, ())) for one in wanted]


def _with(entity: Entity, custom_fields: Sequence[CustomField]) -> Entity:
    added = [one for one in custom_fields if not one.is_retired]
    if not added:
        return entity
    own = {name: entity.fields[name] for name in entity.own_fields}
    custom = {one.name: one.field() for one in added}
    return replace(
        entity,
        fields={**own, **custom, **entity.fields},
        own_fields=(*entity.own_fields, *custom),
        filters=(*entity.filters, *custom),
        list_columns=(*entity.list_columns, *(one.name for one in added if one.is_in_list)),
    )


async def add_custom_field(
    connection: Connection, viewer: Viewer, entity: Entity, wanted: CustomField, now: datetime
) -> CustomField:
    """Add a field to an entity; its name is made of its label.

    Raises:
        VerbRefused: the viewer is no administrator.
        RecordRefused: with everything that is wrong.
    """
    _require_administrator(viewer)
    there = await list_custom_fields(connection, entity)
    made = replace(wanted, name=_free_name(wanted.label, {one.name for one in there}))
    problems = [*_problems(made), *_label_problems(made, there)]
    if len(there) >= FIELDS_MAX:
        problems.append(problem("", "expected at most {count_max} added fields", count_max=FIELDS_MAX))
    if problems:
        raise RecordRefused(problems)
    await _write(connection, viewer, entity, made, len(there), now)
    return made


async def change_custom_field(
    connection: Connection, viewer: Viewer, entity: Entity, wanted: CustomField, now: datetime
) -> None:
    """Change what is said about a field; its kind, decimals and the codes of its choices stay.

    Raises:
        VerbRefused: the viewer is no administrator.
        RecordRefused: with everything that is wrong.
    """
    _require_administrator(viewer)
    there = await list_custom_fields(connection, entity)
    before = next((one for one in there if one.name == wanted.name), None)
    if before is None:
        raise RecordRefused([problem("", "there is no such field")])
    made = replace(wanted, kind=before.kind, decimals=before.decimals)
    problems = [*_problems(made), *_label_problems(made, there)]
    if not {code for code, _ in before.choices} <= {code for code, _ in made.choices}:
        problems.append(
            problem("choices", "a choice can be renamed, and not taken away: records may have it")
        )
    if problems:
        raise RecordRefused(problems)
    await _write(connection, viewer, entity, made, there.index(before), now)


def choices_of(text: str, before: Sequence[tuple[str, str]] = ()) -> tuple[tuple[str, str], ...]:
    """Choices out of lines; a line `code: label` renames, another one is a label whose code is made of it.

    >>> choices_of("Slate\\nTiles", [("slate", "slate")])
    (('slate', 'Slate'), ('tiles', 'Tiles'))
    """
    found: dict[str, str] = {}
    known = {code for code, _ in before}
    for line in text.splitlines():
        code, colon, label = (part.strip() for part in line.partition(":"))
        if not code:
            continue
        found[code if colon and code in known else slug(line)] = (
            label if colon and code in known else line.strip()
        )
    return tuple(found.items())


def slug(label: str) -> str:
    """Small letters, digits and underscores out of a label.

    >>> slug("Typ dachu (główny)")
    'typ_dachu_glowny'
    """
    plain = unicodedata.normalize("NFKD", label.lower().replace("ł", "l")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:SLUG_LENGTH_MAX].rstrip("_")


def _free_name(label: str, taken: set[str]) -> str:
    name = CUSTOM_PREFIX + (slug(label) or "field")
    number = 2
    while name in taken:
        name, number = f"{CUSTOM_PREFIX}{slug(label) or 'field'}_{number}", number + 1
    return name


def _require_administrator(viewer: Viewer) -> None:
    if not viewer.is_administrator or viewer.is_read_only:
        raise VerbRefused("only an administrator adds and changes fields")


def _problems(one: CustomField) -> list[Problem]:
    """What is wrong with what was said."""
    found = []
    for name, text, needed in (("label", one.label, True), ("help", one.help, False)):
        try:
            Text(length_max=LABEL_LENGTH_MAX if needed else 200, required=needed).clean(text)
        except UnusableValue as refused:
            found.append(Problem(field=name, text=refused.text, values=refused.values))
    if one.kind not in KINDS:
        found.append(problem("kind", "expected one of {kinds}", kinds=", ".join(KINDS)))
    if not 0 <= one.decimals <= DECIMALS_MAX:
        found.append(problem("decimals", "expected 0 to {count_max} digits", count_max=DECIMALS_MAX))
    if one.kind == "choice" and not 1 <= len(one.choices) <= CHOICES_MAX:
        found.append(
            problem("choices", "expected 1 to {count_max} choices, one a line", count_max=CHOICES_MAX)
        )
    if any(not code or len(label) > LABEL_LENGTH_MAX for code, label in one.choices):
        found.append(problem("choices", "expected short labels with letters or digits in them"))
    if set(one.seen_by) - set(ROLES):
        found.append(problem("seen_by", "expected roles that there are"))
    return found


def _label_problems(one: CustomField, there: Sequence[CustomField]) -> list[Problem]:
    others = {other.label.casefold() for other in there if other.name != one.name}
    return (
        [problem("label", "there is a field of this name already")] if one.label.casefold() in others else []
    )


async def _write(
    connection: Connection, viewer: Viewer, entity: Entity, one: CustomField, position: int, now: datetime
) -> None:
    settings = {
        "help": one.help,
        "is_required": one.is_required,
        "is_in_list": one.is_in_list,
        "is_retired": one.is_retired,
        "decimals": one.decimals,
        "choices": [list(choice) for choice in one.choices],
        "seen_by": list(one.seen_by),
    }
    await connection.execute(
        """insert into crm.custom_field (entity, name, kind, label, settings, position)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (entity, name) do update set label = $4, settings = $5""",
        entity.name,
        one.name,
        one.kind,
        one.label,
        json.dumps(settings),
        position,
    )
    told = {"name": one.name, "kind": one.kind, "label": one.label, **settings}
    await connection.execute(
        """insert into crm.domain_event (at, user_id, kind, entity, record_id, payload)
        values ($1, $2, 'custom_field.changed', $3, $4, $5)""",
        now,
        viewer.user_id,
        entity.name,
        NOT_RECORD,
        json.dumps(told),
    )
