"""Field kinds: what they take, what they refuse, and that their forms are read back."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from crm_core.engine.declaration import Registry, entity
from crm_core.engine.errors import DeclarationUnusable, UnusableValue
from crm_core.engine.fields import (
    Address,
    Boolean,
    Choice,
    Date,
    DateTime,
    Duration,
    Email,
    Field,
    File,
    Link,
    Links,
    LongText,
    Lookup,
    Money,
    Number,
    Person,
    Phone,
    Secret,
    Tags,
    Text,
    Time,
    Url,
)
from crm_core.engine.scopes import Rights
from crm_core.engine.values import MoneyAmount, PhoneNumber

ID = "0190f3c4-1111-7222-8333-444455556666"
FILE = {"sha256": "0" * 64, "name": "a.pdf", "media_type": "application/pdf", "bytes_count": 3}
TAKEN: list[tuple[Field, object, object]] = [
    (Text(), "  Zoe\u0308 ", "Zoë"),
    (LongText(), "one\r\ntwo", "one\ntwo"),
    (Choice(choices={"a": "First"}), "first", "a"),
    (Tags(), "b, a,,b", ["a", "b"]),
    (Number(), "1 200", 1200),
    (Number(decimals=2), "0,5", Decimal("0.50")),
    (Money(), "12.5 usd", MoneyAmount(amount=Decimal("12.5000"), currency="USD")),
    (Money(currency="PLN"), "7", MoneyAmount(amount=Decimal("7.0000"), currency="PLN")),
    (Boolean(), "on", True),
    (Duration(), "1:30", timedelta(minutes=90)),
    (Email(), "Eve@Example.com", "eve@example.com"),
    (Url(), "example.com/a", "https://example.com/a"),
    (Phone(region="PL"), "22 123 45 67", PhoneNumber(e164="+48221234567", raw="22 123 45 67")),
    (Person(), "3", 3),
    (Link(to="x"), ID, UUID(ID)),
    (Links(to="x"), f"{ID}, {ID}", [UUID(ID)]),
    (Address(), {"street": "", "city": ""}, None),
]
REFUSED: list[tuple[Field, object]] = [
    (Text(), "a\x00b"),
    (Text(), "a\u202eb"),
    (Text(length_max=3), "four"),
    (Text(required=True), "   "),
    (Text(), "\ud800"),
    (LongText(), "x" * 10_000_000),
    (Choice(choices={"a": "First"}), "b"),
    (Tags(choices=("a",)), ["b"]),
    (Tags(), 5),
    (Number(), "1.5"),
    (Number(), "NaN"),
    (Number(), "1e400"),
    (Number(), True),
    (Number(at_most=9), 10),
    (Money(), "12.50 EURO"),
    (Money(), {"amount": "Infinity", "currency": "EUR"}),
    (Boolean(), "perhaps"),
    (Date(), "03/04/2026"),
    (DateTime(), "2026-11-23T09:00"),
    (Time(), "25:00"),
    (Duration(), "-5"),
    (Email(), "eve@localhost"),
    (Email(), "eve@example.com>"),
    (Url(), "javascript:alert(1)//a.b"),
    (Url(), "https://[::1"),
    (Phone(), "call me"),
    (Phone(), "12"),
    (Person(), 2**70),
    (Link(to="x"), "1 or 1=1"),
    (File(), {"sha256": "../../etc", "name": "x", "media_type": "a/b", "bytes_count": 1}),
    (Address(), {"planet": "Mars"}),
]
ROUND_TRIPS: list[tuple[Field, object]] = [
    *((field, raw) for field, raw, value in TAKEN if value is not None),
    (Date(), "2026-02-28"),
    (Time(), "14:30"),
    (DateTime(), "2026-02-28T12:00+02:00"),
    (Address(), {"street": "Long 1", "city": "Gdańsk", "country": "pl"}),
    (File(), FILE),
]


def names(cases: Sequence[tuple[Field, *tuple[object, ...]]]) -> list[str]:
    """Name cases by their field kind and their place."""
    return [f"{type(case[0]).__name__}-{place}" for place, case in enumerate(cases)]


@pytest.mark.parametrize(("field", "raw", "value"), TAKEN, ids=names(TAKEN))
def test_value_in_any_usual_form_is_cleaned(field: Field, raw: object, value: object) -> None:
    """People type the same thing in many ways."""
    assert field.clean(raw) == value


@pytest.mark.parametrize(("field", "raw"), REFUSED, ids=names(REFUSED))
def test_unusable_value_is_refused_with_a_sentence(field: Field, raw: object) -> None:
    """The message is for the person at the form."""
    with pytest.raises(UnusableValue, match=r"expected|needed"):
        field.clean(raw)


@pytest.mark.parametrize(("field", "raw"), ROUND_TRIPS, ids=names(ROUND_TRIPS))
def test_each_form_of_a_value_is_read_back(field: Field, raw: object) -> None:
    """Row, JSON and text lose nothing: undo, the API and import after export depend on it."""
    named = type(field)(**{**vars(field), "name": "field"})
    value = named.clean(raw)
    row: Mapping[str, object] = named.to_row(value)
    assert {column.name for column in named.columns()} == set(row)
    assert named.from_row(row) == value
    assert named.from_json(named.to_json(value)) == value
    if isinstance(value, PhoneNumber):  # a text holds the number, and not how it was typed
        value = PhoneNumber(e164=value.e164, raw=value.e164)
    assert named.clean(named.to_text(value)) == value


def test_secret_in_any_form_never_leaves() -> None:
    """No form of it says more than that it is set."""
    secret = Secret(name="key")
    assert (secret.to_json("hidden"), secret.to_text("hidden"), secret.to_text(None)) == (True, "•••", "")
    assert Lookup.IS not in secret.lookups


@pytest.mark.parametrize("name", ["owner", "id", "Upper"])
def test_declaration_with_an_impossible_field_is_refused(name: str) -> None:
    """Names of the engine's own columns are taken, and names become columns."""
    declared = type("Thing", (), {"__doc__": "A thing.", name: Text()})
    with pytest.raises(DeclarationUnusable, match="no field can be called"):
        entity(rights=Rights(), registry=Registry())(declared)


def test_declaration_that_names_unknown_fields_is_refused() -> None:
    """A list column that does not exist is found when the program starts."""
    with pytest.raises(DeclarationUnusable, match="no field colour"):
        entity(rights=Rights(), list_columns=("colour",), registry=Registry())(
            type("Thing", (), {"__doc__": "A thing.", "name": Text()})
        )


def test_link_to_an_unknown_entity_is_refused() -> None:
    """A link leads somewhere."""
    registry = Registry()
    entity(rights=Rights(), registry=registry)(
        type("Thing", (), {"__doc__": "A thing.", "part": Link(to="part")})
    )
    with pytest.raises(DeclarationUnusable, match="no entity part"):
        registry.check()
