"""Planted faults of the benchmark: what its figures, its results file and its design must not do."""

from tests.house.mutants.mutant import Mutant

UNIT = "tests/unit/simulations/benchmark"
ROOM = "simulations/benchmark"

MUTANTS = (
    Mutant(
        name="benchmark: a window begins with the answer before it",
        catches=f"{UNIT}/test_rolling_window.py::test_worst_window_of_any_calls_is_that_of_all_windows_tried",
        path=f"{ROOM}/rolling_window.py",
        before='begins = np.searchsorted(at, at - seconds, side="right")',
        after='begins = np.maximum(0, np.searchsorted(at, at - seconds, side="right") - 1)',
    ),
    Mutant(
        name="benchmark: the warm-up counts",
        catches=f"{UNIT}/test_run_task.py::test_warm_up_of_a_run_is_not_counted",
        path=f"{ROOM}/run_figures.py",
        before="if answer.answered_at >= span.warm_up_seconds]",
        after="if answer.answered_at >= 0.0]",
    ),
    Mutant(
        name="benchmark: a method's settings are forgotten",
        catches=f"{UNIT}/test_run_task.py::test_setting_of_a_method_reaches_the_pacer",
        path=f"{ROOM}/run_task.py",
        before="    settings = dict(task.settings)",
        after="    settings: dict[str, float] = {}",
    ),
    Mutant(
        name="benchmark: results of any code are taken",
        catches=f"{UNIT}/test_runner.py::test_results_of_other_code_are_not_used",
        path=f"{ROOM}/run_task.py",
        before='"code": code_version}',
        after='"code": ""}',
    ),
    Mutant(
        name="benchmark: a change of one method makes all runs new",
        catches=f"{UNIT}/test_code_version.py"
        "::test_change_of_a_file_makes_only_those_runs_new_that_can_reach_it[pacing/predictive.py-methods4]",
        path=f"{ROOM}/code_version.py",
        before='LISTS = frozenset({"pacing/__init__.py", "pacing/methods.py"})',
        after="LISTS: frozenset[str] = frozenset()",
    ),
    Mutant(
        name="benchmark: what a method imports does not count",
        catches=f"{UNIT}/test_code_version.py"
        "::test_change_of_a_file_makes_only_those_runs_new_that_can_reach_it[pacing/ring_law.py-methods5]",
        path=f"{ROOM}/code_version.py",
        before="            pending += _followed_imports(root, path, listed)",
        after="            pass",
    ),
    Mutant(
        name="benchmark: a scenario's own method does not count",
        catches=f"{UNIT}/test_code_version.py::test_methods_that_scenarios_fix_count_for_every_run",
        path=f"{ROOM}/code_version.py",
        before='FIXED_METHODS = ("progressive", ',
        after="FIXED_METHODS = (",
    ),
    Mutant(
        name="benchmark: a torn line stays in the results",
        catches=f"{UNIT}/test_runner.py::test_torn_last_line_of_the_results_is_dropped",
        path=f"{ROOM}/results_file.py",
        before="                file.truncate(len(text) - len(torn))",
        after="                file.truncate(len(text))",
    ),
    Mutant(
        name="benchmark: a finished run is forgotten",
        catches=f"{UNIT}/test_runner.py::test_benchmark_that_was_killed_goes_on_where_it_was",
        path=f"{ROOM}/results_file.py",
        before="        self._outcomes[key] = outcome",
        after="        pass",
    ),
    Mutant(
        name="benchmark: a record is met in any order",
        catches=f"{UNIT}/test_replayed_attempts.py::test_record_of_attempts_is_met_in_its_order",
        path="simulations/recorded_parties.py",
        before="return (offset + lead_index + RETRY_STRIDE",
        after="return (offset + 7 * lead_index + RETRY_STRIDE",
    ),
    Mutant(
        name="benchmark: whoever breaks the limit ranks by talk alone",
        catches=f"{UNIT}/test_summaries.py"
        "::test_method_that_breaks_the_limit_once_ranks_behind_all_that_keep_it",
        path=f"{ROOM}/summaries.py",
        before="key=lambda one: (not one.keeps_limit, ",
        after="key=lambda one: (True, ",
    ),
    Mutant(
        name="benchmark: the loss rate forgets who is served meanwhile",
        catches=f"{UNIT}/test_bounds.py::test_loss_rates_of_a_constant_patience_give_barrers_loss",
        path=f"{ROOM}/markov_optimum.py",
        before="    return waiting * before / now - release_per_second",
        after="    return waiting * before / now",
    ),
    Mutant(
        name="benchmark: abandoned calls cost nothing in the optimum",
        catches="tests/simulation/test_markov_optimum.py"
        "::test_optimum_of_a_team_is_that_of_an_independent_solution",
        path=f"{ROOM}/markov_optimum.py",
        before="        lost = self._loss + ",
        after="        lost = 0.5 * self._loss + ",
    ),
    Mutant(
        name="benchmark: a stand-in colour stays in a chart",
        catches="tests/simulation/test_benchmark_report.py"
        "::test_charts_of_the_report_take_their_colours_from_the_page",
        path=f"{ROOM}/chart_style.py",
        before="    return _STAND_IN.sub(",
        after="    return svg or _STAND_IN.sub(",
    ),
    Mutant(
        name="benchmark: the short version has cells of its own",
        catches=f"{UNIT}/test_design.py::test_short_design_is_a_part_of_the_whole_one",
        path=f"{ROOM}/design.py",
        before="    return replace(cell, seeds=seeds, methods=",
        after="    return replace(cell, hours=cell.hours / 2, seeds=seeds, methods=",
    ),
    Mutant(
        name="benchmark: a peer's lead counts though it may be chance",
        catches=f"{UNIT}/test_verdict.py"
        "::test_peer_is_better_only_beyond_the_margin_and_beyond_chance[chance]",
        path=f"{ROOM}/verdict.py",
        before="peer for peer in better if peer.lead.low > 0.0)",
        after="peer for peer in better)",
    ),
    Mutant(
        name="benchmark: a peer over the limit is judged like the others",
        catches=f"{UNIT}/test_verdict.py::test_peer_that_breaks_the_limit_on_one_seed_is_never_better",
        path=f"{ROOM}/verdict.py",
        before="if one.label != REFERENCE and one.keeps_limit]",
        after="if one.label != REFERENCE]",
    ),
    Mutant(
        name="benchmark: the best VICIdial setting need not keep the limit",
        catches=f"{UNIT}/test_verdict.py::test_best_vicidial_setting_is_the_best_that_keeps_the_limit",
        path=f"{ROOM}/verdict.py",
        before="for one in _vicidials(cell) if one.keeps_limit), None)",
        after="for one in sorted(_vicidials(cell), key=lambda one: -one.talk_ratio.mean)), None)",
    ),
    Mutant(
        name="benchmark: a run over the limit is not named",
        catches=f"{UNIT}/test_verdict.py::test_run_over_the_limit_is_named_with_cell_and_seed",
        path=f"{ROOM}/summaries.py",
        before="one.abandon_ratio > one.limit_ratio",
        after="one.abandon_ratio > 2 * one.limit_ratio",
    ),
    Mutant(
        name="benchmark: held-out cells stand among the others",
        catches=f"{UNIT}/test_verdict.py::test_conclusion_keeps_held_out_cells_apart_and_in_json",
        path=f"{ROOM}/conclusion.py",
        before='"Scenarios of the design": [cell for cell in cells if not cell.is_held_out],',
        after='"Scenarios of the design": list(cells),',
    ),
    Mutant(
        name="benchmark: rankings are contradicted by chance",
        catches=f"{UNIT}/test_second_opinion.py::test_order_that_one_set_is_unsure_of_is_no_contradiction",
        path=f"{ROOM}/second_opinion.py",
        before=" or difference.low <= 0.0 <= difference.high:",
        after=":",
    ),
    Mutant(
        name="benchmark: another code's runs are compared",
        catches=f"{UNIT}/test_second_opinion.py::test_results_of_a_folder_are_read_as_they_were_kept",
        path=f"{ROOM}/results_file.py",
        before=" if task.key(version_of(task.method)) == key]",
        after="]",
    ),
)
