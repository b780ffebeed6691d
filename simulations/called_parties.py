"""The people and machines behind the numbers of one list: who answers when, and what they do then.

All that is drawn belongs to (lead, attempt number); only the probability of a live answer also depends on
the hour. Nothing here knows the engine.
"""

from bisect import bisect_right
from dataclasses import dataclass
from enum import IntEnum

from simulations.answer_detection import DetectorQuality
from simulations.distributions import Constant, Distribution, Exponential
from simulations.errors import FigureOutOfRange
from simulations.random_streams import PartyDraws, Quantity, RandomStreams

NEVER = Constant(1e9)
"""Longer than any run: for parties who never lose patience."""

POST_DIAL_DELAY = Constant(2.0)
RING = Exponential(8.0)
MACHINE_RING = Constant(15.0)
TALK = Exponential(90.0)
TALK_AGAIN = Exponential(60.0)
WRAP_UP = Exponential(15.0)
GREETING = Constant(1.2)
MACHINE_GREETING = Constant(9.0)
MACHINE_RECORDING = Constant(60.0)
DETECTOR = DetectorQuality()
"""Durations of a population that says nothing else, seconds: a plain list called without a detector."""


class PartyKind(IntEnum):
    """What one attempt meets."""

    HUMAN = 0  # a person, if he gets to the telephone in time
    MACHINE = 1  # an answering machine or voicemail
    NO_ANSWER = 2  # rings in vain
    BUSY = 3  # is on another call
    REJECTED = 4  # declines
    FAILED = 5  # the network fails
    INVALID = 6  # the number does not exist


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAttempt:
    """What one attempt of the past met; durations in seconds."""

    kind: PartyKind
    ring_seconds: float = 0.0  # from the dial to the answer
    talk_seconds: float = 0.0  # with the agent, if a person answered
    wrap_up_seconds: float = 0.0  # after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The parties of one list, as data. Ratios are shares of attempts; durations are in seconds."""

    live_ratio: float = 0.3  # a person would answer, at factor 1 of the profile
    machine_ratio: float = 0.0
    busy_ratio: float = 0.05
    rejected_ratio: float = 0.0
    failed_ratio: float = 0.0
    invalid_ratio: float = 0.0  # of leads, not of attempts: a number does not begin to exist
    profile: tuple[tuple[float, float], ...] = ((0.0, 1.0),)  # (from second, factor on live_ratio)
    talk_profile: tuple[tuple[float, float], ...] = ((0.0, 1.0),)  # (from second, factor on talk seconds)
    retry_factor: float = 1.0  # on live_ratio, for each earlier attempt: who did not answer answers less
    post_dial_delay: Distribution = POST_DIAL_DELAY
    ring: Distribution = RING
    machine_ring: Distribution = MACHINE_RING
    talk: Distribution = TALK
    talk_again: Distribution = TALK_AGAIN  # with a second agent or a third party
    wrap_up: Distribution = WRAP_UP
    patience: Distribution = NEVER  # with silence, after the answer
    queue_patience: Distribution = NEVER  # in a queue, or after a talk was cut off
    message_patience: Distribution = NEVER  # with a message that is played
    greeting: Distribution = GREETING  # a person's hello
    machine_greeting: Distribution = MACHINE_GREETING  # until the beep
    machine_recording: Distribution = MACHINE_RECORDING  # after the beep; then the machine hangs up
    agent_hangs_up_ratio: float = 0.5  # of talks, the rest is ended by the party
    detector: DetectorQuality = DETECTOR
    recorded: tuple[RecordedAttempt, ...] = ()  # not empty: these are met, in this order, instead of draws

    def __post_init__(self) -> None:
        """Refuse shares that are none, and a profile that is not in order."""
        for name in _RATIOS:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise FigureOutOfRange(name, getattr(self, name), "0 to 1")
        others = self.machine_ratio + self.busy_ratio + self.rejected_ratio + self.failed_ratio
        highest = max(factor for _, factor in self.profile) * self.live_ratio
        if highest + others > 1.0 + 1e-9:
            raise FigureOutOfRange("shares of one hour", highest + others, "at most 1 in sum")
        for name, profile in (("profile", self.profile), ("talk_profile", self.talk_profile)):
            starts = [start for start, _ in profile]
            if starts[0] != 0.0 or starts != sorted(set(starts)) or min(f for _, f in profile) < 0.0:
                raise FigureOutOfRange(name, profile, "from 0 s, in rising order, factors of 0 or more")


def _start(change: tuple[float, float]) -> float:
    return change[0]


_RATIOS = (
    "live_ratio",
    "machine_ratio",
    "busy_ratio",
    "rejected_ratio",
    "failed_ratio",
    "invalid_ratio",
    "retry_factor",
    "agent_hangs_up_ratio",
)


class CalledParties:
    """The parties of one list in one run."""

    __slots__ = (
        "_answer",
        "_factors",
        "_invalid",
        "_profile_starts",
        "callback",
        "detection_delay",
        "detection_error",
        "disposition",
        "greeting",
        "hang_up_side",
        "machine_greeting",
        "machine_recording",
        "machine_ring",
        "message_patience",
        "patience",
        "population",
        "post_dial_delay",
        "preview",
        "preview_choice",
        "queue_patience",
        "ring",
        "talk",
        "talk_again",
        "third_party",
        "turn",
        "wrap_up",
    )

    def __init__(self, population: Population, streams: RandomStreams, list_index: int) -> None:
        """Take the population; nobody is drawn before he is dialed."""

        def draws(quantity: Quantity, distribution: Distribution | None = None) -> PartyDraws:
            return PartyDraws(streams, quantity, list_index, distribution)

        self.population = population
        self._profile_starts = [start for start, _ in population.profile]
        self._factors = [factor for _, factor in population.profile]
        self._answer = draws(Quantity.ANSWER)
        self._invalid = draws(Quantity.INVALID)
        self.post_dial_delay = draws(Quantity.POST_DIAL_DELAY, population.post_dial_delay)
        self.ring = draws(Quantity.RING, population.ring)
        self.machine_ring = draws(Quantity.RING, population.machine_ring)
        self.talk = draws(Quantity.TALK, population.talk)
        self.talk_again = draws(Quantity.TALK_AGAIN, population.talk_again)
        self.wrap_up = draws(Quantity.WRAP_UP, population.wrap_up)
        self.patience = draws(Quantity.PATIENCE, population.patience)
        self.queue_patience = draws(Quantity.PATIENCE, population.queue_patience)
        self.message_patience = draws(Quantity.MESSAGE, population.message_patience)
        self.greeting = draws(Quantity.GREETING, population.greeting)
        self.machine_greeting = draws(Quantity.MACHINE_GREETING, population.machine_greeting)
        self.machine_recording = draws(Quantity.MACHINE_RECORDING, population.machine_recording)
        self.detection_delay = draws(Quantity.DETECTION_DELAY, population.detector.delay)
        self.detection_error = draws(Quantity.DETECTION_ERROR)
        self.hang_up_side = draws(Quantity.HANG_UP_SIDE)
        self.disposition = draws(Quantity.DISPOSITION)
        self.callback = draws(Quantity.CALLBACK)
        self.turn = draws(Quantity.TURN)
        self.preview = draws(Quantity.PREVIEW)
        self.preview_choice = draws(Quantity.PREVIEW_CHOICE)
        self.third_party = draws(Quantity.THIRD_PARTY)

    def live_ratio(self, attempt_number: int, at: float) -> float:
        """Give the probability that a person would answer this attempt, dialed at second `at`."""
        population = self.population
        factor = self._factors[bisect_right(self._profile_starts, at) - 1]
        return population.live_ratio * factor * population.retry_factor ** (attempt_number - 1)

    def talk_factor(self, at: float) -> float:
        """Give the factor on the seconds of a talk that begins at second `at`."""
        profile = self.population.talk_profile
        return profile[bisect_right(profile, at, key=_start) - 1][1] if len(profile) > 1 else profile[0][1]

    def kind(self, lead_index: int, attempt_number: int, at: float) -> PartyKind:
        """Say what this attempt, dialed at second `at`, meets.

        People stand at the lower end of the draw and fixed shares at the upper one, so that an hour with more
        people turns unanswered calls into answered ones and leaves the rest as it was.
        """
        population = self.population
        if population.invalid_ratio and self._invalid.value(lead_index, 0) < population.invalid_ratio:
            return PartyKind.INVALID
        draw = self._answer.value(lead_index, attempt_number)
        if draw < self.live_ratio(attempt_number, at):
            return PartyKind.HUMAN
        return self._kind_of_others(1.0 - draw)

    def _kind_of_others(self, draw: float) -> PartyKind:
        """Say who else it is; `draw` in (0, 1], small for the upper end."""
        population = self.population
        for ratio, kind in (
            (population.busy_ratio, PartyKind.BUSY),
            (population.machine_ratio, PartyKind.MACHINE),
            (population.rejected_ratio, PartyKind.REJECTED),
            (population.failed_ratio, PartyKind.FAILED),
        ):
            if draw <= ratio:
                return kind
            draw -= ratio
        return PartyKind.NO_ANSWER
