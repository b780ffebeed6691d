"""Distributions as inverse functions: a uniform number in, a duration out, whole arrays at a time.

Inverse transform sampling (Devroye, Non-Uniform Random Variate Generation, 1986, part II.2) keeps common
random numbers: the same uniform gives a comparable draw whatever the distribution.
Nothing here draws: the uniforms come from `random_streams`.
"""

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulations.errors import FigureOutOfRange

Uniforms: TypeAlias = NDArray[np.float64]
"""Numbers in [0, 1)."""

_LARGEST_BELOW_ONE = math.nextafter(1.0, 0.0)
_SMALLEST = 2.0**-54  # half of the generator's step: 0 itself has no finite normal quantile


class Distribution(Protocol):
    """A distribution of durations, in seconds."""

    @property
    def mean_seconds(self) -> float:
        """Mean, seconds."""
        ...

    def quantiles(self, uniforms: Uniforms) -> NDArray[np.float64]:
        """Give the value below which each of these shares lies, seconds."""
        ...


def _require(is_allowed: bool, name: str, value: object, allowed: str) -> None:
    if not is_allowed:
        raise FigureOutOfRange(name, value, allowed)


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same duration."""

    seconds: float

    def __post_init__(self) -> None:
        """Refuse a negative or endless duration."""
        _require(0.0 <= self.seconds < math.inf, "Constant.seconds", self.seconds, "0 or more")

    @property
    def mean_seconds(self) -> float:
        """Mean, seconds."""
        return self.seconds

    def quantiles(self, uniforms: Uniforms) -> NDArray[np.float64]:
        """Give the constant once for each uniform."""
        return np.full(len(uniforms), self.seconds)


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every duration between two is equally likely."""

    lowest_seconds: float
    highest_seconds: float

    def __post_init__(self) -> None:
        """Refuse an empty or negative range."""
        allowed = "0 <= lowest <= highest"
        is_range = 0.0 <= self.lowest_seconds <= self.highest_seconds < math.inf
        _require(is_range, "Uniform", (self.lowest_seconds, self.highest_seconds), allowed)

    @property
    def mean_seconds(self) -> float:
        """Mean, seconds."""
        return (self.lowest_seconds + self.highest_seconds) / 2.0

    def quantiles(self, uniforms: Uniforms) -> NDArray[np.float64]:
        """Stretch the uniforms over the range."""
        return self.lowest_seconds + (self.highest_seconds - self.lowest_seconds) * uniforms


@dataclass(frozen=True, slots=True)
class Exponential:
    """Memoryless durations.

    >>> float(Exponential(90.0).quantiles(np.array([0.5]))[0]).__round__(3)
    62.383
    """

    mean_seconds: float

    def __post_init__(self) -> None:
        """Refuse a mean that is none."""
        _require(0.0 < self.mean_seconds < math.inf, "Exponential.mean_seconds", self.mean_seconds, "above 0")

    def quantiles(self, uniforms: Uniforms) -> NDArray[np.float64]:
        """Give -mean × ln(1 - u)."""
        return -self.mean_seconds * np.log1p(-uniforms)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """Durations whose logarithm is normal: what talk and ring times mostly look like.

    Brown et al., "Statistical Analysis of a Telephone Call Center", JASA 100 (2005), part 5 (service times).
    """

    median_seconds: float
    sigma: float  # standard deviation of the logarithm

    def __post_init__(self) -> None:
        """Refuse figures that no duration has."""
        _require(
            0.0 < self.median_seconds < math.inf, "Lognormal.median_seconds", self.median_seconds, "above 0"
        )
        _require(0.0 < self.sigma <= 3.0, "Lognormal.sigma", self.sigma, "above 0, at most 3")

    @property
    def mean_seconds(self) -> float:
        """Mean, seconds."""
        return self.median_seconds * math.exp(self.sigma**2 / 2.0)

    def quantiles(self, uniforms: Uniforms) -> NDArray[np.float64]:
        """Give median × exp(sigma × normal quantile)."""
        scores: NDArray[np.float64] = ndtri(np.maximum(uniforms, _SMALLEST))
        return self.median_seconds * np.exp(self.sigma * scores)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Of several distributions, each with a share: quick refusals and long sales in one list."""

    parts: tuple[tuple[float, Distribution], ...]  # (share, distribution); shares sum to 1

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        shares = [share for share, _ in self.parts]
        is_whole = bool(shares) and min(shares) > 0.0 and math.isclose(sum(shares), 1.0, abs_tol=1e-9)
        _require(is_whole, "Mixture shares", shares, "each above 0, 1 in sum")

    @property
    def mean_seconds(self) -> float:
        """Mean, seconds."""
        return sum(share * part.mean_seconds for share, part in self.parts)

    def quantiles(self, uniforms: Uniforms) -> NDArray[np.float64]:
        """Let each uniform choose the part, and what is left of it the value within the part."""
        drawn = np.empty(len(uniforms))
        begin = 0.0
        ends = list(accumulate(share for share, _ in self.parts))
        ends[-1] = 1.0  # shares sum to 1 but for rounding: no uniform may be left over
        for end, (_, part) in zip(ends, self.parts, strict=True):
            chosen = (uniforms >= begin) & (uniforms < end)
            within = np.minimum((uniforms[chosen] - begin) / (end - begin), _LARGEST_BELOW_ONE)
            drawn[chosen] = part.quantiles(within)
            begin = end
        return drawn


class Empirical:
    """Durations that were measured: the inverse of their distribution function, without smoothing."""

    __slots__ = ("_sorted", "mean_seconds")

    def __init__(self, durations_seconds: NDArray[np.float64]) -> None:
        """Take measured durations in any order; raises FigureOutOfRange for none and for negatives."""
        values = np.sort(np.asarray(durations_seconds, dtype=np.float64))
        _require(len(values) > 0, "durations", 0, "one measured duration or more")
        is_duration = bool(np.isfinite(values).all()) and values[0] >= 0.0
        _require(is_duration, "durations", float(values[0]), "finite seconds, 0 or more")
        self._sorted = values
        self.mean_seconds = float(values.mean())

    def __len__(self) -> int:
        return len(self._sorted)

    def quantiles(self, uniforms: Uniforms) -> NDArray[np.float64]:
        """Give the measured duration at each share of the sorted list."""
        return self._sorted[(uniforms * len(self._sorted)).astype(np.int64)]
