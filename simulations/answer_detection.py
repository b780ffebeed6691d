"""The answering-machine detector of the virtual network: it takes its time, and it errs in both directions.

Its errors belong to the called party's attempt, so two pacing methods meet the same mistakes.
Measured detectors call 3 to 10 % of people machines and miss a few machines: docs/algorithms/simulation.md.
"""

from dataclasses import dataclass

from rules.detection import DetectionVerdict
from simulations.distributions import Constant, Distribution
from simulations.errors import FigureOutOfRange

VERDICT_DELAY = Constant(1.6)
"""Seconds from the answer to the verdict: greetings are listened to for about so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorQuality:
    """How fast and how well the detector works."""

    delay: Distribution = VERDICT_DELAY  # s from the answer to the verdict
    false_machine_ratio: float = 0.05  # people called machines
    false_human_ratio: float = 0.08  # machines called people
    unsure_ratio: float = 0.05  # of either, when the detector cannot tell

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        for name in ("false_machine_ratio", "false_human_ratio"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0 - self.unsure_ratio or not 0.0 <= self.unsure_ratio <= 1.0:
                raise FigureOutOfRange(name, value, "0 to 1, with unsure_ratio at most 1 in sum")

    def verdict(self, is_human: bool, draw: float) -> DetectionVerdict:
        """Give the verdict on one party; `draw` is uniform in [0, 1).

        >>> DetectorQuality(false_machine_ratio=0.1).verdict(True, 0.05)
        <DetectionVerdict.MACHINE: 'machine'>
        """
        wrong, right = DetectionVerdict.MACHINE, DetectionVerdict.HUMAN
        error_ratio = self.false_machine_ratio
        if not is_human:
            wrong, right = right, wrong
            error_ratio = self.false_human_ratio
        if draw < error_ratio:
            return wrong
        return DetectionVerdict.UNSURE if draw < error_ratio + self.unsure_ratio else right
