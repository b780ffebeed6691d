"""What a form in a browser needs to build conditions, as JSON, so that it has no knowledge of its own.

The form writes the JSON that `parsing` reads; labels go through the translations that it is given.
"""

from gettext import NullTranslations

from rules.conditions import parsing
from rules.conditions.catalogue import Entity, Field, FieldCatalogue
from rules.conditions.checking import VARIABLE_OPERATORS, WEEKDAY_LABELS
from rules.conditions.kinds import (
    ARITIES,
    CLOCK_KINDS,
    FIGURE_KINDS,
    IDS,
    OPERATORS,
    PART_KINDS,
    PARTS,
    Figure,
    Kind,
    Operator,
    Part,
    Unit,
)
from rules.conditions.messages import ENGLISH, N_
from rules.conditions.moments import CLOCK_UNITS
from rules.conditions.writing import Json

OPERATOR_LABELS: dict[Operator, str] = {
    Operator.IS: N_("is"),
    Operator.IS_NOT: N_("is other than"),
    Operator.IS_ONE_OF: N_("is one of"),
    Operator.CONTAINS: N_("contains"),
    Operator.STARTS_WITH: N_("starts with"),
    Operator.MATCHES: N_("is, whatever its case and accents"),
    Operator.LESS: N_("less than"),
    Operator.AT_MOST: N_("at most"),
    Operator.GREATER: N_("greater than"),
    Operator.AT_LEAST: N_("at least"),
    Operator.BETWEEN: N_("between"),
    Operator.WITHIN_LAST: N_("within the last"),
    Operator.WITHIN_NEXT: N_("within the next"),
    Operator.OVERLAPS: N_("has at least one of"),
    Operator.INCLUDES: N_("has all of"),
    Operator.IS_EMPTY: N_("is empty"),
    Operator.IS_SET: N_("is set"),
}
CLOCK_LABELS: dict[Operator, str] = {
    Operator.LESS: N_("before"),
    Operator.AT_MOST: N_("not after"),
    Operator.GREATER: N_("after"),
    Operator.AT_LEAST: N_("not before"),
}
FIGURE_LABELS: dict[Figure, str] = {
    Figure.COUNT: N_("number"),
    Figure.SUM: N_("sum"),
    Figure.MIN: N_("least"),
    Figure.MAX: N_("greatest"),
    Figure.NEWEST: N_("newest"),
}
PART_LABELS: dict[Part, str] = {
    Part.DATE: N_("date"),
    Part.TIME: N_("time"),
    Part.HOUR: N_("hour"),
    Part.WEEKDAY: N_("weekday"),
    Part.DAY: N_("day"),
    Part.MONTH: N_("month"),
    Part.YEAR: N_("year"),
}
UNIT_LABELS: dict[Unit, str] = {
    Unit.MINUTES: N_("minutes"),
    Unit.HOURS: N_("hours"),
    Unit.DAYS: N_("days"),
    Unit.WEEKS: N_("weeks"),
    Unit.MONTHS: N_("months"),
    Unit.YEARS: N_("years"),
}
GROUP_LABELS = {"all": N_("all of"), "any": N_("at least one of"), "not": N_("not")}
# The member that wraps a kind's values in JSON; other kinds are written as they are.
WRAPPERS: dict[Kind, str] = {
    Kind.DECIMAL: "decimal",
    Kind.MONEY: "decimal",
    Kind.DATE: "date",
    Kind.INSTANT: "at",
    Kind.TIME: "time",
}


def builder_description(
    catalogue: FieldCatalogue, translations: NullTranslations = ENGLISH
) -> dict[str, Json]:
    """Return everything that a form needs: what there is, what can be asked, and how values are edited."""
    return _Description(catalogue, translations).whole()


class _Description:
    def __init__(self, catalogue: FieldCatalogue, translations: NullTranslations) -> None:
        self._catalogue = catalogue
        self._say = translations.gettext

    def whole(self) -> dict[str, Json]:
        """Return the whole description."""
        found = {name: self._catalogue.find_entity(name) for name in self._catalogue.names}
        entities = {name: entity for name, entity in found.items() if entity is not None}
        return {
            "version": parsing.VERSION,
            "root": self._catalogue.root,
            "entities": {name: self._entity(entity) for name, entity in entities.items()},
            "kinds": {kind.value: self._kind(kind) for kind in Kind},
            "groups": [{"code": code, "label": self._say(label)} for code, label in GROUP_LABELS.items()],
            "parts": [self._part(part) for part in Part],
            "units": [
                {
                    "code": unit.value,
                    "label": self._say(UNIT_LABELS[unit]),
                    "amount_max": parsing.AMOUNT_MAX[unit],
                    "is_for_dates": unit not in CLOCK_UNITS,
                }
                for unit in Unit
            ],
            "figures": [self._figure(figure) for figure in Figure],
            "limits": {
                "depth": parsing.DEPTH_MAX,
                "nodes": parsing.NODES_MAX,
                "rows": parsing.ROWS_MAX,
                "values": parsing.VALUES_MAX,
                "path": parsing.PATH_MAX,
                "text_letters": parsing.TEXT_LETTERS_MAX,
            },
        }

    def _entity(self, entity: Entity) -> Json:
        reachable = self._catalogue.find_entity
        events = entity.events.values() if self._catalogue.events is not None else ()
        return {
            "label": entity.label,
            "fields": [_field(field) for field in entity.fields.values()],
            "links": [
                {"name": link.name, "label": link.label, "entity": link.entity}
                for link in entity.links.values()
                if reachable(link.entity) is not None
            ],
            "rows": [
                {
                    "name": rows.name,
                    "label": rows.label,
                    "entity": rows.entity,
                    "has_newest": bool(rows.newest_by),
                }
                for rows in entity.rows.values()
                if reachable(rows.entity) is not None
            ],
            "events": [{"name": event.name, "label": event.label} for event in events],
        }

    def _kind(self, kind: Kind) -> Json:
        is_id = kind in IDS
        variables = [name for name, of in self._catalogue.variables.items() if of is kind]
        return {
            "editor": "record" if is_id else kind.value,
            "wrapper": WRAPPERS.get(kind),
            "has_moments": kind in CLOCK_KINDS,
            "variables": [{"name": name, "label": name.replace("_", " ")} for name in variables],
            "parts": [part.value for part in PARTS.get(kind, ())],
            "figures": [figure.value for figure in Figure if kind in FIGURE_KINDS[figure]],
            "operators": [self._operator(operator, kind) for operator in OPERATORS[kind]],
        }

    def _operator(self, operator: Operator, kind: Kind) -> Json:
        is_clock = kind in CLOCK_KINDS or kind is Kind.TIME
        label = CLOCK_LABELS.get(operator) if is_clock else None
        return {
            "code": operator.value,
            "label": self._say(label or OPERATOR_LABELS[operator]),
            "values": ARITIES[operator].value,
            "has_variables": operator in VARIABLE_OPERATORS,
        }

    def _part(self, part: Part) -> Json:
        is_weekday = part is Part.WEEKDAY
        choices: list[Json] = [
            {"code": code, "label": self._say(label)} for code, label in WEEKDAY_LABELS.items()
        ]
        return {
            "code": part.value,
            "label": self._say(PART_LABELS[part]),
            "kind": PART_KINDS[part].value,
            "choices": choices if is_weekday else [],
        }

    def _figure(self, figure: Figure) -> Json:
        return {
            "code": figure.value,
            "label": self._say(FIGURE_LABELS[figure]),
            "has_field": figure is not Figure.COUNT,
        }


def _field(field: Field) -> Json:
    return {
        "name": field.name,
        "label": field.label,
        "kind": field.kind.value,
        "choices": [{"code": choice.code, "label": choice.label} for choice in field.choices],
        "id_type": field.id_type.value if field.kind in IDS else None,
        "links_to": field.links_to or None,
    }
