"""The virtual world as one thing: network, floor, lead source, callers and faults around one clock.

Whoever drives it alternates: let the next thing happen, tell the engine what came of it, carry out what it
orders. The simulation does so in virtual time; a rehearsal with database and screens may do it in real time.
"""

from collections import deque
from collections.abc import Callable, Mapping

from dialer.core import commands
from dialer.core.commands import Command
from dialer.core.events import (
    CampaignConfigured,
    CampaignStatus,
    CampaignStatusSet,
    Event,
    TrunkConfigured,
    WallClockSet,
)
from dialer.core.settings import CampaignSettings, TrunkSettings
from dialer.messages import AgentId, CampaignId, NodeId
from simulations.call_leg import LegState
from simulations.called_parties import CalledParties
from simulations.carrier import Carrier
from simulations.event_list import EventList
from simulations.fault_injector import FaultInjector, FaultyRun
from simulations.faults import FaultRates, plan_faults
from simulations.house_events import HouseEvents
from simulations.inbound_callers import InboundCallers
from simulations.lead_list import LeadList
from simulations.random_streams import PartyDraws, Quantity, RandomStreams
from simulations.recorded_parties import parties_of
from simulations.scenario import Scenario
from simulations.third_parties import ThirdParties
from simulations.virtual_agent import VirtualAgent
from simulations.virtual_floor import VirtualFloor
from simulations.virtual_lead_source import VirtualLeadSource
from simulations.virtual_network import VirtualNetwork

FIRST_INBOUND_INDEX = 40  # list indices from here on belong to inbound callers


def _ignore(command: Command) -> None:
    """Some records concern nobody in the virtual world."""


class VirtualWorld:
    """Everything but the engine."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        method: str,
        agents: int,
        hours: float,
        seed: int,
        faults: FaultRates,
        run: FaultyRun | None = None,
        lead_source: type[VirtualLeadSource] = VirtualLeadSource,
    ) -> None:
        """Build a world for so many agents and hours; `run` is what faults of clock and engine act upon;
        without faults there need be none.

        `lead_source` keeps the leads: in a rehearsal one that leaves them in the database.
        """
        self.scenario = scenario
        self.events = EventList()
        self.inbox: deque[Event] = deque()  # what the engine is to be told next
        self.wall_offset_seconds = scenario.begins_at
        streams = RandomStreams(seed)
        self.campaign_settings: tuple[CampaignSettings, ...] = tuple(
            plan.settings_for(method, seed) for plan in scenario.campaigns
        )
        self.trunk_settings: tuple[TrunkSettings, ...] = tuple(
            plan.settings(agents) for plan in scenario.trunks
        )
        self.agents = _agents(scenario, agents, streams)
        parties = {
            index: parties_of(plan.population, streams, index)
            for index, plan in enumerate(scenario.campaigns)
        }
        self.leads = _lead_source(self, agents, hours, parties, streams, lead_source)
        carrier = Carrier(self.trunk_settings)
        self.network = VirtualNetwork(
            scenario.network, self.events, carrier, self.agents, self.leads.begin_attempt, self._emit
        )
        self._third_parties = ThirdParties(self.network, self.events, self._emit)
        methods = {settings.campaign_id: settings.pacing_method for settings in self.campaign_settings}
        self.floor = VirtualFloor(
            scenario.behaviour, self.agents, methods, parties, streams, self.network, self.inbox.append
        )
        self.network.talks = self.floor
        self._set_clocks()
        self.inbound = _inbound(self, agents, hours, streams)
        self._injector = _injector(self, faults, hours, streams, run)
        self._house = _house_events(self, hours, streams)
        self.obey: Mapping[type, Callable[..., None]] = self._dispatch()  # how each order is carried out

    def _emit(self, event: Event, node_id: NodeId) -> None:
        """Take an event of the network towards the engine."""
        if self._injector is None:
            self.inbox.append(event)
        else:
            self._injector.carry(event, node_id)

    def _dispatch(self) -> dict[type, Callable[..., None]]:
        network, floor, leads, third = self.network, self.floor, self.leads, self._third_parties
        return {
            commands.Dial: network.dial,
            commands.DetectAnswer: network.detect,
            commands.AwaitBeep: _ignore,
            commands.ConnectToAgent: network.connect,
            commands.PlaySafeHarbourMessage: network.play_safe_harbour,
            commands.LeaveVoicemailMessage: network.leave_voicemail,
            commands.PlayCampaignMessage: network.play_broadcast,
            commands.HangUp: network.hang_up,
            commands.HoldCall: network.hold,
            commands.ResumeCall: third.resume,
            commands.ReleaseAgent: network.release_agent,
            commands.DialThirdParty: third.dial,
            commands.JoinParties: third.join,
            commands.DropThirdParty: third.drop,
            commands.CheckCall: network.check,
            commands.ReserveLeads: leads.reserve,
            commands.ReleaseLeads: leads.release,
            commands.ShowPreview: floor.show_preview,
            commands.RefuseRequest: floor.hear_refusal,
            commands.RecordAttemptEnded: leads.end_attempt,
            commands.RecordDisposition: leads.save_disposition,
            commands.RecordAgentState: floor.see_state,
            commands.RecordCampaignStatus: _ignore,
            commands.RecordPacingDecision: _ignore,
        }

    # --- driving -----------------------------------------------------------------------------------------

    def opening_events(self) -> list[Event]:
        """Give what an engine is told first: trunks, campaigns and the wall clock."""
        opening: list[Event] = [TrunkConfigured(settings=settings) for settings in self.trunk_settings]
        opening.extend(CampaignConfigured(settings=settings) for settings in self.campaign_settings)
        opening.append(WallClockSet(offset_seconds=self.wall_offset_seconds))
        return opening

    def carry_out(self, command: Command) -> None:
        """Carry out one order of the engine, at the present instant of `events`."""
        self.obey[type(command)](command)

    def stop_dialing(self) -> None:
        """Begin the end of the day: campaigns drain, agents stay for the lines that still ring."""
        self._house.is_closed = True
        for settings in self.campaign_settings:
            status = CampaignStatusSet(campaign_id=settings.campaign_id, status=CampaignStatus.DRAINING)
            self.inbox.append(status)

    def close(self) -> None:
        """End the day: agents finish their calls and go home."""
        self.floor.end_shift()

    def set_wall_clock(self, error_seconds: float) -> None:
        """Put the wall clock wrong by so much, and tell the engine."""
        self.wall_offset_seconds = self.scenario.begins_at + error_seconds
        self._set_clocks()
        self.inbox.append(WallClockSet(offset_seconds=self.wall_offset_seconds))

    def _set_clocks(self) -> None:
        self.leads.wall_offset_seconds = self.wall_offset_seconds
        self.floor.wall_offset_seconds = self.wall_offset_seconds

    @property
    def has_lines_to_settle(self) -> bool:
        """Whether a called party may still want an agent."""
        return any(leg.state is not LegState.GONE and leg.agent is None for leg in self.network.legs.values())

    @property
    def is_quiet(self) -> bool:
        """Whether no call goes on and everybody has gone home."""
        return not self.network.legs and not any(agent.is_logged_in for agent in self.agents.values())

    @property
    def inbound_offered(self) -> int:
        """Count the callers so far, with those whom the carrier turned away."""
        return sum(callers.count for callers in self.inbound)

    @property
    def inbound_blocked(self) -> int:
        """Count the callers whom the carrier turned away."""
        return sum(callers.blocked for callers in self.inbound)

    @property
    def fault_counts(self) -> dict[str, int]:
        """Count what really went wrong, by kind."""
        return dict(self._injector.counts) if self._injector is not None else {}

    @property
    def unreachable_nodes(self) -> tuple[NodeId, ...]:
        """Give the nodes whose events do not come at this moment."""
        return self._injector.unreachable_nodes() if self._injector is not None else ()


def _agents(scenario: Scenario, count: int, streams: RandomStreams) -> dict[AgentId, VirtualAgent]:
    behaviour, node_ids = scenario.behaviour, scenario.node_ids
    skills = PartyDraws(streams, Quantity.AGENT_SHIFT, 1)
    agents: dict[AgentId, VirtualAgent] = {}
    for index in range(count):
        agent_id = AgentId(f"agent-{index + 1:04d}")
        is_skilled = skills.value(index, 1) < behaviour.skill_ratio
        agents[agent_id] = VirtualAgent(
            agent_id,
            index,
            scenario.campaigns_of(index, count),
            frozenset({behaviour.skill}) if is_skilled else frozenset(),
            node_ids[index % len(node_ids)],
        )
    return agents


def _lead_source(
    world: VirtualWorld,
    agents: int,
    hours: float,
    parties: dict[int, CalledParties],
    streams: RandomStreams,
    lead_source: type[VirtualLeadSource],
) -> VirtualLeadSource:
    lists = []
    for index, plan in enumerate(world.scenario.campaigns):
        size = plan.leads_count(agents, hours)
        lead_list = LeadList(plan.leads, plan.settings.campaign_id, index, size, streams)
        lists.append((lead_list, parties[index]))
    laws = {s.campaign_id: s.policy_pack.abandon_definition for s in world.campaign_settings}
    return lead_source(world.events, lists, laws, world.inbox.append)


def _inbound(
    world: VirtualWorld, agents: int, hours: float, streams: RandomStreams
) -> tuple[InboundCallers, ...]:
    return tuple(
        InboundCallers(
            plan,
            agents=agents,
            index=FIRST_INBOUND_INDEX + index,
            until=hours * 3600.0,
            streams=streams,
            events=world.events,
            network=world.network,
            emit=world._emit,
        )
        for index, plan in enumerate(world.scenario.inbound)
    )


def _injector(
    world: VirtualWorld, faults: FaultRates, hours: float, streams: RandomStreams, run: FaultyRun | None
) -> FaultInjector | None:
    if not faults:
        return None
    assert run is not None, "faults act upon a run"
    return FaultInjector(
        plan_faults(faults, hours, streams),
        run=run,
        events=world.events,
        network=world.network,
        floor=world.floor,
        agents=tuple(world.agents.values()),
        node_ids=world.scenario.node_ids,
        streams=streams,
        deliver=world.inbox.append,
    )


def _house_events(world: VirtualWorld, hours: float, streams: RandomStreams) -> HouseEvents:
    campaign_ids: tuple[CampaignId, ...] = tuple(s.campaign_id for s in world.campaign_settings)
    return HouseEvents(
        world.scenario.house,
        hours,
        campaign_ids=campaign_ids,
        agents=tuple(world.agents.values()),
        leads=world.leads,
        streams=streams,
        events=world.events,
        emit=world.inbox.append,
    )
