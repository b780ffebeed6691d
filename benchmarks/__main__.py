"""Run the measurements and print them beside their goals: `python -m benchmarks [--all] [--write]`."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    conditions,
    duplicates,
    engine_cost,
    fault_sweep,
    list_import,
    reservation,
    simulated_runs,
)
from benchmarks.figure import Figure, machine

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

SHORT: tuple[Callable[[], Figure], ...] = (
    engine_cost.measure_events_per_second,
    lambda: simulated_runs.measure(100, 8.0, 20.0, 300.0),
    lambda: simulated_runs.measure(1000, 1.0, 45.0, None),
    engine_cost.measure_handle_cost,
    conditions.measure_holds,
    conditions.measure_compiling,
    duplicates.measure,
)
"""What `make bench` runs: some two minutes."""

LONG: tuple[Callable[[], Figure], ...] = (
    reservation.measure,
    list_import.measure,
    lambda: fault_sweep.measure(1000),
)
"""What `--all` adds: reservations out of large lists, a list of a million, and the sweep of 1,000 seeds."""


def main(words: list[str]) -> int:
    """Measure; 1 when a goal is missed."""
    figures: list[Figure] = []
    for measure in (*SHORT, *(LONG if "--all" in words else ())):
        began = time.perf_counter()
        figure = measure()
        figures.append(figure)
        verdict = "met" if figure.is_met else "MISSED"
        print(f"{figure.what}\n  goal {figure.goal}\n  {verdict}: {figure.measured}", flush=True)
        print(f"  {figure.conditions} [{time.perf_counter() - began:.0f} s]", flush=True)
    if "--write" in words:
        write(figures)
    return 0 if all(figure.is_met for figure in figures) else 1


def write(figures: list[Figure]) -> None:
    """Put the figures into the document, between its two marks."""
    rows = [
        f"| {f.what} | {f.goal} | {f.measured} | {'yes' if f.is_met else '**no**'} | {f.conditions} |"
        for f in figures
    ]
    table = "\n".join(
        (
            f"Measured on {time.strftime('%Y-%m-%d')} with {machine()}, nothing else running.",
            "",
            "| what | goal | measured | met | conditions |",
            "|---|---|---|---|---|",
            *rows,
        )
    )
    text = DOCUMENT.read_text()
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
