"""Draw the engine's two state machines into docs/state-diagrams.md, from their tables.

Run it with `python -m tools.state_diagrams` after a change of a table; a test notices when it was forgotten.
Meanings are the comments that stand beside the members in the source; nothing is written here by hand
but the words around the pictures. Unlike its neighbours this tool imports the room that it draws.
"""

import inspect
import re
from collections import Counter
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from dialer.core.agent_session import AGENT_TRANSITIONS, AgentState, AgentTrigger
from dialer.core.call_attempt import ATTEMPT_TRANSITIONS, AttemptState, AttemptTrigger

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "state-diagrams.md"
TOLD_IN_WORDS_ABOVE = 5  # more moves of one trigger to one state than this are told in words, not drawn
MEMBER = re.compile(r'^    ([A-Z_]+) = "[a-z_]+"  # (.+)$', re.MULTILINE)

Table = Mapping[tuple[Enum, Enum], Enum]

ATTEMPTS: Table = {(before, by): after for (before, by), after in ATTEMPT_TRANSITIONS.items()}
AGENTS: Table = {(before, by): after for (before, by), after in AGENT_TRANSITIONS.items()}

INTRODUCTION = """\
# State diagrams

Drawn by `python -m tools.state_diagrams` from the tables in the code; a change here is lost.
A move that is not in a table is a mistake of ours: it raises an error and changes nothing.
Every state in which the engine waits for somebody has a deadline.
"""

CALL_ATTEMPT = """
## Call attempt

One origination to one number of one lead, or one inbound call.
An attempt begins in `dialing` and ends, once and for ever, in `ended`.
An inbound call is a live answer from its first moment.
"""

AGENT_SESSION = """
## Agent session

What the engine knows of a signed-in agent; what he chose (his status) is another matter.
A session begins in `offline`, and may be ended in any state.
"""


def meanings(kind: type[Enum]) -> dict[str, str]:
    """Meaning of each member of an enumeration, by its value, as its comment in the source gives it.

    Raises ValueError if a member has no comment.
    """
    comments = dict(MEMBER.findall(inspect.getsource(kind)))
    silent = [member.name for member in kind if member.name not in comments]
    if silent:
        raise ValueError(
            f"{kind.__name__}: expected a comment beside each member, none at {silent}; write it"
        )
    return {str(member.value): comments[member.name] for member in kind}


def common_moves(table: Table) -> set[tuple[Enum, Enum]]:
    """Pairs of trigger and next state that so many states share that lines would hide the picture."""
    shared = Counter((trigger, following) for (_, trigger), following in table.items())
    return {pair for pair, count in shared.items() if count > TOLD_IN_WORDS_ABOVE}


def diagram(table: Table, first: Enum) -> list[str]:
    """The picture: every move that is not told in words."""
    told = common_moves(table)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first.value}"]
    lines += [
        f"    {before.value} --> {following.value}: {trigger.value}"
        for (before, trigger), following in table.items()
        if (trigger, following) not in told
    ]
    left = {before for before, _ in table}
    lines += [f"    {state.value} --> [*]" for state in type(first) if state not in left]
    return [*lines, "```"]


def words(table: Table, states: type[Enum]) -> list[str]:
    """The moves that are told in words: from where, by what, to where."""
    sentences = []
    for trigger, following in sorted(common_moves(table), key=lambda pair: str(pair[0].value)):
        from_states = [state for state in states if (state, trigger) in table]
        others = [state for state in states if state not in from_states]
        whence = f"any state but {_names(others)}" if len(others) < len(from_states) else _names(from_states)
        sentences.append(f"Not drawn: `{trigger.value}` leads from {whence} to `{following.value}`.")
    return sentences


def meaning_table(title: str, kind: type[Enum]) -> list[str]:
    """A table of values and meanings."""
    rows = [f"| `{value}` | {meaning} |" for value, meaning in meanings(kind).items()]
    return [f"| {title} | meaning |", "| --- | --- |", *rows]


def section(introduction: str, table: Table, first: Enum, triggers: type[Enum]) -> str:
    """One machine: picture, what is not drawn, states, triggers."""
    parts = (
        diagram(table, first),
        words(table, type(first)),
        meaning_table("state", type(first)),
        meaning_table("trigger", triggers),
    )
    return introduction + "\n" + "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def document() -> str:
    """The whole text of docs/state-diagrams.md."""
    return (
        INTRODUCTION
        + section(CALL_ATTEMPT, ATTEMPTS, AttemptState.DIALING, AttemptTrigger)
        + section(AGENT_SESSION, AGENTS, AgentState.OFFLINE, AgentTrigger)
    )


def _names(states: list[Enum]) -> str:
    return ", ".join(f"`{state.value}`" for state in states)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(f"wrote {DOCUMENT.name}")
