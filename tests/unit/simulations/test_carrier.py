"""The carrier: channels, calls in any one second, congestion."""

from dialer.core.outcomes import EndCause
from dialer.core.settings import TrunkSettings
from dialer.messages import NodeId, TrunkId
from simulations.carrier import Carrier

TRUNK = TrunkId("trunk")
NEVER_CONGESTED = 1.0


def carrier(channels: int = 100, per_second: float = 3.0) -> Carrier:
    """A carrier with one trunk."""
    settings = TrunkSettings(
        trunk_id=TRUNK, node_id=NodeId("node"), channels_max=channels, calls_per_second_max=per_second
    )
    return Carrier((settings,))


def test_call_beyond_the_rate_of_any_second_is_refused() -> None:
    """Three in one second pass; the fourth passes only when the first is a second old."""
    one = carrier()
    taken = [one.refusal(TRUNK, at, NEVER_CONGESTED) is None for at in (0.0, 0.5, 0.9, 0.95, 1.0, 1.4)]
    assert taken == [True, True, True, False, True, False]


def test_call_beyond_the_channels_is_refused_until_one_is_given_back() -> None:
    """A channel is held until its call ends."""
    one = carrier(channels=1)
    assert one.refusal(TRUNK, 0.0, NEVER_CONGESTED) is None
    assert one.refusal(TRUNK, 0.1, NEVER_CONGESTED) is EndCause.CONGESTION
    one.release(TRUNK)
    assert one.refusal(TRUNK, 0.2, NEVER_CONGESTED) is None


def test_congested_trunk_refuses_its_share() -> None:
    """The draw of the call decides; a refused call takes no channel."""
    one = carrier()
    one.trunks[TRUNK].congested_ratio = 0.4
    assert one.refusal(TRUNK, 0.0, 0.39) is EndCause.CONGESTION
    assert one.refusal(TRUNK, 0.0, 0.41) is None
    assert (one.trunks[TRUNK].channels_used, one.trunks[TRUNK].calls_refused) == (1, 1)


def test_trunk_out_of_service_refuses_everything() -> None:
    """Until it returns."""
    one = carrier()
    one.trunks[TRUNK].is_in_service = False
    assert one.refusal(TRUNK, 0.0, NEVER_CONGESTED) is EndCause.CONGESTION
