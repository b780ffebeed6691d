"""Whether the list has begun to answer otherwise than the ring law believes: cumulative sums of evidence.

One sum for each ratio by which answers may have changed; it grows while that ratio explains the answers
better than no change does and never falls below zero. It decides nothing about lines.
E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954). Theory: docs/algorithms/pacing.md, part 3.
"""

import math

from pacing.state import State, StateReader

RATIOS = (0.25, 0.5, 2.0, 3.5, 6.0)
"""Changes that are looked for: live answers of a line, after ÷ before."""

CHANGE_EVIDENCE = 10.0
"""Log-odds (22,000 : 1) at which a change is taken for certain."""

CHANGE_PRIOR_RATIO = 1.0 / 1000.0
"""Weight of each change beside no change, before there is evidence."""

EVIDENCE_MAX = 1e3
KNOWN_LEAST = 1e-6


class AnswerChange:
    """Evidence for each ratio since the moment when it last had none."""

    def __init__(self) -> None:
        self._begin()

        self._known = math.inf  # live answers that the ring law rests on

    def _begin(self) -> None:
        self._evidence = [0.0] * len(RATIOS)
        self._observed = [0.0] * len(RATIOS)
        self._expected = [0.0] * len(RATIOS)

    def add(self, *, observed: float, expected: float, known: float = math.inf) -> None:
        """Live answers that came where the ring law, by `known` earlier ones, expected `expected`."""
        self._known = known
        for k, ratio in enumerate(RATIOS):
            evidence = self._evidence[k] + observed * math.log(ratio) - (ratio - 1.0) * expected
            if evidence <= 0.0:
                self._evidence[k] = self._observed[k] = self._expected[k] = 0.0
            else:
                self._evidence[k] = min(EVIDENCE_MAX, evidence)
                self._observed[k] += observed
                self._expected[k] += expected

    def factor(self, unchanged: float = 1.0) -> float:
        """Mean ratio of answers now, changes upwards weighed by their evidence; `unchanged` without any."""
        weight, total = 1.0, unchanged
        for k, ratio in enumerate(RATIOS):
            evidence = self._proof(k)
            if ratio > 1.0 and evidence > 0.0:
                change = CHANGE_PRIOR_RATIO * math.exp(min(evidence, CHANGE_EVIDENCE))
                weight += change
                total += change * ratio
        return total / weight

    def take_change(self) -> float | None:
        """Answers observed ÷ expected since a change that is certain, and begin anew; None without one."""
        strongest = max(range(len(RATIOS)), key=self._proof)
        if self._proof(strongest) < CHANGE_EVIDENCE:
            return None
        change = (self._observed[strongest] + 1.0) / (self._expected[strongest] + 1.0)
        self._begin()
        return change

    def _proof(self, k: int) -> float:
        """The evidence, less where more was expected than the law has ever seen: then the law may be wrong.

        What is expected deviates by a share of 1 / sqrt(known) itself, so evidence cannot grow beyond that of
        `known` answers.
        """
        return self._evidence[k] / (1.0 + self._expected[k] / max(self._known, KNOWN_LEAST))

    def state(self) -> State:
        """The sums."""
        rows = {"evidence": self._evidence, "observed": self._observed, "expected": self._expected}
        return {name: list(row) for name, row in rows.items()}

    def restore(self, state: StateReader) -> None:
        """Take back what `state` gave; raises PacerStateError and then changes nothing."""
        rows = [state.numbers(name, len(RATIOS)) for name in ("evidence", "observed", "expected")]
        self._evidence, self._observed, self._expected = rows
