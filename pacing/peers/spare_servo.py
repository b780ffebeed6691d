"""The level servo of the VICIdial family: idle agents less waiting calls, integrated every 15 s.

Formulas only, each a function; the pacers that use them: `vicidial`.
Source: the behaviour of AST_VDadapt as described in docs/algorithms/peers.md, part 3.
"""

from collections import deque

from pacing.peers.cadence import INSTANT_SECONDS

SAMPLES = 15
"""Samples of one second in the moving average, and from one step of the level to the next."""

LEVEL_FLOOR = 1.0
TAPER_FULL = 1000
"""Difference of two HHMM numbers from which the taper has no effect: ten hours, as 2100 - 1100."""

Sample = tuple[float, float, float]  # idle agents, waiting calls, agents logged in


class SpareSamples:
    """The last 15 one-second samples of a team, taken at whatever instants somebody looks."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=SAMPLES)
        self._held: Sample = (0.0, 0.0, 0.0)  # what was so until the next look
        self._next_at: float | None = None
        self._since_step = 0

    def watch(self, now: float, sample: Sample) -> bool:
        """Take the samples that are due; True when 15 have been taken since the last step of the level.

        Nobody looked for more than 15 s, or the clock was set back: begin anew.
        """
        next_at = self._next_at
        if next_at is None or not -1.0 - INSTANT_SECONDS <= now - next_at <= SAMPLES:
            self._samples.clear()
            self._since_step = 0
            next_at = now
        while next_at <= now + INSTANT_SECONDS:
            is_of_now = now - next_at < 1.0
            self._samples.append(sample if is_of_now else self._held)
            self._since_step += 1
            next_at += 1.0
        self._next_at, self._held = next_at, sample
        if self._since_step < SAMPLES:
            return False
        self._since_step = 0
        return True

    @property
    def mean(self) -> Sample:
        """Mean of each figure over the samples; zeros before the first."""
        count = max(1, len(self._samples))
        idle, waiting, agents = (sum(column) / count for column in zip(*self._samples, strict=True))
        return idle, waiting, agents

    def forget(self) -> None:
        """Another clock begins."""
        self._next_at = None


def servo_level(level: float, spare: float, agents: float, intensity_ratio: float) -> float:
    """The level after one step: L (1 + m').

    `spare` is the idle agents less the waiting calls less the idle agents wanted; m = spare / agents, and
    m' = m |k - 1| below zero, m (k + 1) above it, with k the intensity.

    >>> servo_level(1.2, spare=2.0, agents=10.0, intensity_ratio=0.0)
    1.44
    """
    if agents <= 0.0:
        return level
    share = spare / agents
    share *= abs(intensity_ratio - 1.0) if share < 0.0 else intensity_ratio + 1.0
    return level * (1.0 + share)


def tapered_level(level: float, now_hour_and_minute: int, end_hour_and_minute: int) -> float:
    """The level of a campaign over its limit that may spend the excess until the end of its day.

    The original subtracts the two times as plain numbers, so that 2100 - 1959 is 141 though it is 61 minutes.

    >>> tapered_level(2.0, 1959, 2100)
    0.282
    """
    left = end_hour_and_minute - now_hour_and_minute
    return LEVEL_FLOOR if left < 0 else level * min(1.0, left / TAPER_FULL)
