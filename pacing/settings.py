"""Ranges of the figures that a pacer is created with.

A figure outside its range is refused at once, by name, with the range: it must not become a strange dialer.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from pacing.errors import FigureError, UnknownSettingError


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRange:
    """What a figure may be, and what it is if nobody says."""

    default: float
    lowest: float
    highest: float
    meaning: str  # one sentence with the unit

    def check(self, field: str, came: object) -> float:
        """The figure as a float; raises `FigureError` outside lowest..highest."""
        figure = _number(came)
        if figure is None or not self.lowest <= figure <= self.highest:
            raise FigureError(
                field=field, came=came, expected=f"a number from {self.lowest:g} to {self.highest:g}"
            )
        return figure


SettingRanges: TypeAlias = Mapping[str, FigureRange]

ABANDON_LIMIT_RATIO = FigureRange(
    default=0.03, lowest=0.0, highest=1.0, meaning="largest abandoned / (abandoned + connected)"
)
CONNECT_LIMIT_SECONDS = FigureRange(
    default=2.0, lowest=0.0, highest=120.0, meaning="seconds that a live answer may wait for an agent"
)
RING_TIMEOUT_SECONDS = FigureRange(
    default=22.0, lowest=1.0, highest=180.0, meaning="seconds after which a ringing line is given up"
)
LINES_MAX_HIGHEST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PacerTerms:
    """What every method is told: the limit it serves under."""

    abandon_limit_ratio: float
    connect_limit_seconds: float
    ring_timeout_seconds: float
    lines_max: int | None
    seed: int


def read_terms(
    *,
    abandon_limit_ratio: float,
    connect_limit_seconds: float,
    ring_timeout_seconds: float,
    lines_max: int | None,
    seed: int,
) -> PacerTerms:
    """The terms, checked; raises `FigureError`."""
    return PacerTerms(
        abandon_limit_ratio=ABANDON_LIMIT_RATIO.check("abandon_limit_ratio", abandon_limit_ratio),
        connect_limit_seconds=CONNECT_LIMIT_SECONDS.check("connect_limit_seconds", connect_limit_seconds),
        ring_timeout_seconds=RING_TIMEOUT_SECONDS.check("ring_timeout_seconds", ring_timeout_seconds),
        lines_max=None if lines_max is None else _whole("lines_max", lines_max, LINES_MAX_HIGHEST),
        seed=_whole("seed", seed, 2**63 - 1),
    )


def read_settings(method: str, ranges: SettingRanges, came: Mapping[str, object]) -> dict[str, float]:
    """Each setting of the method, checked; raises `UnknownSettingError` or `FigureError`."""
    for name in came:
        if name not in ranges:
            raise UnknownSettingError(method, name, ranges)
    return {name: allowed.check(name, came.get(name, allowed.default)) for name, allowed in ranges.items()}


def _whole(field: str, came: object, highest: int) -> int:
    figure = _number(came)
    if figure is None or not 0 <= figure <= highest or figure != int(figure):
        raise FigureError(field=field, came=came, expected=f"a whole number from 0 to {highest}")
    return int(figure)


def _number(came: object) -> float | None:
    """What came as a finite float, None if it is not one (True is no number here)."""
    if isinstance(came, bool) or not isinstance(came, (int, float, np.integer, np.floating)):
        return None
    try:
        number = float(came)
    except OverflowError:  # an int beyond any float
        return None
    return number if math.isfinite(number) else None
