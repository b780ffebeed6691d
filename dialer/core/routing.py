"""Who takes an answered call: the idle agents in order, and the waiting calls in order.

Order among agents: the one the party knows (callback's agent, owner, transfer's target), else the first
of the campaign's idle agents with the skill that the call needs. Who has not had the campaign's seconds of
rest since his last call is passed by for one who has; a client never waits for anybody's rest.
Order among calls: inbound callers first, then whoever has waited longest.
Agent and call meet on one node only: a bridge does not reach from one Asterisk to another. An agent of no
node (None) can be bridged anywhere.
"""

import heapq
import math

from dialer.core.agent_session import AgentSession
from dialer.core.call_attempt import CallAttempt
from dialer.core.settings import RoutingOrder
from dialer.core.world import World
from dialer.messages import AgentId, CampaignId, NodeId

PoolKey = tuple[CampaignId, str | None, NodeId | None]
"""Campaign, skill (None: any agent of the campaign) and the agents' node."""

Place = tuple[float, int, int, AgentSession]
"""Turn, order of signing in, ticket, and whose place in line it is; the lowest is first."""

REST_SETTING = "rest_seconds_min"
"""The setting of a pacing method that says how long an agent should rest between two calls."""

_COMPACT_ABOVE = 64  # entries below which stale ones are not worth looking for


class IdlePool:
    """The idle agents of one campaign (with one skill), first in turn first.

    An agent stands in several pools with one ticket; giving the ticket back takes him out of all of them at
    once, and his stale entries are skipped when they come up.
    """

    __slots__ = ("_compact_above", "_heap")

    def __init__(self) -> None:
        """Begin empty."""
        self._heap: list[Place] = []
        self._compact_above = _COMPACT_ABOVE

    def add(self, agent: AgentSession, turn: float) -> None:
        """Let an agent with a ticket stand in line; the lowest `turn` is first, then who signed in first."""
        if len(self._heap) >= self._compact_above:
            self._heap = [entry for entry in self._heap if entry[3].pool_ticket == entry[2]]
            heapq.heapify(self._heap)
            self._compact_above = max(_COMPACT_ABOVE, 2 * len(self._heap))
        heapq.heappush(self._heap, (turn, agent.sequence, agent.pool_ticket, agent))

    def first(self, passed_by: AgentId | None = None, rested_since: float = math.inf) -> Place | None:
        """Find the place of the agent whose turn it is, leaving him in line; one agent may be passed by.

        Who became idle after `rested_since` still rests: he comes only where all do, the longest idle first.
        """
        heap = self._heap
        passed: list[Place] = []
        found: Place | None = None
        while heap and found is None:
            _, _, ticket, agent = place = heap[0]
            if agent.pool_ticket != ticket:
                heapq.heappop(heap)
            elif agent.agent_id == passed_by or agent.state_since > rested_since:
                passed.append(heapq.heappop(heap))
            else:
                found = place
        for place in passed:
            heapq.heappush(heap, place)
        resting = [place for place in passed if place[3].agent_id != passed_by]
        return found or min(resting, key=lambda place: (place[3].state_since, place[1]), default=None)


class Switchboard:
    """All pools of idle agents."""

    __slots__ = ("_pools", "_ticket")

    def __init__(self) -> None:
        """Begin without agents."""
        self._pools: dict[PoolKey, IdlePool] = {}
        self._ticket = 0

    def join(self, world: World, agent: AgentSession) -> None:
        """Let a ready agent stand in line in all of his campaigns, for each of his skills."""
        self._ticket += 1
        agent.pool_ticket = self._ticket
        for campaign_id in agent.campaign_ids:
            campaign = world.campaigns.get(campaign_id)
            if campaign is None:
                continue
            # Cumulative idle time grows equally for everyone who is idle, so this difference keeps the order.
            is_fair = campaign.settings.routing_order is RoutingOrder.FAIR_IDLE
            turn = agent.state_since - (agent.idle_seconds if is_fair else 0.0)
            self._pool((campaign_id, None, agent.node_id)).add(agent, turn)
            for skill in agent.skills:
                self._pool((campaign_id, skill, agent.node_id)).add(agent, turn)

    def leave(self, agent: AgentSession) -> None:
        """Take an agent out of every line he stands in."""
        agent.pool_ticket = 0

    def find_agent(self, world: World, attempt: CallAttempt) -> AgentSession | None:
        """Find the ready agent who takes this call; None when it has to wait."""
        if attempt.preferred_agent_id is not None:
            preferred = world.agents.get(attempt.preferred_agent_id)
            if preferred is not None and preferred.pool_ticket and self._suits(preferred, attempt):
                return preferred
        campaign_id, skill = attempt.campaign.settings.campaign_id, attempt.required_skill
        rested_since = _rested_since(attempt, world.now)
        places = []
        for node_id in (attempt.node_id, None):
            pool = self._pools.get((campaign_id, skill, node_id))
            place = pool.first(attempt.handed_on_by, rested_since) if pool is not None else None
            if place is not None:
                places.append((max(place[3].state_since, rested_since), *place))
        return min(places)[4] if places else None

    def find_call(self, world: World, agent: AgentSession) -> CallAttempt | None:
        """Find the waiting call that a ready agent takes next."""
        best: CallAttempt | None = None
        for campaign_id in agent.campaign_ids:
            campaign = world.campaigns.get(campaign_id)
            if campaign is None or not campaign.waiting:
                continue
            for attempt in campaign.waiting.values():
                if self._suits(agent, attempt) and (best is None or _is_before(attempt, best)):
                    best = attempt
        return best

    def _pool(self, key: PoolKey) -> IdlePool:
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = IdlePool()
        return pool

    @staticmethod
    def _suits(agent: AgentSession, attempt: CallAttempt) -> bool:
        if agent.agent_id == attempt.handed_on_by or not agent.can_reach(attempt.node_id):
            return False
        return attempt.required_skill is None or attempt.required_skill in agent.skills


def _rested_since(attempt: CallAttempt, now: float) -> float:
    """Since when an agent must have been idle to have had the campaign's rest; infinite: everybody has.

    Where the longest idle comes first anyway, no rule of rest can find anybody who has rested more.
    """
    settings = attempt.campaign.settings
    rest_seconds = settings.pacing_settings.get(REST_SETTING, 0.0)
    if rest_seconds <= 0.0 or settings.routing_order is RoutingOrder.LONGEST_IDLE:
        return math.inf
    return now - rest_seconds


def _is_before(attempt: CallAttempt, other: CallAttempt) -> bool:
    """Inbound callers first, then whoever has waited longest."""
    return (not attempt.is_inbound, attempt.sequence) < (not other.is_inbound, other.sequence)
