"""Parties who do what recorded attempts did: the n-th lead meets the n-th attempt of the record.

The record's order is kept, since answers come in runs and lists change; the seed chooses where it begins, and
after its end it begins again. A retry of a lead meets another place of the record.
Whoever measures methods on recorded attempts must know that the people who answered once do not answer to
another pace as they would have: docs/algorithms/simulation.md.
"""

from collections.abc import Sequence

from simulations.called_parties import CalledParties, PartyKind, Population, RecordedAttempt
from simulations.random_streams import PartyDraws, Quantity, RandomStreams

RETRY_STRIDE = 7_919  # a prime: retries of neighbours do not meet each other's first attempts again


class RecordedDraws(PartyDraws):
    """One column of the record instead of a stream of draws."""

    __slots__ = ("_column", "_offset")

    def __init__(self, column: Sequence[float], offset: int) -> None:
        """Take the column, and the place in it that the first lead meets."""
        self._column = column
        self._offset = offset

    def value(self, lead_index: int, attempt_number: int) -> float:
        """Give the figure of the attempt that this lead meets."""
        return self._column[place_of(self._offset, lead_index, attempt_number, len(self._column))]


class RecordedParties(CalledParties):
    """The parties of one list, out of a record."""

    __slots__ = ("_offset", "_recorded")

    def __init__(self, population: Population, streams: RandomStreams, list_index: int) -> None:
        """Take the population, whose record is not empty."""
        super().__init__(population, streams, list_index)
        self._recorded = recorded = population.recorded
        start = streams.generator(Quantity.ANSWER, list_index)
        self._offset = int(start.integers(len(recorded)))
        rings = [attempt.ring_seconds for attempt in recorded]
        self.ring = self.machine_ring = RecordedDraws(rings, self._offset)
        self.talk = RecordedDraws([attempt.talk_seconds for attempt in recorded], self._offset)
        self.wrap_up = RecordedDraws([attempt.wrap_up_seconds for attempt in recorded], self._offset)

    def kind(self, lead_index: int, attempt_number: int, at: float) -> PartyKind:
        """Say what this attempt meets, whenever it is dialed."""
        place = place_of(self._offset, lead_index, attempt_number, len(self._recorded))
        attempt: RecordedAttempt = self._recorded[place]
        return attempt.kind


def place_of(offset: int, lead_index: int, attempt_number: int, size: int) -> int:
    """Give the place in a record of that size which a lead's attempt (counted from 1) meets.

    >>> place_of(2, 0, 1, 5), place_of(2, 4, 1, 5)
    (2, 1)
    """
    return (offset + lead_index + RETRY_STRIDE * (attempt_number - 1)) % size


def parties_of(population: Population, streams: RandomStreams, list_index: int) -> CalledParties:
    """Give the parties of a list: recorded ones where there is a record, else drawn ones."""
    kind = RecordedParties if population.recorded else CalledParties
    return kind(population, streams, list_index)
