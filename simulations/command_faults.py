"""What goes wrong with a command while a fault lasts; asked by the network before it obeys.

Faults themselves are data (`faults.py`); here is only which of them hold at this moment.
"""

from array import array
from collections import Counter

from dialer.messages import NodeId
from simulations.random_streams import Quantity, RandomStreams

_DRAWS_PER_BLOCK = 1024


class CommandFaults:
    """The faults that concern commands, as they are at this moment."""

    __slots__ = (
        "_block",
        "_block_index",
        "_position",
        "_streams",
        "connects_failing_ratio",
        "counts",
        "dials_failing_ratio",
        "hang_ups_lost_ratio",
        "nodes_down",
    )

    def __init__(self, streams: RandomStreams, counts: Counter[str]) -> None:
        """Begin with nothing wrong; `counts` takes what really happened."""
        self.counts = counts
        self.nodes_down: set[NodeId] = set()
        self.dials_failing_ratio = 0.0
        self.connects_failing_ratio = 0.0
        self.hang_ups_lost_ratio = 0.0
        self._streams = streams
        self._block: array[float] = array("d")
        self._block_index = 0
        self._position = _DRAWS_PER_BLOCK

    def draw(self) -> float:
        """Draw one uniform number for the fate of one event or command."""
        if self._position >= len(self._block):
            generator = self._streams.generator(Quantity.FAULT_EVENT, self._block_index)
            self._block = array("d", generator.random(_DRAWS_PER_BLOCK).tolist())
            self._block_index += 1
            self._position = 0
        self._position += 1
        return self._block[self._position - 1]

    def is_node_down(self, node_id: NodeId) -> bool:
        """Tell whether a node is being restarted."""
        return node_id in self.nodes_down

    def loses_dial(self, node_id: NodeId) -> bool:
        """Tell whether a dial vanishes without an answer: half of those sent to a node that is just dying."""
        return node_id in self.nodes_down and self.draw() < 0.5

    def fails_dial(self, node_id: NodeId) -> bool:
        """Tell whether a dial is refused."""
        if node_id in self.nodes_down or self._happens(self.dials_failing_ratio):
            self.counts["dials_failing"] += 1
            return True
        return False

    def fails_connect(self, node_id: NodeId) -> bool:
        """Tell whether a connection to an agent is refused."""
        if node_id in self.nodes_down or self._happens(self.connects_failing_ratio):
            self.counts["connects_failing"] += 1
            return True
        return False

    def loses_hang_up(self, node_id: NodeId) -> bool:
        """Tell whether a hang-up is lost on its way."""
        if node_id in self.nodes_down or self._happens(self.hang_ups_lost_ratio):
            self.counts["hang_ups_lost"] += 1
            return True
        return False

    def _happens(self, ratio: float) -> bool:
        return ratio > 0.0 and self.draw() < ratio
