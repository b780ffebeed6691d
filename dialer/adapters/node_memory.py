"""What a node really has, and what happened there while no engine listened."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialer.adapters.ari_messages import AriBridge, AriChannel
from dialer.adapters.leg_ids import is_attempt, is_house_leg
from dialer.core.outcomes import EndCause
from dialer.messages import AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTruth:
    """What a node really has, taken when it (re)connected."""

    taken_at: float  # engine clock
    channels: tuple[AriChannel, ...]
    bridges: tuple[AriBridge, ...]

    @property
    def in_application(self) -> frozenset[str]:
        """Channels that have reached us."""
        return frozenset(channel.id for channel in self.channels if channel.is_in_application)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMemory:
    """What one node knows at a restart."""

    truth: NodeTruth | None  # None: it is not connected; its calls are taken for alive
    ends: Mapping[AttemptId, EndCause] = field(default_factory=dict)  # of calls that ended meanwhile
    answers: Mapping[AttemptId, float] = field(default_factory=dict)  # answered meanwhile, engine clock
    messages: Mapping[AttemptId, float] = field(default_factory=dict)  # given the message by the node, when


def called_parties(truth: NodeTruth) -> dict[AttemptId, AriChannel]:
    """The channels that are attempts: those we dialed, and callers who have reached us."""
    return {
        AttemptId(channel.id): channel
        for channel in truth.channels
        if is_attempt(channel.id) or (channel.is_in_application and not is_house_leg(channel.id))
    }
