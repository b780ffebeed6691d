"""The charts of the report; each function draws one picture from summaries and gives it as SVG."""

from collections.abc import Callable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator, PercentFormatter

from simulations.benchmark.bounds import Bound
from simulations.benchmark.chart_style import (
    FORBIDDEN,
    INK,
    QUIET_INK,
    SURFACE,
    as_svg,
    family_of,
    new_figure,
)
from simulations.benchmark.label_places import free_place
from simulations.benchmark.summaries import REFERENCE, CellSummary, Estimate, MethodSummary

PANEL_INCHES = (4.9, 3.9)
WIDE_INCHES = 9.6
ROW_INCHES = 0.36
ROW_SHARE = 0.62  # of a row, over which its points are spread
TALK_MARGIN = 0.05  # above and below all points; a long interval is cut rather than the rest made small
ABANDON_SHOWN_MAX = 0.12  # ratios beyond it stand at the edge, with their figure
MICROSECONDS = 1e6

Measure = Callable[[MethodSummary], "Estimate | None"]


def talk_against_abandon(cell: CellSummary, bound: Bound | None) -> str:
    """Draw one team size of the curve: talk ratio over abandon ratio, each method a point."""
    figure, axes = new_figure(*PANEL_INCHES)
    shown = [one for one in cell.methods if one.talk_ratio is not None and one.abandon is not None]
    limit = shown[0].limit_ratio if shown else 0.03
    axes.axvspan(limit, 2 * ABANDON_SHOWN_MAX, color=FORBIDDEN, alpha=0.10, linewidth=0)
    axes.axvline(limit, color=FORBIDDEN, linewidth=1.2)
    if bound is not None:
        axes.axhline(bound.talk_ratio, color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
        name = "exact optimum at the limit" if bound.is_exact else "fluid bound"
        end = (ABANDON_SHOWN_MAX, bound.talk_ratio)
        text = f"{name}  {bound.talk_ratio:.1%}"
        axes.annotate(text, end, xytext=(0, 3), textcoords="offset points", ha="right", fontsize=8, color=INK)
    for one in shown:
        _point(axes, one)
    axes.set_xlim(-0.004, ABANDON_SHOWN_MAX + 0.004)
    heights = [one.talk_ratio.mean for one in shown if one.talk_ratio]
    heights += [bound.talk_ratio] if bound is not None else []
    if heights:
        axes.set_ylim(min(heights) - TALK_MARGIN, max(heights) + TALK_MARGIN)
    axes.set_title(f"{cell.agents:,} agents")
    axes.set_xlabel("abandoned ÷ answers (all runs together)")
    axes.set_ylabel("talk ÷ logged-in time")
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    _label_points(figure, axes, shown)
    return as_svg(figure, f"Talk ratio against abandon ratio, {cell.agents} agents")


def _point(axes: Axes, one: MethodSummary) -> None:
    assert one.talk_ratio is not None
    family = family_of(one.label)
    is_ours = one.label == REFERENCE
    talk = one.talk_ratio
    axes.errorbar(
        [_shown_abandon(one)],
        [talk.mean],
        yerr=_bars(talk),
        fmt=family.marker,
        markersize=8.5 if is_ours else 6.0,
        color=family.colour,
        markeredgecolor=SURFACE,
        markeredgewidth=0.8,
        elinewidth=1.0,
        zorder=4 if is_ours else 3,
    )


def _bars(value: Estimate) -> list[list[float]]:
    """Give the lengths of an interval's two halves; rounding must not make one negative."""
    return [[max(0.0, value.mean - value.low)], [max(0.0, value.high - value.mean)]]


def _shown_abandon(one: MethodSummary) -> float:
    assert one.abandon is not None
    return min(one.abandon.ratio, ABANDON_SHOWN_MAX)


def _label_points(figure: Figure, axes: Axes, shown: Sequence[MethodSummary]) -> None:
    """Write each method's name where it covers nothing; without a free place the table alone has it."""
    figure.draw_without_rendering()  # lays out, so that places are known
    to_pixels = axes.transData.transform
    points = [to_pixels((_shown_abandon(one), one.talk_ratio.mean)) for one in shown if one.talk_ratio]
    taken = [(x - 4.0, y - 4.0, x + 4.0, y + 4.0) for x, y in points]
    # The reference first: it is never without its name.
    order = sorted(range(len(shown)), key=lambda index: (shown[index].label != REFERENCE, index))
    for index in order:
        one = shown[index]
        assert one.abandon is not None
        is_beyond = one.abandon.ratio > ABANDON_SHOWN_MAX
        text = f"{one.label} ({one.abandon.ratio:.0%})" if is_beyond else one.label
        place = free_place(tuple(points[index]), len(text), taken, axes.bbox.extents)
        if place is None:
            continue
        taken.append(place.box)
        axes.annotate(
            text,
            tuple(points[index]),
            xycoords="figure pixels",
            xytext=place.offset,
            textcoords="offset pixels",
            ha=place.side,
            va="center",
            fontsize=7.5,
            color=INK if one.label == REFERENCE else QUIET_INK,
            fontweight="bold" if one.label == REFERENCE else "normal",
        )


def talk_by_team_size(
    cells: Sequence[CellSummary], labels: Sequence[str], bounds: Mapping[str, Bound]
) -> str:
    """Draw the talk ratio over the team size, a line for each of these methods; hollow: over the limit."""
    figure, axes = new_figure(WIDE_INCHES, 4.0)
    ordered = sorted(cells, key=lambda cell: cell.agents)
    ceiling = [(cell.agents, bounds[cell.name].talk_ratio) for cell in ordered if cell.name in bounds]
    if ceiling:
        axes.plot(*zip(*ceiling, strict=True), color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
        _name_end(axes, "bound", ceiling[-1], INK)
    for label in labels:
        found = [(cell.agents, cell.find(label)) for cell in ordered]
        _line(axes, label, [(agents, one) for agents, one in found if one is not None and one.talk_ratio])
    _team_size_axis(axes, [cell.agents for cell in ordered])
    axes.set_ylabel("talk ÷ logged-in time")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    return as_svg(figure, "Talk ratio by team size")


def _line(axes: Axes, label: str, found: Sequence[tuple[int, MethodSummary]]) -> None:
    if not found:
        return
    family = family_of(label)
    values = [one.talk_ratio.mean for _, one in found if one.talk_ratio]
    agents = [size for size, _ in found]
    axes.plot(agents, values, color=family.colour, linewidth=1.8 if label == REFERENCE else 1.1)
    for size, value, (_, one) in zip(agents, values, found, strict=True):
        fill = family.colour if one.keeps_limit else SURFACE
        axes.plot(
            [size],
            [value],
            marker=family.marker,
            markersize=6.5,
            color=family.colour,
            markerfacecolor=fill,
            markeredgewidth=1.3,
        )
    _name_end(axes, label, (agents[-1], values[-1]), family.colour)


def _name_end(axes: Axes, label: str, point: tuple[float, float], colour: str) -> None:
    """Write a line's name at its end."""
    axes.annotate(
        label,
        point,
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color=colour,
        fontweight="bold" if label == REFERENCE else "normal",
    )


def decision_cost(cells: Sequence[CellSummary], labels: Sequence[str]) -> str:
    """Draw the mean time of one decision over the team size."""
    figure, axes = new_figure(WIDE_INCHES, 3.6)
    ordered = sorted(cells, key=lambda cell: cell.agents)
    for label in labels:
        found = [(cell.agents, one) for cell in ordered if (one := cell.find(label)) is not None]
        if not found:
            continue
        family = family_of(label)
        agents = [size for size, _ in found]
        costs = [MICROSECONDS * one.decide_seconds_mean for _, one in found]
        axes.plot(agents, costs, color=family.colour, marker=family.marker, linewidth=1.2, markersize=5.5)
        _name_end(axes, label, (agents[-1], costs[-1]), family.colour)
    _team_size_axis(axes, [cell.agents for cell in ordered])
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} µs"))
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel("mean of one decision")
    return as_svg(figure, "Time of one decision by team size")


def _team_size_axis(axes: Axes, sizes: Sequence[int]) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel("agents (logarithmic)")
    axes.margins(x=0.06)


def measure_by_cell(
    cells: Sequence[CellSummary],
    labels: Sequence[str],
    measure: Measure,
    *,
    unit: str,
    is_ratio: bool = False,
    mark: float | None = None,
) -> str:
    """Draw one measure: a row for each cell, a point with its interval for each of these methods."""
    figure, axes = new_figure(WIDE_INCHES, 0.9 + ROW_INCHES * max(2, len(cells)))
    for row, cell in enumerate(cells):
        for place, label in enumerate(labels):
            one = cell.find(label)
            value = measure(one) if one is not None else None
            if value is not None:
                family = family_of(label)
                axes.errorbar(
                    [value.mean],
                    [row + ROW_SHARE * ((place + 0.5) / len(labels) - 0.5)],
                    xerr=_bars(value),
                    fmt=family.marker,
                    color=family.colour,
                    markersize=5.5,
                    elinewidth=1.0,
                    markeredgecolor=SURFACE,
                    markeredgewidth=0.5,
                )
    if mark is not None:
        axes.axvline(mark, color=FORBIDDEN, linewidth=1.2)
    axes.set_yticks(range(len(cells)), [cell.name.replace("_", " ") for cell in cells])
    axes.set_ylim(len(cells) - 0.4, -0.6)
    right = axes.get_xlim()[1]
    axes.set_xlim(-0.015 * right, 1.015 * right)  # a marker at either end is drawn whole
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(unit)
    if is_ratio:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))  # as many decimals as the marks need
    return as_svg(figure, f"{unit} by scenario and team size")
