"""The report as a page: complete in itself, honest about who broke the limit, and repeatable."""

import re

import pytest

from simulations.benchmark.bounds import Bound
from simulations.benchmark.conclusion import conclude
from simulations.benchmark.report import ReportFacts, write_report
from simulations.benchmark.result_tables import FinishedRun
from simulations.benchmark.run_task import RunTask
from simulations.benchmark.second_opinion import compare_rankings
from simulations.benchmark.summaries import summarise
from tests.unit.simulations.benchmark.made_outcomes import outcome_of

METHODS = {
    "predictive": 0.72,
    "progressive": 0.61,
    "ratio 2": 0.75,
    "vicidial hard-limit 3": 0.66,
    "erlang": 0.7,
}
FACTS = ReportFacts(command="paceline benchmark --short", code_version="abc", runs=40, agent_hours=100.0)


def finished(scenario: str, agents: int, label: str, seed: int, *, is_held_out: bool = False) -> FinishedRun:
    """One run; `ratio 2` is over the limit."""
    task = RunTask(scenario=scenario, agents=agents, hours=8.0, label=label, method="ratio", seed=seed)
    abandoned = 8 if label == "ratio 2" else 2
    outcome = outcome_of(
        task,
        talk_ratio=METHODS[label] + seed / 1000,
        answers=100,
        abandoned=abandoned,
        abandon_ratio=abandoned / 100,
        worst_half_hour_ratio=0.123,
        wait_seconds_mean=10.0,
        wait_fairness=0.97,
        hours_counted=8,
        first_half_hour_answers=10,
        recovery_answers=10,
    )
    return FinishedRun(task=task, outcome=outcome, is_held_out=is_held_out)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report on two team sizes and a held-out scenario."""
    runs = [
        finished("medium", agents, label, seed) for agents in (5, 25) for label in METHODS for seed in (1, 2)
    ]
    runs += [finished("held_out_storm", 25, label, 1, is_held_out=True) for label in METHODS]
    path = tmp_path_factory.mktemp("report") / "report.html"
    bounds, cells = {"medium 5": Bound(talk_ratio=0.76, is_exact=True)}, summarise(runs)
    write_report(path, cells, bounds, FACTS, conclude(cells, bounds, compare_rankings(runs, runs)))
    return path.read_text()


def test_report_of_any_runs_needs_nothing_from_elsewhere(page: str) -> None:
    """No script, no image, no font and no style of another place."""
    assert not re.findall(r"(?:src|href)=\"(?!#)[^\"]+\"", page)
    assert "@import" not in page
    assert "<script" not in page
    assert not re.findall(r"url\((?!#)", page)


def test_report_names_every_method_of_every_cell(page: str) -> None:
    """Each table has a row for each method; worst windows are shown, not hidden."""
    for label in METHODS:
        assert page.count(f" {label}</td>") == 3
    assert page.count("12.3 %") >= 3 * len(METHODS)


def test_report_greys_the_methods_that_broke_the_limit(page: str) -> None:
    """And they stand behind all others."""
    table = page[page.index('aria-label="medium 5"') :]
    rows = re.findall(r'<tr class="([^"]*)">\s*<td>.*?</span> ([^<]+)</td>', table)[: len(METHODS)]
    assert rows[-1] == (" over", "ratio 2")
    assert rows[0] == ("ours", "predictive")


def test_report_shows_held_out_scenarios_apart(page: str) -> None:
    """Under a heading of their own, after all others."""
    every, held_out = page.index("<h2>Every cell</h2>"), page.index("<h2>Held out</h2>")
    assert every < held_out < page.index("<h3>held out storm")
    statement, apart = page.index("<h3>Scenarios of the design"), page.index("<h3>Held-out scenarios")
    assert statement < apart < page.index("<h2>Ranking of methods</h2>")


def test_report_says_of_every_picture_what_it_shows_and_how_to_get_it(page: str) -> None:
    """A sentence before it and a command after it."""
    sections = page.split("<section>")[1:]
    with_pictures = [section for section in sections if "<svg" in section]
    assert len(with_pictures) >= 8
    for section in with_pictures:
        assert re.search(r"<h2>.+</h2>\s*<p>.+</p>\s*<figure>", section)
        assert "Again: <code>paceline benchmark" in section


def test_charts_of_the_report_take_their_colours_from_the_page(page: str) -> None:
    """One drawing serves light and dark: no stand-in colour is left."""
    assert "var(--predictive)" in page
    assert not re.findall(r"#[ab]0000\d", page)
    assert "prefers-color-scheme: dark" in page


def test_report_states_what_broke_and_who_is_better(page: str) -> None:
    """The reference keeps the limit; `ratio 2` talks more, but over the limit, so that nobody is better."""
    statement = page[page.index("<h2>What the results say</h2>") : page.index("<h2>Ranking of methods</h2>")]
    assert "0 of 4 runs are over it, in 0 of 2 cells" in statement
    assert "0 of 6 such peers" in statement
    assert "6.0 points in 2 cells" in statement  # 0.72 - 0.66


def test_report_puts_every_table_into_a_box_that_scrolls(page: str) -> None:
    """A phone shows a wide table by parts, and nothing else is pushed aside."""
    tables = page.count("<table")
    assert tables >= 7
    assert len(re.findall(r'<div class="scroll"[^>]*>\s*<table', page)) == tables
