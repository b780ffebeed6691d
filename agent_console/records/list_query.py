"""What a list is asked for, as it stands in its address: filters, sort, place.

`?name.has=rossi&stage.is=won&amount.min=100&sort=-amount&page=…`: an address can be kept and sent on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from agent_console.navigation import N_
from agent_console.records.inputs import Option, input_of, with_zone
from crm_core.engine.declaration import Entity
from crm_core.engine.field import Field, Lookup
from crm_core.engine.listing import Filter

TEXT_LENGTH_MAX = 200
ORDERED_WIDGETS = frozenset({"number", "money", "date", "time", "date_time", "duration"})
TIMES = frozenset({"date", "time", "date_time"})
CHOSEN = frozenset({"person", "team", "link", "links"})
OWNER = "owner"
"""The field of every entity that names the person responsible."""
SEVERAL = ","
"""Between the values of `one_of`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFilter:
    """One filter as it stands in the address."""

    field: str
    lookup: Lookup
    text: str  # as it was typed
    is_instant: bool = False  # it is compared with an instant, and may lack its zone

    @property
    def parameter(self) -> str:
        """Its name in the address."""
        return f"{self.field}.{self.lookup.value}"

    def filter(self) -> Filter:
        """What the engine is given."""
        value: object = self.text.split(SEVERAL) if self.lookup is Lookup.ONE_OF else self.text
        if self.is_instant and isinstance(value, str):
            value = with_zone(value)
        return Filter(field=self.field, lookup=self.lookup, value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Everything that an address asks of a list."""

    filters: tuple[AskedFilter, ...] = ()
    sort: str = ""  # field, with `-` before it: greatest first; "" as declared
    marker: str = ""  # of the page, the engine's own; "" from the beginning

    def address(self, path: str, **changes: str) -> str:
        """The same list with another sort or place; whoever sorts anew begins anew."""
        changed = replace(self, **changes)  # type: ignore[arg-type]
        pairs = [(one.parameter, one.text) for one in changed.filters]
        pairs += [("sort", changed.sort), ("page", changed.marker)]
        asked = urlencode([(name, text) for name, text in pairs if text])
        return f"{path}?{asked}" if asked else path

    def of_owner(self, user_id: int) -> "ListQuery":
        """The same list from its beginning, of the records that one person looks after."""
        others = tuple(one for one in self.filters if one.field != OWNER)
        own = AskedFilter(field=OWNER, lookup=Lookup.IS, text=str(user_id))
        return replace(self, filters=(*others, own), marker="")


def read_query(entity: Entity, pairs: Iterable[tuple[str, str]]) -> ListQuery:
    """What an address asks; what is empty or unknown is left out, since addresses outlive declarations."""
    filters, plain = [], {"sort": "", "page": ""}
    for name, text in pairs:
        text = text.replace("\x00", "").strip()
        if name in plain:
            plain[name] = text
            continue
        field_name, _, word = name.rpartition(".")
        field = entity.get_field(field_name) if field_name in entity.filters else None
        lookup = next((one for one in field.lookups if one.value == word), None) if field else None
        if lookup is not None and text:
            is_instant = field is not None and field.widget == "date_time"
            filters.append(
                AskedFilter(
                    field=field_name, lookup=lookup, text=text[:TEXT_LENGTH_MAX], is_instant=is_instant
                )
            )
    return ListQuery(filters=tuple(filters), sort=plain["sort"], marker=plain["page"])


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterControl:
    """One input of the filter form."""

    parameter: str
    label: str  # English
    part: str  # "": the whole; "from", "to": one end of a span
    kind: str  # of the HTML input
    widget: str
    options: Sequence[Option]
    text: str  # what is asked now


def filter_controls(
    fields: Iterable[Field], query: ListQuery, options: dict[str, Sequence[Option]]
) -> list[FilterControl]:
    """Inputs for the filters of a list: one for most fields, two for what has an order."""
    asked = {one.parameter: one.text for one in query.filters}
    controls = []
    for field in fields:
        view = input_of(field, None, names={}, options=options.get(field.name, ()))
        if field.widget in CHOSEN and not view.options:
            continue  # an id is nothing that people type; in an address it still works
        for lookup, part in _lookups(field):
            parameter = f"{field.name}.{lookup.value}"
            controls.append(
                FilterControl(
                    parameter=parameter,
                    label=view.label,
                    part=part,
                    kind=view.kind if field.widget in TIMES else "text",
                    widget=field.widget,
                    options=view.options,
                    text=asked.get(parameter, ""),
                )
            )
    return controls


def _lookups(field: Field) -> list[tuple[Lookup, str]]:
    if field.widget in ORDERED_WIDGETS:
        return [
            (lookup, part)
            for lookup, part in ((Lookup.MIN, N_("from")), (Lookup.MAX, N_("to")))
            if lookup in field.lookups
        ]
    wanted = Lookup.HAS if Lookup.HAS in field.lookups else Lookup.IS
    return [(wanted, "")] if wanted in field.lookups else []
