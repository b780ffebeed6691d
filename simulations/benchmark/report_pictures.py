"""The report's pictures: which charts there are, what each shows, and which command repeats it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from simulations.benchmark.bounds import Bound
from simulations.benchmark.chart_style import Family, family_of
from simulations.benchmark.charts import (
    Measure,
    decision_cost,
    measure_by_cell,
    talk_against_abandon,
    talk_by_team_size,
)
from simulations.benchmark.summaries import REFERENCE, CellSummary, Estimate, PooledRatio

CURVE_SCENARIO = "medium"
"""The scenario whose team sizes make the curve, where it was run."""
PREFERRED = (
    REFERENCE,
    "progressive",
    "vicidial hard-limit 3",
    "expected value",
    "ratio 1.5",
    "erlang",
)
"""Methods that charts show where they were run, the most telling first."""
LIMIT_MARK = 0.03  # of the packs of all scenarios


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Charts that belong together, with what they show and how to get them."""

    title: str  # of the section
    meaning: str  # a sentence or two
    svgs: tuple[Markup, ...]
    command: str  # that repeats its figures


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPicture:
    """One measure over all cells."""

    title: str  # of the section
    meaning: str  # a sentence or two
    unit: str  # on the axis
    measure: Measure
    is_ratio: bool = False  # a ratio
    mark: float | None = None  # a line not to be exceeded


def _point(value: float | None) -> Estimate | None:
    return None if value is None else Estimate(mean=value, low=value, high=value)


def _pooled(value: PooledRatio | None) -> Estimate | None:
    return None if value is None else Estimate(mean=value.ratio, low=value.low, high=value.high)


MEASURED = (
    MeasuredPicture(
        title="The worst half hour",
        meaning="The highest abandon ratio of any half hour with 20 answers, of all runs of the cell; "
        "a run can keep the limit and still have such a half hour.",
        unit="abandoned ÷ answers, worst half hour",
        measure=lambda one: _point(one.worst_half_hour_max),
        is_ratio=True,
        mark=LIMIT_MARK,
    ),
    MeasuredPicture(
        title="Hours over the limit",
        meaning="Share of clock hours (of those with 20 answers) over the limit, all runs together.",
        unit="hours over the limit ÷ hours",
        measure=lambda one: _pooled(one.hours_over),
        is_ratio=True,
    ),
    MeasuredPicture(
        title="How long agents wait",
        meaning="Mean idle wait of an agent between two calls.",
        unit="seconds of one wait",
        measure=lambda one: one.wait_seconds_mean,
    ),
    MeasuredPicture(
        title="How fair the waiting is",
        meaning="Jain's index of the agents' shares of idle time: 1 means that all wait alike.",
        unit="Jain's index",
        measure=lambda one: one.wait_fairness,
    ),
    MeasuredPicture(
        title="From answer to agent",
        meaning="How long the slowest hundredth of those who got an agent heard nobody.",
        unit="seconds from answer to agent, 99 of 100",
        measure=lambda one: one.answer_to_agent_seconds_p99,
        mark=2.0,
    ),
    MeasuredPicture(
        title="After a jump of the live ratio",
        meaning="Abandon ratio of the answers in minutes 3 to 13 after live answers jump upwards.",
        unit="abandoned ÷ answers, minutes 3 to 13",
        measure=lambda one: _pooled(one.recovery),
        is_ratio=True,
        mark=LIMIT_MARK,
    ),
    MeasuredPicture(
        title="The first half hour",
        meaning="Abandon ratio of the first half hour of a shift, without any history.",
        unit="abandoned ÷ answers, first half hour",
        measure=lambda one: _pooled(one.first_half_hour),
        is_ratio=True,
        mark=LIMIT_MARK,
    ),
)


def compared_labels(cells: Sequence[CellSummary]) -> list[str]:
    """Choose the methods that charts show: of each family one, the preferred one where it was run."""
    present = dict.fromkeys(one.label for cell in cells for one in cell.methods)
    preferred = [label for label in PREFERRED if label in present]
    chosen: dict[Family, str] = {}
    for label in (*preferred, *present):
        chosen.setdefault(family_of(label), label)
    return list(chosen.values())


def pictures_of(cells: Sequence[CellSummary], bounds: Mapping[str, Bound], command: str) -> list[Picture]:
    """Give all pictures that these cells have figures for."""
    if not cells:
        return []
    curve = [cell for cell in cells if cell.scenario == CURVE_SCENARIO] or list(cells)
    curve = sorted(curve, key=lambda cell: (cell.scenario, cell.agents))
    pictures = [_curve(curve, bounds)]
    if len({cell.scenario for cell in curve}) == 1 < len(curve):
        pictures += _by_team_size(curve, bounds)
    labels = compared_labels(cells)
    for measured in MEASURED:
        rows = [cell for cell in cells if any(measured.measure(one) is not None for one in cell.methods)]
        if rows:
            pictures.append(_measured(measured, rows, labels, command))
    return pictures


def _curve(curve: Sequence[CellSummary], bounds: Mapping[str, Bound]) -> Picture:
    return Picture(
        title="Talk against abandonment, by team size",
        meaning="Each point is a method: higher is more talk, further right is more people left without an "
        "agent; right of the red line is over the legal limit, and nothing can lie above the dashed line "
        "(bars: 95 % interval over seeds).",
        svgs=tuple(Markup(talk_against_abandon(cell, bounds.get(cell.name))) for cell in curve),
        command=" && ".join(dict.fromkeys(cell.command for cell in curve)),
    )


def _by_team_size(curve: Sequence[CellSummary], bounds: Mapping[str, Bound]) -> list[Picture]:
    labels = compared_labels(curve)
    command = " && ".join(dict.fromkeys(cell.command for cell in curve))
    return [
        Picture(
            title="What a larger team gains",
            meaning="Talk ratio over team size; a hollow mark says that some run of the method exceeded the "
            "limit, so that its height is not to be had.",
            svgs=(Markup(talk_by_team_size(curve, labels, bounds)),),
            command=command,
        ),
        Picture(
            title="What a decision costs",
            meaning="Mean wall time of one decision on one core of this machine, both axes logarithmic.",
            svgs=(Markup(decision_cost(curve, labels)),),
            command=command,
        ),
    ]


def _measured(
    measured: MeasuredPicture, rows: Sequence[CellSummary], labels: Sequence[str], command: str
) -> Picture:
    svg = measure_by_cell(
        rows,
        labels,
        measured.measure,
        unit=measured.unit,
        is_ratio=measured.is_ratio,
        mark=measured.mark,
    )
    return Picture(title=measured.title, meaning=measured.meaning, svgs=(Markup(svg),), command=command)
