"""What a form shows for each field, and what it sends: raw texts, which the engine cleans."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent_console.navigation import N_
from agent_console.records.shown import ADDRESS_PARTS
from crm_core.engine.field import Field
from crm_core.engine.text_fields import Choice
from crm_core.engine.values import PhoneNumber, PostalAddress

# Kinds of HTML inputs by widget; what is not here has a part of the template of its own.
INPUT_TYPES = {
    "email": "email",
    "url": "url",
    "phone": "tel",
    "date": "date",
    "time": "time",
    "secret": "password",
}
NEVER_ASKED = frozenset({"file"})
"""Widgets that forms do not show yet."""

BOOLEANS = (("true", N_("yes")), ("false", N_("no")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of several answers."""

    value: str
    label: str  # English, or a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field of a form."""

    name: str
    widget: str
    label: str  # English
    help: str  # English
    kind: str  # of the HTML input
    is_required: bool
    value: str | Mapping[str, str]  # as it was typed, or as it is kept; an address has parts
    value_label: str = ""  # what a link's record is called
    to: str = ""  # entity that a link leads to
    options: Sequence[Option] = ()
    error: str = ""  # translated


def asked(fields: Iterable[Field]) -> list[Field]:
    """Fields that a form shows."""
    return [field for field in fields if not field.read_only and field.widget not in NEVER_ASKED]


def input_of(
    field: Field,
    typed: object,
    *,
    names: Mapping[object, str],  # with ids as texts too
    options: Sequence[Option] = (),
    error: str = "",
) -> Input:
    """A field's input; `typed` is what was typed (a text, parts of an address) or the value that is kept."""
    return Input(
        name=field.name,
        widget=field.widget,
        label=field.title(),
        help=field.help,
        kind="datetime-local" if field.widget == "date_time" else INPUT_TYPES.get(field.widget, "text"),
        is_required=field.required,
        value=typed_text(field, typed),
        value_label=names.get(str(typed), "") if field.widget == "link" else "",
        to=getattr(field, "to", ""),
        options=options or _options(field),
        error=error,
    )


def typed_text(field: Field, typed: object) -> str | Mapping[str, str]:
    """What stands in an input."""
    if field.widget == "address":
        if isinstance(typed, PostalAddress):
            return {part: str(getattr(typed, part)) for part in ADDRESS_PARTS}
        return {str(part): str(text) for part, text in typed.items()} if isinstance(typed, Mapping) else {}
    if typed is None or field.widget == "secret":
        return ""
    if isinstance(typed, datetime):
        return typed.astimezone().strftime("%Y-%m-%dT%H:%M")
    if isinstance(typed, PhoneNumber):
        return typed.raw or typed.e164  # as it was typed, or saving would change it
    if isinstance(typed, bool):
        return "true" if typed else "false"
    return typed if isinstance(typed, str) else field.to_text(typed)


def _options(field: Field) -> list[Option]:
    if isinstance(field, Choice):
        return [Option(value=code, label=label) for code, label in field.choices.items()]
    if field.widget == "boolean":
        return [Option(value=value, label=label) for value, label in BOOLEANS]
    return []


def raw_values(fields: Iterable[Field], form: Callable[[str], str | None]) -> dict[str, object]:
    """What a form sent, by field; one that it did not send is left out, and so is a secret left empty.

    A time without a zone is of this machine's zone, as it was shown.
    """
    values: dict[str, object] = {}
    for field in fields:
        if field.widget == "address":
            parts = {part: form(f"{field.name}.{part}") for part in ADDRESS_PARTS}
            if any(text is not None for text in parts.values()):
                values[field.name] = {part: text or "" for part, text in parts.items()}
            continue
        text = form(field.name)
        if text is None or (field.widget == "secret" and not text):
            continue
        values[field.name] = with_zone(text) if field.widget == "date_time" else text
    return values


def with_zone(text: str) -> str:
    """A local date and time with the zone of this machine; anything else stays as it is."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    return instant.astimezone().isoformat() if instant.tzinfo is None else text
