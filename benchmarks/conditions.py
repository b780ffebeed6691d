"""What the condition language costs: ten terms asked of one record in Python, and compiled to SQL."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from time import perf_counter

from benchmarks.figure import Figure
from rules.conditions.compiling import compile_sql
from rules.conditions.evaluating import holds
from rules.conditions.kinds import Operator, Unit
from rules.conditions.tree import AllOf, AnyOf, Condition, Moment, Not
from tests.unit.rules.conditions.parties import CATALOGUE, NOW, Sheet, compared

HOLDS_SECONDS_GOAL = 15e-6
COMPILE_SECONDS_GOAL = 200e-6
REPETITIONS, ROUNDS = 2_000, 7  # the best round is told: the others were disturbed
TEN_TERMS: Condition = AllOf(
    parts=(
        compared("country", Operator.IS_ONE_OF, "PL", "IT"),
        compared("name", Operator.STARTS_WITH, "Łó"),
        compared("tags", Operator.OVERLAPS, "vip", "late"),
        compared("calls_made", Operator.LESS, 5),
        compared("turnover", Operator.AT_LEAST, Decimal("1000.00")),
        AnyOf(
            parts=(
                compared("last_call_at", Operator.IS_EMPTY),
                compared("last_call_at", Operator.LESS, Moment(amount=-30, unit=Unit.DAYS)),
            )
        ),
        Not(part=compared("roof_type", Operator.CONTAINS, "slate")),
        compared("account.country", Operator.IS, "IT"),
        compared("born_on", Operator.IS_SET),
    )
)
"""Every term is asked: each holds, and of the two alternatives the second."""


RECORD = Sheet(
    values={
        "country": "IT",
        "name": "Łódź",
        "tags": frozenset({"vip"}),
        "calls_made": 3,
        "turnover": Decimal("2500.50"),
        "last_call_at": NOW.now - timedelta(days=40),
        "roof_type": "Thatch",
        "born_on": NOW.now.date(),
    },
    links={"account": Sheet(values={"country": "IT"})},
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
