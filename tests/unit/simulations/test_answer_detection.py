"""The detector's errors, in both directions."""

import pytest

from rules.detection import DetectionVerdict
from simulations.answer_detection import DetectorQuality
from simulations.errors import FigureOutOfRange

QUALITY = DetectorQuality(false_machine_ratio=0.06, false_human_ratio=0.10, unsure_ratio=0.05)
GRID = [(index + 0.5) / 10_000 for index in range(10_000)]


@pytest.mark.parametrize(
    ("is_human", "verdict", "ratio"),
    [
        (True, DetectionVerdict.MACHINE, 0.06),
        (True, DetectionVerdict.UNSURE, 0.05),
        (True, DetectionVerdict.HUMAN, 0.89),
        (False, DetectionVerdict.HUMAN, 0.10),
        (False, DetectionVerdict.UNSURE, 0.05),
        (False, DetectionVerdict.MACHINE, 0.85),
    ],
)
def test_verdict_on_either_party_has_its_share(
    is_human: bool, verdict: DetectionVerdict, ratio: float
) -> None:
    """People are called machines, machines people, each with its own ratio."""
    given = [QUALITY.verdict(is_human, draw) for draw in GRID]
    assert given.count(verdict) / len(given) == pytest.approx(ratio, abs=1e-3)


def test_errors_that_are_no_shares_are_named() -> None:
    """More than all cannot be wrong."""
    with pytest.raises(FigureOutOfRange, match="false_human_ratio"):
        DetectorQuality(false_human_ratio=0.98, unsure_ratio=0.05)
