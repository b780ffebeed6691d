"""Trunks: which one takes the next attempt, within its channels and its calls per second."""

from collections import deque
from collections.abc import Mapping, Set

from dialer.core.settings import TrunkSettings
from dialer.messages import NodeId, TrunkId


class Trunk:
    """One trunk with what is in progress over it."""

    __slots__ = ("channels_used", "dials_at", "is_in_service", "settings")

    def __init__(self, settings: TrunkSettings) -> None:
        """Begin in service, with nothing in progress."""
        self.settings = settings
        self.channels_used = 0
        self.is_in_service = True
        self.dials_at: deque[float] = deque()  # the newest dials, as many as one period allows

    def configure(self, settings: TrunkSettings) -> None:
        """Take new limits; what is in progress stays."""
        self.settings = settings

    def lines_free(self, now: float) -> int:
        """Count the attempts that may be begun over this trunk at `now`.

        The rate is kept in *every* window of one second (or of 1/rate seconds below one call per second):
        carriers refuse a burst, not a mean.
        """
        if not self.is_in_service:
            return 0
        rate = self.settings.calls_per_second_max
        allowed, period = (int(rate), 1.0) if rate >= 1.0 else (1, 1.0 / rate)
        dials = self.dials_at
        while dials and now - dials[0] >= period:
            dials.popleft()
        return max(0, min(self.settings.channels_max - self.channels_used, allowed - len(dials)))

    def begin(self, now: float) -> None:
        """Count one attempt begun."""
        self.channels_used += 1
        self.dials_at.append(now)

    def end(self) -> None:
        """Count one attempt ended."""
        self.channels_used -= 1


class TrunkBook:
    """All trunks of all nodes."""

    __slots__ = ("_lost_nodes", "by_id")

    def __init__(self) -> None:
        """Begin without trunks."""
        self.by_id: dict[TrunkId, Trunk] = {}
        self._lost_nodes: set[NodeId] = set()

    def configure(self, settings: TrunkSettings) -> None:
        """Add a trunk, or give one new limits."""
        trunk = self.by_id.get(settings.trunk_id)
        if trunk is None:
            self.by_id[settings.trunk_id] = Trunk(settings)
        else:
            trunk.configure(settings)

    def set_service(self, trunk_id: TrunkId, is_in_service: bool) -> None:
        """Take a trunk out of service or back; an unknown one is ignored."""
        trunk = self.by_id.get(trunk_id)
        if trunk is not None:
            trunk.is_in_service = is_in_service

    def lose_node(self, node_id: NodeId) -> None:
        """Dial over no trunk of this node until it returns."""
        self._lost_nodes.add(node_id)

    def return_node(self, node_id: NodeId) -> None:
        """Dial over this node's trunks again."""
        self._lost_nodes.discard(node_id)

    def lines_free(self, trunk_ids: tuple[TrunkId, ...], now: float) -> int:
        """Count the attempts that may be begun over these trunks together at `now`."""
        return sum(trunk.lines_free(now) for trunk in self._usable(trunk_ids))

    def dials_per_second_max(self, trunk_ids: tuple[TrunkId, ...]) -> float:
        """Sum the rates of these trunks that can be used, calls per second."""
        return sum(trunk.settings.calls_per_second_max for trunk in self._usable(trunk_ids))

    def find_free(
        self, trunk_ids: tuple[TrunkId, ...], now: float, node_id: NodeId | None = None
    ) -> Trunk | None:
        """Find the first of these trunks that takes an attempt at `now`; on this node, if one is named."""
        for trunk in self._usable(trunk_ids):
            if (node_id is None or trunk.settings.node_id == node_id) and trunk.lines_free(now) > 0:
                return trunk
        return None

    def find_free_for(
        self, trunk_ids: tuple[TrunkId, ...], now: float, agents_spare: Mapping[NodeId, int]
    ) -> Trunk | None:
        """Find the trunk with a free line whose node has most agents to spare; the first, among equals.

        A node that is not named has nobody who could take a call: nothing is dialed there.
        """
        best: Trunk | None = None
        for trunk in self._usable(trunk_ids):
            spare = agents_spare.get(trunk.settings.node_id)
            if spare is None or (best is not None and spare <= agents_spare[best.settings.node_id]):
                continue
            if trunk.lines_free(now) > 0:
                best = trunk
        return best

    def nodes_of(self, trunk_ids: tuple[TrunkId, ...]) -> Set[NodeId]:
        """Name the nodes over which these trunks dial, but for lost ones."""
        found = (self.by_id.get(trunk_id) for trunk_id in trunk_ids)
        return {trunk.settings.node_id for trunk in found if trunk is not None} - self._lost_nodes

    def _usable(self, trunk_ids: tuple[TrunkId, ...]) -> list[Trunk]:
        found = (self.by_id.get(trunk_id) for trunk_id in trunk_ids)
        return [
            t
            for t in found
            if t is not None and t.is_in_service and t.settings.node_id not in self._lost_nodes
        ]
