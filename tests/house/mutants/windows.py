"""Planted faults of the law's windows: what is counted in them, told to pacers, and kept over a restart."""

from tests.house.mutants.mutant import Mutant

SHARE = "tests/unit/rules/test_abandon_share.py"
COUNTER = "tests/unit/rules/test_window_counter.py"
BUDGETS = "tests/unit/dialer/core/test_window_budgets.py"
MEMORY = "tests/unit/dialer/adapters/test_pacer_memory.py"
RESTART = "tests/integration/test_restart_budget.py"

MUTANTS: tuple[Mutant, ...] = (
    # --- ratios by definition ---------------------------------------------------------------------------
    Mutant(
        name="windows: Ofcom's machine share is not taken off the drops",
        catches=f"{SHARE}::test_ofcom_rate_of_the_worked_example_is_64_44_percent",
        path="rules/abandon_share.py",
        before="abandoned * (1.0 - machine_share)",
        after="abandoned * 1.0",
    ),
    Mutant(
        name="windows: people taken for machines are in the numerator alone",
        catches=f"{SHARE}::test_ratio_of_any_calls_is_a_share_below_its_upper_bound",
        path="rules/abandon_share.py",
        before="live=abandoned + others)",
        after="live=float(counts.abandoned) + others)",
    ),
    Mutant(
        name="windows: the denominator is the other calls alone",
        catches=f"{SHARE}::test_one_more_abandoned_call_never_lowers_the_ratio",
        path="rules/abandon_share.py",
        before="return limit_ratio * self.live - self.abandoned",
        after="return limit_ratio * self.live + self.abandoned",
    ),
    Mutant(
        name="windows: machines are taken off the people that agents took",
        catches=f"{SHARE}::test_ofcom_estimate_of_machines_alone_is_the_plain_ratio_over_all_that_agents_took",
        path="rules/abandon_share.py",
        before="machines_to_agents / (live_to_agents + machines_to_agents) if",
        after="machines_to_agents / (live_to_agents + 2 * machines_to_agents) if",
    ),
    Mutant(
        name="windows: people who left early are in no regulator's denominator",
        catches=f"{SHARE}::test_ftc_share_is_of_all_calls_that_a_person_answered",
        path="rules/abandon_share.py",
        before="others = counts.connected + counts.client_left_early",
        after="others = counts.connected",
    ),
    # --- the counter ------------------------------------------------------------------------------------
    Mutant(
        name="windows: a window holds the bucket after its end",
        catches=f"{COUNTER}::test_fixed_windows_hold_exactly_what_a_recount_finds",
        path="rules/window_counter.py",
        before="if not self.first <= number < self.after:",
        after="if not self.first <= number <= self.after:",
    ),
    Mutant(
        name="windows: a rolling window counts all of the bucket that it begins in",
        catches=f"{COUNTER}::test_rolling_window_errs_by_one_bucket_and_against_us",
        path="rules/window_counter.py",
        before="self.is_first_partial, self.after, self.since_at = True, inf,",
        after="self.is_first_partial, self.after, self.since_at = False, inf,",
    ),
    Mutant(
        name="windows: the first call told is taken for the first call",
        catches=f"{COUNTER}::test_order_of_calls_and_questions_does_not_matter",
        path="rules/window_counter.py",
        before="if self._started_at is None or started_at < self._started_at:",
        after="if self._started_at is None:",
    ),
    Mutant(
        name="windows: history taken over is left out of the sums",
        catches=f"{COUNTER}::test_history_taken_from_elsewhere_counts_as_if_it_had_been_told",
        path="rules/window_counter.py",
        before="self._add(history.definition, book, bucket.number, [*counted[:4], *counted[5:]])",
        after="book[bucket.number] = [*counted[:4], *counted[5:]]",
    ),
    Mutant(
        name="windows: every definition has the plain denominator",
        catches=f"{COUNTER}::test_shares_are_those_of_the_counts_under_every_definition",
        path="rules/window_counter.py",
        before="        if self.is_plain:\n",
        after="        if True:\n",
    ),
    Mutant(
        name="windows: a day never ends",
        catches=f"{BUDGETS}::test_windows_roll_while_the_campaign_goes_on",
        path="rules/window_counter.py",
        before="if not window.from_at <= now < window.until_at:",
        after="if not window.from_at <= now:",
    ),
    # --- the engine -------------------------------------------------------------------------------------
    Mutant(
        name="windows: calls are counted again at their end",
        catches=f"{BUDGETS}::test_any_day_counts_in_its_windows_what_its_ledger_says",
        path="dialer/core/ledger.py",
        before="    if attempt.fate is not None or entry is None:\n        return\n",
        after="    if entry is None:\n        return\n",
    ),
    Mutant(
        name="windows: the pacer is told of none",
        catches=f"{BUDGETS}::test_pacer_is_told_of_every_window_that_the_law_names",
        path="dialer/core/dialing.py",
        before="        window_budgets=window_budgets(world, campaign),\n",
        after="",
    ),
    Mutant(
        name="windows: a campaign may loosen the law",
        catches=f"{BUDGETS}::test_limit_is_the_stricter_of_law_and_campaign",
        path="dialer/core/window_budgets.py",
        before="limit_ratio=min(",
        after="limit_ratio=max(",
    ),
    Mutant(
        name="windows: other limits begin without calls",
        catches=f"{BUDGETS}::test_new_settings_keep_the_counts_and_take_the_new_limit_at_once",
        path="dialer/core/campaign.py",
        before="self.windows = self.windows.under(settings.policy_pack.abandon_limits)",
        after="self.windows = WindowCounter(settings.policy_pack.abandon_limits)",
    ),
    Mutant(
        name="windows: a restart forgets the budget",
        catches=f"{BUDGETS}::test_restarted_engine_goes_on_within_the_budget_of_before",
        path="dialer/core/restoring.py",
        before="    campaign.windows.take(memory.histories)\n",
        after="",
    ),
    Mutant(
        name="windows: thirty days begin anew with each start",
        catches=f"{BUDGETS}::test_thirty_days_begin_with_the_first_call_of_all_and_not_with_the_restart",
        path="dialer/core/restoring.py",
        before="if memory.first_answer_at is not None:",
        after="if False:",
    ),
    Mutant(
        name="windows: a call that lives over a restart is counted in neither engine",
        catches="tests/simulation/test_windows_after_restart.py"
        "::test_last_of_several_engines_has_counted_every_call_of_the_run_once",
        path="dialer/core/restoring.py",
        before="            # Also one whose leg has died meanwhile: its agent still owes the disposition.\n",
        after='            attempt.fate = "connected"\n',
    ),
    Mutant(
        name="windows: a restart forgets what the pacer had learned",
        catches=f"{BUDGETS}::test_pacer_goes_on_from_what_it_had_learned",
        path="dialer/core/restoring.py",
        before="        campaign.pacer.restore_state(memory.pacer.data)\n",
        after="        memory.pacer.data.hex()\n",
    ),
    Mutant(
        name="windows: a pacer goes on from what was learned in another year",
        catches=f"{MEMORY}::test_state_that_cannot_be_used_is_named_in_the_log",
        path="dialer/adapters/pacer_memory.py",
        before="if now - stored.saved_at > AGE_MAX:",
        after="if stored.saved_at > now:",
    ),
    # --- the store --------------------------------------------------------------------------------------
    Mutant(
        name="windows: the database counts an agent who came late as one in time",
        catches=f"{RESTART}::test_database_counts_calls_of_every_kind_as_the_rules_do",
        path="dialer/adapters/queries.sql",
        before="case when bridged_at <= deadline then 'connected' else 'abandoned' end",
        after="'connected'",
    ),
    Mutant(
        name="windows: calls of today are not read at a start",
        catches=f"{RESTART}::test_new_engine_reads_what_the_old_one_had_counted",
        path="dialer/adapters/queries.sql",
        before="group by bucket order by bucket;",
        after="where bucket > 1e9 group by bucket order by bucket;",
    ),
    Mutant(
        name="windows: the engine process does not read the past",
        catches=f"{RESTART}::test_killed_engine_goes_on_within_the_days_budget",
        path="dialer/adapters/restart.py",
        before="memories=campaigns\n",
        after="memories=()\n",
    ),
)
