"""The names of channels and bridges, from which can be read whose they are; also after a restart.

A called party's channel bears the attempt id (design.md part 3).
Ids of agents may hold anything, so they are written in hexadecimal: a name is also part of an address.
"""

import re

from dialer.messages import AgentId, AttemptId

AGENT_LEG = "leg"
AGENT_BRIDGE = "agent"
THIRD_PARTY = "third"
TRANSFER_BRIDGE = "transfer"
SELF_TEST = "check"
EPOCH = "p"
"""First letter of every epoch, so that our attempts can be told from channels of others."""

_ATTEMPT = re.compile(rf"{EPOCH}\d+-\d+")
_OURS = (f"{AGENT_LEG}.", f"{THIRD_PARTY}.", f"{SELF_TEST}.")


def epoch_of(run_number: int) -> str:
    """The prefix of the attempt ids of one run of the engine."""
    return f"{EPOCH}{run_number}"


def is_attempt(channel_id: str) -> bool:
    """Whether a channel is a party that we called."""
    return _ATTEMPT.fullmatch(channel_id) is not None


def is_house_leg(channel_id: str) -> bool:
    """Whether a channel is an agent's or a third party's leg, or a call of the self-test."""
    return channel_id.startswith(_OURS)


def self_test_leg(word: str) -> str:
    """A call that `paceline check` places beside the engine, which is to leave it alone."""
    return f"{SELF_TEST}.{word}"


def agent_bridge(agent_id: AgentId) -> str:
    """The bridge that an agent's leg sits in.

    >>> agent_bridge(AgentId("ann"))
    'agent.616e6e'
    """
    return f"{AGENT_BRIDGE}.{agent_id.encode().hex()}"


def agent_leg(agent_id: AgentId, epoch: str, count: int) -> str:
    """A channel to an agent's telephone; each call of it has a name of its own."""
    return f"{AGENT_LEG}.{agent_id.encode().hex()}.{epoch}-{count}"


def agent_of(channel_id: str) -> AgentId | None:
    """Whose leg this is, if it is an agent's.

    >>> agent_of("leg.616e6e.p1-7")
    'ann'
    """
    kind, _, rest = channel_id.partition(".")
    if kind != AGENT_LEG:
        return None
    try:
        return AgentId(bytes.fromhex(rest.partition(".")[0]).decode())
    except ValueError:
        return None


def third_party(attempt_id: AttemptId, count: int) -> str:
    """The leg of a third party that an agent calls during an attempt."""
    return f"{THIRD_PARTY}.{count}.{attempt_id}"


def attempt_of_third_party(channel_id: str) -> AttemptId | None:
    """The attempt that a third party's leg belongs to.

    >>> attempt_of_third_party("third.1.p1-7")
    'p1-7'
    """
    kind, _, rest = channel_id.partition(".")
    return AttemptId(rest.partition(".")[2]) if kind == THIRD_PARTY else None


def transfer_bridge(attempt_id: AttemptId) -> str:
    """The bridge in which client and third party are left to themselves."""
    return f"{TRANSFER_BRIDGE}.{attempt_id}"
