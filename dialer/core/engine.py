"""The deciding engine: told events, it answers with commands; it does no I/O and reads no clock.

Three verbs: `handle(event, now)`, `tick(now)`, `next_wakeup()`; nothing else changes it.
`now` is seconds on any steady clock of the caller's, the same for all calls.
The order of commands is the order in which they are to be carried out.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dialer.core import agent_flow, call_flow, detecting, events, house_flow, queue_flow, talk_flow
from dialer.core.agent_session import AgentSession
from dialer.core.call_attempt import HEARD_IN, IGNORED_BECAUSE, AttemptState, CallAttempt
from dialer.core.calling_checks import CallingChecks
from dialer.core.campaign import Campaign
from dialer.core.commands import Command
from dialer.core.dialing import decide
from dialer.core.events import Event
from dialer.core.restart_events import PacerState
from dialer.core.restoring import state_restored
from dialer.core.routing import Switchboard
from dialer.core.settings import EngineSettings
from dialer.core.world import World
from dialer.messages import AgentFloor, CampaignFloor, FloorSnapshot

# `Any`: each handler takes its own event class; the tests walk all of `Event` against these tables.
_AttemptHandler = Callable[[World, CallAttempt, Any], None]
_AgentHandler = Callable[[World, AgentSession, Any], None]
_HouseHandler = Callable[[World, Any], None]

ATTEMPT_HANDLERS: Mapping[type, _AttemptHandler] = {
    events.CallRinging: call_flow.call_ringing,
    events.CallAnswered: call_flow.call_answered,
    events.GreetingEnded: detecting.greeting_ended,
    events.SpeechStarted: detecting.speech_started,
    events.SpeechEnded: detecting.speech_ended,
    events.AnswerClassified: detecting.answer_classified,
    events.BeepHeard: detecting.beep_heard,
    events.CallConnected: call_flow.call_connected,
    events.ConnectFailed: call_flow.connect_failed,
    events.MessageEnded: call_flow.message_ended,
    events.SafeHarbourStarted: call_flow.safe_harbour_started,
    events.CallEnded: call_flow.call_ended,
    events.DialFailed: call_flow.dial_failed,
    events.CallStillUp: call_flow.call_still_up,
    events.CallerMoved: queue_flow.caller_moved,
    events.CallbackRequested: queue_flow.callback_requested,
    events.ThirdPartyAnswered: call_flow.third_party_answered,
    events.ThirdPartyEnded: call_flow.third_party_ended,
    events.AgentHungUp: talk_flow.agent_hung_up,
    events.AgentHeldCall: talk_flow.agent_held_call,
    events.AgentResumedCall: talk_flow.agent_resumed_call,
    events.AgentTransferredCall: talk_flow.agent_transferred_call,
    events.AgentStartedConsultation: talk_flow.agent_started_consultation,
    events.AgentJoinedParties: talk_flow.agent_joined_parties,
    events.AgentLeftParties: talk_flow.agent_left_parties,
    events.SupervisorTookCall: talk_flow.supervisor_took_call,
}
"""What follows from an event about one attempt."""

AGENT_HANDLERS: Mapping[type, _AgentHandler] = {
    events.AgentLoggedOut: agent_flow.agent_logged_out,
    events.AgentBecameAvailable: agent_flow.agent_became_available,
    events.AgentPaused: agent_flow.agent_paused,
    events.AgentVanished: agent_flow.agent_vanished,
    events.AgentReturned: agent_flow.agent_returned,
    events.AgentRequestedDial: agent_flow.agent_requested_dial,
    events.PreviewAccepted: agent_flow.preview_accepted,
    events.PreviewSkipped: agent_flow.preview_skipped,
    events.DispositionSaved: agent_flow.disposition_saved,
    events.SupervisorPausedAgent: agent_flow.agent_paused,
    events.SupervisorLoggedOutAgent: agent_flow.supervisor_logged_out_agent,
}
"""What follows from an event about one agent who is signed in."""

HOUSE_HANDLERS: Mapping[type, _HouseHandler] = {
    events.AgentLoggedIn: agent_flow.agent_logged_in,
    events.InboundCallArrived: house_flow.inbound_call_arrived,
    events.TrunkConfigured: house_flow.trunk_configured,
    events.TrunkLost: house_flow.trunk_lost,
    events.TrunkReturned: house_flow.trunk_returned,
    events.NodeLost: house_flow.node_lost,
    events.NodeResynchronised: house_flow.node_resynchronised,
    events.WallClockSet: house_flow.wall_clock_set,
    events.LeadsReserved: house_flow.leads_reserved,
    events.LeadWithdrawn: house_flow.lead_withdrawn,
    events.DoNotCallAdded: house_flow.do_not_call_added,
    events.CampaignConfigured: house_flow.campaign_configured,
    events.CampaignStatusSet: house_flow.campaign_status_set,
    events.StateRestored: state_restored,
}
"""What follows from any other event."""

_OF_ITS_AGENT = tuple(kind for kind in ATTEMPT_HANDLERS if "agent_id" in getattr(kind, "__slots__", ()))
_ASKED_BY_AGENT = frozenset(_OF_ITS_AGENT) - {events.CallConnected, events.ConnectFailed}
"""Requests that only the agent who is with the call may make."""

_STRAY_IF = (events.CallAnswered, events.CallRinging)
"""News of a leg that lives: without an attempt of ours behind it, it is hung up."""


class Engine:
    """Decides what is done with every call and agent."""

    def __init__(self, settings: EngineSettings) -> None:
        """Begin with an empty house: settings come as events."""
        self._world = World(settings, Switchboard(), CallingChecks())
        self._snapshots = 0

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take in one event at `now` (s) and give what is to be done, in order.

        Raises UnknownCampaign when the caller names a campaign that was never configured.
        """
        world = self._world
        world.advance(now)
        kind = type(event)
        attempt_handler = ATTEMPT_HANDLERS.get(kind)
        if attempt_handler is not None:
            self._handle_for_attempt(attempt_handler, kind, event)
        elif kind in HOUSE_HANDLERS:
            HOUSE_HANDLERS[kind](world, event)
        else:
            self._handle_for_agent(AGENT_HANDLERS[kind], kind, event)
        return world.take_outbox()

    def tick(self, now: float) -> list[Command]:
        """Act on every deadline up to `now` (s) and give what is to be done, in order."""
        world = self._world
        world.advance(now)
        while (due := world.deadlines.pop_due(world.now)) is not None:
            if isinstance(due, CallAttempt):
                call_flow.attempt_deadline(world, due)
            elif isinstance(due, AgentSession):
                agent_flow.agent_deadline(world, due)
            else:
                assert isinstance(due, Campaign)
                decide(world, due)
        return world.take_outbox()

    def next_wakeup(self) -> float | None:
        """Give the instant (s) at which `tick` is to be called if no event comes before; None: never."""
        return self._world.deadlines.next_at()

    def snapshot(self, now: float) -> FloorSnapshot:
        """Give the floor as it is, for boards and the demo; changes nothing."""
        self._snapshots += 1
        world = self._world
        agents = tuple(
            AgentFloor(
                agent_id=agent.agent_id,
                status=agent.status.value,
                state=agent.state.value,
                state_seconds=now - agent.state_since,
            )
            for agent in world.agents.values()
        )
        campaigns = tuple(_campaign_floor(world, campaign) for campaign in world.campaigns.values())
        return FloorSnapshot(sequence=self._snapshots, at_seconds=now, agents=agents, campaigns=campaigns)

    def pacer_states(self) -> tuple[PacerState, ...]:
        """Give what each campaign's pacer has learned, to be put on record; changes nothing."""
        return tuple(
            PacerState(
                campaign_id=campaign_id,
                method=campaign.settings.pacing_method,
                data=campaign.pacer.export_state(),
            )
            for campaign_id, campaign in self._world.campaigns.items()
        )

    def ignored_counts(self) -> dict[str, int]:
        """Count the events that were ignored, by kind and reason."""
        return dict(self._world.counts)

    def _handle_for_attempt(self, handler: _AttemptHandler, kind: type, event: Any) -> None:
        """The one place where unknown, late and repeated events about attempts are counted and ignored."""
        world = self._world
        attempt = world.attempts.get(event.attempt_id)
        if attempt is None:
            world.counts[f"{kind.__name__}: no such attempt in progress"] += 1
            if kind in _STRAY_IF:
                house_flow.hang_up_stray(world, event.attempt_id)
        elif attempt.state not in HEARD_IN[kind]:
            world.counts[f"{kind.__name__}: {IGNORED_BECAUSE[kind]}"] += 1
        elif kind in _ASKED_BY_AGENT and (attempt.agent is None or attempt.agent.agent_id != event.agent_id):
            world.counts[f"{kind.__name__}: the call is not his"] += 1
        else:
            handler(world, attempt, event)

    def _handle_for_agent(self, handler: _AgentHandler, kind: type, event: Any) -> None:
        world = self._world
        agent = world.agents.get(event.agent_id)
        if agent is None:
            world.counts[f"{kind.__name__}: not signed in"] += 1
        else:
            handler(world, agent, event)


def _campaign_floor(world: World, campaign: Campaign) -> CampaignFloor:
    talking = sum(
        1
        for attempt in world.attempts.values()
        if attempt.campaign is campaign and attempt.state is AttemptState.TALKING
    )
    return CampaignFloor(
        campaign_id=campaign.settings.campaign_id,
        status=campaign.status.value,
        pacing_method=campaign.settings.pacing_method,
        lines_ringing=len(campaign.lines),
        calls_waiting=len(campaign.waiting),
        calls_talking=talking,
        hopper_leads=len(campaign.hopper),
        lines_decided=campaign.lines_decided,
        binding_constraint=campaign.constraint_recorded,
        attempts=campaign.counts.attempts,
        connected=campaign.counts.connected,
        abandoned=campaign.counts.abandoned,
    )
