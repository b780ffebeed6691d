"""A form that knows nothing but the description builds conditions, and every one of them fits."""

import json
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.conditions.builder import builder_description
from rules.conditions.checking import find_problems
from rules.conditions.kinds import Kind
from rules.conditions.parsing import parse_condition
from rules.conditions.writing import Json
from tests.random_conditions import UUIDS, random_catalogue
from tests.unit.rules.conditions.parties import CATALOGUE

# What a person types into the editor of each kind; a form with fewer editors could not be built.
TYPED: dict[str, Json] = {
    "text": "Łódź",
    "tags": "vip",
    "integer": 7,
    "decimal": "1.50",
    "money": "-3",
    "date": "2026-03-29",
    "instant": "2026-03-29T01:00:00+00:00",
    "time": "09:30",
    "duration": 90,
    "boolean": True,
    "phone": "+390612345678",
    "email": "a@b.it",
}


def members(json_object: Json) -> dict[str, Json]:
    """A JSON object as such."""
    assert isinstance(json_object, dict)
    return json_object


def listed(json_list: Json) -> list[dict[str, Json]]:
    """A JSON list of objects as such."""
    assert isinstance(json_list, list)
    return [members(one) for one in json_list]


class Form:
    """Clicks and types at random, with the description as all its knowledge."""

    def __init__(self, description: dict[str, Json], random: Random) -> None:
        self._all = description
        self._random = random

    def condition(self, entity: str, depth: int) -> Json:
        """Add a group or a line."""
        group = self._random.choice([*listed(self._all["groups"]), *([None] * 3)])
        if group is None or depth == 0:
            return self._line(entity, depth)
        if group["code"] == "not":
            return {"not": self.condition(entity, depth - 1)}
        return {str(group["code"]): [self.condition(entity, depth - 1) for _ in range(2)]}

    def _line(self, name: str, depth: int) -> Json:
        entity = members(members(self._all["entities"])[name])
        ways = ["field", *(way for way in ("rows", "events", "now") if way == "now" or entity[way])]
        way = self._random.choice(ways)
        if way == "events":
            event = self._random.choice(listed(entity["events"]))
            return self._compared({"events": event["name"], "figure": "count"}, "integer", {})
        if way == "rows":
            return self._rows(self._random.choice(listed(entity["rows"])), depth)
        if way == "now":
            return self._part({"now": True}, "instant")
        return self._field(entity)

    def _field(self, entity: dict[str, Json]) -> Json:
        path = ""
        while entity["links"] and self._random.random() < 0.3 and path.count(".") < 3:
            link = self._random.choice(listed(entity["links"]))
            path += f"{link['name']}."
            entity = members(members(self._all["entities"])[str(link["entity"])])
        field = self._random.choice(listed(entity["fields"]))
        subject: Json = {"field": f"{path}{field['name']}"}
        kind = str(field["kind"])
        if self._kind(kind)["parts"] and self._random.random() < 0.5:
            return self._part(subject, kind)
        return self._compared(subject, kind, field)

    def _rows(self, rows: dict[str, Json], depth: int) -> Json:
        entity = members(members(self._all["entities"])[str(rows["entity"])])
        figures = [
            one for one in listed(self._all["figures"]) if rows["has_newest"] or one["code"] != "newest"
        ]
        figure = self._random.choice(figures)
        subject: dict[str, Json] = {"rows": rows["name"], "figure": figure["code"]}
        if depth > 0 and self._random.random() < 0.5:
            subject["where"] = self.condition(str(rows["entity"]), depth - 1)
        if not figure["has_field"]:
            return self._compared(subject, "integer", {})
        fields = [
            one for one in listed(entity["fields"]) if figure["code"] in self._codes(one["kind"], "figures")
        ]
        field = self._random.choice(fields)
        subject["field"] = field["name"]
        return self._compared(subject, str(field["kind"]), field)

    def _part(self, subject: Json, kind: str) -> Json:
        codes = self._codes(kind, "parts")
        part = self._random.choice([one for one in listed(self._all["parts"]) if one["code"] in codes])
        return self._compared({"part": part["code"], "of": subject}, str(part["kind"]), part)

    def _compared(self, subject: Json, kind: str, described: dict[str, Json]) -> Json:
        operator = self._random.choice(listed(self._kind(kind)["operators"]))
        count = {"none": 0, "one": 1, "span": 1, "two": 2, "many": 2}[str(operator["values"])]
        values = [self._value(kind, operator, described) for _ in range(count)]
        written: dict[str, Json] = {"subject": subject, "operator": operator["code"]}
        return written | ({"values": values} if values else {})

    def _value(self, kind: str, operator: dict[str, Json], described: dict[str, Json]) -> Json:
        about = self._kind(kind)
        if operator["values"] == "span":
            return self._moment(kind, -1 if operator["code"] == "within_last" else 1)
        if about["has_moments"] and self._random.random() < 0.5:
            return self._moment(kind, self._random.choice((-1, 1)))
        if about["variables"] and operator["has_variables"] and self._random.random() < 0.5:
            return {"variable": self._random.choice(listed(about["variables"]))["name"]}
        if about["editor"] == "record":
            return UUIDS[0] if described["id_type"] == "uuid" else 7
        choices = described.get("choices")
        if choices:
            return self._random.choice(listed(choices))["code"]
        return {str(about["wrapper"]): TYPED[kind]} if about["wrapper"] else TYPED[kind]

    def _moment(self, kind: str, sign: int) -> Json:
        units = [one for one in listed(self._all["units"]) if kind == "instant" or one["is_for_dates"]]
        unit = self._random.choice(units)
        amount = unit["amount_max"]
        assert isinstance(amount, int)
        return {"moment": sign * amount, "unit": unit["code"]}

    def _kind(self, kind: Json) -> dict[str, Json]:
        return members(members(self._all["kinds"])[str(kind)])

    def _codes(self, kind: Json, word: str) -> list[Json]:
        codes = self._kind(kind)[word]
        assert isinstance(codes, list)
        return codes


@given(seed=st.integers(0, 2**32))
@settings(max_examples=80)
@example(seed=1)
@example(seed=2)
def test_condition_built_from_the_description_alone_fits_the_catalogue(seed: int) -> None:
    """Whatever is clicked and typed, the parser reads it and the check finds nothing."""
    random = Random(seed)
    catalogue = random_catalogue(random)
    description = json.loads(json.dumps(builder_description(catalogue)))
    form = Form(description, random)
    for _ in range(4):
        condition = form.condition("party", description["limits"]["rows"] - 1)
        built = parse_condition({"version": description["version"], "condition": condition})
        assert find_problems(built, catalogue) == ()


def test_description_of_a_catalogue_leaves_out_what_cannot_be_reached() -> None:
    """A link to an entity that the viewer may not use is not offered."""
    entities = members(builder_description(CATALOGUE)["entities"])
    assert members(entities["account"])["links"] == []
    assert [link["name"] for link in listed(members(entities["party"])["links"])] == ["account"]


def test_description_of_any_kind_has_operators_with_labels() -> None:
    """Each kind can be asked about, in words that fit dates as well as numbers."""
    kinds = members(builder_description(CATALOGUE)["kinds"])
    labels = {
        kind: {str(one["code"]): one["label"] for one in listed(members(about)["operators"])}
        for kind, about in kinds.items()
    }
    assert set(labels) == {kind.value for kind in Kind}
    assert (labels["integer"]["less"], labels["date"]["less"]) == ("less than", "before")
    assert all(label for words in labels.values() for label in words.values())
