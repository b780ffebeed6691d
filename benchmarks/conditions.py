"""What the condition language costs: ten terms asked of one record in Python, and compiled to SQL."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import perf_counter

from benchmarks.figure import Figure
from rules.conditions.catalogue import Choice, Entity, Field, FixedCatalogue, Link, by_name
from rules.conditions.compiling import compile_sql
from rules.conditions.evaluating import Value, holds
from rules.conditions.kinds import Kind, Operator, Unit
from rules.conditions.moments import Circumstances
from rules.conditions.tree import AllOf, AnyOf, Comparison, Condition, Expected, FieldValue, Moment, Not

HOLDS_SECONDS_GOAL = 15e-6
COMPILE_SECONDS_GOAL = 200e-6
REPETITIONS, ROUNDS = 2_000, 7  # the best round is told: the others were disturbed
NOW = Circumstances(now=datetime(2026, 3, 29, 12, tzinfo=UTC), zone="Europe/Rome", variables={"me": (7,)})

COUNTRIES = tuple(Choice(code=code, label=code) for code in ("PL", "IT", "SK"))
PARTY = Entity(
    name="party",
    label="Party",
    table="crm.party",
    fields=by_name(
        Field(name="name", label="Name", kind=Kind.TEXT),
        Field(name="city", label="City", kind=Kind.TEXT),
        Field(name="country", label="Country", kind=Kind.CHOICE, choices=COUNTRIES),
        Field(name="tags", label="Tags", kind=Kind.TAGS),
        Field(name="attempts", label="Attempts", kind=Kind.INTEGER),
        Field(name="turnover", label="Turnover", kind=Kind.MONEY),
        Field(name="born_on", label="Born", kind=Kind.DATE),
        Field(name="last_call_at", label="Last call", kind=Kind.INSTANT),
        Field(name="owner", label="Owner", kind=Kind.PERSON),
        Field(name="roof_type", label="Roof type", kind=Kind.TEXT, json_column="custom"),
    ),
    links=by_name(Link(name="parent", label="Parent", entity="party", column="parent_id")),
)
CATALOGUE = FixedCatalogue(root="party", entities={"party": PARTY}, variables={"me": Kind.PERSON})


def _term(path: str, operator: Operator, *values: Expected) -> Comparison:
    return Comparison(subject=FieldValue(path=tuple(path.split("."))), operator=operator, values=values)


TEN_TERMS: Condition = AllOf(
    parts=(
        _term("country", Operator.IS_ONE_OF, "PL", "IT"),
        _term("city", Operator.STARTS_WITH, "Łó"),
        _term("tags", Operator.OVERLAPS, "vip", "late"),
        _term("attempts", Operator.LESS, 5),
        _term("turnover", Operator.AT_LEAST, Decimal("1000.00")),
        AnyOf(
            parts=(
                _term("last_call_at", Operator.IS_EMPTY),
                _term("last_call_at", Operator.LESS, Moment(amount=-30, unit=Unit.DAYS)),
            )
        ),
        Not(part=_term("roof_type", Operator.CONTAINS, "slate")),
        _term("parent.country", Operator.IS, "IT"),
        _term("born_on", Operator.IS_SET),
    )
)
"""Every term is asked: each holds, and of the two alternatives the second."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record as a database driver would give it, with the record that it is linked to."""

    values: dict[str, Value | None]
    parent: "Row | None" = None

    def value(self, field: str) -> Value | None:
        """Its value."""
        return self.values.get(field)

    def linked(self, link: str) -> "Row | None":
        """Its parent."""
        return self.parent

    def rows(self, name: str) -> Iterable["Row"]:
        """No rows."""
        return ()

    def events(self, kind: str) -> Iterable[datetime]:
        """Nothing happened."""
        return ()


RECORD = Row(
    {
        "country": "IT",
        "city": "Łódź",
        "tags": frozenset({"vip"}),
        "attempts": 3,
        "turnover": Decimal("2500.50"),
        "last_call_at": NOW.now - timedelta(days=40),
        "roof_type": "Thatch",
        "born_on": NOW.now.date(),
    },
    parent=Row({"country": "IT"}),
)


def measure_holds() -> Figure:
    """Time ten terms on one record."""
    assert holds(TEN_TERMS, RECORD, NOW)
    seconds = _best(lambda: holds(TEN_TERMS, RECORD, NOW))
    return Figure(
        what="condition of 10 terms asked of one record in Python",
        goal="<= 15 µs",
        measured=f"{1e6 * seconds:.1f} µs",
        is_met=seconds <= HOLDS_SECONDS_GOAL,
        conditions="all terms asked, with a moment of 30 days, two folded texts, one accented, and a link",
    )


def measure_compiling() -> Figure:
    """Time the same condition, checked against its catalogue and compiled to SQL."""
    seconds = _best(lambda: compile_sql(TEN_TERMS, CATALOGUE, NOW))
    return Figure(
        what="the same condition checked and compiled to SQL",
        goal="<= 200 µs",
        measured=f"{1e6 * seconds:.0f} µs",
        is_met=seconds <= COMPILE_SECONDS_GOAL,
        conditions=f"{len(compile_sql(TEN_TERMS, CATALOGUE, NOW).parameters)} parameters",
    )


def _best(work: Callable[[], object]) -> float:
    """Return the seconds of one call, in the best of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for _ in range(REPETITIONS):
            work()
        rounds.append((perf_counter() - began) / REPETITIONS)
    return min(rounds)
