"""Who answers: for this party, for this case, and for each topic with this party, on their pages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from agent_console.navigation import N_
from agent_console.records.list_query import OWNER
from crm_core.access.connection import Connection
from crm_core.access.users import names_of_users
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import RecordAbsent
from crm_core.engine.field import Lookup
from crm_core.engine.listing import SIZE_MAX, Filter, list_records
from crm_core.engine.rights import Record, access_record
from crm_core.engine.viewer import Viewer
from crm_core.interactions.answering import TopicPlace, who_answers

PARTY, CASE, TOPIC, RESPONSIBILITY = "party", "case_file", "topic", "responsibility"
OWNER_LABELS = {PARTY: N_("this customer"), CASE: N_("this case")}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """Who answers for one thing."""

    label: str  # English where it is no topic's own name
    is_topic: bool
    name: str  # who answers; "": nobody
    is_named: bool  # for this party; else for everybody


async def answers_on(connection: Connection, viewer: Viewer, record: Record) -> list[AnswerLine]:
    """Who answers for a party or a case and its topics, as far as the viewer sees them; of others, nobody."""
    if record.entity.name not in OWNER_LABELS:
        return []
    party = await _party_of(connection, viewer, record)
    holders = [record] if party is None or party is record else [record, party]
    found: list[tuple[str, bool, object, bool]] = [
        (OWNER_LABELS[one.entity.name], False, one.values.get(OWNER), False) for one in holders
    ]
    found += [line async for line in _topics(connection, viewer, record, party)]
    ids = sorted({user_id for _, _, user_id, _ in found if isinstance(user_id, int)})
    names: dict[object, str] = dict((await names_of_users(connection, ids)).items())
    return [
        AnswerLine(label=label, is_topic=is_topic, name=names.get(user_id, ""), is_named=is_named)
        for label, is_topic, user_id, is_named in found
    ]


async def _party_of(connection: Connection, viewer: Viewer, record: Record) -> Record | None:
    if record.entity.name == PARTY:
        return record
    party_id = record.values.get(PARTY)
    if not isinstance(party_id, UUID):
        return None
    try:
        return await access_record(connection, viewer, record.entity.registry.get(PARTY), party_id)
    except RecordAbsent:
        return None


async def _topics(
    connection: Connection, viewer: Viewer, record: Record, party: Record | None
) -> AsyncIterator[tuple[str, bool, object, bool]]:
    """Lines of the topics: all of a party, the own one of a case."""
    registry = record.entity.registry
    topics = (await list_records(connection, viewer, registry.get(TOPIC), sort="name", size=SIZE_MAX)).records
    places = {one.id: _place(one) for one in topics}
    named = {} if party is None else await _named(connection, viewer, registry.get(RESPONSIBILITY), party)
    asked = [one for one in topics if record is party or one.id == record.values.get(TOPIC)]
    for topic in asked:
        answer = who_answers(places, named, topic.id)
        yield topic.title(), True, answer and answer.user_id, answer is not None and answer.is_named


def _place(topic: Record) -> TopicPlace:
    parent, answers = topic.values.get("parent"), topic.values.get("answers")
    return TopicPlace(
        parent=parent if isinstance(parent, UUID) else None,
        answers=answers if isinstance(answers, int) else None,
    )


async def _named(connection: Connection, viewer: Viewer, entity: Entity, party: Record) -> dict[UUID, int]:
    here = Filter(field=PARTY, lookup=Lookup.IS, value=str(party.id))
    found = await list_records(connection, viewer, entity, filters=[here], size=SIZE_MAX)
    pairs = ((one.values.get(TOPIC), one.values.get("answers")) for one in reversed(found.records))
    return {topic: user for topic, user in pairs if isinstance(topic, UUID) and isinstance(user, int)}
