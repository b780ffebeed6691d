"""Planted faults of what a pacer is told of the record before its first call."""

from tests.house.mutants.mutant import Mutant

TEST = "tests/integration/test_prior_evidence.py"

MUTANTS = (
    Mutant(
        name="priors: what is old still counts",
        catches=f"{TEST}::test_evidence_leaves_out_what_is_old_or_goes_on",
        path="dialer/adapters/store/prior_evidence.py",
        before="AGE_MAX = timedelta(days=14)",
        after="AGE_MAX = timedelta(days=40)",
    ),
    Mutant(
        name="priors: only the last day counts",
        catches=f"{TEST}::test_evidence_leaves_out_what_is_old_or_goes_on",
        path="dialer/adapters/store/prior_evidence.py",
        before="    for age in (DAY, AGE_MAX):",
        after="    for age in (DAY,):",
    ),
    Mutant(
        name="priors: the hour of the day is any hour",
        catches=f"{TEST}::test_evidence_is_counted_for_all_the_hour_the_campaign_and_its_newest_list",
        path="dialer/adapters/queries.sql",
        before="    union all select 'hour', null, c.* from calls c where c.is_hour",
        after="    union all select 'hour', null, c.* from calls c",
    ),
    Mutant(
        name="priors: a campaign's own setting gives way to the evidence",
        catches=f"{TEST}::test_settings_of_the_campaign_stand_over_the_evidence",
        path="app/engine_memory.py",
        before="pacing_settings={**priors, **settings.pacing_settings}",
        after="pacing_settings={**settings.pacing_settings, **priors}",
    ),
    Mutant(
        name="priors: a change of settings forgets the evidence",
        catches=f"{TEST}::test_pacers_of_an_engine_begin_with_what_the_record_says",
        path="app/engine_process.py",
        before="                (settings,) = await self._memory.with_priors([campaign.settings])\n",
        after="                settings = campaign.settings\n",
    ),
)
