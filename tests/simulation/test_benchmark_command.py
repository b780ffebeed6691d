"""`paceline benchmark` as it is typed: what it refuses, and what a small one leaves behind."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.command_line import paceline

TABLES = ("results.csv", "results.parquet", "results.json")
SMALL = ("--scenarios", "medium", "--agents", "2", "--hours", "0.1", "--seeds", "1", "--jobs", "1")


def typed(*words: str) -> Result:
    """What comes of a command line."""
    return CliRunner().invoke(paceline, ["benchmark", *words])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--scenarios", "medum"), "medium"),
        (("--methods", "predictve"), "predictive"),
        (("--agents", "five"), "whole numbers with commas"),
        (("--hours", "-1"), "above 0"),
        (("--replay", "nowhere.csv"), "a readable CSV file"),
        (("--report-only",), "expected results of a benchmark"),
    ],
    ids=["scenario", "method", "agents", "hours", "replay", "report-only"],
)
def test_benchmark_of_what_does_not_exist_says_what_does(
    tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    """It ends with 2 before anything is run."""
    result = typed(*words, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert expected in result.output
    assert not (tmp_path / "out").exists()


def test_benchmark_of_a_small_cell_leaves_tables_and_a_report(tmp_path: Path) -> None:
    """One run of two methods each; a second time nothing is run and the tables are the same."""
    words = (*SMALL, "--methods", "progressive,ratio 2", "--out", str(tmp_path))
    assert typed(*words).exit_code == 0
    tables = {
        name: (tmp_path / name).read_bytes() for name in ("results.csv", "results.parquet", "results.json")
    }
    assert typed(*words).exit_code == 0
    assert tables == {name: (tmp_path / name).read_bytes() for name in tables}
    assert len((tmp_path / "runs.jsonl").read_text().splitlines()) == 2
    again = typed(*words, "--report-only", "--compare", str(tmp_path))
    assert again.exit_code == 2
    assert "other seeds" in again.output
    assert typed(*words, "--report-only").exit_code == 0
    assert (tmp_path / "verdict.json").is_file()
    assert "ratio 2</td>" in (tmp_path / "report.html").read_text()
