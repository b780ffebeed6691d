"""Any catalogue, any values, any condition that fits: what the tests of the condition language draw from.

The pools are small on purpose, so that values found and values expected meet, and full of what differs
between languages and databases: nulls, empty texts and sets, accents, wildcards, turns of the clock.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from rules.conditions.catalogue import (
    Choice,
    Entity,
    EventKind,
    EventTable,
    Field,
    FieldCatalogue,
    FixedCatalogue,
    IdType,
    Link,
    Restriction,
    Rows,
    by_name,
)
from rules.conditions.checking import SubjectType, find_problems, subject_type
from rules.conditions.evaluating import Value
from rules.conditions.kinds import (
    ARITIES,
    CLOCK_KINDS,
    FIGURE_KINDS,
    OPERATORS,
    PARTS,
    TEXTS,
    Arity,
    EventFigure,
    Figure,
    Kind,
    Operator,
    Unit,
)
from rules.conditions.moments import CLOCK_UNITS, Circumstances
from rules.conditions.parsing import FOLDED
from rules.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Events,
    Expected,
    FieldValue,
    Literal,
    Moment,
    Not,
    Now,
    PartOf,
    RowFigure,
    Subject,
    Variable,
)

ACCENT = "\u0301"
CYRILLIC = "".join(map(chr, (0x41C, 0x43E, 0x441, 0x43A, 0x432, 0x430)))
GREEK = "".join(map(chr, (0x395, 0x3BB, 0x3BB, 0x3AC, 0x3C2)))
TEXT_POOL = (
    "Łódź", "LODZ", f"lo{ACCENT}dz{ACCENT}", "Straße", "STRASSE", "Æsir", "aesir", "İstanbul", "istanbul",
    GREEK, GREEK.upper(), CYRILLIC, CYRILLIC.upper(), "100%", "100 percent", "a_b", "axb", "a\\b", "日本",
    "\ufb01n", "fin", "'; drop table party; --", " ", "+390612345678", "+48", "a@b.it", "A@B.IT", "$1",
    "null", "😀", "ǆ", "\u00a0",
)  # fmt: skip
CODES = ("new", "won", "lost", "Łódź")
TAGS = ("vip", "VIP", "late", "", "a,b", '"', "Łódź")
INTEGERS = (-3, -1, 0, 1, 2, 7, 2**62, -(2**62))
DECIMALS = tuple(map(Decimal, ("-12.50", "0", "0.00", "0.1", "0.10", "7", "99999999999999999999.9999999999")))
# Either side of turns of the clock, in Rome, New York and Lord Howe Island, and of the ends of months.
INSTANTS = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "2026-03-29T00:59:59.999999", "2026-03-29T01:00:00", "2026-03-29T22:30:00", "2026-10-25T00:30:00",
        "2026-10-25T01:30:00", "2026-10-24T22:00:00", "2026-11-01T05:30:00", "2026-11-01T06:30:00",
        "2026-04-04T15:10:00", "2024-02-29T12:00:00", "2026-03-31T23:30:00", "2026-12-31T23:59:59",
        "1969-12-31T23:59:59",
    )
)  # fmt: skip
DATES = tuple(sorted({at.date() for at in INSTANTS} | {date(2026, 2, 28), date(1000, 1, 1)}))
TIMES = (time(0), time(9), time(9, 30, 0, 1), time(22), time(23, 59, 59, 999_999))
ZONES = ("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
UUIDS = tuple(str(UUID(int=number)) for number in (1, 2, 2**127))
EVENT_KINDS = ("call.answered", "sms.sent")
NAMES = ("party", "account", "call")


def random_value(random: Random, field: Field) -> Value | None:
    """Any value that a field may hold, often none."""
    if random.random() < 0.2:
        return None
    if field.kind is Kind.TAGS:
        return frozenset(random.sample(TAGS, random.randrange(4)))
    if field.kind in TEXTS and random.random() < 0.1:
        return ""
    return random_literal(random, SubjectType(kind=field.kind, id_type=field.id_type))


def random_literal(random: Random, found: SubjectType) -> Literal:
    """Any constant that values of a kind can be compared with."""
    if found.labels is not None:
        return random.choice(sorted(found.labels))
    match found.kind:
        case Kind.TEXT | Kind.PHONE | Kind.EMAIL:
            return random.choice(TEXT_POOL)
        case Kind.CHOICE:
            return random.choice(CODES)
        case Kind.TAGS:
            return random.choice([tag for tag in TAGS if tag])
        case Kind.INTEGER | Kind.DURATION:
            return random.choice(INTEGERS)
        case Kind.DECIMAL | Kind.MONEY:
            return random.choice(DECIMALS) if random.random() < 0.9 else 1
        case Kind.DATE:
            return random.choice(DATES)
        case Kind.INSTANT:
            return random.choice(INSTANTS)
        case Kind.TIME:
            return random.choice(TIMES)
        case Kind.BOOLEAN:
            return random.random() < 0.5
        case Kind.LINK | Kind.PERSON:
            return random.choice(UUIDS) if found.id_type is IdType.UUID else random.randrange(1, 9)


def random_catalogue(random: Random) -> FixedCatalogue:
    """Any three entities: a party has an account and calls, an account has parties, a call has a party."""
    fields = {name: _fields(random) for name in NAMES}
    events = by_name(*(EventKind(name=kind, label=kind) for kind in EVENT_KINDS))
    account = Link(name="account", label="Account", entity="account", column="account_id")
    parent = Link(name="parent", label="Parent", entity="account", column="parent_id")
    party = Link(name="party", label="Party", entity="party", column="party_id")
    calls = Rows(name="calls", label="Calls", entity="call", column="party_id", newest_by="at")
    parties = Rows(name="parties", label="Parties", entity="party", column="account_id", newest_by="at")
    links = {"party": by_name(account), "account": by_name(parent), "call": by_name(party)}
    rows = {"party": by_name(calls), "account": by_name(parties), "call": {}}
    entities = {
        name: Entity(
            name=name, label=name.title(), table=name, fields=fields[name], links=links[name],
            rows=rows[name], events=events,
        )
        for name in NAMES
    }  # fmt: skip
    open_catalogue = FixedCatalogue(
        root="party",
        entities=entities,
        events=EventTable(table="happened"),
        variables={"me": Kind.PERSON, "tags": Kind.TAGS, "city": Kind.TEXT, "nobody": Kind.PERSON},
    )
    return _restricted(random, open_catalogue)


def rooted(catalogue: FixedCatalogue, name: str) -> FixedCatalogue:
    """The same catalogue for conditions about another entity."""
    return FixedCatalogue(
        root=name, entities=catalogue.entities, events=catalogue.events, variables=catalogue.variables
    )


def random_circumstances(random: Random) -> Circumstances:
    """Any instant, zone and viewer."""
    return Circumstances(
        now=random.choice(INSTANTS) + timedelta(seconds=random.randrange(-7_200, 7_200)),
        zone=random.choice(ZONES),
        variables={"me": (1, 2), "tags": ("vip", "late"), "city": ("", "Łódź"), "nobody": ()},
    )


def random_condition(random: Random, catalogue: FieldCatalogue, depth: int = 4) -> Condition:
    """Any condition that fits the catalogue."""
    shape = random.random()
    if depth <= 0 or shape < 0.5:
        return random_comparison(random, catalogue, depth)
    if shape < 0.65:
        return Not(part=random_condition(random, catalogue, depth - 1))
    parts = tuple(
        random_condition(random, catalogue, depth - 1) for _ in range(random.choice((0, 1, 2, 2, 3)))
    )
    return AllOf(parts=parts) if shape < 0.83 else AnyOf(parts=parts)


def random_comparison(
    random: Random, catalogue: FieldCatalogue, depth: int, wanted: Operator | None = None
) -> Comparison:
    """Any comparison that fits the catalogue, with the operator that is wanted, if one is."""
    entity = catalogue.find_entity(catalogue.root)
    assert entity is not None
    while True:
        subject = _subject(random, catalogue, depth)
        found = subject_type(subject, entity, catalogue)
        operator = wanted or random.choice(OPERATORS[found.kind])
        if operator not in OPERATORS[found.kind]:
            continue
        values = _values(random, found, operator, catalogue)
        comparison = Comparison(subject=subject, operator=operator, values=values)
        if not find_problems(comparison, catalogue):
            return comparison


def _fields(random: Random) -> dict[str, Field]:
    """A field of each kind, and some once more: in a column or, as a custom field, in a jsonb column."""
    fields = []
    for kind in Kind:
        for number in range(random.choice((1, 1, 2))):
            is_custom = random.random() < 0.4
            name = f"{kind.value}_{number}"
            fields.append(
                Field(
                    name=name,
                    kind=kind,
                    label=name.replace("_", " ").title(),
                    column="" if is_custom or random.random() < 0.5 else f"{name}_column",
                    json_column="custom" if is_custom else "",
                    folded_column=f"{name}_folded" if kind in TEXTS and random.random() < 0.3 else "",
                    choices=tuple(Choice(code=code, label=code.title()) for code in CODES)
                    if kind is Kind.CHOICE
                    else (),
                    id_type=random.choice(tuple(IdType)) if kind is Kind.LINK else IdType.BIGINT,
                )
            )
    return by_name(*fields)


def _restricted(random: Random, catalogue: FixedCatalogue) -> FixedCatalogue:
    """The catalogue of somebody who may not see every account or call, and not every field of them."""
    name = random.choice(("account", "call"))
    entity = catalogue.entities[name]
    condition = random_comparison(random, rooted(catalogue, name), 0)
    hidden = random.choice(sorted(entity.fields))
    seen = Entity(
        name=name, label=entity.label, table=entity.table, links=entity.links, rows=entity.rows,
        fields={key: field for key, field in entity.fields.items() if key != hidden}, events=entity.events,
        restriction=Restriction(condition=condition, catalogue=rooted(catalogue, name)),
    )  # fmt: skip
    return FixedCatalogue(
        root=catalogue.root,
        entities={**catalogue.entities, name: seen},
        events=catalogue.events,
        variables=catalogue.variables,
    )


def _path(random: Random, catalogue: FieldCatalogue) -> tuple[tuple[str, ...], Entity]:
    entity = catalogue.find_entity(catalogue.root)
    links: tuple[str, ...] = ()
    assert entity is not None
    while len(links) < 3 and entity.links and random.random() < 0.3:
        link = random.choice(sorted(entity.links))
        links = (*links, link)
        entity = catalogue.find_entity(entity.links[link].entity)
        assert entity is not None
    return links, entity


def _subject(random: Random, catalogue: FieldCatalogue, depth: int) -> Subject:
    links, entity = _path(random, catalogue)
    shape = random.random()
    if shape < 0.2 and entity.rows:
        return _row_figure(random, catalogue, depth, links, entity)
    if shape < 0.3:
        return _events(random, links)
    if shape < 0.45:
        return _part(random, links, entity)
    kinds = {field.kind for field in entity.fields.values()}
    kind = random.choice(sorted(kinds, key=lambda kind: kind.value))
    names = sorted(field.name for field in entity.fields.values() if field.kind is kind)
    return FieldValue(path=(*links, random.choice(names)))


def _row_figure(
    random: Random, catalogue: FieldCatalogue, depth: int, links: tuple[str, ...], entity: Entity
) -> RowFigure:
    name = random.choice(sorted(entity.rows))
    target = catalogue.find_entity(entity.rows[name].entity)
    assert target is not None
    assert isinstance(catalogue, FixedCatalogue)
    figure = random.choice(tuple(Figure))
    kinds = FIGURE_KINDS[figure]
    fields = sorted(field.name for field in target.fields.values() if field.kind in kinds)
    where = None
    if random.random() < 0.5 and depth > 0:
        where = random_condition(random, rooted(catalogue, target.name), depth - 2)
    field = None if figure is Figure.COUNT else random.choice(fields)
    return RowFigure(path=(*links, name), figure=figure, field=field, where=where)


def _events(random: Random, links: tuple[str, ...]) -> Events:
    figure = random.choice(tuple(EventFigure))
    since = (
        _moment(random, Kind.INSTANT, -1) if figure is EventFigure.COUNT and random.random() < 0.6 else None
    )
    return Events(kind=random.choice(EVENT_KINDS), figure=figure, path=links, since=since)


def _part(random: Random, links: tuple[str, ...], entity: Entity) -> PartOf:
    kind = random.choice(sorted(CLOCK_KINDS, key=lambda kind: kind.value))
    names = sorted(field.name for field in entity.fields.values() if field.kind is kind)
    zone = random.choice((None, *ZONES))
    shape = random.random()
    if shape < 0.2 or not names:
        return PartOf(of=Now(), part=random.choice(PARTS[Kind.INSTANT]), zone=zone)
    if shape < 0.3:
        newest = Events(kind=random.choice(EVENT_KINDS), figure=EventFigure.NEWEST, path=links)
        return PartOf(of=newest, part=random.choice(PARTS[Kind.INSTANT]), zone=zone)
    return PartOf(
        of=FieldValue(path=(*links, random.choice(names))), part=random.choice(PARTS[kind]), zone=zone
    )


def _moment(random: Random, kind: Kind, sign: int) -> Moment:
    units = [unit for unit in Unit if kind is Kind.INSTANT or unit not in CLOCK_UNITS]
    amount = sign * random.choice((0, 1, 2, 6, 30))
    return Moment(amount=amount, unit=random.choice(units), zone=random.choice((None, *ZONES)))


def _values(
    random: Random, found: SubjectType, operator: Operator, catalogue: FieldCatalogue
) -> tuple[Expected, ...]:
    arity = ARITIES[operator]
    if arity is Arity.NONE:
        return ()
    if arity is Arity.SPAN:
        return (_moment(random, found.kind, -1 if operator is Operator.WITHIN_LAST else 1),)
    count = {Arity.ONE: 1, Arity.TWO: 2, Arity.MANY: random.randrange(1, 4)}[arity]
    return tuple(_value(random, found, operator, catalogue) for _ in range(count))


def _value(random: Random, found: SubjectType, operator: Operator, catalogue: FieldCatalogue) -> Expected:
    variables = [name for name, kind in catalogue.variables.items() if kind is found.kind]
    if found.kind in CLOCK_KINDS and random.random() < 0.4:
        return _moment(random, found.kind, random.choice((-1, 1)))
    if variables and found.id_type is IdType.BIGINT and operator not in FOLDED and random.random() < 0.4:
        return Variable(name=random.choice(variables))
    if found.kind in TEXTS and found.labels is None and operator in FOLDED and random.random() < 0.5:
        return random.choice(TEXT_POOL)[: random.choice((1, 2, 3))]
    return random_literal(random, found)
