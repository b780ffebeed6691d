"""What an engine that was started again is told of what lives; part of `events`, the whole set."""

from dataclasses import dataclass

from dialer.core.leads import Lead
from dialer.core.outcomes import EndCause
from dialer.messages import AgentId, AttemptId, CampaignId, NodeId, TrunkId
from rules.detection import DetectionVerdict
from rules.window_counter import AbandonHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAgent:
    """An agent as the store remembers him."""

    agent_id: AgentId
    campaign_ids: tuple[CampaignId, ...]
    is_available: bool  # his status; False: paused
    skills: frozenset[str] = frozenset()  # as at his signing in
    node_id: NodeId | None = None
    has_leg: bool = True  # False: his leg is gone
    wrapping_up_attempt_id: AttemptId | None = None  # a talk whose disposition is still owed
    wrapping_up_campaign_id: CampaignId | None = None  # its campaign; set whenever the attempt is
    wrapping_up_lead: Lead | None = None  # as dialed, if its next state still waits for his word
    pause_reason: str = ""  # what he gave; empty when available


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAttempt:
    """An attempt that is on record as begun and not as ended, with what its Asterisk says of it.

    Instants are on the new engine's clock, so they may be negative.
    """

    attempt_id: AttemptId
    campaign_id: CampaignId
    lead: Lead | None  # None: an inbound call
    e164: str  # the number dialed, or the caller's
    node_id: NodeId
    trunk_id: TrunkId | None  # None: an inbound call
    dialed_at: float  # when it was begun
    is_up: bool  # the leg exists
    answered_at: float | None = None  # None: not answered
    verdict: DetectionVerdict | None = None
    agent_id: AgentId | None = None  # the agent in the same bridge, or the one who dialed by hand
    bridged_at: float | None = None  # None: not bridged
    has_message: bool = False  # a message is (or was, where it is gone) played to it
    end_cause: EndCause | None = None  # what the network said of its end; None: it lives, or nobody knows


@dataclass(frozen=True, slots=True, kw_only=True)
class PacerState:
    """What a campaign's pacer had learned when it was put on record."""

    campaign_id: CampaignId
    method: str  # only a pacer of the same method can go on from it
    data: bytes  # as `Pacer.export_state` gave it


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignMemory:
    """A campaign's past: what the windows of its law have counted, and what its pacer had learned."""

    campaign_id: CampaignId
    first_answer_at: float | None  # POSIX seconds, of its first answered call; None: there was none
    histories: tuple[AbandonHistory, ...] = ()  # ended calls by each definition of its law
    pacer: PacerState | None = None  # None: nothing that can be used


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRestored:
    """The engine was started again: this is what lives. Comes after settings, before anything else."""

    attempts: tuple[LiveAttempt, ...]
    agents: tuple[LiveAgent, ...]
    reservations: tuple[tuple[CampaignId, tuple[Lead, ...]], ...] = ()  # leases not yet dialed
    memories: tuple[CampaignMemory, ...] = ()  # of campaigns that have a past
