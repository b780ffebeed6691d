"""The results as files for other programs: CSV, Parquet and JSON of every run, and wall times apart.

Rows are sorted and hold no wall time, so that the same design on the same code gives the same bytes, however
many processes ran it. Wall times stand in a file of their own.
"""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
from pyarrow import parquet

from simulations.benchmark.run_figures import RunFigures
from simulations.benchmark.run_task import RunOutcome, RunTask

DECIMALS = 9
Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun:
    """A task and what came of it."""

    task: RunTask
    outcome: RunOutcome
    is_held_out: bool = False  # nobody tunes on its scenario

    @property
    def place(self) -> tuple[str, int, str, int]:
        """Give its place in tables: scenario, agents, method, seed."""
        return (self.task.scenario, self.task.agents, self.task.label, self.task.seed)


_FROM_TASK = ("scenario", "agents", "hours", "warm_up_minutes", "label", "method", "seed")


def write_tables(folder: Path, runs: Sequence[FinishedRun], version_of: Callable[[str], str]) -> None:
    """Write results.csv, results.parquet, results.json and timings.csv into the folder.

    `version_of` gives the code version of a pacing method.
    """
    ordered = sorted(runs, key=lambda run: run.place)
    rows = [_row(run, version_of(run.task.method)) for run in ordered]
    _write_csv(folder / "results.csv", rows)
    (folder / "results.json").write_text(json.dumps(rows, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    parquet.write_table(_table(rows), folder / "results.parquet")
    _write_csv(folder / "timings.csv", [_timing_row(run) for run in ordered])


def _row(run: FinishedRun, code_version: str) -> dict[str, Value]:
    settings = ",".join(f"{name}={value:g}" for name, value in run.task.settings)
    return {
        **{name: getattr(run.task, name) for name in _FROM_TASK},
        "settings": settings,
        "is_held_out": run.is_held_out,
        "code_version": code_version,
        **{name: _rounded(value) for name, value in asdict(run.outcome.figures).items()},
        "command": run.task.command_line,
    }


def _timing_row(run: FinishedRun) -> dict[str, Value]:
    return {
        **{name: getattr(run.task, name) for name in _FROM_TASK},
        **{name: _rounded(value) for name, value in asdict(run.outcome.timings).items()},
    }


def _rounded(value: Value) -> Value:
    return round(value, DECIMALS) if isinstance(value, float) else value


def _write_csv(path: Path, rows: Sequence[dict[str, Value]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _table(rows: Sequence[dict[str, Value]]) -> pa.Table:
    """Give the rows as a Parquet table whose columns have one type whatever is missing in them."""
    names = list(rows[0]) if rows else []
    schema = pa.schema([(name, _ARROW.get(name, pa.string())) for name in names])
    return pa.Table.from_pylist(list(rows), schema=schema)


_COUNTS = {field.name for field in fields(RunFigures) if "int" in str(field.type)}
_ARROW: dict[str, pa.DataType] = {
    "agents": pa.int64(),
    "seed": pa.int64(),
    "is_held_out": pa.bool_(),
    **dict.fromkeys(("hours", "warm_up_minutes"), pa.float64()),
    **{field.name: pa.float64() for field in fields(RunFigures)},
    **dict.fromkeys(_COUNTS, pa.int64()),
}
