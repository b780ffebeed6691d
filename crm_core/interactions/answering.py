"""Finds who answers for a topic with a party.

Whoever is named for the party comes first, at the topic itself or the nearest one above it.
Then comes whoever answers with everybody for the topic, or for the nearest one above it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPlace:
    """A topic in the tree."""

    parent: UUID | None
    answers: int | None  # user who answers with everybody


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Who answers for a topic."""

    user_id: int
    is_named: bool  # for this party; else for everybody


def who_answers(
    topics: Mapping[UUID, TopicPlace], named: Mapping[UUID, int], topic_id: UUID
) -> Answer | None:
    """Who answers for a topic; `named` are a party's own people by topic. None where nobody does.

    >>> a, b = UUID(int=1), UUID(int=2)
    >>> tree = {a: TopicPlace(parent=None, answers=7), b: TopicPlace(parent=a, answers=8)}
    >>> who_answers(tree, {}, b), who_answers(tree, {a: 9}, b)
    (Answer(user_id=8, is_named=False), Answer(user_id=9, is_named=True))
    """
    way = list(_upwards(topics, topic_id))
    for one in way:
        if one in named:
            return Answer(user_id=named[one], is_named=True)
    general = (place.answers for one in way if (place := topics.get(one)) is not None)
    return next((Answer(user_id=user_id, is_named=False) for user_id in general if user_id is not None), None)


def _upwards(topics: Mapping[UUID, TopicPlace], topic_id: UUID) -> Iterator[UUID]:
    here: UUID | None = topic_id
    passed: set[UUID] = set()  # a tree that became a ring must not hold us for ever
    while here is not None and here not in passed:
        passed.add(here)
        yield here
        place = topics.get(here)
        here = place.parent if place is not None else None
