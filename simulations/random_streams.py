"""Random numbers that belong to things, not to moments: one stream per quantity, lead and attempt.

Every stream is a child of one `numpy.random.SeedSequence`, named by its spawn key (quantity, list, attempt
number, block of leads). A called party's draw is therefore the same whatever was dialed before it: two
pacing methods meet the same people ("common random numbers": Law, Simulation Modeling and Analysis, 5th ed.,
part 11.2). Draws are made for a block of leads at once, in numpy, and kept as plain C doubles.
"""

from array import array
from enum import IntEnum

import numpy as np

from simulations.distributions import Distribution
from simulations.errors import FigureOutOfRange

LEADS_PER_BLOCK = 1024  # hides numpy's fixed cost per block, yet is small enough for a short run
_SEED_MAX = 2**63


class Quantity(IntEnum):
    """What is drawn; the number is part of every spawn key, so it never changes once released."""

    ANSWER = 1  # who or what takes the call
    INVALID = 2  # whether the number exists at all
    POST_DIAL_DELAY = 3  # s from the order to the first ring
    RING = 4  # s from the first ring to the answer
    TALK = 5  # s with an agent
    WRAP_UP = 6  # s of after-call work
    PATIENCE = 7  # s that a person listens to silence
    GREETING = 8  # s that a person needs to say hello
    MACHINE_GREETING = 9  # s until the beep
    MACHINE_RECORDING = 10  # s that a machine records
    DETECTION_DELAY = 11  # s until the detector speaks
    DETECTION_ERROR = 12  # whether it is wrong
    HANG_UP_SIDE = 13  # who ends the talk
    DISPOSITION = 14  # what the agent declares
    TURN = 15  # whether the talk takes a turn: hold, transfer, consultation
    TALK_AGAIN = 16  # s with a second agent, or a third party
    PREVIEW = 17  # s that an agent looks at a lead
    PREVIEW_CHOICE = 18  # whether he dials it
    MESSAGE = 19  # s that a person listens to a message before hanging up
    CONNECT = 20  # s to bridge client and agent
    CALLBACK = 21  # s until the promised callback
    LEAD = 22  # what a lead is: zones, second number, household
    INBOUND_ARRIVAL = 23  # s between two callers
    INBOUND_CALLER = 24  # which skill a caller needs
    AGENT_BREAK = 25  # s between breaks, and their length
    AGENT_SHIFT = 26  # s that an agent comes late
    MANUAL_GAP = 27  # s between a manual agent's calls
    CARRIER = 28  # refusals of a congested trunk
    FAULT_PLAN = 29  # when which fault happens
    FAULT_EVENT = 30  # what becomes of one event or command while a fault lasts
    THIRD_PARTY = 31  # s until a third party answers, or whether he does
    HOUSE = 32  # what supervisors and managers do


class RandomStreams:
    """All random numbers of one run, from one seed."""

    __slots__ = ("seed",)

    def __init__(self, seed: int) -> None:
        """Take the seed; raises FigureOutOfRange if it is negative or too large."""
        if not 0 <= seed < _SEED_MAX:
            raise FigureOutOfRange("seed", seed, f"0 to {_SEED_MAX - 1}")
        self.seed = seed

    def generator(self, quantity: Quantity, *keys: int) -> np.random.Generator:
        """Give the generator of one stream, at its beginning.

        >>> streams = RandomStreams(7)
        >>> streams.generator(Quantity.TALK, 1).random() == streams.generator(Quantity.TALK, 1).random()
        True
        """
        sequence = np.random.SeedSequence(entropy=self.seed, spawn_key=(int(quantity), *keys))
        return np.random.Generator(np.random.PCG64(sequence))


class PartyDraws:
    """One quantity for every (lead, attempt number) of one list; without a distribution: uniforms."""

    __slots__ = ("_blocks", "_distribution", "_list_index", "_quantity", "_streams")

    def __init__(
        self,
        streams: RandomStreams,
        quantity: Quantity,
        list_index: int,
        distribution: Distribution | None = None,
    ) -> None:
        """Begin with nothing drawn: blocks are drawn when they are first asked for, always the same ones."""
        self._streams = streams
        self._quantity = quantity
        self._list_index = list_index
        self._distribution = distribution
        self._blocks: dict[tuple[int, int], array[float]] = {}

    def value(self, lead_index: int, attempt_number: int) -> float:
        """Give the draw of one lead's attempt (both counted from 0 or 1: any fixed counting will do)."""
        block = self._blocks.get((attempt_number, lead_index >> 10))
        if block is None:
            block = self._draw_block(attempt_number, lead_index >> 10)
        return block[lead_index & 1023]

    def _draw_block(self, attempt_number: int, block_index: int) -> "array[float]":
        generator = self._streams.generator(self._quantity, self._list_index, attempt_number, block_index)
        values = generator.random(LEADS_PER_BLOCK)
        if self._distribution is not None:
            values = self._distribution.quantiles(values)
        block = array("d")
        block.frombytes(values.tobytes())
        self._blocks[attempt_number, block_index] = block
        return block


assert LEADS_PER_BLOCK == 1 << 10, "PartyDraws.value shifts by 10 bits"
