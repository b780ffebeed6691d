"""Planted faults of rehearsal, reconciliation and demo."""

from tests.house.mutants.mutant import Mutant

REHEARSAL = "tests/integration/test_rehearsal.py"
FLOOR = "tests/integration/test_store_floor.py"
UNIT = "tests/unit/app"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="rehearsal: virtual time runs ahead of the commits",
        catches=f"{REHEARSAL}::test_half_an_hour_with_five_agents_is_on_record_as_it_was_done",
        path="app/rehearsal.py",
        before="            await self.writer.drain()\n",
        after="            await asyncio.sleep(0)\n",
    ),
    Mutant(
        name="rehearsal: the writer reads the clock of the machine",
        catches=f"{REHEARSAL}::test_same_seed_gives_the_same_rows",
        path="dialer/adapters/record_writer.py",
        before="self._clock: RunningClock = clock or self._loop",
        after="self._clock: RunningClock = self._loop",
    ),
    Mutant(
        name="rehearsal: leases are counted by the clock of the machine",
        catches=f"{REHEARSAL}::test_lease_is_counted_on_the_clock_of_the_network",
        path="dialer/adapters/lead_source.py",
        before="self._clock: RunningClock = clock or self._loop",
        after="self._clock: RunningClock = self._loop",
    ),
    Mutant(
        name="rehearsal: a caller is noted as one of the leads",
        catches=f"{REHEARSAL}::test_day_with_everything_that_happens_in_a_house_is_on_record_as_it_was_done",
        path="app/rehearsal.py",
        before="            self.books.callers[event.attempt_id] = event\n",
        after="            pass\n",
    ),
    Mutant(
        name="rehearsal: lists stay in the server of DATABASE_URL",
        catches=f"{REHEARSAL}::test_rehearsal_never_touches_what_serve_keeps",
        path="app/rehearsal_database.py",
        before="url=None, folder=folder",
        after="folder=folder",
    ),
    Mutant(
        name="rehearsal: a difference is taken for none",
        catches=f"{REHEARSAL}::test_rehearse_command_with_a_lost_end_says_so_and_fails",
        path="app/rehearse_command.py",
        before="    if not all(each.agrees for each in compared):\n        raise typer.Exit(1)",
        after="    if not compared:\n        raise typer.Exit(1)",
    ),
    Mutant(
        name="rehearsal: sums are compared, single attempts are not",
        catches=f"{UNIT}/test_reconciliation.py::test_comparison_of_figures_and_of_what_is_behind_them",
        path="app/reconciliation.py",
        before=" and not self.differing",
        after="",
    ),
    Mutant(
        name="rehearsal: dispositions are not compared",
        catches=f"{REHEARSAL}::test_record_that_the_writer_drops_is_found",
        path="app/reconciliation.py",
        before='_compared("dispositions", len(books.dispositions), found)',
        after='_compared("dispositions", found["dispositions"], found)',
    ),
    Mutant(
        name="rehearsal: a list of millions is loaded whole",
        catches=f"{UNIT}/test_rehearsed_leads.py::"
        "test_list_too_long_to_be_loaded_is_cut_and_its_wish_is_known",
        path="app/rehearsed_leads.py",
        before="min(lead_list.size, LEADS_MAX // len(given))",
        after="lead_list.size",
    ),
    Mutant(
        name="store: a second batch of one instant swallows an agent's change",
        catches=f"{FLOOR}::test_changes_of_one_instant_in_two_batches_are_both_kept",
        path="dialer/adapters/queries.sql",
        before="g.ordinal + coalesce(earlier.changes, 0)",
        after="g.ordinal",
    ),
    Mutant(
        name="store: a batch sent again doubles an agent's changes",
        catches=f"{FLOOR}::test_changes_of_one_instant_in_two_batches_are_both_kept",
        path="dialer/adapters/queries.sql",
        before="where earlier.is_on_record is not true\n",
        after="where true\n",
    ),
    Mutant(
        name="demo: the reason why nothing is kept is not shown",
        catches=f"{UNIT}/test_demo_show.py::test_show_without_a_database_says_why_in_one_line",
        path="app/demo_show.py",
        before="if self.no_database_reason:",
        after="if False:",
    ),
    Mutant(
        name="demo: a pace that is not reached is claimed",
        catches=f"{UNIT}/test_pace.py::test_pace_that_is_not_reached_is_said",
        path="app/pace.py",
        before="self.reached < REACHED_RATIO * self.factor",
        after="self.reached < 0.0",
    ),
    Mutant(
        name="demo: the opening overrules whoever chose a pace",
        catches=f"{UNIT}/test_pace.py::test_key_pressed_in_the_opening_is_not_overruled_at_its_end",
        path="app/pace.py",
        before="        self.is_opening = False\n        self._since",
        after="        self._since",
    ),
)
