"""Entities of every field kind and every kind of right, for tests of the engine alone."""

from collections.abc import Iterable

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Registry, Values, entity
from crm_core.engine.errors import Problem, problem
from crm_core.engine.fields import (
    Address,
    Boolean,
    Choice,
    Computed,
    Date,
    DateTime,
    Duration,
    Email,
    File,
    Link,
    Links,
    LongText,
    Money,
    Number,
    Person,
    Phone,
    Secret,
    Tags,
    Text,
    Time,
    Url,
)
from crm_core.engine.scopes import Rights
from crm_core.engine.tables import create_statements, entity_tables

SAMPLES = Registry()


def cold_is_small(before: Values | None, after: Values) -> Iterable[Problem]:
    """A rule over two fields."""
    size = after["size"]
    if after["kind"] == "cold" and isinstance(size, int) and size > 50:
        yield problem("size", "expected at most {size_max} where it is cold", size_max=50)


def loud_name(values: Values) -> object:
    """A computed value."""
    return f"{values['name']}!"


@entity(
    registry=SAMPLES,
    rights=Rights(
        read="own",
        create="own",
        edit="own",
        by_role={
            "supervisor": Rights(read="team", create="team", edit="own", delete="own", export="team"),
            "manager": Rights(read="all", create="all", edit="agency", delete="agency", export="agency"),
            "guest": Rights(read="nobody", create="nobody", edit="nobody"),
        },
    ),
    list_columns=("name", "kind", "size"),
    filters=("name", "kind", "size", "phone", "due", "labels", "weight"),
    sort=("name", "-size", "due", "weight"),
    rules=(cold_is_small,),
    tree_field="above",
)
class Folder:
    """Something that holds papers."""

    name = Text(required=True, search=True)
    kind = Choice(choices={"warm": "Warm", "cold": "Cold"}, default="warm", required=True)
    size = Number(at_least=0)
    phone = Phone(search=True, seen_by=("manager", "supervisor"))
    code_word = Text(search=True, seen_by=("manager",))
    loud_code = Computed(of=("code_word",), value=lambda values: f"<{values['code_word']}>")
    loud = Computed(of=("name",), value=loud_name)
    due = Date()
    labels = Tags()
    weight = Number(decimals=2, seen_by=("manager",))
    above = Link(to="folder")
    story = LongText(search=True)
    key = Secret()


@entity(
    registry=SAMPLES,
    rights=Rights(read="own", create="own", edit="own", inherits=("folder",)),
    filters=("folder", "title"),
    sort=("title",),
)
class Paper:
    """One of every field kind, in a folder."""

    title = Text(required=True, search=True)
    folder = Link(to="folder", required=True)
    others = Links(to="folder")
    price = Money()
    begins = DateTime()
    at = Time()
    lasts = Duration()
    is_signed = Boolean()
    mail = Email(search=True)
    page = Url()
    place = Address()
    reader = Person()
    scan = File()


async def make_sample_tables(connection: Connection) -> None:
    """Tables of the samples."""
    for statement in create_statements(entity_tables(SAMPLES.metadata)):
        await connection.execute(statement)
