"""People who call us: they arrive by chance, not by our dialing, and may find the carrier full.

Arrivals are a Poisson stream that does not depend on anything the engine does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dialer.core.events import Event, InboundCallArrived
from dialer.messages import AttemptId, CampaignId, NodeId, TrunkId
from simulations.call_leg import CallLeg, LegState
from simulations.called_parties import CalledParties, PartyKind, Population
from simulations.distributions import Exponential
from simulations.errors import FigureOutOfRange
from simulations.event_list import EventList
from simulations.network_plan import NEVER_SECONDS
from simulations.random_streams import PartyDraws, Quantity, RandomStreams
from simulations.virtual_network import VirtualNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundPlan:
    """Who calls one campaign, as data."""

    campaign_id: CampaignId
    callers: Population  # talk, wrap_up and queue_patience are theirs
    calls_per_agent_hour: float  # arrivals, times the agents of the run
    node_id: NodeId
    trunk_id: TrunkId | None = None  # whose channels they take; None: unlimited ones
    dialed_number: str = "+99999000000"
    skill: str = ""  # that some of them need
    skill_ratio: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a rate that is none."""
        if not 0.0 < self.calls_per_agent_hour <= 3600.0:
            raise FigureOutOfRange("calls_per_agent_hour", self.calls_per_agent_hour, "above 0, at most 3600")


class InboundCallers:
    """The callers of one plan."""

    __slots__ = (
        "_emit",
        "_events",
        "_gaps",
        "_index",
        "_network",
        "_parties",
        "_plan",
        "_skills",
        "_until",
        "blocked",
        "count",
    )

    def __init__(
        self,
        plan: InboundPlan,
        *,
        agents: int,
        index: int,
        until: float,
        streams: RandomStreams,
        events: EventList,
        network: VirtualNetwork,
        emit: Callable[[Event, NodeId], None],
    ) -> None:
        """Let callers arrive until `until` (s); `index` tells this plan's draws from those of others."""
        seconds_between = 3600.0 / (plan.calls_per_agent_hour * max(1, agents))
        self._plan = plan
        self._index = index
        self._until = until
        self._events = events
        self._network = network
        self._emit = emit
        self._parties = CalledParties(plan.callers, streams, index)
        self._gaps = PartyDraws(streams, Quantity.INBOUND_ARRIVAL, index, Exponential(seconds_between))
        self._skills = PartyDraws(streams, Quantity.INBOUND_CALLER, index)
        self.count = 0  # callers so far
        self.blocked = 0  # of them, those who found all channels taken
        self._expect_next()

    def _expect_next(self) -> None:
        at = self._events.now + self._gaps.value(self.count, 1)
        if at < self._until:
            self._events.schedule(at, self._arrive)

    def _arrive(self, _subject: object, _token: int) -> None:
        """One caller: blocked by the carrier, or told to the engine."""
        number = self.count
        self.count += 1
        self._expect_next()
        plan, network, now = self._plan, self._network, self._events.now
        if network.faults is not None and network.faults.is_node_down(plan.node_id):
            self.blocked += 1
            return
        if plan.trunk_id is not None and network.carrier.refusal(plan.trunk_id, now, 1.0) is not None:
            self.blocked += 1
            return
        leg = self._new_leg(number)
        network.legs[leg.attempt_id] = leg
        patience = self._parties.queue_patience.value(number, 1)
        if patience < NEVER_SECONDS:
            network.leave_after(leg, patience)
        needs_skill = plan.skill_ratio > 0.0 and self._skills.value(number, 1) < plan.skill_ratio
        self._emit(
            InboundCallArrived(
                attempt_id=leg.attempt_id,
                campaign_id=plan.campaign_id,
                caller_id_number=leg.e164,
                dialed_number=plan.dialed_number,
                node_id=plan.node_id,
                required_skill=plan.skill if needs_skill else None,
            ),
            plan.node_id,
        )

    def _new_leg(self, number: int) -> CallLeg:
        attempt_id = AttemptId(f"in{self._index}-{number + 1}")
        leg = CallLeg(attempt_id, self._parties, number, 1, self._plan.node_id, PartyKind.HUMAN)
        leg.is_inbound = True
        leg.trunk_id = self._plan.trunk_id
        leg.e164 = f"+9999{self._index:02d}{number:07d}"
        leg.state = LegState.UP
        leg.answered_at = self._events.now
        return leg
