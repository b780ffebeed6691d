"""Declarations of parties; their behaviour beyond single records belongs in services beside this file."""

from collections.abc import Iterable

from crm_core.engine.declaration import Values, entity
from crm_core.engine.errors import Problem, problem
from crm_core.engine.fields import (
    Address,
    Boolean,
    Choice,
    Date,
    Email,
    Link,
    LongText,
    Number,
    Person,
    Phone,
    Tags,
    Text,
    Url,
)
from crm_core.engine.scopes import Rights
from crm_core.parties.tax_numbers import tax_number_is_valid

MANAGED = {
    "manager": Rights(read="all", create="all", edit="all", delete="all", export="all"),
    "supervisor": Rights(read="team", create="team", edit="team", delete="nobody", export="team"),
}
KINDS = {"person": "Person", "organisation": "Organisation", "household": "Household"}
LIFE_CYCLE = {
    "suspect": "Suspect",
    "lead": "Lead",
    "prospect": "Prospect",
    "customer": "Customer",
    "lapsed": "Lapsed",
}
POINT_KINDS = {"phone": "Phone", "mobile": "Mobile", "fax": "Fax", "email": "E-mail", "web": "Web"}
POINT_FIELDS = {"phone": "phone", "mobile": "phone", "fax": "phone", "email": "email", "web": "url"}
QUALITIES = {"unknown": "Unknown", "good": "Good", "doubtful": "Doubtful", "dead": "Dead"}
LANGUAGES = {
    "en": "English",
    "pl": "Polish",
    "it": "Italian",
    "sk": "Slovak",
    "cs": "Czech",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "uk": "Ukrainian",
    "hu": "Hungarian",
    "ro": "Romanian",
}
CHANNELS = {"call": "Call", "mobile": "Text message", "email": "E-mail", "letter": "Letter"}
TIMES_OF_DAY = {"morning": "Mornings", "afternoon": "Afternoons", "evening": "Evenings"}
INFLUENCES = {"decides": "Decides", "influences": "Influences", "none": "Has no say"}
RELATION_ROLES = {
    "administrator": "Administrator",
    "owner": "Owner",
    "sales_director": "Sales director",
    "head_of_agents": "Head of agents",
    "purchaser": "Purchaser",
    "works_for": "Works for",
    "belongs_to": "Belongs to",
    "household_of": "Lives in",
    "referred_by": "Was referred by",
}

SUBJECT_KINDS = {"agent": "Agent", "operator": "Operator", "referrer": "Referrer", "agency": "Agency"}


def agency_stands_alone(before: Values | None, after: Values) -> Iterable[Problem]:
    """An agency has agents, and belongs to none."""
    if after["kind"] == "agency" and after["works_for"] is not None:
        yield problem("works_for", "an agency belongs to no other agency")


def fields_fit_kind(before: Values | None, after: Values) -> Iterable[Problem]:
    """A birth date is a person's."""
    if after["kind"] != "person" and after["birth_date"] is not None:
        yield problem("birth_date", "only a person has a birth date")


def point_fits_kind(before: Values | None, after: Values) -> Iterable[Problem]:
    """Each kind of contact point has its own field, and only that one."""
    needed = POINT_FIELDS[str(after["kind"])]
    for name in sorted(set(POINT_FIELDS.values())):
        if (after[name] is not None) != (name == needed):
            yield problem(name, "expected {field} alone for this kind", field=needed)


def relation_joins_two(before: Values | None, after: Values) -> Iterable[Problem]:
    """Nobody is related to himself, and nothing ends before it begins."""
    if after["party"] == after["related"]:
        yield problem("related", "expected another party")
    since, until = after["since"], after["until"]
    if since is not None and until is not None and str(until) < str(since):
        yield problem("until", "expected a day after the first")


@entity(
    rights=Rights(read="team", create="team", edit="own", by_role=MANAGED),
    list_columns=("name", "kind", "life_cycle", "address", "changed_at"),
    filters=(
        "kind",
        "life_cycle",
        "tags",
        "address",
        "name",
        "agent",
        "operator",
        "referrer",
        "sales_agency",
    ),
    sort=("name", "created_at", "changed_at", "life_cycle"),
    indexed=("address",),
    rules=(fields_fit_kind, tax_number_is_valid),
    title_many="Parties",
    tree_field="parent",
    stage_field="life_cycle",
    banner=("service_note", "language", "preferred_channel", "preferred_time", "preferred_agent"),
)
class Party:
    """A person, an organisation or a household that we deal with."""

    name = Text(required=True, search=True, help="As it is shown in lists and spoken of.")
    kind = Choice(choices=KINDS, required=True, default="person")
    first_name = Text()
    last_name = Text()
    birth_date = Date()
    legal_name = Text(help="As it stands in the register.")
    industry = Text(length_max=80)
    employees = Number(at_least=0, help="How many work there.")
    tax_id = Text(
        length_max=30, search=True, label="Tax number", help="Tax or VAT number, such as PL5252248481."
    )
    parent = Link(to="party", help="The organisation or household that it is part of.")
    life_cycle = Choice(choices=LIFE_CYCLE, required=True, default="suspect")
    life_cycle_since = Date(set_with="life_cycle", read_only=True)
    language = Choice(choices=LANGUAGES)
    preferred_channel = Choice(choices=CHANNELS)
    preferred_time = Choice(choices=TIMES_OF_DAY)
    preferred_agent = Person()
    service_note = Text(length_max=300, help="Shown at the top of the page to whoever serves this party.")
    time_zone = Text(length_max=40, help="IANA name, such as Europe/Warsaw.")
    agent = Link(to="subject", help="Who sells to this party, whoever keeps its record.")
    operator = Link(to="subject", help="Who calls this party.")
    referrer = Link(to="subject", help="Who told us of this party.")
    sales_agency = Link(to="subject", help="The agency that the party came through.")
    address = Address()
    tags = Tags()
    remark = LongText(search=True)


@entity(
    rights=Rights(
        read="nobody",
        create="nobody",
        edit="nobody",
        inherits=("party",),
        by_role={"manager": MANAGED["manager"]},
    ),
    list_columns=("party", "kind", "label", "phone", "email", "is_preferred", "quality"),
    filters=("party", "kind", "phone", "email", "quality"),
    sort=("created_at",),
    rules=(point_fits_kind,),
    indexed=("email",),
    title_field="label",
)
class ContactPoint:
    """A way to reach a party: a number, an address."""

    party = Link(to="party", required=True)
    kind = Choice(choices=POINT_KINDS, required=True, default="phone")
    label = Text(length_max=60, help="Such as: at home, after six.")
    phone = Phone(search=True)
    email = Email(search=True, label="E-mail")
    url = Url(label="Web address")
    quality = Choice(choices=QUALITIES, required=True, default="unknown")
    is_preferred = Boolean(label="Preferred")
    is_opted_out = Boolean(label="Opted out", help="He does not want to be reached this way.")


@entity(
    rights=Rights(
        read="nobody",
        create="nobody",
        edit="nobody",
        inherits=("party",),
        by_role={"manager": MANAGED["manager"]},
    ),
    list_columns=("party", "role", "related", "influence", "phone", "since"),
    filters=("party", "related", "role"),
    rules=(relation_joins_two,),
    title_field="role",
)
class PartyRelation:
    """What a party is to another one, and since when."""

    party = Link(to="party", required=True)
    related = Link(to="party", required=True)
    role = Choice(choices=RELATION_ROLES, required=True)
    influence = Choice(choices=INFLUENCES, label="Decision power")
    phone = Phone(search=True, label="Number at work")
    since = Date()
    until = Date()


@entity(
    rights=Rights(
        read="all",
        create="nobody",
        edit="nobody",
        by_role={"manager": MANAGED["manager"]},
    ),
    list_columns=("name", "kind", "user", "works_for"),
    filters=("kind", "user", "works_for", "name"),
    sort=("name", "created_at"),
    rules=(agency_stands_alone,),
    tree_field="works_for",
)
class Subject:
    """An agent, operator, referrer or agency that takes part in our business, with or without a sign-in."""

    name = Text(required=True, search=True)
    kind = Choice(choices=SUBJECT_KINDS, required=True, default="agent")
    user = Person(label="User", help="The user who signs in as this subject, if there is one.")
    works_for = Link(to="subject", label="Works for", help="The agency that the subject belongs to.")
    remark = Text(length_max=300)
