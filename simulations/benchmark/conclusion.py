"""All that is concluded from the results: the page shows it, the terminal prints it, a JSON file keeps it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from simulations.benchmark.bounds import Bound
from simulations.benchmark.findings import Finding, as_lines, findings_of
from simulations.benchmark.rankings import MethodOverall, rank_overall
from simulations.benchmark.second_opinion import RankingAgreement, agreement_lines
from simulations.benchmark.summaries import REFERENCE, CellSummary
from simulations.benchmark.verdict import VICIDIAL_DEFAULT, Verdict, verdict_of

FILE_NAME = "verdict.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is concluded of some of the cells."""

    title: str  # which cells
    verdict: Verdict
    findings: tuple[Finding, ...]
    overall: tuple[MethodOverall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What is concluded of all cells."""

    parts: tuple[Part, ...]  # the scenarios of the design, and those held out apart
    agreements: tuple[RankingAgreement, ...] | None  # None: no second set of seeds was given

    def lines(self) -> list[str]:
        """Give all of it as lines for a terminal."""
        lines = [line for part in self.parts for line in as_lines(f"{part.title}:", part.findings)]
        return lines if self.agreements is None else [*lines, *agreement_lines(self.agreements)]


def conclude(
    cells: Sequence[CellSummary],
    bounds: Mapping[str, Bound],
    agreements: Sequence[RankingAgreement] | None = None,
) -> Conclusion:
    """Judge the cells of the design and those held out, each by themselves."""
    groups = {
        "Scenarios of the design": [cell for cell in cells if not cell.is_held_out],
        "Held-out scenarios": [cell for cell in cells if cell.is_held_out],
    }
    return Conclusion(
        parts=tuple(_part(title, group, bounds) for title, group in groups.items() if group),
        agreements=None if agreements is None else tuple(agreements),
    )


def write_conclusion(path: Path, conclusion: Conclusion) -> None:
    """Write it as JSON: every figure that the page's statement is made of, and the statement itself."""
    told = {"reference": REFERENCE, "vicidial_default": VICIDIAL_DEFAULT, **asdict(conclusion)}
    path.write_text(json.dumps(told, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def _part(title: str, cells: Sequence[CellSummary], bounds: Mapping[str, Bound]) -> Part:
    verdict = verdict_of(cells, bounds)
    findings = tuple(findings_of(verdict))
    return Part(title=title, verdict=verdict, findings=findings, overall=tuple(rank_overall(cells)))
