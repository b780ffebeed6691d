"""Who answers for a topic: a party's own people first, then everybody's, the nearest up the tree."""

from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from crm_core.interactions.answering import Answer, TopicPlace, who_answers

TOPICS = [UUID(int=number) for number in range(1, 7)]
TREES = st.fixed_dictionaries(
    {
        one: st.builds(
            TopicPlace,
            parent=st.sampled_from([None, *TOPICS[:number]]),
            answers=st.sampled_from([None, 1, 2]),
        )
        for number, one in enumerate(TOPICS)
    }
)
NAMED = st.dictionaries(st.sampled_from(TOPICS), st.sampled_from([3, 4]))
CHAIN = {
    one: TopicPlace(parent=TOPICS[number - 1] if number else None, answers=1 if number == 2 else None)
    for number, one in enumerate(TOPICS)
}


def oracle(
    topics: dict[UUID, TopicPlace], named: dict[UUID, int], topic: UUID | None, *, is_named: bool
) -> Answer | None:
    """The nearest answer of one sort, told by recursion."""
    if topic is None:
        return None
    user_id = named.get(topic) if is_named else topics[topic].answers
    if user_id is not None:
        return Answer(user_id=user_id, is_named=is_named)
    return oracle(topics, named, topics[topic].parent, is_named=is_named)


@given(topics=TREES, named=NAMED, topic=st.sampled_from(TOPICS))
@example(topics=CHAIN, named={TOPICS[0]: 3}, topic=TOPICS[5])
@example(topics=CHAIN, named={TOPICS[5]: 3}, topic=TOPICS[4])
def test_answer_is_the_partys_nearest_person_else_everybodys(
    topics: dict[UUID, TopicPlace], named: dict[UUID, int], topic: UUID
) -> None:
    """The oracle looks once for the party's people, then once for everybody's."""
    expected = oracle(topics, named, topic, is_named=True) or oracle(topics, named, topic, is_named=False)
    assert who_answers(topics, named, topic) == expected


def test_tree_that_became_a_ring_gives_an_answer() -> None:
    """Two topics each above the other, and nobody who answers."""
    one, other = TOPICS[:2]
    ring = {
        one: TopicPlace(parent=other, answers=None),
        other: TopicPlace(parent=one, answers=None),
    }
    assert who_answers(ring, {}, one) is None
