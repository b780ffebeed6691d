"""A condition as SQL for PostgreSQL: text and parameters; nothing is opened or run here.

The text is true exactly where `holds` is: elsewhere it is false or null, which is the same in `where`,
`filter` and `case`. Every value is a parameter; every name comes from the catalogue, which admits plain
identifiers only. Moments become parameters too, so the text is good for one instant, and indexes serve it.
"""

from dataclasses import dataclass
from datetime import UTC, time
from typing import cast

from rules.conditions.catalogue import Entity, Field, FieldCatalogue
from rules.conditions.checking import SubjectType, follow, require_valid, root_entity, subject_type
from rules.conditions.evaluating import part_of
from rules.conditions.folding import fold, fold_sql
from rules.conditions.kinds import (
    IDS,
    TEXTS,
    WEEKDAYS,
    WHETHER,
    EventFigure,
    Figure,
    Kind,
    Operator,
    Part,
)
from rules.conditions.moments import Circumstances, instant_at, settled_values
from rules.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Events,
    FieldValue,
    Literal,
    Not,
    Now,
    PartOf,
    RowFigure,
    Subject,
)

Parameter = Literal | list[Literal]
"""What a driver is given for one place in the text."""

TYPES: dict[Kind, str] = {
    **dict.fromkeys((*TEXTS, Kind.TAGS), "text"),
    **dict.fromkeys((Kind.INTEGER, Kind.DURATION), "bigint"),
    **dict.fromkeys((Kind.DECIMAL, Kind.MONEY), "numeric"),
    Kind.DATE: "date",
    Kind.INSTANT: "timestamptz",
    Kind.TIME: "time",
    Kind.BOOLEAN: "boolean",
}
ORDER = {Operator.LESS: "<", Operator.AT_MOST: "<=", Operator.GREATER: ">", Operator.AT_LEAST: ">="}
FIELDS_OF_PARTS = {
    Part.HOUR: "hour",
    Part.WEEKDAY: "isodow",
    Part.DAY: "day",
    Part.MONTH: "month",
    Part.YEAR: "year",
}
WEEKDAY_ARRAY = "(array[" + ", ".join(f"'{day}'" for day in WEEKDAYS) + "])"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledCondition:
    """SQL of a condition, to be put after `where`, and the values of its parameters in their order."""

    text: str
    parameters: tuple[Parameter, ...]


def compile_sql(
    condition: Condition,
    catalogue: FieldCatalogue,
    circumstances: Circumstances,
    *,
    alias: str = "record",
    first_parameter: int = 1,
    parameter_format: str = "${}",
) -> CompiledCondition:
    """Return a condition as SQL over the catalogue's root table, which the statement calls `alias`.

    Parameters are numbered from `first_parameter` and written by `parameter_format`.
    Raises InvalidConditionError if the condition does not fit the catalogue.

    >>> from rules.conditions.catalogue import Entity, FixedCatalogue, by_name
    >>> party = Entity(name="party", label="Party", table="crm.party",
    ...                fields=by_name(Field(name="city", label="City", kind=Kind.TEXT)))
    >>> is_rome = Comparison(subject=FieldValue(path=("city",)), operator=Operator.IS, values=("Rome",))
    >>> from datetime import datetime
    >>> compiled = compile_sql(is_rome, FixedCatalogue(root="party", entities={"party": party}),
    ...                        Circumstances(now=datetime(2026, 3, 29, tzinfo=UTC)))
    >>> print(compiled.text, compiled.parameters)
    record."city" = any(cast($1 as text[])) (['Rome'],)
    """
    require_valid(condition, catalogue)
    compiler = _Compiler(circumstances, first_parameter, parameter_format)
    text = compiler.condition(condition, _Place(alias, root_entity(catalogue), catalogue))
    return CompiledCondition(text=text, parameters=tuple(compiler.parameters))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the statement a condition is asked: of which table, under which catalogue."""

    alias: str
    entity: Entity
    catalogue: FieldCatalogue


class _Source:
    """What a subquery reads: tables, and what ties them to the row outside."""

    def __init__(self, place: _Place) -> None:
        self.place = place  # the last table, whose columns the subquery is about
        self._tables: list[str] = []
        self._conditions: list[str] = []

    def add(self, table: str, place: _Place, condition: str) -> None:
        """Read one more table, tied to those before it."""
        self._tables.append(f"{_table(table)} {place.alias}")
        self.place = place
        self.require(condition)

    def require(self, condition: str) -> None:
        """Read only rows for which the condition holds."""
        self._conditions.append(condition)

    def __str__(self) -> str:
        return f"from {', '.join(self._tables)} where {' and '.join(self._conditions)}"


class _Compiler:
    """Writes one statement's condition and gathers its parameters."""

    def __init__(self, circumstances: Circumstances, first_parameter: int, parameter_format: str) -> None:
        self.parameters: list[Parameter] = []
        self._circumstances = circumstances
        self._first = first_parameter
        self._format = parameter_format
        self._aliases = 0

    def condition(self, condition: Condition, place: _Place) -> str:
        """Return a condition's text, in brackets where it needs them."""
        match condition:
            case AllOf(parts=parts):
                return "(" + (" and ".join(self.condition(part, place) for part in parts) or "true") + ")"
            case AnyOf(parts=parts):
                return "(" + (" or ".join(self.condition(part, place) for part in parts) or "false") + ")"
            case Not(part=part):
                # Null means that something was empty: not true, so its negation is true.
                return f"(({self.condition(part, place)}) is not true)"
            case Comparison():
                return self._comparison(condition, place)

    def _comparison(self, comparison: Comparison, place: _Place) -> str:
        subject, operator = comparison.subject, comparison.operator
        kind = subject_type(subject, place.entity, place.catalogue)
        values = settled_values(comparison, self._circumstances, is_date=kind.kind is Kind.DATE)
        whether = WHETHER.get((operator, cast(int, values[0]))) if len(values) == 1 else None
        if whether is not None and isinstance(subject, RowFigure | Events) and _is_count(subject):
            return f"{'exists' if whether else 'not exists'} (select {self._source(subject, place)})"
        links, local = _split(subject)
        if not links:
            return self._test(local, kind, operator, values, place)
        source = self._reach(links, place)
        if operator is Operator.IS_EMPTY:
            source.require(self._test(local, kind, Operator.IS_SET, values, source.place))
            return f"not exists (select {source})"
        source.require(self._test(local, kind, operator, values, source.place))
        return f"exists (select {source})"

    def _test(
        self,
        subject: Subject,
        found: SubjectType,
        operator: Operator,
        values: tuple[Literal, ...],
        place: _Place,
    ) -> str:
        sql = self._expression(subject, place)
        if operator in ORDER:
            return f"{sql} {ORDER[operator]} {self._scalar(values[0], found)}"
        match operator:
            case Operator.IS_EMPTY | Operator.IS_SET:
                return _presence(sql, found.kind, is_set=operator is Operator.IS_SET)
            case Operator.IS | Operator.IS_ONE_OF:
                return f"{sql} = any({self._array(values, found)})"
            case Operator.IS_NOT:
                empty = ("",) if found.kind in TEXTS else ()
                return f"{sql} <> all({self._array((*empty, *values), found)})"
            case Operator.CONTAINS | Operator.STARTS_WITH | Operator.MATCHES:
                return f"{self._folded(subject, sql, place)} {self._pattern(operator, str(values[0]))}"
            case Operator.OVERLAPS:
                return f"{sql} && {self._array(values, found)}"
            case Operator.INCLUDES:  # an empty set would include no tags at all
                return f"{sql} @> {self._array(values, found)}" if values else f"cardinality({sql}) > 0"
        low, high = values
        if isinstance(low, time) and low > cast(time, high):
            return f"({sql} >= {self._scalar(low, found)} or {sql} <= {self._scalar(high, found)})"
        return f"{sql} between {self._scalar(low, found)} and {self._scalar(high, found)}"

    def _expression(self, subject: Subject, place: _Place) -> str:
        match subject:
            case FieldValue(path=(name,)):
                return _column(place.entity.fields[name], place.alias)
            case Now():
                return self._parameter(self._circumstances.now.astimezone(UTC), "timestamptz")
            case PartOf(of=Now()):
                now = part_of(self._circumstances.now, subject, self._circumstances)
                return self._scalar(now, subject_type(subject, place.entity, place.catalogue))
            case PartOf():
                is_instant = subject_type(subject.of, place.entity, place.catalogue).kind is Kind.INSTANT
                return self._part(subject, self._expression(subject.of, place), is_instant=is_instant)
            case RowFigure():
                return self._row_figure(subject, place)
            case Events(figure=EventFigure.COUNT):
                return f"(select count(*) {self._source(subject, place)})"
            case Events():
                source = self._source(subject, place)
                return f"(select max({source.place.alias}.{_events_at(place)}) {source})"
        raise AssertionError("a path was not followed")

    def _row_figure(self, subject: RowFigure, place: _Place) -> str:
        source = self._source(subject, place)
        there = source.place
        if subject.figure is Figure.COUNT:
            return f"(select count(*) {source})"
        sql = _column(there.entity.fields[cast(str, subject.field)], there.alias)
        if subject.figure is Figure.SUM:
            return f"(select coalesce(sum({sql}), 0) {source})"
        if subject.figure is Figure.NEWEST:
            newest_by = self._newest_by(subject, place)
            order = f'{there.alias}."{newest_by}" desc nulls last, {there.alias}."{there.entity.key}" desc'
            return f"(select {sql} {source} order by {order} limit 1)"
        return f"(select {subject.figure.value}({sql}) {source})"

    def _newest_by(self, subject: RowFigure, place: _Place) -> str:
        return follow(place.entity, subject.path[:-1], place.catalogue).rows[subject.path[-1]].newest_by

    def _source(self, subject: RowFigure | Events, place: _Place) -> _Source:
        """Return what the rows or events of a record are read from."""
        if isinstance(subject, Events):
            return self._events(subject, self._reach(subject.path, place))
        source = self._reach(subject.path[:-1], place)
        here = source.place
        rows = here.entity.rows[subject.path[-1]]
        self._enter(source, rows.entity, f'"{rows.column}" = {here.alias}."{here.entity.key}"')
        if subject.where is not None:
            source.require(self.condition(subject.where, source.place))
        return source

    def _reach(self, links: tuple[str, ...], place: _Place) -> _Source:
        source = _Source(place)
        for name in links:
            here = source.place
            link = here.entity.links[name]
            key = _entity(link.entity, here.catalogue).key
            self._enter(source, link.entity, f'"{key}" = {here.alias}."{link.column}"')
        return source

    def _enter(self, source: _Source, name: str, tie: str) -> None:
        """Add an entity's table, with nothing of it but what the viewer may see."""
        catalogue = source.place.catalogue
        entity = _entity(name, catalogue)
        there = _Place(self._alias(), entity, catalogue)
        source.add(entity.table, there, f"{there.alias}.{tie}")
        if entity.restriction is not None:
            full = entity.restriction.catalogue
            seen = _Place(there.alias, root_entity(full), full)
            source.require(self.condition(entity.restriction.condition, seen))
        if entity.gate is not None:
            source.require(entity.gate(there.alias, self._put))

    def _events(self, subject: Events, source: _Source) -> _Source:
        here, table = source.place, source.place.catalogue.events
        assert table is not None
        there = _Place(self._alias(), here.entity, here.catalogue)
        alias = there.alias
        source.add(table.table, there, f'{alias}."{table.record_column}" = {here.alias}."{here.entity.key}"')
        source.require(f'{alias}."{table.entity_column}" = {self._parameter(here.entity.name, "text")}')
        source.require(f'{alias}."{table.kind_column}" = {self._parameter(subject.kind, "text")}')
        now = self._circumstances.now.astimezone(UTC)
        source.require(f'{alias}."{table.at_column}" <= {self._parameter(now, "timestamptz")}')
        if subject.since is not None:
            since = instant_at(subject.since, self._circumstances)
            source.require(f'{alias}."{table.at_column}" >= {self._parameter(since, "timestamptz")}')
        return source

    def _part(self, subject: PartOf, sql: str, *, is_instant: bool) -> str:
        if is_instant:
            zone = self._parameter(subject.zone or self._circumstances.zone, "text")
            sql = f"timezone({zone}, {sql})"
        if subject.part in (Part.DATE, Part.TIME):
            return f"cast({sql} as {subject.part.value})"
        number = f"extract({FIELDS_OF_PARTS[subject.part]} from {sql})"
        if subject.part is Part.WEEKDAY:
            return f"{WEEKDAY_ARRAY}[cast({number} as integer)]"
        return f"cast({number} as bigint)"

    def _folded(self, subject: Subject, sql: str, place: _Place) -> str:
        if isinstance(subject, FieldValue):
            column = place.entity.fields[subject.path[-1]].folded_column
            if column:
                return f'{place.alias}."{column}"'
        return fold_sql(sql)

    def _pattern(self, operator: Operator, text: str) -> str:
        folded = fold(text)
        if operator is Operator.MATCHES:
            return f"= {self._parameter(folded, 'text')}"
        for special in ("\\", "%", "_"):
            folded = folded.replace(special, f"\\{special}")
        start = "%" if operator is Operator.CONTAINS else ""
        return f"like {self._parameter(f'{start}{folded}%', 'text')}"

    def _scalar(self, value: Literal, found: SubjectType) -> str:
        return self._parameter(value, _type(found))

    def _array(self, values: tuple[Literal, ...], found: SubjectType) -> str:
        return self._parameter(list(values), f"{_type(found)}[]")

    def _parameter(self, value: Parameter, sql_type: str) -> str:
        return f"cast({self._put(value)} as {sql_type})"

    def _put(self, value: object) -> str:
        self.parameters.append(cast(Parameter, value))
        return self._format.format(self._first + len(self.parameters) - 1)

    def _alias(self) -> str:
        self._aliases += 1
        return f"linked_{self._aliases}"


def _split(subject: Subject) -> tuple[tuple[str, ...], Subject]:
    """Return the links to follow, and the subject as the record at their end sees it."""
    match subject:
        case FieldValue(path=path):
            return path[:-1], FieldValue(path=path[-1:])
        case PartOf(of=FieldValue(path=path)):
            return path[:-1], PartOf(of=FieldValue(path=path[-1:]), part=subject.part, zone=subject.zone)
    return (), subject


def _is_count(subject: RowFigure | Events) -> bool:
    return subject.figure in (Figure.COUNT, EventFigure.COUNT)


def _presence(sql: str, kind: Kind, *, is_set: bool) -> str:
    if kind in TEXTS:
        return f"{sql} <> ''" if is_set else f"nullif({sql}, '') is null"
    if kind is Kind.TAGS:
        return f"cardinality({sql}) > 0" if is_set else f"coalesce(cardinality({sql}), 0) = 0"
    return f"{sql} is not null" if is_set else f"{sql} is null"


def _column(field: Field, alias: str) -> str:
    if not field.json_column:
        return f'{alias}."{field.column or field.name}"'
    json = f'{alias}."{field.json_column}"'
    if field.kind is Kind.TAGS:
        tags = f"{json} -> '{field.name}'"
        array = f"case jsonb_typeof({tags}) when 'array' then {tags} end"
        return f"array(select jsonb_array_elements_text({array}))"
    text = f"({json} ->> '{field.name}')"
    if field.kind in TEXTS:
        return text
    return f"cast({text} as {field.id_type.value if field.kind in IDS else TYPES[field.kind]})"


def _type(found: SubjectType) -> str:
    return found.id_type.value if found.kind in IDS else TYPES[found.kind]


def _events_at(place: _Place) -> str:
    table = place.catalogue.events
    assert table is not None
    return f'"{table.at_column}"'


def _table(name: str) -> str:
    return ".".join(f'"{part}"' for part in name.split("."))


def _entity(name: str, catalogue: FieldCatalogue) -> Entity:
    entity = catalogue.find_entity(name)
    assert entity is not None
    return entity
