"""Snapshots for tests: a quiet floor, with whatever a test wants to be different."""

from dataclasses import replace

import numpy as np

from pacing import PacingInputs

QUIET = PacingInputs(
    now=100.0,
    agents_idle=0,
    agents_logged_in=10,
    calls_waiting=0,
    talk_ages_seconds=np.empty(0),
    wrap_up_ages_seconds=np.empty(0),
    ring_ages_seconds=np.empty(0),
)


def floor(**changes: object) -> PacingInputs:
    """A floor of ten agents where nothing happens, changed as asked."""
    return replace(QUIET, **changes)  # type: ignore[arg-type]


def ages(count: int, seconds: float = 5.0) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """`count` things that all began `seconds` ago."""
    return np.full(count, seconds)
