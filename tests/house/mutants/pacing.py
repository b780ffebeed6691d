"""Planted faults of pacing: what is learned, what is risked, what the limits allow."""

from tests.house.mutants.mutant import Mutant

TESTS = "tests/unit/pacing"
PACER = f"{TESTS}/test_pacer.py"
SUMS = f"{TESTS}/test_poisson_binomial.py"
RISK = f"{TESTS}/test_marginal_risk.py"
ODD = f"{TESTS}/test_odd_worlds.py"
DRIVER = "tests/simulation/test_pacer_driver.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="pacing: the trunks' free lines are overlooked",
        catches=f"{PACER}::test_pacer_of_any_method_stays_within_limits_whatever_comes",
        path="pacing/limits.py",
        before="if max(0, allowed) < lines:",
        after="if constraint is not BindingConstraint.LINES_AVAILABLE and max(0, allowed) < lines:",
    ),
    Mutant(
        name="pacing: a NaN age passes the check of the snapshot",
        catches=f"{TESTS}/test_snapshot.py::test_nonsense_in_a_snapshot_starts_nothing_and_is_named",
        path="pacing/snapshot.py",
        before="        and not (array.min() >= 0.0 and array.max() <= AGE_SECONDS_MAX)",
        after="        and (array.min() < 0.0 or array.max() > AGE_SECONDS_MAX)",
    ),
    Mutant(
        name="pacing: predictive forgets that idle agents carry no risk",
        catches=f"{PACER}::test_pacer_never_starts_fewer_lines_than_progressive_of_a_sound_floor",
        path="pacing/progressive.py",
        before="return max(0, agents_idle - lines_ringing - calls_waiting)",
        after="return max(0, agents_idle - lines_ringing - calls_waiting - 1)",
    ),
    Mutant(
        name="pacing: a pacer remembers what another one was told",
        catches=f"{PACER}::test_pacer_told_the_same_story_twice_decides_the_same",
        path="pacing/pacer.py",
        before="self._abandons = AbandonCount()",
        after="self._abandons = self.__class__.__dict__.get('shared') or AbandonCount()\n"
        "        type(self).shared = self._abandons",
    ),
    Mutant(
        name="pacing: the characteristic function is taken at a root too few",
        catches=f"{SUMS}::test_point_probabilities_equal_adding_one_term_at_a_time",
        path="pacing/poisson_binomial.py",
        before="width = len(terms) + 1 if width is None else width",
        after="width = max(1, len(terms)) if width is None else width",
    ),
    Mutant(
        name="pacing: a sum beyond the largest has the tail of the largest",
        catches=f"{SUMS}::test_tail_exact_holds_outside_the_possible_sums_too",
        path="pacing/poisson_binomial.py",
        before="window[:, places >= points.shape[1]] = 0.0",
        after="",
    ),
    Mutant(
        name="pacing: the normal tail lacks its continuity correction",
        catches=f"{SUMS}::test_tail_normal_of_many_terms_is_close_to_exact",
        path="pacing/poisson_binomial.py",
        before="x = (least - 0.5 - mean) / deviation",
        after="x = (least - mean) / deviation",
    ),
    Mutant(
        name="pacing: a line started makes the next one safer",
        catches=f"{RISK}::test_risk_of_each_further_line_never_falls",
        path="pacing/marginal_risk.py",
        before="tails = tails[:, :-1] + chance * (tails[:, 1:] - tails[:, :-1])",
        after="tails = tails[:, :-1] - chance * (tails[:, 1:] - tails[:, :-1])",
    ),
    Mutant(
        name="pacing: the risk of a line is taken one answer too late",
        catches=f"{RISK}::test_risk_of_two_lines_worked_by_hand",
        path="pacing/marginal_risk.py",
        before="least = balance + forecast.agents_busy",
        after="least = balance + forecast.agents_busy + 1",
    ),
    Mutant(
        name="pacing: lines that still ring are not at risk",
        catches=f"{TESTS}/test_ring_law.py::test_lines_that_still_ring_count_as_at_risk",
        path="pacing/ring_law.py",
        before="if len(ring_ages_seconds):",
        after="if len(ring_ages_seconds) < 0:",
    ),
    Mutant(
        name="pacing: running talks are left out of their law",
        catches=f"{TESTS}/test_duration_law.py::test_running_durations_make_the_law_longer",
        path="pacing/duration_law.py",
        before="if len(running_ages_seconds):",
        after="if len(running_ages_seconds) < 0:",
    ),
    Mutant(
        name="pacing: a window of the law that is spent binds nothing",
        catches=f"{TESTS}/test_risk_threshold.py::test_window_that_is_spent_binds_whatever_the_others_saved",
        path="pacing/risk_threshold.py",
        before="if left < budget:",
        after="if left > budget:",
    ),
    Mutant(
        name="pacing: what hardly anything is known of proves a change",
        catches=f"{TESTS}/test_answer_change.py::test_evidence_beyond_what_the_law_has_seen_proves_nothing",
        path="pacing/answer_change.py",
        before="return self._evidence[k] / (",
        after="return self._evidence[k] + 0.0 * (",
    ),
    Mutant(
        name="pacing: a large team remembers fewer lines than ring",
        catches=f"{TESTS}/test_ring_law.py::test_memory_shorter_than_what_rings_is_made_longer",
        path="pacing/ring_law.py",
        before="self._growth = 1.0 + 1.0 / max(self._memory_lines, lines)",
        after="self._growth = 1.0 + 1.0 / self._memory_lines",
    ),
    Mutant(
        name="pacing: damaged state is taken in halfway",
        catches=f"{TESTS}/test_state.py::test_damaged_state_is_refused_and_changes_nothing",
        path="pacing/predictive.py",
        before="fresh = PredictivePacer(self.terms, self.settings)",
        after="fresh = self",
    ),
    Mutant(
        name="pacing: abandoned calls are not fed back",
        catches=f"{DRIVER}::test_predictive_keeps_the_limit_and_talks_more_than_progressive",
        path="pacing/risk_threshold.py",
        before="earned = self._limit_ratio - (1.0 if is_abandoned else 0.0)",
        after="earned = self._limit_ratio",
    ),
    Mutant(
        name="pacing: the driver draws talks from the stream of answers",
        catches=f"{DRIVER}::test_parties_of_one_quantity_do_not_move_another",
        path="tests/simulation/pacer_driver.py",
        before="lambda rng: self._durations(rng, population.spread_sigma))\n        self.wrap_up_draws",
        after="lambda rng: self._durations(rng, population.spread_sigma))\n        next(self.answer_draws) "
        "if population.spread_sigma else None\n        self.wrap_up_draws",
    ),
    Mutant(
        name="pacing: a line that will be answered is not counted among the answers",
        catches=f"{ODD}::test_list_on_which_everybody_answers_never_gets_more_lines_than_agents",
        path="pacing/forecast.py",
        before="new_line=np.minimum(self.new_line * answer_factor, 1.0),",
        after="new_line=np.zeros(len(self.new_line)),",
    ),
    Mutant(
        name="pacing: lines for each agent are counted without those that ring",
        catches=f"{ODD}::test_list_on_which_nobody_answers_is_dialed_within_its_bounds",
        path="pacing/predictive.py",
        before='most = int(self.settings["lines_per_agent_max"] * snapshot.agents_logged_in) - ringing',
        after='most = int(self.settings["lines_per_agent_max"] * snapshot.agents_logged_in)',
    ),
    Mutant(
        name="pacing: lines in use are overlooked where lines are capped",
        catches=f"{ODD}::test_trunks_that_hold_fewer_lines_than_ring_start_nothing",
        path="pacing/limits.py",
        before="caps.append((self._lines_max - snapshot.lines_in_use, BindingConstraint.LINES_MAX))",
        after="caps.append((self._lines_max, BindingConstraint.LINES_MAX))",
    ),
    Mutant(
        name="pacing: the risk of the next line is taken from one moment only",
        catches="tests/simulation/test_one_step_rule.py"
        "::test_one_step_rule_of_a_small_team_leaves_nothing_to_a_look_ahead",
        path="pacing/marginal_risk.py",
        before="        risks[line] = np.add.reduce(tails[:, 0])",
        after="        risks[line] = moments * tails[0, 0]",
    ),
)
