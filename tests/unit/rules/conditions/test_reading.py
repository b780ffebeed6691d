"""What a condition says that it reads is all that it reads, so it can be loaded beforehand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.conditions.catalogue import Entity, FixedCatalogue
from rules.conditions.evaluating import Value
from rules.conditions.explaining import explain
from rules.conditions.kinds import EventFigure, Figure, Operator
from rules.conditions.reading import Reads, reads
from rules.conditions.tree import AnyOf, Comparison, Events, Not, RowFigure
from tests.random_conditions import (
    INSTANTS,
    random_catalogue,
    random_circumstances,
    random_condition,
    random_value,
)
from tests.unit.rules.conditions.parties import compared


@dataclass(slots=True)
class Loaded:
    """A record of which only what was named is there: asking for anything else breaks the test."""

    reads: Reads
    entity: Entity
    catalogue: FixedCatalogue
    random: Random
    asked: set[str] = field(default_factory=set)

    def value(self, field: str) -> Value | None:
        """Any value."""
        assert field in self.reads.fields
        self.asked.add(field)
        return random_value(self.random, self.entity.fields[field])

    def linked(self, link: str) -> "Loaded":
        """A record there."""
        return self._there(self.reads.links[link], self.entity.links[link].entity)

    def rows(self, name: str) -> Iterable["Loaded"]:
        """Two rows."""
        there = self.reads.rows[name]
        return (self._there(there, self.entity.rows[name].entity) for _ in range(2))

    def events(self, kind: str) -> Iterable[datetime]:
        """Some events."""
        assert kind in self.reads.events
        return INSTANTS

    def _there(self, there: Reads, name: str) -> "Loaded":
        return Loaded(there, self.catalogue.entities[name], self.catalogue, self.random)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=80)
@example(seed=11)
def test_condition_reads_nothing_that_it_does_not_name(seed: int) -> None:
    """The explanation, which asks every part, asks for what was loaded, and for all fields of it."""
    random = Random(seed)
    catalogue = random_catalogue(random)
    condition = AnyOf(parts=tuple(random_condition(random, catalogue) for _ in range(4)))
    named = reads(condition)
    record = Loaded(named, catalogue.entities["party"], catalogue, random)
    assert explain(condition, record, random_circumstances(random), catalogue)
    assert record.asked == named.fields


def test_reads_of_several_parts_are_one_tree() -> None:
    """What two parts read of the same rows is loaded once."""
    is_paid = compared("state", Operator.IS, "paid")
    count = RowFigure(path=("account", "orders"), figure=Figure.COUNT, where=is_paid)
    total = RowFigure(path=("account", "orders"), figure=Figure.SUM, field="amount")
    happened = Events(kind="call.answered", figure=EventFigure.COUNT, path=("account",))
    condition = AnyOf(
        parts=(
            compared("name", Operator.IS_SET),
            Not(part=Comparison(subject=count, operator=Operator.IS, values=(0,))),
            Comparison(subject=total, operator=Operator.GREATER, values=(5,)),
            Comparison(subject=happened, operator=Operator.GREATER, values=(5,)),
        )
    )
    orders = Reads(fields=frozenset({"state", "amount"}))
    account = Reads(rows={"orders": orders}, events=frozenset({"call.answered"}))
    assert reads(condition) == Reads(fields=frozenset({"name"}), links={"account": account})
