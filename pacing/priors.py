"""What a new campaign may believe before its first call: evidence of wider levels, shrunk towards the next.

Levels go from the widest to the narrowest: all campaigns, this hour of the day, this list, this campaign.
It turns counts into settings of the predictive pacer and keeps nothing.
Theory: docs/algorithms/pacing.md, part 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEVEL_LINES_MAX = 200.0
"""A level counts for the next one as at most so many lines: lists and hours differ from each other."""

LEVEL_ENDS_MAX = 30.0
"""The same for talks and wrap-ups."""

LIVE_PRIOR_LINES_LEAST = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelEvidence:
    """What was counted on one level; durations as sums, s."""

    name: str  # for example "hour 17"
    lines: float = 0.0
    live_answers: float = 0.0
    ring_seconds: float = 0.0
    talks: float = 0.0
    talk_seconds: float = 0.0
    wrap_ups: float = 0.0
    wrap_up_seconds: float = 0.0


@dataclass(slots=True)
class _Shrunk:
    """A mean and what it is worth."""

    mean: float
    weight: float

    def narrow(self, total: float, count: float, weight_max: float) -> None:
        """Take in a narrower level, which counts in full; what was known so far counts as prior."""
        prior = min(self.weight, weight_max)
        if count > 0.0:
            self.mean = (total + prior * self.mean) / (count + prior)
        self.weight = count + prior


def prior_settings(levels: Sequence[LevelEvidence]) -> dict[str, float]:
    """Settings of `predictive` for a cold start, from evidence of the widest level to the narrowest.

    Without any evidence they are the pacer's own careful priors.
    A mean is the posterior mean of a gamma or beta law whose prior is the level above.

    >>> settings = prior_settings([
    ...     LevelEvidence(name="all", lines=9000.0, live_answers=2700.0),
    ...     LevelEvidence(name="list", lines=200.0, live_answers=20.0)])
    >>> round(settings["live_ratio_prior"], 3), settings["live_prior_lines"]
    (0.2, 200.0)
    """
    live, ring = _Shrunk(0.5, LIVE_PRIOR_LINES_LEAST), _Shrunk(12.0, LIVE_PRIOR_LINES_LEAST)
    talk, wrap_up = _Shrunk(180.0, 5.0), _Shrunk(30.0, 5.0)
    for level in levels:
        live.narrow(level.live_answers, level.lines, LEVEL_LINES_MAX)
        ring.narrow(level.ring_seconds, level.lines if level.ring_seconds > 0.0 else 0.0, LEVEL_LINES_MAX)
        talk.narrow(level.talk_seconds, level.talks, LEVEL_ENDS_MAX)
        wrap_up.narrow(level.wrap_up_seconds, level.wrap_ups, LEVEL_ENDS_MAX)
    return {
        "live_ratio_prior": min(1.0, max(0.001, live.mean)),
        "live_prior_lines": min(live.weight, LEVEL_LINES_MAX),
        "ring_seconds_prior": min(120.0, max(1.0, ring.mean)),
        "talk_seconds_prior": min(7200.0, max(1.0, talk.mean)),
        "wrap_up_seconds_prior": min(3600.0, max(0.5, wrap_up.mean)),
        "duration_prior_ends": min(talk.weight, wrap_up.weight, LEVEL_ENDS_MAX),
    }
