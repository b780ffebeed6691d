"""What forms and lists of records show, ask for and send back, by field kind."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from agent_console.records.inputs import asked, input_of, raw_values, typed_text
from agent_console.records.list_query import filter_controls, read_query
from agent_console.records.shown import shown
from crm_core.engine.declaration import Entity, Registry, entity
from crm_core.engine.field import Field, Lookup
from crm_core.engine.fields import (
    Address,
    Boolean,
    Choice,
    Date,
    DateTime,
    Duration,
    Email,
    Link,
    LongText,
    Money,
    Number,
    Phone,
    Secret,
    Tags,
    Text,
    Time,
    Url,
)
from crm_core.engine.scopes import Rights
from crm_core.engine.values import MoneyAmount

RECORD = UUID(int=7)
REGISTRY = Registry()
KINDS: dict[str, tuple[Field, object]] = {
    "address": (Address(), {"street": "Via Roma 1\nscala B", "city": "Roma", "country": "it"}),
    "boolean": (Boolean(), "yes"),
    "choice": (Choice(choices={"won": "Won", "lost": "Lost"}), "won"),
    "date": (Date(), "2026-12-31"),
    "duration": (Duration(), "1:30"),
    "email": (Email(), "Eve@Example.com"),
    "link": (Link(to="party"), str(RECORD)),
    "long_text": (LongText(), "one\ntwo <b>"),
    "money": (Money(), "1234.50 PLN"),
    "number": (Number(), "12"),
    "phone": (Phone(), "22 123 45 67"),
    "secret": (Secret(), "hush"),
    "tags": (Tags(), "b, a"),
    "text": (Text(), "<i>x</i>"),
    "time": (Time(), "14:30"),
    "url": (Url(), "example.com/a?b=c"),
}


def declared() -> Entity:
    """A small entity of its own registry."""

    class Deal:
        """Something to sell."""

        name = Text(required=True)
        stage = Choice(choices={"won": "Won"})
        amount = Money()
        closed_on = Date()

    return entity(
        rights=Rights(),
        list_columns=("name", "stage"),
        filters=("name", "stage", "amount"),
        sort=("name",),
        registry=Registry(),
    )(Deal)


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"secret"}))
def test_value_of_any_kind_comes_back_from_its_form_unchanged(kind: str) -> None:
    """What a form shows of a kept value is cleaned to the same value, or every save would change it."""
    field, raw = KINDS[kind]
    value = field.clean(raw)
    text = typed_text(field, value)
    sent = (
        {f"{field.name}.{part}": written for part, written in text.items()}
        if isinstance(text, dict)
        else {field.name: text}
    )
    again = raw_values([field], lambda name: str(sent[name]) if name in sent else None)
    assert field.clean(again[field.name]) == value


def test_instant_comes_back_from_its_form_to_the_minute() -> None:
    """It is shown in this machine's zone and read in the same one."""
    field = DateTime(name="due_at")
    value = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    again = raw_values([field], lambda name: str(typed_text(field, value)))
    assert field.clean(again["due_at"]) == value


def test_secret_left_empty_is_not_sent_and_never_shown() -> None:
    """A form neither shows nor empties what it cannot show."""
    field = Secret(name="key")
    assert typed_text(field, "hush") == ""
    assert raw_values([field], lambda name: "") == {}
    assert raw_values([field], lambda name: "new") == {"key": "new"}
    assert shown(field, "hush", "en", {}).text == "•••"


def test_value_that_leads_somewhere_leads_to_what_may_be_seen() -> None:
    """A link to a record without a name known to the viewer leads nowhere."""
    link = Link(name="party", to="party")
    assert shown(link, RECORD, "en", {RECORD: "ACME"}).path == f"/records/party/{RECORD}"
    hidden = shown(link, RECORD, "en", {})
    assert (hidden.text, hidden.path) == ("?", "")
    outside = shown(Url(name="site"), "https://example.com", "en", {})
    assert outside.is_outside


def test_amounts_and_words_are_shown_as_the_language_does() -> None:
    """Decimal commas, currencies and days are the reader's."""
    amount = MoneyAmount(amount=Decimal("1234.50"), currency="EUR")
    assert str(shown(Money(), amount, "it", {}).text).replace("\xa0", " ") == "1.234,50 €"
    assert "2026" in str(shown(Date(), Date().clean("2026-12-31"), "pl", {}).text)


def test_query_of_an_address_keeps_what_the_list_has_and_drops_the_rest() -> None:
    """Unknown names, other lookups and empty texts are left out; the address can be made again."""
    pairs = [
        ("stage.is", "won"),
        ("amount.min", "10"),
        ("amount.has", "1"),
        ("closed_on.is", "2026-12-31"),
        ("nothing.is", "x"),
        ("name.has", ""),
        ("sort", "-name"),
        ("page", "marker"),
    ]
    query = read_query(declared(), pairs)
    assert [(one.parameter, one.lookup) for one in query.filters] == [
        ("stage.is", Lookup.IS),
        ("amount.min", Lookup.MIN),
    ]
    again = "/x?stage.is=won&amount.min=10&sort=-name"
    assert query.address("/x", marker="") == again
    assert read_query(declared(), []).address("/x") == "/x"


def test_filter_form_has_a_span_for_what_has_an_order() -> None:
    """Amounts and days are asked from and to; a choice offers its words."""
    deal = declared()
    query = read_query(deal, [("amount.max", "5")])
    controls = filter_controls([deal.fields[name] for name in ("name", "stage", "amount")], query, {})
    assert [(one.parameter, one.part, one.text) for one in controls] == [
        ("name.has", "", ""),
        ("stage.is", "", ""),
        ("amount.min", "from", ""),
        ("amount.max", "to", "5"),
    ]
    assert [option.label for option in controls[1].options] == ["Won"]


def test_field_set_by_the_program_is_not_asked() -> None:
    """Forms show only what people set."""
    names = [field.name for field in asked(declared().fields.values())]
    assert "name" in names
    assert "created_at" not in names


def test_input_keeps_what_was_typed_wrong() -> None:
    """A refused form comes back as it was sent, with its error beside the field."""
    wrong = input_of(Date(name="day"), "31.12.", names={}, error="expected a date")
    assert (wrong.value, wrong.error, wrong.kind) == ("31.12.", "expected a date", "date")


def test_list_of_ones_own_keeps_sort_and_other_filters() -> None:
    """ "Mine" replaces whoever was asked for, keeps the rest, and begins anew."""
    asked_for = read_query(
        declared(), [("stage.is", "won"), ("owner.is", "4"), ("sort", "-name"), ("page", "aGVyZQ")]
    )
    assert asked_for.of_owner(7).address("/list") == "/list?stage.is=won&owner.is=7&sort=-name"
