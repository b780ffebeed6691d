"""The diagrams in the documents are what the tables give."""

from enum import Enum

import pytest

from dialer.core.agent_session import AgentState
from dialer.core.call_attempt import AttemptState
from tools.state_diagrams import (
    AGENTS,
    ATTEMPTS,
    DOCUMENT,
    Table,
    common_moves,
    diagram,
    document,
    meanings,
    words,
)


def test_document_with_the_diagrams_is_what_the_tables_give() -> None:
    """After a change of a table, `python -m tools.state_diagrams` draws it anew."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()


@pytest.mark.parametrize(
    ("table", "first"),
    [(ATTEMPTS, AttemptState.DIALING), (AGENTS, AgentState.OFFLINE)],
    ids=["attempt", "agent"],
)
def test_every_move_of_a_table_is_drawn_or_told_in_words(table: Table, first: Enum) -> None:
    """No move is missing, and none is drawn that does not exist."""
    drawn = {line.strip() for line in diagram(table, first) if ": " in line}
    moves = {
        f"{before.value} --> {after.value}: {trigger.value}" for (before, trigger), after in table.items()
    }
    assert drawn <= moves
    told = "\n".join(words(table, type(first)))
    for trigger, following in common_moves(table):
        assert f"`{trigger.value}` leads from" in told
        assert f"to `{following.value}`." in told
    not_drawn = {move for move in moves if move not in drawn}
    assert {move.split(": ")[1] for move in not_drawn} == {str(t.value) for t, _ in common_moves(table)}


class Silent(Enum):
    """An enumeration with a member that says nothing."""

    TOLD = "told"  # what it is
    UNTOLD = "untold"


def test_member_without_a_comment_is_an_error() -> None:
    """A meaning that is missing is found when the diagrams are drawn."""
    with pytest.raises(ValueError, match="UNTOLD"):
        meanings(Silent)
