"""A small catalogue and a few records, as the tests of the condition language use them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rules.conditions.catalogue import (
    Choice,
    Entity,
    EventKind,
    EventTable,
    Field,
    FixedCatalogue,
    IdType,
    Link,
    Rows,
    by_name,
)
from rules.conditions.evaluating import Value
from rules.conditions.kinds import Kind, Operator
from rules.conditions.moments import Circumstances
from rules.conditions.tree import Comparison, Expected, FieldValue

NOW = Circumstances(now=datetime(2026, 3, 29, 12, 0, tzinfo=UTC), zone="Europe/Rome")
COUNTRIES = (
    Choice(code="PL", label="Poland"),
    Choice(code="IT", label="Italy"),
    Choice(code="SK", label="Slovakia"),
)

PARTY = Entity(
    name="party",
    label="Party",
    table="crm.party",
    fields=by_name(
        Field(name="name", label="Name", kind=Kind.TEXT),
        Field(name="country", label="Country", kind=Kind.CHOICE, choices=COUNTRIES),
        Field(name="tags", label="Tags", kind=Kind.TAGS),
        Field(name="calls_made", label="Calls made", kind=Kind.INTEGER),
        Field(name="turnover", label="Turnover", kind=Kind.MONEY),
        Field(name="born_on", label="Date of birth", kind=Kind.DATE),
        Field(name="last_call_at", label="Last call", kind=Kind.INSTANT),
        Field(name="call_from", label="Call from", kind=Kind.TIME),
        Field(name="talk_seconds", label="Talk time", kind=Kind.DURATION),
        Field(name="is_member", label="Member", kind=Kind.BOOLEAN),
        Field(name="phone", label="Telephone", kind=Kind.PHONE),
        Field(name="owner", label="Owner", kind=Kind.PERSON),
        Field(name="site", label="Site", kind=Kind.LINK, id_type=IdType.UUID, links_to="site"),
        Field(name="roof_type", label="Roof type", kind=Kind.TEXT, json_column="custom"),
    ),
    links=by_name(Link(name="account", label="Account", entity="account", column="account_id")),
    rows=by_name(
        Rows(name="orders", label="Orders", entity="order", column="party_id", newest_by="ordered_at"),
        Rows(name="notes", label="Notes", entity="order", column="note_party_id"),
    ),
    events=by_name(EventKind(name="call.answered", label="Call answered")),
)
ACCOUNT = Entity(
    name="account",
    label="Account",
    table="crm.account",
    fields=by_name(Field(name="country", label="Country", kind=Kind.CHOICE, choices=COUNTRIES)),
    links=by_name(Link(name="owner_secret", label="Secret", entity="secret", column="secret_id")),
)
ORDER = Entity(
    name="order",
    label="Order",
    table="crm.sales_order",
    fields=by_name(
        Field(name="amount", label="Amount", kind=Kind.MONEY),
        Field(name="state", label="State", kind=Kind.TEXT),
        Field(name="ordered_at", label="Ordered", kind=Kind.INSTANT),
    ),
)
CATALOGUE = FixedCatalogue(
    root="party",
    entities={"party": PARTY, "account": ACCOUNT, "order": ORDER},
    events=EventTable(table="crm.domain_event"),
    variables={"me": Kind.PERSON, "my_tags": Kind.TAGS},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A record that is written down."""

    values: Mapping[str, Value | None] = field(default_factory=dict)
    links: Mapping[str, "Sheet"] = field(default_factory=dict)
    lists: Mapping[str, tuple["Sheet", ...]] = field(default_factory=dict)
    happened: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)

    def value(self, field: str) -> Value | None:
        """Its value."""
        return self.values.get(field)

    def linked(self, link: str) -> "Sheet | None":
        """The record that it points to."""
        return self.links.get(link)

    def rows(self, name: str) -> Iterable["Sheet"]:
        """Its rows, the newest first."""
        return self.lists.get(name, ())

    def events(self, kind: str) -> Iterable[datetime]:
        """What happened to it."""
        return self.happened.get(kind, ())


def compared(path: str, operator: Operator, *values: Expected) -> Comparison:
    """A comparison of a field."""
    return Comparison(subject=FieldValue(path=tuple(path.split("."))), operator=operator, values=values)
