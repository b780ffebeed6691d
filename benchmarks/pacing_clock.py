"""How much of a run's time is spent inside the pacers, measured from outside the engine."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from unittest.mock import patch

from pacing import Pacer, PacingDecision, PacingInputs


@dataclass(slots=True)
class PacingTime:
    """Seconds and calls inside the pacers."""

    seconds: float = 0.0
    decide_seconds: float = 0.0
    decisions: int = 0


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
        spent.decide_seconds += took
        spent.decisions += 1
        return decision

    with patch.object(Pacer, "observe", timed_observe), patch.object(Pacer, "decide", timed_decide):
        yield spent
