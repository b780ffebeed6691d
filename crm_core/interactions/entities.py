"""Declarations of contacts with parties, of cases that hold them, and of topics and who answers for them."""

from crm_core.engine.declaration import entity
from crm_core.engine.fields import Choice, DateTime, Duration, Link, LongText, Person, Text
from crm_core.engine.scopes import Rights

MANAGED = {
    "manager": Rights(read="all", create="all", edit="all", delete="all", export="all"),
    "supervisor": Rights(read="team", create="team", edit="team", delete="nobody", export="team"),
}
LED = {"manager": MANAGED["manager"]}
CHANNELS = {
    "call": "Call",
    "email": "E-mail",
    "sms": "Text message",
    "fax": "Fax",
    "letter": "Letter",
    "visit": "Visit",
    "web": "Web enquiry",
    "chat": "Chat",
}
DIRECTIONS = {"in": "From them", "out": "From us"}
STATES = {"open": "Open", "waiting": "Waiting", "closed": "Closed"}


@entity(
    rights=Rights(read="own", create="team", edit="own", by_role=MANAGED),
    list_columns=("title", "party", "state", "owner", "changed_at"),
    filters=("state", "party", "topic", "title"),
    sort=("-created_at", "title"),
    timeline=("created_at", ""),
)
class CaseFile:
    """A matter that goes on over several contacts, such as a complaint or a claim."""

    title = Text(required=True, search=True)
    party = Link(to="party", help="Whose matter it is.")
    topic = Link(to="topic", help="What it is about: it says who answers for it.")
    state = Choice(choices=STATES, required=True, default="open")
    description = LongText(search=True)


@entity(
    rights=Rights(read="own", create="own", edit="own", inherits=("party", "case"), by_role=MANAGED),
    list_columns=("begins_at", "channel", "direction", "party", "subject", "owner"),
    filters=("channel", "direction", "begins_at", "party", "case", "outcome", "subject"),
    sort=("-begins_at", "created_at"),
    timeline=("begins_at", "channel"),
)
class Interaction:
    """A contact with a party: a call, a letter, a visit, a message."""

    subject = Text(required=True, search=True, help="What it was about, in few words.")
    party = Link(to="party", required=True)
    person = Link(to="party", help="With whom, where the party is an organisation or a household.")
    channel = Choice(choices=CHANNELS, required=True, default="call")
    direction = Choice(choices=DIRECTIONS, required=True, default="out")
    begins_at = DateTime(required=True, label="When")
    lasts = Duration(help="As 0:25 for twenty-five minutes.")
    notes = LongText(search=True, help="What was said and agreed.")
    outcome = Text(length_max=80)
    case = Link(to="case_file")


@entity(
    rights=Rights(read="all", create="nobody", edit="nobody", by_role=LED),
    list_columns=("name", "parent", "answers"),
    filters=("parent", "answers", "name"),
    sort=("name", "created_at"),
    tree_field="parent",
)
class Topic:
    """What parties come to us about, such as complaints, and who answers for it."""

    name = Text(required=True, search=True)
    parent = Link(to="topic", help="The larger topic that it is part of.")
    answers = Person(label="Who answers", help="For every party that names nobody else.")


@entity(
    rights=Rights(read="nobody", create="nobody", edit="nobody", inherits=("party",), by_role=LED),
    list_columns=("party", "topic", "answers", "remark"),
    filters=("party", "topic", "answers"),
    title_field="remark",
    title_many="Responsibilities",
)
class Responsibility:
    """Who answers for a topic, and for all under it, with one party."""

    party = Link(to="party", required=True)
    topic = Link(to="topic", required=True)
    answers = Person(required=True, label="Who answers")
    remark = Text(length_max=200)
