"""Planted faults of campaigns on record: settings that lose a field, orders that are forgotten."""

from tests.house.mutants.mutant import Mutant

STORED = "tests/integration/test_store_campaigns.py"
CODEC = "tests/unit/dialer/adapters/test_campaign_settings.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="campaigns: a retry rule loses whether it is final",
        catches=f"{CODEC}::test_settings_through_json_come_back_as_they_were",
        path="dialer/adapters/store/campaign_settings.py",
        before="if getattr(rule, part) != getattr(normal, part)",
        after='if getattr(rule, part) != getattr(normal, part) and part != "is_final"',
    ),
    Mutant(
        name="campaigns: true is taken for a whole number",
        catches=f"{CODEC}::test_wrong_field_or_value_is_refused_by_name",
        path="dialer/adapters/store/campaign_settings.py",
        before="if isinstance(value, bool) or not isinstance(value, int) or abs(value) > INTEGER_MAX:",
        after="if not isinstance(value, int) or abs(value) > INTEGER_MAX:",
    ),
    Mutant(
        name="campaigns: any campaign that stops is wanted stopped",
        catches=f"{STORED}::test_drained_campaign_is_wanted_stopped_and_no_other_is",
        path="dialer/adapters/queries.sql",
        before="when g.status = 'stopped' and c.wanted_status = 'draining' then 'stopped'",
        after="when g.status = 'stopped' then 'stopped'",
    ),
    Mutant(
        name="campaigns: a drained campaign drains for ever",
        catches=f"{STORED}::test_drained_campaign_is_wanted_stopped_and_no_other_is",
        path="dialer/adapters/queries.sql",
        before="when g.status = 'stopped' and c.wanted_status = 'draining' then 'stopped'",
        after="when g.status = 'stopped' and c.wanted_status = 'draining' then 'draining'",
    ),
    Mutant(
        name="campaigns: commands beside a running Paceline do not look for its database",
        catches="tests/integration/test_campaign_commands.py"
        "::test_commands_beside_a_running_paceline_use_its_database",
        path="app/running_postgres.py",
        before="    while _is_held(settings):\n",
        after="    while False:\n",
    ),
    Mutant(
        name="campaigns: changing one retry rule forgets the others",
        catches="tests/unit/app/test_campaign_fields.py::test_part_of_the_retry_rules_changes_alone",
        path="app/campaign_fields.py",
        before="        whole = _all_rules(settings)\n",
        after="        whole = {}\n",
    ),
)
