"""What a condition says, and why it holds or not, in words that people and translators understand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from gettext import NullTranslations
from pathlib import Path
from random import Random

import pytest
from babel.messages.extract import extract_from_dir
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.conditions import wording
from rules.conditions.evaluating import holds
from rules.conditions.explaining import Reason, explain
from rules.conditions.kinds import EventFigure, Figure, Operator, Part, Unit
from rules.conditions.messages import Message, Words
from rules.conditions.tree import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Events,
    Expected,
    FieldValue,
    Moment,
    Not,
    Now,
    PartOf,
    RowFigure,
    Subject,
    Variable,
)
from rules.conditions.wording import describe
from tests.random_conditions import (
    random_catalogue,
    random_circumstances,
    random_condition,
    random_value,
)
from tests.unit.rules.conditions.parties import CATALOGUE, NOW, Sheet, compared

SENTENCES_MIN = 50  # of some seventy templates
AGO = Moment(amount=-30, unit=Unit.DAYS)
LAST_CALL = FieldValue(path=("last_call_at",))
IN_POLAND = compared("country", Operator.IS_ONE_OF, "PL", "IT")
QUIET = compared("last_call_at", Operator.LESS, AGO)


def said(condition: Condition) -> str:
    """The condition in English."""
    return describe(condition, CATALOGUE, zone="Europe/Rome").text()


def asked(subject: Subject, operator: Operator, *values: Expected) -> Comparison:
    """A comparison of any subject."""
    return Comparison(subject=subject, operator=operator, values=values)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (
            AllOf(parts=(IN_POLAND, QUIET)),
            "Country is one of Poland, Italy and Last call is more than 30 days ago",
        ),
        (
            AnyOf(parts=(AllOf(parts=(IN_POLAND, QUIET)), Not(part=QUIET))),
            "(Country is one of Poland, Italy and Last call is more than 30 days ago) "
            "or not (Last call is more than 30 days ago)",
        ),
        (ALWAYS, "always"),
        (NEVER, "never"),
        (compared("name", Operator.STARTS_WITH, "{subject}"), "Name starts with “{subject}”"),
        (compared("phone", Operator.STARTS_WITH, "+39"), "Telephone starts with +39"),
        (compared("turnover", Operator.AT_LEAST, Decimal("1e3")), "Turnover is at least 1000"),
        (compared("is_member", Operator.IS, True), "Member is yes"),
        (compared("talk_seconds", Operator.GREATER, 3_725), "Talk time is greater than 1:02:05 h"),
        (compared("born_on", Operator.AT_MOST, date(2008, 3, 29)), "Date of birth is not after 2008-03-29"),
        (
            compared("call_from", Operator.BETWEEN, time(22), time(6)),
            "Call from is between 22:00:00 and 06:00:00",
        ),
        (
            compared("last_call_at", Operator.GREATER, datetime(2026, 3, 29, 1, tzinfo=UTC)),
            "Last call is after 2026-03-29 03:00:00 Europe/Rome",
        ),
        (
            compared("last_call_at", Operator.WITHIN_LAST, Moment(amount=-1, unit=Unit.HOURS)),
            "Last call is within the last 1 hour",
        ),
        (
            compared("born_on", Operator.IS, Moment(amount=0, unit=Unit.DAYS, zone="Asia/Tokyo")),
            "Date of birth is today in Asia/Tokyo",
        ),
        (compared("owner", Operator.IS, Variable(name="me")), "Owner is me"),
        (compared("account.country", Operator.IS_EMPTY), "Country of Account is empty"),
        (
            asked(PartOf(of=LAST_CALL, part=Part.WEEKDAY, zone="Europe/Rome"), Operator.IS, "sunday"),
            "weekday of Last call in Europe/Rome is Sunday",
        ),
        (asked(PartOf(of=Now(), part=Part.HOUR), Operator.LESS, 9), "hour of now is less than 9"),
        (
            asked(
                RowFigure(
                    path=("orders",),
                    figure=Figure.SUM,
                    field="amount",
                    where=compared("ordered_at", Operator.WITHIN_LAST, Moment(amount=-12, unit=Unit.MONTHS)),
                ),
                Operator.GREATER,
                10_000,
            ),
            "sum of Amount of Orders (where Ordered is within the last 12 months) is greater than 10000",
        ),
        (
            asked(Events(kind="call.answered", figure=EventFigure.COUNT, since=AGO), Operator.IS, 0),
            "“Call answered” within the last 30 days has not happened",
        ),
        (
            asked(Events(kind="call.answered", figure=EventFigure.COUNT), Operator.AT_LEAST, 3),
            "number of “Call answered” is at least 3",
        ),
        (
            asked(Events(kind="call.answered", figure=EventFigure.NEWEST), Operator.IS_SET),
            "last “Call answered” is set",
        ),
    ],
)
def test_condition_of_any_shape_is_said_in_words(condition: Condition, words: str) -> None:
    """Labels stand for names, and spans of time for moments."""
    assert said(condition) == words


def marked_texts() -> set[str]:
    """Every text of the language that is marked for translators."""
    keywords = {"N_": None, "NN_": (1, 2)}
    folder = Path(wording.__file__).parent
    found = extract_from_dir(folder, method_map=[("**.py", "python")], keywords=keywords)
    return {text for _, _, texts, _, _ in found for text in ([texts] if isinstance(texts, str) else texts)}


def templates(words: Words) -> Iterator[str]:
    """Every template in a message."""
    if isinstance(words, Message):
        yield from (template for template in (words.template, words.plural) if template)
        for inner in words.values.values():
            yield from templates(inner)
    elif isinstance(words, tuple):
        for inner in words:
            yield from templates(inner)


def test_every_sentence_of_any_condition_is_marked_for_translators() -> None:
    """Whatever a condition says, its templates are among the texts that are extracted."""
    random = Random(1)
    said: set[str] = set()
    for _ in range(60):
        catalogue = random_catalogue(random)
        for _ in range(4):
            condition = random_condition(random, catalogue)
            reason = explain(condition, Sheet(), random_circumstances(random), catalogue)
            said |= {*templates(describe(condition, catalogue)), *templates(reason.message)}
    assert len(said) > SENTENCES_MIN
    assert said <= marked_texts()


class Polish(NullTranslations):
    """Three sentences of Polish, with its three forms of the plural."""

    def gettext(self, message: str) -> str:
        """The sentence."""
        return {
            "{subject} is more than {span} ago": "od „{subject}” minęło więcej niż {span}",
            "{left} and {right}": "{left} i {right}",
            "{subject} is one of {values}": "{subject} to jedno z: {values}",
        }.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The plural."""
        assert (msgid1, msgid2) == ("{count} day", "{count} days")
        return "{count} dzień" if n == 1 else "{count} dni"


def test_words_in_another_language_follow_its_order_and_plural() -> None:
    """Whole sentences are translated, with named values and a count."""
    message = describe(AllOf(parts=(IN_POLAND, QUIET)), CATALOGUE)
    expected = "Country to jedno z: Poland, Italy i od „Last call” minęło więcej niż 30 dni"
    assert expected == message.text(Polish())


def test_reasons_of_a_condition_show_every_part_with_what_was_found() -> None:
    """Nothing is cut short: who asks learns all that is missing."""
    party = Sheet(values={"country": "SK", "tags": frozenset({"vip", "late"}), "calls_made": 3})
    condition = AllOf(
        parts=(
            IN_POLAND,
            AnyOf(parts=(compared("tags", Operator.OVERLAPS, "vip"), compared("calls_made", Operator.IS, 4))),
            Not(part=QUIET),
        )
    )
    assert list(explain(condition, party, NOW, CATALOGUE).lines()) == [
        "✗ all of these must hold; 2 of 3 do",
        "  ✗ Country is one of Poland, Italy (found: Slovakia)",
        "  ✓ at least one of these must hold; 1 of 2 do",
        "    ✓ Tags has at least one of vip (found: late, vip)",
        "    ✗ Calls made is 4 (found: 3)",
        "  ✓ this must not hold",
        "    ✗ Last call is more than 30 days ago (found: nothing)",
    ]


def reasons_agree(reason: Reason, condition: Condition, record: Sheet, seed: int) -> bool:
    """Whether each reason has the verdict of its part, and is told in words."""
    circumstances = random_circumstances(Random(seed))
    if isinstance(condition, Comparison):
        parts: tuple[Condition, ...] = ()
    else:
        parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    return (
        reason.is_held is holds(condition, record, circumstances)
        and bool(reason.message.text())
        and len(reason.parts) == len(parts)
        and all(
            reasons_agree(inner, part, record, seed) for inner, part in zip(reason.parts, parts, strict=True)
        )
    )


@given(seed=st.integers(0, 2**32))
@settings(max_examples=100)
@example(seed=3)
def test_reasons_of_any_condition_have_its_verdict(seed: int) -> None:
    """The explanation never says other than the evaluator, in any part, and any condition can be said."""
    random = Random(seed)
    catalogue = random_catalogue(random)
    party = catalogue.entities["party"]
    record = Sheet(values={field.name: random_value(random, field) for field in party.fields.values()})
    condition = AnyOf(parts=tuple(random_condition(random, catalogue) for _ in range(4)))
    assert describe(condition, catalogue).text()
    reason = explain(condition, record, random_circumstances(Random(seed)), catalogue)
    assert reasons_agree(reason, condition, record, seed)
