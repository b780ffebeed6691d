"""Planted faults in the field's algorithms: one or two in each formula."""

from tests.house.mutants.mutant import Mutant

TESTS = "tests/unit/pacing/peers"
VICIDIAL = f"{TESTS}/test_vicidial.py"
ISSABEL = f"{TESTS}/test_issabel.py"
FIXED = f"{TESTS}/test_fixed_levels.py"
IMPACT = f"{TESTS}/test_impact.py"
GATED = f"{TESTS}/test_gated_level.py"
CONTROLLERS = f"{TESTS}/test_controllers.py"
EXPECTED = f"{TESTS}/test_expected_value.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="peers: a loop asked at odd times drifts",
        catches=f"{TESTS}/test_cadence.py"
        "::test_loop_of_two_and_a_half_seconds_asked_each_second_runs_as_often_as_it_should",
        path="pacing/peers/cadence.py",
        before="self._due_at = due_at + self._seconds",
        after="self._due_at = now + self._seconds",
    ),
    Mutant(
        name="peers: a rolling count never forgets",
        catches=f"{TESTS}/test_cadence.py::test_rolling_count_holds_what_lies_in_its_window",
        path="pacing/peers/rolling_counts.py",
        before="self._totals[kind] -= counts[0]",
        after="self._totals[kind] -= 0.0",
    ),
    Mutant(
        name="peers: an agent dials by hand without his gap",
        catches=f"{TESTS}/test_dial_gap.py::test_agent_without_a_line_gets_one_after_the_gap",
        path="pacing/peers/dial_gap.py",
        before='dialed_before = now - self.settings["gap_seconds"] + INSTANT_SECONDS',
        after="dialed_before = now + INSTANT_SECONDS",
    ),
    Mutant(
        name="peers: vicidial does not count the calls that ring",
        catches=f"{VICIDIAL}::test_lines_to_level_are_the_goal_less_what_exists",
        path="pacing/peers/vicidial.py",
        before="return max(0, goal - agents_talking - lines_on_the_way)",
        after="return max(0, goal - agents_talking)",
    ),
    Mutant(
        name="peers: the servo's intensity helps in both directions",
        catches=f"{VICIDIAL}::test_servo_level_grows_by_the_share_of_spare_agents",
        path="pacing/peers/spare_servo.py",
        before="abs(intensity_ratio - 1.0) if share < 0.0 else intensity_ratio + 1.0",
        after="intensity_ratio + 1.0",
    ),
    Mutant(
        name="peers: the taper knows what a minute is",
        catches=f"{VICIDIAL}::test_tapered_level_subtracts_times_as_plain_numbers",
        path="pacing/peers/spare_servo.py",
        before="left = end_hour_and_minute - now_hour_and_minute",
        after="left = end_hour_and_minute - now_hour_and_minute - 40 * (end_hour_and_minute // 100"
        " - now_hour_and_minute // 100)",
    ),
    Mutant(
        name="peers: the servo has no floor",
        catches=f"{VICIDIAL}::test_level_falls_with_calls_waiting_to_the_floor_and_no_further",
        path="pacing/peers/spare_servo.py",
        before="LEVEL_FLOOR = 1.0",
        after="LEVEL_FLOOR = 0.1",
    ),
    Mutant(
        name="peers: the drop ratio is looked at in every second",
        catches=f"{VICIDIAL}::test_drop_ratio_is_looked_at_only_once_a_minute",
        path="pacing/peers/vicidial.py",
        before="DROP_RATIO_SECONDS = 60.0",
        after="DROP_RATIO_SECONDS = 1.0",
    ),
    Mutant(
        name="peers: ADAPT_AVERAGE quarters the level",
        catches=f"{VICIDIAL}::test_limit_that_is_crossed_is_answered_in_each_method_s_way",
        path="pacing/peers/vicidial.py",
        before="    def _level_over_limit(self, level: float) -> float:\n        return level / 2.0",
        after="    def _level_over_limit(self, level: float) -> float:\n        return level / 4.0",
    ),
    Mutant(
        name="peers: issabel's law is conditional on the age",
        catches=f"{ISSABEL}::test_soon_free_are_those_whose_unconditional_law_reaches_the_quality",
        path="pacing/peers/issabel.py",
        before="np.exp(-(talk_ages_seconds + answer_seconds)",
        after="np.exp(-(0.0 * talk_ages_seconds + answer_seconds)",
    ),
    Mutant(
        name="peers: issabel subtracts ringing lines after the division",
        catches=f"{ISSABEL}::test_lines_that_ring_are_subtracted_before_the_division",
        path="pacing/peers/issabel.py",
        before="        lines = max(0, lines - len(snapshot.ring_ages_seconds))\n",
        after="",
    ),
    Mutant(
        name="peers: wombat dials while calls queue",
        catches=f"{FIXED}::test_boost_multiplies_idle_agents_and_stops_while_calls_queue",
        path="pacing/peers/wombat.py",
        before='if snapshot.calls_waiting > self.settings["calls_waiting_max"]:',
        after='if snapshot.calls_waiting > 10.0 * self.settings["calls_waiting_max"]:',
    ),
    Mutant(
        name="peers: the ratio stops only above its cap",
        catches=f"{FIXED}::test_ratio_with_stop_stops_at_the_cap",
        path="pacing/peers/ratio_with_stop.py",
        before="sum(self._fates) >= abandoned_cap - A_HAIR",
        after="sum(self._fates) > abandoned_cap + A_HAIR",
    ),
    Mutant(
        name="peers: a replay forgets the lines that ring",
        catches=f"{IMPACT}::test_replay_rounds_parts_of_a_line_off_and_counts_ringing_lines",
        path="pacing/peers/call_replay.py",
        before="int(floor.agents_free * lines_per_agent - floor.lines_ringing)",
        after="int(floor.agents_free * lines_per_agent)",
    ),
    Mutant(
        name="peers: a replay over the limit is as good as any",
        catches=f"{IMPACT}::test_replay_at_the_limit_or_without_answers_is_not_within",
        path="pacing/peers/call_replay.py",
        before="self.abandoned < limit_ratio * self.answered_live",
        after="self.abandoned <= limit_ratio * self.answered_live",
    ),
    Mutant(
        name="peers: the optimiser does not slow down over the limit",
        catches=f"{IMPACT}::test_optimiser_dials_factor_times_idle_less_ringing",
        path="pacing/peers/impact.py",
        before="SLOW_FACTOR = 0.75",
        after="SLOW_FACTOR = 1.0",
    ),
    Mutant(
        name="peers: the gated level winds up",
        catches=f"{GATED}::test_controlled_level_steps_by_error_and_integral_on_a_grid",
        path="pacing/peers/gated_level.py",
        before="grown += BACK_CALCULATION * (clamped - wanted)",
        after="grown += 0.0 * (clamped - wanted)",
    ),
    Mutant(
        name="peers: the gate opens as soon as it has shut",
        catches=f"{GATED}::test_gate_shuts_at_the_cap_and_opens_below_the_release_after_its_time",
        path="pacing/peers/gated_level.py",
        before="return not (abandon_ratio < release_ratio and shut_seconds >= GATE_SECONDS_MIN)",
        after="return not abandon_ratio < release_ratio",
    ),
    Mutant(
        name="peers: gain correction corrects the wrong way",
        catches=f"{CONTROLLERS}::test_corrected_lines_move_by_the_relative_error",
        path="pacing/peers/gain_correction.py",
        before="(limit - abandon_ratio) / limit",
        after="(abandon_ratio - limit) / limit",
    ),
    Mutant(
        name="peers: the steered integral goes below nothing",
        catches=f"{CONTROLLERS}::test_steered_level_is_one_and_proportion_and_integral",
        path="pacing/peers/target_abandon.py",
        before="integral = max(0.0, min(level_max - LEVEL_FLOOR, integral))",
        after="integral = min(level_max - LEVEL_FLOOR, integral)",
    ),
    Mutant(
        name="peers: expected value forgets what rings",
        catches=f"{EXPECTED}::test_lines_answer_as_often_as_agents_are_free",
        path="pacing/peers/expected_value.py",
        before="(share * agents_free - live_ratio * lines_ringing) / live_ratio",
        after="share * agents_free / live_ratio",
    ),
    Mutant(
        name="peers: expected value takes wrap-up for nothing",
        catches=f"{EXPECTED}::test_agents_expected_free_are_the_idle_and_those_freed",
        path="pacing/peers/expected_value.py",
        before="max(A_HAIR, talk + wrap_up)",
        after="max(A_HAIR, talk)",
    ),
)
