"""Names of channels and bridges tell whose they are, whatever an agent is called."""

from hypothesis import given
from hypothesis import strategies as st

from dialer.adapters.leg_ids import (
    agent_bridge,
    agent_leg,
    agent_of,
    attempt_of_third_party,
    epoch_of,
    is_attempt,
    is_house_leg,
    third_party,
)
from dialer.messages import AgentId, AttemptId


@given(name=st.text(min_size=1, max_size=40), count=st.integers(0, 10**9))
def test_agent_of_any_name_is_read_back_from_his_leg(name: str, count: int) -> None:
    """Slashes, blanks and dots in a name neither break an address nor make somebody else of him."""
    name = name.encode(errors="ignore").decode()
    channel_id = agent_leg(AgentId(name), epoch_of(7), count)
    assert agent_of(channel_id) == name
    assert is_house_leg(channel_id)
    assert not is_attempt(channel_id)
    assert set(channel_id + agent_bridge(AgentId(name))) <= set("0123456789abcdeflginpt.-")


def test_third_party_belongs_to_its_attempt() -> None:
    """The attempt is read back from the name of the third party's leg, and it is not taken for an attempt."""
    channel_id = third_party(AttemptId("p3-17"), 2)
    assert attempt_of_third_party(channel_id) == "p3-17"
    assert is_house_leg(channel_id)
    assert agent_of(channel_id) is None


def test_channel_of_somebody_else_is_no_attempt() -> None:
    """Only an epoch and a number make an attempt; Asterisk's own names do not."""
    assert is_attempt("p3-17")
    for name in ("1700000000.12", "p3-", "p-17", "xp3-17", "p3-17-x", "snoop.p3-17"):
        assert not is_attempt(name)
