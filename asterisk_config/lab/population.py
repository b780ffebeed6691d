"""What a called number does: rings, answers, refuses, misbehaves; by rule or by lot, never by accident.

A population is asked with the number and how often it was called before (counted from 0), and gives the same
answer whenever it is asked the same.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Protocol

RING_SECONDS_MAX = 120.0  # whoever rings for longer is given up by the carrier
TALK_SECONDS_MAX = 600.0


@unique
class Fate(Enum):
    """How a call goes."""

    HUMAN = "human"  # answers, greets, listens, and speaks until the talk is over
    MACHINE = "machine"  # answers, speaks a long greeting, beeps and records
    SILENCE = "silence"  # answers and says nothing
    HANGS_UP_EARLY = "hangs_up_early"  # answers and is gone after a moment
    BUSY = "busy"
    NO_ANSWER = "no_answer"  # rings until the caller gives up
    TRYING_ONLY = "trying_only"  # not even rings
    NOT_FOUND = "not_found"  # there is no such number
    CONGESTION = "congestion"  # the network is full
    REJECTED = "rejected"  # any other refusal, see `Behaviour.status`
    EARLY_MEDIA_THEN_404 = "early_media_then_404"  # an announcement before any answer, then a refusal


@unique
class Misbehaviour(Enum):
    """What a trunk should not do, and does."""

    IGNORES_BYE = "ignores_bye"
    ANSWERS_AFTER_CANCEL = "answers_after_cancel"
    ANSWERS_TWICE = "answers_twice"  # as if two phones had
    BYE_WITHOUT_REASON = "bye_without_reason"
    SENDS_GARBAGE = "sends_garbage"
    SENDS_NO_RTP = "sends_no_rtp"


ANSWERED = frozenset({Fate.HUMAN, Fate.MACHINE, Fate.SILENCE, Fate.HANGS_UP_EARLY})
STATUS = {  # RFC 3261 section 21
    Fate.BUSY: 486,
    Fate.NOT_FOUND: 404,
    Fate.CONGESTION: 503,
    Fate.REJECTED: 603,
    Fate.EARLY_MEDIA_THEN_404: 404,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What one call meets."""

    fate: Fate
    ring_seconds: float = 0.5  # of ringing, or of an announcement, before answer or refusal
    talk_seconds: float = 4.0  # from answer until the client hangs up
    greeting_seconds: float = 0.6  # of speech after the answer
    pause_seconds: float = 1.0  # of silence after the greeting, before a person speaks again
    status: int = 0  # of a refusal; 0: the usual one of the fate
    misbehaviours: frozenset[Misbehaviour] = frozenset()

    @property
    def refusal_status(self) -> int:
        """The SIP status of a refusal, whatever SIP allows, known or not."""
        return self.status or STATUS.get(self.fate, STATUS[Fate.REJECTED])

    @property
    def is_answered(self) -> bool:
        """Whether somebody or something goes off-hook."""
        return self.fate in ANSWERED


class Population(Protocol):
    """Everybody whom a carrier can reach."""

    def behaviour(self, number: str, attempt: int) -> Behaviour:
        """What the call meets that is the attempt-th to this number, counted from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPopulation:
    """Numbers with a behaviour each, for tests."""

    behaviours: Mapping[str, Behaviour] = field(default_factory=dict)  # by number
    otherwise: Behaviour = Behaviour(fate=Fate.NOT_FOUND)

    def behaviour(self, number: str, attempt: int) -> Behaviour:
        """The number's own behaviour, always the same."""
        return self.behaviours.get(number, self.otherwise)


RARE_FATES = (  # by the last digit but one of a number that ends in 9
    Behaviour(fate=Fate.REJECTED, status=603),
    Behaviour(fate=Fate.EARLY_MEDIA_THEN_404),
    Behaviour(fate=Fate.TRYING_ONLY, ring_seconds=RING_SECONDS_MAX),
    Behaviour(fate=Fate.SILENCE),
    Behaviour(fate=Fate.HANGS_UP_EARLY, talk_seconds=0.3),
    Behaviour(fate=Fate.REJECTED, status=480),
    Behaviour(fate=Fate.REJECTED, status=403),
    Behaviour(fate=Fate.REJECTED, status=408),
    Behaviour(fate=Fate.REJECTED, status=484),
    Behaviour(fate=Fate.REJECTED, status=699),
)
MACHINE_GREETING_SECONDS = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPopulation:
    """A population by the number's last two digits `tu`: `u` is the fate, `t` varies it.

    | u | fate |
    | --- | --- |
    | 0, 1, 2 | a person who hangs up when the talk is over |
    | 3 | a person who stays until the caller hangs up |
    | 4 | an answering machine: greeting of 4 s, beep |
    | 5 | busy, 486 |
    | 6 | rings, nobody answers |
    | 7 | no such number, 404 |
    | 8 | network full, 503 |
    | 9 | by t: 0 declines, 603; 1 an announcement, then 404; 2 nothing but 100 Trying; 3 answers in silence |
    | 9 | by t: 4 hangs up after 0.3 s; 5 480; 6 403; 7 408; 8 484; 9 the unknown status 699 |

    Ring and talk times are the given ones times 0.5 + t / 10.

    >>> DigitPopulation().behaviour("+15550105", 0).fate.value
    'busy'
    """

    ring_seconds: float = 1.0  # before an answer, for the number's middle digit 5
    talk_seconds: float = 4.0  # likewise

    def behaviour(self, number: str, attempt: int) -> Behaviour:
        """The behaviour of the number's last digits; a number without digits does not exist."""
        digits = [int(mark) for mark in number if mark.isascii() and mark.isdecimal()][-2:]
        if not digits:
            return Behaviour(fate=Fate.NOT_FOUND)
        unit = digits[-1]
        ten = digits[0] if len(digits) == 2 else 0
        factor = 0.5 + ten / 10
        ring_seconds, talk_seconds = self.ring_seconds * factor, self.talk_seconds * factor
        match unit:
            case 0 | 1 | 2:
                return Behaviour(fate=Fate.HUMAN, ring_seconds=ring_seconds, talk_seconds=talk_seconds)
            case 3:
                return Behaviour(fate=Fate.HUMAN, ring_seconds=ring_seconds, talk_seconds=TALK_SECONDS_MAX)
            case 4:
                return Behaviour(
                    fate=Fate.MACHINE,
                    ring_seconds=ring_seconds,
                    talk_seconds=30.0,
                    greeting_seconds=MACHINE_GREETING_SECONDS,
                )
            case 5:
                return Behaviour(fate=Fate.BUSY, ring_seconds=ring_seconds)
            case 6:
                return Behaviour(fate=Fate.NO_ANSWER, ring_seconds=RING_SECONDS_MAX)
            case 7:
                return Behaviour(fate=Fate.NOT_FOUND, ring_seconds=0.0)
            case 8:
                return Behaviour(fate=Fate.CONGESTION, ring_seconds=0.0)
        return RARE_FATES[ten]


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomPopulation:
    """A population by lot, drawn for each number and attempt by itself: the order of calls changes nothing.

    Ratios are of all calls; who is none of them rings and does not answer. Times are divided by
    `time_divisor`, so that a day fits into minutes.
    """

    seed: int
    human_ratio: float = 0.30
    machine_ratio: float = 0.15
    busy_ratio: float = 0.08
    not_found_ratio: float = 0.05
    congestion_ratio: float = 0.03
    rejected_ratio: float = 0.02
    silence_ratio: float = 0.01
    hangs_up_early_ratio: float = 0.02
    ring_seconds_mean: float = 12.0  # before an answer; at least `ring_seconds_min`, exponential beyond
    ring_seconds_min: float = 2.0
    talk_seconds_mean: float = 90.0  # exponential
    greeting_seconds_mean: float = 0.9  # of a person; not divided: detection of machines listens to it
    time_divisor: float = 1.0

    def __post_init__(self) -> None:
        assert self.time_divisor > 0
        assert all(ratio >= 0 for _, ratio in self._shares())
        assert sum(ratio for _, ratio in self._shares()) <= 1.0 + 1e-9

    def behaviour(self, number: str, attempt: int) -> Behaviour:
        """The lot of this number's attempt."""
        # A text as seed goes through SHA-512: the same on every machine and in every process.
        lots = random.Random(f"{self.seed}/{number}/{attempt}")
        fate = self._fate(lots.random())
        beyond_seconds = max(0.0, self.ring_seconds_mean - self.ring_seconds_min)
        ring_seconds = self.ring_seconds_min + beyond_seconds * lots.expovariate(1.0)
        talk_seconds = self.talk_seconds_mean * lots.expovariate(1.0)
        greeting_seconds = self.greeting_seconds_mean * (0.5 + lots.random())
        if fate is Fate.MACHINE:
            greeting_seconds = MACHINE_GREETING_SECONDS + 4.0 * lots.random()
            talk_seconds = greeting_seconds * self.time_divisor + 30.0
        if fate is Fate.NO_ANSWER:
            ring_seconds = RING_SECONDS_MAX
        if fate is Fate.HANGS_UP_EARLY:
            talk_seconds = lots.random()
        return Behaviour(
            fate=fate,
            ring_seconds=min(ring_seconds, RING_SECONDS_MAX) / self.time_divisor,
            talk_seconds=min(talk_seconds / self.time_divisor, TALK_SECONDS_MAX),
            greeting_seconds=greeting_seconds,
            pause_seconds=1.0,
        )

    def _shares(self) -> tuple[tuple[Fate, float], ...]:
        return (
            (Fate.HUMAN, self.human_ratio),
            (Fate.MACHINE, self.machine_ratio),
            (Fate.BUSY, self.busy_ratio),
            (Fate.NOT_FOUND, self.not_found_ratio),
            (Fate.CONGESTION, self.congestion_ratio),
            (Fate.REJECTED, self.rejected_ratio),
            (Fate.SILENCE, self.silence_ratio),
            (Fate.HANGS_UP_EARLY, self.hangs_up_early_ratio),
        )

    def _fate(self, lot: float) -> Fate:
        for fate, ratio in self._shares():
            if lot < ratio:
                return fate
            lot -= ratio
        return Fate.NO_ANSWER
