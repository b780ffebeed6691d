"""The virtual telephone network: it carries out the engine's commands and tells it what happened.

It implements the same commands and events as Asterisk behind its adapter, in virtual time.
It decides nothing about dialing; it knows what really is, while the engine knows only what it was told.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from dialer.core.commands import (
    CheckCall,
    ConnectToAgent,
    DetectAnswer,
    Dial,
    HangUp,
    HoldCall,
    LeaveVoicemailMessage,
    PlayCampaignMessage,
    PlaySafeHarbourMessage,
    ReleaseAgent,
)
from dialer.core.events import (
    AnswerClassified,
    BeepHeard,
    CallAnswered,
    CallConnected,
    CallEnded,
    CallRinging,
    CallStillUp,
    ConnectFailed,
    DialFailed,
    Event,
    GreetingEnded,
    MessageEnded,
)
from dialer.core.outcomes import EndCause
from dialer.messages import AgentId, AttemptId, NodeId
from simulations.call_leg import CallLeg, LegState, ThirdParty
from simulations.called_parties import CalledParties, PartyKind
from simulations.carrier import Carrier
from simulations.command_faults import CommandFaults
from simulations.event_list import EventList
from simulations.network_plan import (
    ANY_NODE,
    DIAL_FAILURE_SECONDS,
    HANG_UP_SLACK_SECONDS,
    MACHINE_NOTICE_SECONDS,
    NEVER_SECONDS,
    REFUSALS,
    REJECTED_RING_SECONDS,
    NetworkPlan,
)
from simulations.virtual_agent import VirtualAgent


class Talks(Protocol):
    """Who has to hear of talks: the virtual floor."""

    def talk_began(self, agent: VirtualAgent, leg: CallLeg, seconds: float, agent_ends: bool) -> None:
        """Client and agent hear each other; the talk is to last so long, and the agent ends it or not."""
        ...

    def talk_ended(self, agent: VirtualAgent, leg: CallLeg) -> None:
        """The agent is alone again."""
        ...


class VirtualNetwork:
    """Every leg of every node."""

    def __init__(
        self,
        plan: NetworkPlan,
        events: EventList,
        carrier: Carrier,
        agents: Mapping[AgentId, VirtualAgent],
        begin_attempt: Callable[[Dial], tuple[CalledParties, int, int]],
        emit: Callable[[Event, NodeId], None],
    ) -> None:
        """Join the parts; `emit` takes what the engine is to be told, and from which node."""
        self.plan = plan
        self.carrier = carrier
        self.legs: dict[AttemptId, CallLeg] = {}
        self.faults: CommandFaults | None = None
        self.talks: Talks | None = None  # set once, when the floor is built
        self.counts: Counter[str] = Counter()  # what really happened, by kind
        self.events = events
        self._agents = agents
        self._begin_attempt = begin_attempt
        self._emit = emit
        self._silenced: dict[AttemptId, NodeId] = {}  # legs that died with their node

    # --- dialing -----------------------------------------------------------------------------------------

    def dial(self, command: Dial) -> None:
        """Begin a leg, if neither a fault nor the carrier is against it."""
        now = self.events.now
        parties, lead_index, number = self._begin_attempt(command)
        kind = parties.kind(lead_index, number, now)
        leg = CallLeg(command.attempt_id, parties, lead_index, number, command.node_id, kind)
        leg.lead_id = command.lead_id
        leg.e164 = command.e164
        leg.ring_timeout_seconds = command.ring_timeout_seconds
        congestion_draw = 1.0
        if self.faults is not None:
            if self.faults.loses_dial(command.node_id):
                self._silenced[command.attempt_id] = command.node_id
                return
            if self.faults.fails_dial(command.node_id):
                self.events.schedule(now + DIAL_FAILURE_SECONDS, self._dial_failed, leg)
                return
            congestion_draw = self.faults.draw()
        delay = parties.post_dial_delay.value(lead_index, number)
        self.legs[command.attempt_id] = leg
        refusal = self.carrier.refusal(command.trunk_id, now, congestion_draw)
        if refusal is not None:
            self.counts["carrier refused"] += 1
            self.events.schedule(now + delay, self._congested, leg, leg.token)
            return
        leg.trunk_id = command.trunk_id
        self.events.schedule(now + delay, self._ring, leg, leg.token)

    def _dial_failed(self, leg: CallLeg, _: int) -> None:
        event = DialFailed(attempt_id=leg.attempt_id, cause=EndCause.FAILED, reason="command refused")
        self._emit(event, leg.node_id)

    def _congested(self, leg: CallLeg, token: int) -> None:
        if leg.token == token:
            self.end(leg, EndCause.CONGESTION)

    def _ring(self, leg: CallLeg, token: int) -> None:
        """The carrier has found its way: the far end rings, or cannot."""
        if leg.token != token:
            return
        kind = leg.kind
        if kind in REFUSALS:
            self.end(leg, REFUSALS[kind])
            return
        leg.state = LegState.RINGING
        self._emit(CallRinging(attempt_id=leg.attempt_id), leg.node_id)
        seconds = leg.ring_timeout_seconds
        action = self._ring_out
        if kind is PartyKind.HUMAN:
            ring = leg.parties.ring.value(leg.lead_index, leg.attempt_number)
        elif kind is PartyKind.MACHINE:
            ring = leg.parties.machine_ring.value(leg.lead_index, leg.attempt_number)
        elif kind is PartyKind.REJECTED:
            ring, action = REJECTED_RING_SECONDS, self._decline
            seconds = min(ring, seconds)
        else:
            ring = seconds
        if ring < seconds:
            seconds, action = ring, self._answer
        self.events.schedule(self.events.now + seconds, action, leg, token)

    def _ring_out(self, leg: CallLeg, token: int) -> None:
        if leg.token == token:
            self.end(leg, EndCause.NO_ANSWER)

    def _decline(self, leg: CallLeg, token: int) -> None:
        if leg.token == token:
            self.end(leg, EndCause.REJECTED)

    # --- the answer --------------------------------------------------------------------------------------

    def _answer(self, leg: CallLeg, token: int) -> None:
        if leg.token != token:
            return
        now, parties, index, number = self.events.now, leg.parties, leg.lead_index, leg.attempt_number
        leg.state = LegState.UP
        leg.answered_at = now
        self._emit(CallAnswered(attempt_id=leg.attempt_id), leg.node_id)
        if leg.kind is PartyKind.HUMAN:
            patience = parties.patience.value(index, number)
            if self.plan.reports_greeting_end:
                self.events.schedule(now + parties.greeting.value(index, number), self._greeting_end, leg)
        else:
            greeting = parties.machine_greeting.value(index, number)
            patience = greeting + parties.machine_recording.value(index, number)
            self.events.schedule(now + greeting, self._beep, leg)
        if patience < NEVER_SECONDS:
            self.events.schedule(now + patience, self._client_leaves, leg, token)

    def _greeting_end(self, leg: CallLeg, _: int) -> None:
        if leg.state is LegState.UP:
            self._emit(GreetingEnded(attempt_id=leg.attempt_id), leg.node_id)

    def _beep(self, leg: CallLeg, _: int) -> None:
        if leg.state is LegState.UP and leg.detection_ordered and leg.agent is None:
            self._emit(BeepHeard(attempt_id=leg.attempt_id), leg.node_id)

    def _client_leaves(self, leg: CallLeg, token: int) -> None:
        if leg.token == token:
            self.end(leg, EndCause.NORMAL)

    def detect(self, command: DetectAnswer) -> None:
        """Start listening."""
        leg = self.legs.get(command.attempt_id)
        if leg is None:
            return
        leg.detection_ordered = True
        delay = leg.parties.detection_delay.value(leg.lead_index, leg.attempt_number)
        self.events.schedule(self.events.now + delay, self._classify, leg)

    def _classify(self, leg: CallLeg, _: int) -> None:
        if leg.state is not LegState.UP:
            return
        draw = leg.parties.detection_error.value(leg.lead_index, leg.attempt_number)
        is_human = leg.kind is PartyKind.HUMAN
        leg.verdict = leg.parties.population.detector.verdict(is_human, draw)
        self._emit(AnswerClassified(attempt_id=leg.attempt_id, verdict=leg.verdict), leg.node_id)

    # --- messages ----------------------------------------------------------------------------------------

    def play_safe_harbour(self, command: PlaySafeHarbourMessage) -> None:
        """Play the message for those whom no agent met."""
        self._play(command.attempt_id, self.plan.safe_harbour_seconds)

    def leave_voicemail(self, command: LeaveVoicemailMessage) -> None:
        """Leave the campaign's message on a machine."""
        self._play(command.attempt_id, self.plan.voicemail_seconds)

    def play_broadcast(self, command: PlayCampaignMessage) -> None:
        """Play an agentless campaign's message."""
        self._play(command.attempt_id, self.plan.broadcast_seconds)

    def _play(self, attempt_id: AttemptId, seconds: float) -> None:
        leg = self.legs.get(attempt_id)
        if leg is None or leg.state is not LegState.UP:
            self._answer_for_gone(attempt_id)
            return
        leg.has_message = True
        leg.token += 1
        action = self._message_end
        if leg.kind is PartyKind.HUMAN:
            patience = leg.parties.message_patience.value(leg.lead_index, leg.attempt_number)
            if patience < seconds:
                seconds, action = patience, self._client_leaves
        self.events.schedule(self.events.now + seconds, action, leg, leg.token)

    def _message_end(self, leg: CallLeg, token: int) -> None:
        if leg.token != token:
            return
        leg.has_message = False
        self._emit(MessageEnded(attempt_id=leg.attempt_id), leg.node_id)
        # Should nobody hang up, the party does.
        if leg.token == token:
            self.leave_after(leg, HANG_UP_SLACK_SECONDS)

    # --- bridging ----------------------------------------------------------------------------------------

    def connect(self, command: ConnectToAgent) -> None:
        """Put the client into the agent's bridge."""
        leg = self.legs.get(command.attempt_id)
        if leg is None or leg.state is not LegState.UP:
            self._answer_for_gone(command.attempt_id)
            return
        leg.connect_number += 1
        leg.connecting = self._agents[command.agent_id]
        if self.faults is not None and self.faults.fails_connect(leg.node_id):
            leg.connecting = None
            event = ConnectFailed(
                attempt_id=leg.attempt_id, agent_id=command.agent_id, reason="command refused"
            )
            self._emit(event, leg.node_id)
            return
        at = self.events.now + self.plan.connect_seconds
        self.events.schedule(at, self._connect, leg, leg.connect_number)

    def _connect(self, leg: CallLeg, connect_number: int) -> None:
        agent = leg.connecting
        if leg.connect_number != connect_number or leg.state is not LegState.UP or agent is None:
            return
        leg.connecting = None
        has_leg = agent.has_leg and agent.node_id in (None, leg.node_id)
        if not has_leg or (agent.leg is not None and agent.leg is not leg):
            reason = "the agent is on another call" if has_leg else "the agent has no leg on this node"
            event = ConnectFailed(attempt_id=leg.attempt_id, agent_id=agent.agent_id, reason=reason)
            self._emit(event, leg.node_id)
            return
        if leg.agent is not agent:
            self.part(leg)
            self._begin_talk(leg, agent)
        self._emit(CallConnected(attempt_id=leg.attempt_id, agent_id=agent.agent_id), leg.node_id)

    def _begin_talk(self, leg: CallLeg, agent: VirtualAgent) -> None:
        assert self.talks is not None
        parties, index, number = leg.parties, leg.lead_index, leg.attempt_number
        now = self.events.now
        leg.agent = agent
        leg.bridged_at = now
        leg.token += 1
        if leg.kind is PartyKind.MACHINE:
            seconds, agent_ends = MACHINE_NOTICE_SECONDS, True
        else:
            draws = parties.talk if leg.conversations == 0 else parties.talk_again
            seconds = draws.value(index, number) * parties.talk_factor(now)
            agent_ends = parties.hang_up_side.value(index, number) < parties.population.agent_hangs_up_ratio
        leg.conversations += 1
        leaves_at = now + seconds + (HANG_UP_SLACK_SECONDS if agent_ends else 0.0)
        self.events.schedule(leaves_at, self._client_leaves, leg, leg.token)
        self.talks.talk_began(agent, leg, seconds, agent_ends)

    def part(self, leg: CallLeg) -> None:
        """Take the agent out of the client's bridge, if there is one; the client stays on the line."""
        agent = leg.agent
        if agent is None:
            return
        assert self.talks is not None
        leg.agent = None
        leg.is_on_hold = False
        leg.token += 1
        parties, index, number = leg.parties, leg.lead_index, leg.attempt_number
        draws = parties.talk_again if leg.third_party is ThirdParty.JOINED else parties.queue_patience
        patience = draws.value(index, number)
        if patience < NEVER_SECONDS:
            self.leave_after(leg, patience)
        self.talks.talk_ended(agent, leg)

    def release_agent(self, command: ReleaseAgent) -> None:
        """Take this agent out of the client's bridge, or stop bridging him."""
        leg = self.legs.get(command.attempt_id)
        if leg is None:
            return
        if leg.agent is not None and leg.agent.agent_id == command.agent_id:
            self.part(leg)
        if leg.connecting is not None and leg.connecting.agent_id == command.agent_id:
            leg.connecting = None
            leg.connect_number += 1

    def hold(self, command: HoldCall) -> None:
        """Put the client on hold."""
        leg = self.legs.get(command.attempt_id)
        if leg is not None:
            leg.is_on_hold = True

    def leave_after(self, leg: CallLeg, seconds: float) -> None:
        """Let the party hang up in so many seconds, unless something happens to it before."""
        self.events.schedule(self.events.now + seconds, self._client_leaves, leg, leg.token)

    # --- the end -----------------------------------------------------------------------------------------

    def hang_up(self, command: HangUp) -> None:
        """Take a leg down; for one that is gone already, say so again."""
        leg = self.legs.get(command.attempt_id)
        if leg is None:
            self._answer_for_gone(command.attempt_id)
            return
        if self.faults is not None and self.faults.loses_hang_up(leg.node_id):
            return
        leg.token += 1
        leg.connect_number += 1
        self.leave_after(leg, self.plan.hang_up_seconds)

    def end(self, leg: CallLeg, cause: EndCause, *, is_silent: bool = False) -> None:
        """End a leg; silently when its node dies with it."""
        leg.state = LegState.GONE
        leg.token += 1
        leg.third_party = ThirdParty.NONE
        leg.third_number += 1
        del self.legs[leg.attempt_id]
        if leg.trunk_id is not None:
            self.carrier.release(leg.trunk_id)
        if is_silent:
            self._silenced[leg.attempt_id] = leg.node_id
        else:
            self._emit(CallEnded(attempt_id=leg.attempt_id, cause=cause), leg.node_id)
        agent = leg.agent
        if agent is not None:
            assert self.talks is not None
            leg.agent = None
            self.talks.talk_ended(agent, leg)

    def check(self, command: CheckCall) -> None:
        """Say whether a leg is there."""
        leg = self.legs.get(command.attempt_id)
        if leg is None:
            self._answer_for_gone(command.attempt_id)
        elif self.faults is None or not self.faults.is_node_down(leg.node_id):
            self.events.schedule(self.events.now + self.plan.check_seconds, self._still_up, leg)

    def _still_up(self, leg: CallLeg, _: int) -> None:
        if leg.state is not LegState.GONE:
            self._emit(CallStillUp(attempt_id=leg.attempt_id), leg.node_id)

    def _answer_for_gone(self, attempt_id: AttemptId) -> None:
        """A command for a leg that is not there is answered as Asterisk's 404 is: the leg has ended."""
        node_id = self._silenced.get(attempt_id)
        if node_id is not None and self.faults is not None and self.faults.is_node_down(node_id):
            return
        self.events.schedule(self.events.now + self.plan.hang_up_seconds, self._gone, attempt_id)

    def _gone(self, attempt_id: AttemptId, _: int) -> None:
        if attempt_id not in self.legs:
            self._emit(CallEnded(attempt_id=attempt_id, cause=EndCause.NORMAL), ANY_NODE)
