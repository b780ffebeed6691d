"""The report: one page of HTML that needs nothing else, with every figure's meaning and command beside it.

It only shows: every number comes from `summaries`, `bounds` and `conclusion`; words stand in the templates.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulations.benchmark.bounds import Bound
from simulations.benchmark.chart_style import FAMILIES, family_of
from simulations.benchmark.conclusion import Conclusion
from simulations.benchmark.rankings import best_of, common_labels
from simulations.benchmark.report_numbers import FILTERS
from simulations.benchmark.report_pictures import pictures_of
from simulations.benchmark.summaries import REFERENCE, CellSummary
from simulations.benchmark.verdict import VICIDIAL_DEFAULT

TEMPLATE = "report.html.jinja"
MONTH_HOURS_MIN = 168.0  # a run longer than a week is judged by days, too


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What the page says of its own making."""

    command: str  # that made the report
    code_version: str  # digest of what was measured
    runs: int  # in all
    agent_hours: float  # of all runs together


def write_report(
    path: Path,
    cells: Sequence[CellSummary],
    bounds: Mapping[str, Bound],
    facts: ReportFacts,
    conclusion: Conclusion,
) -> None:
    """Write the page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(FILTERS, family=family_of, best_of=best_of, common_labels=common_labels)
    open_cells = [cell for cell in cells if not cell.is_held_out]
    page = environment.get_template(TEMPLATE).render(
        facts=facts,
        machine=f"{platform.python_implementation()} {platform.python_version()}, "
        f"{os.cpu_count()} cores, {platform.machine()}",
        families=FAMILIES,
        short=_in_short(cells, bounds),
        pictures=pictures_of(open_cells, bounds, facts.command),
        conclusion=conclusion,
        vicidial_default=VICIDIAL_DEFAULT,
        cells=open_cells,
        held_out=[cell for cell in cells if cell.is_held_out],
        bounds=bounds,
        reference=REFERENCE,
        month_hours_min=MONTH_HOURS_MIN,
    )
    path.write_text(page, encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class InShort:
    """The report in a few figures, of the reference method."""

    runs: int  # in all cells
    runs_over: int  # over the limit
    to_optimum: float | None  # talk ratio ÷ exact optimum, mean over the cells that have one
    optimum_cells: int  # such cells
    best_elsewhere: int  # cells in which it talks most of those that keep the limit in every run
    cells: int  # all cells
    worst_half_hour: float | None  # of all cells
    gain_over_progressive: float | None  # talk ratio, mean over cells


def _in_short(cells: Sequence[CellSummary], bounds: Mapping[str, Bound]) -> InShort | None:
    own = [(cell, one) for cell in cells if (one := cell.find(REFERENCE)) is not None]
    if not own:
        return None
    reached = [
        one.talk_ratio.mean / bounds[cell.name].talk_ratio
        for cell, one in own
        if one.talk_ratio and cell.name in bounds and bounds[cell.name].is_exact
    ]
    gains = [
        -other.difference.mean
        for cell, _ in own
        if (other := cell.find("progressive")) is not None and other.difference is not None
    ]
    worst = [one.worst_half_hour_max for _, one in own if one.worst_half_hour_max is not None]
    return InShort(
        runs=sum(one.runs for _, one in own),
        runs_over=sum(one.runs_over for _, one in own),
        to_optimum=sum(reached) / len(reached) if reached else None,
        optimum_cells=len(reached),
        best_elsewhere=sum(one.keeps_limit and cell.methods[0].label == REFERENCE for cell, one in own),
        cells=len(own),
        worst_half_hour=max(worst, default=None),
        gain_over_progressive=sum(gains) / len(gains) if gains else None,
    )
