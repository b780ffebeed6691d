"""How the report writes numbers: the same unit and precision for one quantity everywhere."""

from collections.abc import Callable

from simulations.benchmark.summaries import Estimate, PooledRatio

NOTHING = "–"


def ratio_text(value: float | None, decimals: int = 1) -> str:
    """Write a ratio in percent.

    >>> ratio_text(0.0345), ratio_text(None)
    ('3.5 %', '–')
    """
    return NOTHING if value is None else f"{100.0 * value:.{decimals}f} %"


def mean_ratio_text(value: Estimate | None) -> str:
    """Write a mean ratio and half of its interval, in percent."""
    if value is None:
        return NOTHING
    return f"{100.0 * value.mean:.1f} ± {100.0 * (value.high - value.low) / 2.0:.1f} %"


def points_text(value: Estimate | None) -> str:
    """Write a difference of ratios in percentage points, with its interval.

    >>> points_text(Estimate(mean=-0.02, low=-0.03, high=-0.01))
    '−2.0 (−3.0 to −1.0)'
    """
    if value is None:
        return NOTHING
    return f"{_signed(value.mean)} ({_signed(value.low)} to {_signed(value.high)})"


def signed_points(value: float | None) -> str:
    """Write a difference of ratios in percentage points.

    >>> signed_points(-0.0123), signed_points(None)
    ('−1.2', '–')
    """
    return NOTHING if value is None else _signed(value)


def pooled_text(value: PooledRatio | None) -> str:
    """Write a ratio of counts in percent."""
    return NOTHING if value is None else f"{100.0 * value.ratio:.2f} %"


def seconds_text(value: Estimate | float | None) -> str:
    """Write a duration, or the mean of one."""
    if value is None:
        return NOTHING
    seconds = value.mean if isinstance(value, Estimate) else value
    return f"{seconds:.2f} s" if seconds < 10.0 else f"{seconds:,.0f} s"


def plain(value: Estimate | float | None, decimals: int = 2) -> str:
    """Write a number without a unit, or the mean of one."""
    if value is None:
        return NOTHING
    return f"{value.mean if isinstance(value, Estimate) else value:,.{decimals}f}"


def microseconds_text(seconds: float) -> str:
    """Write the time of a decision."""
    return f"{1e6 * seconds:,.0f} µs"


def _signed(ratio: float) -> str:
    return f"{100.0 * ratio:+.1f}".replace("-", "−")


FILTERS: dict[str, Callable[..., str]] = {
    "ratio_text": ratio_text,
    "mean_ratio_text": mean_ratio_text,
    "points_text": points_text,
    "signed_points": signed_points,
    "pooled_text": pooled_text,
    "seconds_text": seconds_text,
    "plain": plain,
    "microseconds_text": microseconds_text,
}
