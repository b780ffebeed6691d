"""What is said plainly of the reference method: limits broken, and who is better within the limit."""

from simulations.benchmark.result_tables import FinishedRun
from simulations.benchmark.run_task import RunTask
from simulations.benchmark.summaries import summarise
from simulations.benchmark.verdict import Verdict, judge
from tests.unit.simulations.benchmark.made_outcomes import outcome_of


def verdict_on(leads: dict[str, list[float]], over: tuple[tuple[str, int], ...] = ()) -> Verdict:
    """One cell: each method's lead over `predictive` by seed, and which runs are over the limit."""
    runs = []
    for label, by_seed in {"predictive": [0.0] * 3, **leads}.items():
        for seed, lead in enumerate(by_seed, start=1):
            task = RunTask(scenario="medium", agents=5, hours=8.0, label=label, method="ratio", seed=seed)
            ratio = 0.04 if (label, seed) in over else 0.02
            outcome = outcome_of(task, talk_ratio=0.6 + seed / 50 + lead, answers=100, abandon_ratio=ratio)
            runs.append(FinishedRun(task=task, outcome=outcome))
    return judge(summarise(runs))


def test_peer_that_leads_beyond_chance_is_named_with_its_interval() -> None:
    """A point more on every seed."""
    verdict = verdict_on({"ratio 2": [0.010, 0.011, 0.012]})
    assert [peer.label for peer in verdict.certain] == ["ratio 2"]
    assert "ratio 2 in medium 5 (+1.1, +0.9 to +1.3)" in verdict.lines()[1]


def test_peer_that_leads_by_less_than_what_counts_is_not_better() -> None:
    """0.2 points, however sure."""
    assert verdict_on({"ratio 2": [0.0020, 0.0021, 0.0020]}).better_peers == ()


def test_peer_whose_lead_may_be_luck_is_told_apart() -> None:
    """On average a point, but its interval holds nothing as well; one seed alone proves nothing either."""
    assert [peer.label for peer in verdict_on({"ratio 2": [0.03, 0.0, 0.0]}).uncertain] == ["ratio 2"]
    assert [peer.is_certain for peer in verdict_on({"ratio 2": [0.03]}).better_peers] == [False]


def test_peer_that_breaks_the_limit_once_is_no_rival() -> None:
    """Its talk ratio is not to be had."""
    assert verdict_on({"ratio 2": [0.1, 0.1, 0.1]}, over=(("ratio 2", 2),)).better_peers == ()


def test_cell_in_which_ours_breaks_the_limit_is_named_with_its_worst_run() -> None:
    """One run of three."""
    verdict = verdict_on({}, over=(("predictive", 3),))
    assert [(one.cell, one.runs_over, one.runs) for one in verdict.limit_breaks] == [("medium 5", 1, 3)]
    assert verdict.lines()[0].endswith("in 1 of 1 cells: medium 5 (1 of 3 runs, worst 4.00 %).")


def test_verdict_without_our_method_says_that_nothing_is_said() -> None:
    """Not that nobody is better."""
    assert judge([]).lines() == ["predictive was not run: nothing is said of it."]
