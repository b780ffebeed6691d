"""What the engine's fields are in the language of conditions."""

from collections.abc import Callable

from crm_core.engine import document_fields
from crm_core.engine.contact_fields import Phone
from crm_core.engine.field import Field
from crm_core.engine.number_fields import Boolean, Duration, Money, Number
from crm_core.engine.reference_fields import Link, Person, Team
from crm_core.engine.text_fields import Choice, Email, LongText, Secret, Tags, Text, Url
from crm_core.engine.time_fields import Date, DateTime, Time
from rules.conditions import catalogue
from rules.conditions.catalogue import IdType
from rules.conditions.kinds import Kind

Say = Callable[[str], str]
"""Translates an English label."""

# The first class that a field is of decides; classes made of others stand before them.
KINDS: tuple[tuple[type[Field], Kind], ...] = (
    (Choice, Kind.CHOICE),
    (Email, Kind.EMAIL),
    (Phone, Kind.PHONE),
    (Tags, Kind.TAGS),
    (Url, Kind.TEXT),
    (LongText, Kind.TEXT),
    (Text, Kind.TEXT),
    (Money, Kind.MONEY),
    (Boolean, Kind.BOOLEAN),
    (Duration, Kind.DURATION),
    (Number, Kind.INTEGER),
    (Date, Kind.DATE),
    (Time, Kind.TIME),
    (DateTime, Kind.INSTANT),
    (Link, Kind.LINK),
    (Team, Kind.LINK),
    (Person, Kind.PERSON),
)
TEAM = "team"
"""What links to a team lead to; teams are no records."""


def catalogue_field(field: Field, say: Say) -> catalogue.Field | None:
    """A field as conditions know it; None where they cannot speak of it, as of files and addresses."""
    kind = _kind(field)
    if kind is None:
        return None
    choices = field.choices if isinstance(field, Choice) else {}
    return catalogue.Field(
        name=field.name,
        kind=kind,
        label=say(field.title()),
        column=field.column_name(),
        json_column=document_fields.DOCUMENT if isinstance(field, document_fields.InDocument) else "",
        choices=tuple(catalogue.Choice(code=code, label=say(label)) for code, label in choices.items()),
        id_type=IdType.UUID if isinstance(field, Link) else IdType.BIGINT,
        links_to=field.to if isinstance(field, Link) else TEAM if isinstance(field, Team) else "",
    )


def _kind(field: Field) -> Kind | None:
    if isinstance(field, Secret):
        return None
    if isinstance(field, Number) and field.decimals:
        return Kind.DECIMAL
    return next((kind for kind_class, kind in KINDS if isinstance(field, kind_class)), None)
