"""What each fault does to the virtual world, and to the events on their way to the engine.

It counts what really happened: a fault that found nothing to spoil is not counted.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from dialer.core.events import Event, NodeLost, NodeResynchronised, TrunkLost, TrunkReturned
from dialer.core.outcomes import EndCause
from dialer.messages import NodeId
from simulations.call_leg import CallLeg, LegState
from simulations.command_faults import CommandFaults
from simulations.event_list import EventList
from simulations.faults import Fault, FaultKind
from simulations.random_streams import RandomStreams
from simulations.virtual_agent import VirtualAgent
from simulations.virtual_floor import VirtualFloor
from simulations.virtual_network import VirtualNetwork

LISTING_SECONDS = 0.2  # from the taking of a node's list to its arrival
NOTICE_SECONDS = 1.5  # a dead link or trunk is noticed after this
LATE_SECONDS_MAX = 6.0
DOUBLED_SECONDS_MAX = 2.0  # the second copy comes within this
OVERTAKEN_SECONDS_MAX = 0.4
REGISTER_SECONDS_MAX = 12.0  # telephones find a restarted node again within this
CLOCK_JUMP_SECONDS_MAX = 2 * 3600.0


class FaultyRun(Protocol):
    """What a fault may do to the run itself."""

    def set_wall_clock(self, error_seconds: float) -> None:
        """Put the wall clock wrong by so much; 0: right again."""
        ...

    def restart_engine(self, down_seconds: float) -> bool:
        """Throw the engine away and build a new one after so long; False: it is down already."""
        ...


class FaultInjector:
    """Lets a plan's faults happen."""

    def __init__(
        self,
        plan: Sequence[Fault],
        *,
        run: FaultyRun,
        events: EventList,
        network: VirtualNetwork,
        floor: VirtualFloor,
        agents: Sequence[VirtualAgent],
        node_ids: Sequence[NodeId],
        streams: RandomStreams,
        deliver: Callable[[Event], None],
    ) -> None:
        """Put every fault of the plan into the event list; `deliver` takes events to the engine."""
        self.counts: Counter[str] = Counter()
        self.commands = CommandFaults(streams, self.counts)
        network.faults = self.commands
        self._run = run
        self._events = events
        self._network = network
        self._floor = floor
        self._agents = agents
        self._node_ids = node_ids
        self._deliver = deliver
        self._cut: dict[NodeId, list[Event] | None] = {}  # None: what comes is lost
        self._late_ratio = self._doubled_ratio = self._reordered_ratio = 0.0
        begin = {
            FaultKind.NODE_RESTART: self._restart_node,
            FaultKind.STREAM_CUT: self._cut_stream,
            FaultKind.EVENTS_LATE: self._disturb,
            FaultKind.EVENTS_DOUBLED: self._disturb,
            FaultKind.EVENTS_REORDERED: self._disturb,
            FaultKind.DIALS_FAILING: self._disturb,
            FaultKind.CONNECTS_FAILING: self._disturb,
            FaultKind.HANG_UPS_LOST: self._disturb,
            FaultKind.AGENTS_VANISH: self._lose_agents,
            FaultKind.AGENTS_LOG_OUT: self._lose_agents,
            FaultKind.TRUNK_CONGESTED: self._congest,
            FaultKind.TRUNK_LOST: self._lose_trunk,
            FaultKind.CLOCK_JUMP: self._jump_clock,
            FaultKind.ENGINE_RESTART: self._restart_engine,
        }
        for fault in plan:
            events.schedule(fault.at_seconds, begin[fault.kind], fault)

    def carry(self, event: Event, node_id: NodeId) -> None:
        """Take one event of the network towards the engine, through everything that is wrong."""
        if node_id in self.commands.nodes_down:
            return
        if node_id in self._cut:
            kept = self._cut[node_id]
            self.counts[FaultKind.STREAM_CUT] += 1
            if kept is not None:
                kept.append(event)
            return
        for ratio, kind, seconds_max in (
            (self._late_ratio, FaultKind.EVENTS_LATE, LATE_SECONDS_MAX),
            (self._reordered_ratio, FaultKind.EVENTS_REORDERED, OVERTAKEN_SECONDS_MAX),
        ):
            if ratio and self.commands.draw() < ratio:
                self.counts[kind] += 1
                self._deliver_later(event, self.commands.draw() * seconds_max)
                return
        self._deliver(event)
        if self._doubled_ratio and self.commands.draw() < self._doubled_ratio:
            self.counts[FaultKind.EVENTS_DOUBLED] += 1
            self._deliver_later(event, self.commands.draw() * DOUBLED_SECONDS_MAX)

    def unreachable_nodes(self) -> tuple[NodeId, ...]:
        """Give the nodes whose events do not come at this moment."""
        return tuple(n for n in self._node_ids if n in self._cut or n in self.commands.nodes_down)

    def _deliver_later(self, event: Event, seconds: float) -> None:
        self._events.schedule(self._events.now + seconds, self._late, event)

    def _late(self, event: Event, _: int) -> None:
        self._deliver(event)

    # --- windows of disturbance --------------------------------------------------------------------------

    def _disturb(self, fault: Fault, _: int) -> None:
        self._set_ratio(fault.kind, fault.ratio)
        self._events.schedule(self._events.now + fault.lasts_seconds, self._calm, fault.kind)

    def _calm(self, kind: FaultKind, _: int) -> None:
        self._set_ratio(kind, 0.0)

    def _set_ratio(self, kind: FaultKind, ratio: float) -> None:
        if kind is FaultKind.EVENTS_LATE:
            self._late_ratio = ratio
        elif kind is FaultKind.EVENTS_DOUBLED:
            self._doubled_ratio = ratio
        elif kind is FaultKind.EVENTS_REORDERED:
            self._reordered_ratio = ratio
        elif kind is FaultKind.DIALS_FAILING:
            self.commands.dials_failing_ratio = ratio
        elif kind is FaultKind.CONNECTS_FAILING:
            self.commands.connects_failing_ratio = ratio
        else:
            assert kind is FaultKind.HANG_UPS_LOST, kind
            self.commands.hang_ups_lost_ratio = ratio

    # --- nodes -------------------------------------------------------------------------------------------

    def _node(self, fault: Fault) -> NodeId | None:
        """The node that a fault concerns; None when it is in trouble already."""
        node_id = self._node_ids[int(fault.place * len(self._node_ids))]
        return None if node_id in self._cut or node_id in self.commands.nodes_down else node_id

    def _legs_on(self, node_id: NodeId) -> list[CallLeg]:
        return [leg for leg in self._network.legs.values() if leg.node_id == node_id]

    def _restart_node(self, fault: Fault, _: int) -> None:
        """Let a node die with everything on it; telephones register again after it has come back."""
        node_id = self._node(fault)
        if node_id is None:
            return
        self.counts[FaultKind.NODE_RESTART] += 1
        self.commands.nodes_down.add(node_id)
        for leg in self._legs_on(node_id):
            self._network.end(leg, EndCause.FAILED, is_silent=True)
        for agent in self._agents:
            if agent.node_id == node_id:
                seconds = fault.lasts_seconds + self.commands.draw() * REGISTER_SECONDS_MAX
                self._floor.vanish(agent, seconds)
        self._events.schedule(self._events.now + NOTICE_SECONDS, self._notice_loss, node_id)
        self._events.schedule(self._events.now + fault.lasts_seconds, self._node_is_back, node_id)

    def _node_is_back(self, node_id: NodeId, _: int) -> None:
        self.commands.nodes_down.discard(node_id)
        self._resynchronise(node_id)

    def _notice_loss(self, node_id: NodeId, _: int) -> None:
        if node_id in self.unreachable_nodes():
            self._deliver(NodeLost(node_id=node_id))

    def _resynchronise(self, node_id: NodeId) -> None:
        legs = self._legs_on(node_id)
        event = NodeResynchronised(
            node_id=node_id,
            attempt_ids=tuple(leg.attempt_id for leg in legs),
            taken_at=self._events.now,
            answered_ids=tuple(leg.attempt_id for leg in legs if leg.state is LegState.UP),
        )
        self._deliver_later(event, LISTING_SECONDS)

    def _cut_stream(self, fault: Fault, _: int) -> None:
        """Let no event of a node through for a while; commands still reach it."""
        node_id = self._node(fault)
        if node_id is None:
            return
        self._cut[node_id] = [] if fault.is_variant else None
        self._events.schedule(self._events.now + NOTICE_SECONDS, self._notice_loss, node_id)
        self._events.schedule(self._events.now + fault.lasts_seconds, self._stream_is_back, node_id)

    def _stream_is_back(self, node_id: NodeId, _: int) -> None:
        """Tell the truth first, then what was kept: the engine must bear news older than the truth."""
        kept = self._cut.pop(node_id)
        self._resynchronise(node_id)
        for event in kept or ():
            self._deliver_later(event, LISTING_SECONDS)

    # --- agents ------------------------------------------------------------------------------------------

    def _lose_agents(self, fault: Fault, _: int) -> None:
        """Take a share of the agents away at once, from a place in the row on."""
        present = [agent for agent in self._agents if agent.is_logged_in and agent.has_leg]
        count = round(fault.ratio * len(present))
        first = int(fault.place * len(present)) if present else 0
        for agent in (present + present)[first : first + count]:
            self.counts[fault.kind] += 1
            seconds = fault.lasts_seconds * (0.2 + 0.8 * self.commands.draw())
            if fault.kind is FaultKind.AGENTS_VANISH:
                self._floor.vanish(agent, seconds)
            else:
                self._floor.log_out(agent)
                self._floor.log_in_after(agent, seconds)

    # --- trunks ------------------------------------------------------------------------------------------

    def _congest(self, fault: Fault, _: int) -> None:
        trunks = list(self._network.carrier.trunks.values())
        trunk = trunks[int(fault.place * len(trunks))]
        refused_before = trunk.calls_refused
        trunk.congested_ratio = fault.ratio

        def clear(_subject: object, _token: int) -> None:
            trunk.congested_ratio = 0.0
            self.counts[FaultKind.TRUNK_CONGESTED] += trunk.calls_refused - refused_before

        self._events.schedule(self._events.now + fault.lasts_seconds, clear)

    def _lose_trunk(self, fault: Fault, _: int) -> None:
        trunks = list(self._network.carrier.trunks.values())
        trunk = trunks[int(fault.place * len(trunks))]
        if not trunk.is_in_service:
            return
        trunk.is_in_service = False
        self.counts[FaultKind.TRUNK_LOST] += 1
        trunk_id = trunk.settings.trunk_id

        def notice(_subject: object, _token: int) -> None:
            if not trunk.is_in_service:
                self._deliver(TrunkLost(trunk_id=trunk_id))

        def repair(_subject: object, _token: int) -> None:
            trunk.is_in_service = True
            self._deliver(TrunkReturned(trunk_id=trunk_id))

        self._events.schedule(self._events.now + NOTICE_SECONDS, notice)
        self._events.schedule(self._events.now + fault.lasts_seconds, repair)

    # --- clock and engine --------------------------------------------------------------------------------

    def _jump_clock(self, fault: Fault, _: int) -> None:
        """Set the wall clock wrong by up to two hours, in either direction, then right again."""
        self.counts[FaultKind.CLOCK_JUMP] += 1
        self._run.set_wall_clock((2.0 * fault.ratio - 1.0) * CLOCK_JUMP_SECONDS_MAX)
        self._events.schedule(self._events.now + fault.lasts_seconds, self._right_clock)

    def _right_clock(self, _subject: object, _token: int) -> None:
        self._run.set_wall_clock(0.0)

    def _restart_engine(self, fault: Fault, _: int) -> None:
        if self._run.restart_engine(fault.lasts_seconds):
            self.counts[FaultKind.ENGINE_RESTART] += 1
