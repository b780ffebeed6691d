"""The agents' nailed-up legs: called once at sign-in, kept up, called again when they fall.

An agent is signed in with the engine when his leg is up, vanishes when it falls and returns with it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dialer.adapters.ari_commands import (
    agent_bridge_requests,
    call_agent,
    end_agent_bridge,
    end_agent_leg,
    join_agent,
)
from dialer.adapters.ari_messages import AriAnswer
from dialer.adapters.asterisk_node import AsteriskNode
from dialer.adapters.leg_ids import agent_bridge, agent_leg, agent_of
from dialer.adapters.node_memory import NodeTruth
from dialer.adapters.node_news import AgentLegGone, AgentLegUp
from dialer.core.events import AgentLoggedIn, AgentReturned, AgentVanished, Event
from dialer.messages import AgentId, NodeId, Refused, SignInRequested

RING_SECONDS_MAX = 20.0  # a telephone that answers by itself needs less; a person who lifts it, no more
CALL_AGAIN_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)  # after a fall; the last one is repeated

_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Leg:
    """One agent's telephone."""

    request: SignInRequested
    node_id: NodeId
    channel_id: str = ""  # the newest call of it
    is_up: bool = False
    is_signed_in: bool = False  # the engine knows him
    falls: int = 0  # calls in a row that came to nothing
    answered: "asyncio.Future[None] | None" = None  # of a sign-in that waits
    calling_again: asyncio.TimerHandle | None = None


class AgentLegs:
    """All agents' legs on all nodes."""

    def __init__(
        self,
        nodes: Mapping[NodeId, AsteriskNode],
        node_of_endpoint: Mapping[str, NodeId],
        epoch: str,
        tell: Callable[[Event], None],
    ) -> None:
        """Take the nodes, where each telephone is configured, and the engine's ear."""
        self._nodes = nodes
        self._node_of_endpoint = node_of_endpoint
        self._epoch = epoch
        self._tell = tell
        self._legs: dict[AgentId, _Leg] = {}
        self._calls = 0
        self._loop = asyncio.get_running_loop()

    # --- signing in and out --------------------------------------------------------------------------------

    async def sign_in(self, request: SignInRequested) -> None:
        """Call an agent's telephone and sign him in when it is up.

        Raises Refused: it is no telephone of ours, its node is away, or it is not answered.
        """
        node_id = self._node_of_endpoint.get(request.endpoint)
        if node_id is None:
            raise Refused(f"expected a telephone of Asterisk's settings, got {request.endpoint!r}")
        leg = self._legs.get(request.agent_id)
        if leg is not None and leg.is_up:
            return
        if leg is None:
            leg = self._legs[request.agent_id] = _Leg(request=request, node_id=node_id)
        if leg.answered is None:
            leg.answered = self._loop.create_future()
            self._call(leg)
        try:
            async with asyncio.timeout(RING_SECONDS_MAX + 2.0):
                await asyncio.shield(leg.answered)
        except (TimeoutError, Refused) as error:
            self._forget(request.agent_id)
            raise Refused(f"the telephone {request.endpoint} did not answer: is it registered?") from error

    def signed_out(self, agent_id: AgentId) -> None:
        """Hang up the telephone of an agent whom the engine has signed out."""
        leg = self._forget(agent_id)
        if leg is not None:
            node = self._nodes[leg.node_id]
            for request in (end_agent_leg(leg.channel_id), end_agent_bridge(agent_id)):
                node.send(request)

    # --- restart and reconnection --------------------------------------------------------------------------

    def adopt(self, request: SignInRequested, node_id: NodeId, truth: NodeTruth | None) -> bool:
        """Take over an agent of the engine before; gives whether his leg is up."""
        leg = self._legs[request.agent_id] = _Leg(request=request, node_id=node_id, is_signed_in=True)
        if truth is not None:
            self._match(request.agent_id, leg, truth)
        if not leg.is_up:
            self._call_again_soon(leg)
        return leg.is_up

    def resynchronise(self, node_id: NodeId, truth: NodeTruth) -> None:
        """Bring the legs of a node in line with what it really has."""
        for agent_id, leg in list(self._legs.items()):
            if leg.node_id != node_id:
                continue
            was_up = leg.is_up
            self._match(agent_id, leg, truth)
            if was_up and not leg.is_up:
                self._fell(agent_id, leg)
            elif not was_up and leg.is_up:
                self._rose(agent_id, leg)
        for channel in truth.channels:
            owner = agent_of(channel.id)
            if owner is not None and owner not in self._legs:
                self._nodes[node_id].send(end_agent_leg(channel.id))

    def _match(self, agent_id: AgentId, leg: _Leg, truth: NodeTruth) -> None:
        """Find the leg among what the node has, and put it into its bridge if it is not there."""
        node = self._nodes[leg.node_id]
        found = [
            channel.id
            for channel in truth.channels
            if agent_of(channel.id) == agent_id and channel.is_in_application
        ]
        leg.is_up = bool(found)
        if not found:
            node.places.agent_legs.pop(agent_id, None)
            return
        leg.channel_id = found[-1]
        node.places.agent_legs[agent_id] = leg.channel_id
        bridged = {member for bridge in truth.bridges for member in bridge.channels}
        if not any(bridge.id == agent_bridge(agent_id) for bridge in truth.bridges):
            for request in agent_bridge_requests(agent_id):
                node.send(request)
        if leg.channel_id not in bridged:
            node.send(join_agent(agent_id, leg.channel_id))

    # --- news of a leg -------------------------------------------------------------------------------------

    def leg_up(self, node_id: NodeId, told: AgentLegUp) -> None:
        """Take an answered telephone into its bridge."""
        leg = self._legs.get(told.agent_id)
        node = self._nodes[node_id]
        if leg is None or leg.channel_id != told.channel_id:
            node.places.agent_legs.pop(told.agent_id, None)
            node.send(end_agent_leg(told.channel_id))
            return
        for request in agent_bridge_requests(told.agent_id):
            node.send(request)
        node.send(join_agent(told.agent_id, told.channel_id))
        leg.is_up = True
        leg.falls = 0
        self._rose(told.agent_id, leg)

    def leg_gone(self, node_id: NodeId, told: AgentLegGone) -> None:
        """Note a telephone that hung up, or did not answer; call it again while its agent is signed in."""
        leg = self._legs.get(told.agent_id)
        if leg is None or leg.channel_id != told.channel_id:
            return
        was_up, leg.is_up = leg.is_up, False
        if leg.answered is not None and not leg.answered.done():
            leg.answered.set_exception(Refused("it hung up"))
        elif was_up:
            self._fell(told.agent_id, leg)
        else:
            leg.falls += 1
            self._call_again_soon(leg)

    def _rose(self, agent_id: AgentId, leg: _Leg) -> None:
        if leg.answered is not None and not leg.answered.done():
            leg.answered.set_result(None)
        leg.answered = None
        if leg.is_signed_in:
            self._tell(AgentReturned(agent_id=agent_id))
            return
        leg.is_signed_in = True
        request = leg.request
        self._tell(
            AgentLoggedIn(
                agent_id=agent_id,
                campaign_ids=request.campaign_ids,
                skills=request.skills,
                node_id=leg.node_id,
            )
        )

    def _fell(self, agent_id: AgentId, leg: _Leg) -> None:
        self._nodes[leg.node_id].places.agent_legs.pop(agent_id, None)
        self._tell(AgentVanished(agent_id=agent_id))
        self._call_again_soon(leg)

    # --- calling -------------------------------------------------------------------------------------------

    def _call(self, leg: _Leg) -> None:
        self._calls += 1
        agent_id = leg.request.agent_id
        leg.channel_id = agent_leg(agent_id, self._epoch, self._calls)
        leg.calling_again = None
        node = self._nodes[leg.node_id]
        if not node.is_connected:
            leg.falls += 1
            self._fail_or_call_again(leg)
            return
        application = node.settings.application
        request = call_agent(application, leg.request.endpoint, leg.channel_id, RING_SECONDS_MAX)
        channel_id = leg.channel_id

        def take(answer: AriAnswer) -> None:
            if not answer.is_done and leg.channel_id == channel_id and not leg.is_up:
                _log.warning("agent leg: Asterisk answered %s", answer.status)
                leg.falls += 1
                self._fail_or_call_again(leg)

        node.send(request, take)

    def _fail_or_call_again(self, leg: _Leg) -> None:
        if leg.answered is not None and not leg.answered.done():
            leg.answered.set_exception(Refused("it could not be called"))
        else:
            self._call_again_soon(leg)

    def _call_again_soon(self, leg: _Leg) -> None:
        if not leg.is_signed_in or leg.calling_again is not None:
            return
        delay = CALL_AGAIN_SECONDS[min(leg.falls, len(CALL_AGAIN_SECONDS) - 1)]
        leg.calling_again = self._loop.call_later(delay, self._call, leg)

    def _forget(self, agent_id: AgentId) -> _Leg | None:
        leg = self._legs.pop(agent_id, None)
        if leg is not None and leg.calling_again is not None:
            leg.calling_again.cancel()
        return leg
