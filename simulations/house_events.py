"""What supervisors, managers and the public do to a run: by chance alone, whatever the engine does.

Each kind of act is a Poisson stream of its own, drawn before the run.
"""

from collections.abc import Callable, Sequence

from dialer.core.events import (
    CampaignStatus,
    CampaignStatusSet,
    Event,
    SupervisorLoggedOutAgent,
    SupervisorPausedAgent,
    SupervisorTookCall,
)
from dialer.messages import CampaignId
from simulations.event_list import EventList
from simulations.random_streams import Quantity, RandomStreams
from simulations.scenario import HousePlan
from simulations.virtual_agent import VirtualAgent
from simulations.virtual_lead_source import VirtualLeadSource

HALT_SECONDS = 30.0  # a paused or stopped campaign is started again after this
HALTS = (CampaignStatus.PAUSED, CampaignStatus.STOPPED, CampaignStatus.DRAINING)


class HouseEvents:
    """The acts of one run."""

    __slots__ = ("_agents", "_campaign_ids", "_emit", "_events", "_halted", "_leads", "is_closed")

    def __init__(
        self,
        plan: HousePlan,
        hours: float,
        *,
        campaign_ids: Sequence[CampaignId],
        agents: Sequence[VirtualAgent],
        leads: VirtualLeadSource,
        streams: RandomStreams,
        events: EventList,
        emit: Callable[[Event], None],
    ) -> None:
        """Put every act into the event list."""
        self._campaign_ids = campaign_ids
        self._agents = agents
        self._leads = leads
        self._events = events
        self._emit = emit
        self._halted: set[CampaignId] = set()
        self.is_closed = False  # set at the end of the day: nothing is started again
        acts = (
            (plan.withdrawals_per_hour, self._withdraw),
            (plan.supervisor_pauses_per_hour, self._pause_agent),
            (plan.supervisor_take_overs_per_hour, self._take_call),
            (plan.supervisor_log_outs_per_hour, self._log_out_agent),
            (plan.campaign_pauses_per_hour, self._halt_campaign),
        )
        for index, (per_hour, act) in enumerate(acts):
            generator = streams.generator(Quantity.HOUSE, index)
            for _ in range(int(generator.poisson(per_hour * hours))):
                at, place = generator.random(2).tolist()
                events.schedule(at * hours * 3600.0, act, place)

    def _campaign(self, place: float) -> CampaignId:
        return self._campaign_ids[int(place * len(self._campaign_ids))]

    def _agent(self, place: float) -> VirtualAgent:
        return self._agents[int(place * len(self._agents))]

    def _withdraw(self, place: float, _: int) -> None:
        self._leads.withdraw_one(self._campaign(place))

    def _pause_agent(self, place: float, _: int) -> None:
        self._emit(SupervisorPausedAgent(agent_id=self._agent(place).agent_id, reason="a word in private"))

    def _log_out_agent(self, place: float, _: int) -> None:
        self._emit(SupervisorLoggedOutAgent(agent_id=self._agent(place).agent_id))

    def _take_call(self, place: float, _: int) -> None:
        """Let somebody without a call take the one of the next agent who has one, as a supervisor would."""
        free = [agent for agent in self._agents if agent.is_logged_in and agent.leg is None]
        talking = [agent for agent in self._agents if agent.leg is not None]
        if free and talking:
            leg = talking[int(place * len(talking))].leg
            assert leg is not None
            supervisor = free[int(place * len(free))]
            self._emit(SupervisorTookCall(supervisor_id=supervisor.agent_id, attempt_id=leg.attempt_id))

    def _halt_campaign(self, place: float, _: int) -> None:
        campaign_id = self._campaign(place)
        if campaign_id in self._halted or self.is_closed:
            return
        self._halted.add(campaign_id)
        halt = HALTS[int(place * 1000.0) % len(HALTS)]
        self._emit(CampaignStatusSet(campaign_id=campaign_id, status=halt))
        self._events.schedule(self._events.now + HALT_SECONDS, self._start_campaign, campaign_id)

    def _start_campaign(self, campaign_id: CampaignId, _: int) -> None:
        self._halted.discard(campaign_id)
        if not self.is_closed:
            self._emit(CampaignStatusSet(campaign_id=campaign_id, status=CampaignStatus.RUNNING))
