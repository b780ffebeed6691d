"""How much real time the pacers of a run take, measured from outside the engine.

Beside `timings.py` the only module here that may be given real time; nothing of it enters a figure that is
printed as JSON.
"""

import contextlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from pacing import Pacer, PacingDecision, PacingInputs


@dataclass(slots=True, kw_only=True)
class PacingTime:
    """Seconds and calls inside the pacers."""

    seconds: float = 0.0  # in `observe` and `decide`
    decide_seconds: "array[float]" = field(default_factory=lambda: array("d"))  # of each decision

    @property
    def decisions(self) -> int:
        """Count the decisions."""
        return len(self.decide_seconds)

    @property
    def decide_seconds_mean(self) -> float:
        """Mean time of a decision, s; 0 without any."""
        return sum(self.decide_seconds) / max(1, len(self.decide_seconds))

    @property
    def decide_seconds_p99(self) -> float:
        """Time that 99 of 100 decisions do not exceed, s; 0 without any."""
        return float(np.quantile(self.decide_seconds, 0.99)) if self.decide_seconds else 0.0


@contextlib.contextmanager
def pacing_clock() -> Iterator[PacingTime]:
    """Time every `observe` and `decide` of every pacer while the context lasts."""
    spent = PacingTime()
    observe, decide = Pacer.observe, Pacer.decide

    def timed_observe(self: Pacer, kind: str, now: float, value: float) -> None:
        began = perf_counter()
        observe(self, kind, now, value)
        spent.seconds += perf_counter() - began

    def timed_decide(self: Pacer, inputs: PacingInputs) -> PacingDecision:
        began = perf_counter()
        decision = decide(self, inputs)
        took = perf_counter() - began
        spent.seconds += took
        spent.decide_seconds.append(took)
        return decision

    Pacer.observe, Pacer.decide = timed_observe, timed_decide  # type: ignore[method-assign, misc]
    try:
        yield spent
    finally:
        Pacer.observe, Pacer.decide = observe, decide  # type: ignore[method-assign, misc]
