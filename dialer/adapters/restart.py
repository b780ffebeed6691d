"""What an engine that starts is told of what lives: the store's memory, corrected by each node's truth."""

from collections.abc import Iterable, Mapping

from dialer.adapters.leg_ids import agent_of
from dialer.adapters.node_memory import NodeMemory, NodeTruth
from dialer.adapters.store import OpenAttempt, StoredState
from dialer.core.events import LiveAgent, LiveAttempt, StateRestored
from dialer.core.restart_events import CampaignMemory
from dialer.messages import AgentId, AttemptId, NodeId

UNKNOWN = NodeMemory(truth=None)


def restored(
    state: StoredState,
    nodes: Mapping[NodeId, NodeMemory],
    legs_up: Iterable[AgentId],
    now: float,
    campaigns: tuple[CampaignMemory, ...] = (),
) -> StateRestored:
    """Put all memories together; `legs_up` are agents whose telephones are up, `now` is the engine's."""
    up = frozenset(legs_up)
    attempts = tuple(
        live_attempt(attempt, nodes.get(attempt.node_id, UNKNOWN), now) for attempt in state.attempts
    )
    agents = tuple(
        LiveAgent(
            agent_id=agent.agent_id,
            campaign_ids=agent.campaign_ids,
            is_available=agent.is_available,
            skills=agent.skills,
            node_id=agent.node_id,
            has_leg=agent.agent_id in up,
            wrapping_up_attempt_id=agent.owed_attempt_id,
            wrapping_up_campaign_id=agent.owed_campaign_id,
            wrapping_up_lead=agent.owed_lead,
            pause_reason=agent.pause_reason,
        )
        for agent in state.agents
    )
    return StateRestored(
        attempts=attempts, agents=agents, reservations=state.reservations, memories=campaigns
    )


def live_attempt(attempt: OpenAttempt, memory: NodeMemory, now: float) -> LiveAttempt:
    """One attempt on record as begun and not ended."""
    truth, attempt_id = memory.truth, attempt.attempt_id
    message_at = memory.messages.get(attempt_id)
    end_cause = memory.ends.get(attempt_id)
    is_up = end_cause is None and (truth is None or any(each.id == attempt_id for each in truth.channels))
    agent_id = bridged_with(attempt_id, truth) if is_up else None
    is_answered = truth is not None and attempt_id in truth.in_application
    answered_at = memory.answers.get(attempt_id, message_at)
    if answered_at is None and is_answered:
        answered_at = now
    return LiveAttempt(
        attempt_id=attempt_id,
        campaign_id=attempt.campaign_id,
        lead=attempt.lead,
        e164=attempt.e164,
        node_id=attempt.node_id,
        trunk_id=attempt.trunk_id,
        dialed_at=attempt.dialed_at,
        is_up=is_up,
        answered_at=answered_at,
        agent_id=agent_id or attempt.agent_id,
        bridged_at=now if agent_id is not None else None,
        has_message=message_at is not None,
        end_cause=end_cause,
    )


def bridged_with(attempt_id: AttemptId, truth: NodeTruth | None) -> AgentId | None:
    """The agent whose leg is in one bridge with this call."""
    for bridge in truth.bridges if truth is not None else ():
        if attempt_id in bridge.channels:
            return next(
                (agent for member in bridge.channels if (agent := agent_of(member)) is not None), None
            )
    return None
