"""Settings of a campaign as words on the command line."""

import pytest

from app.campaign_fields import changed_settings
from dialer.adapters.errors import SettingsUnusable
from dialer.core.settings import DEFAULT_RETRY_RULES, CampaignSettings, MachineAction
from dialer.messages import CampaignId

PLAIN = CampaignSettings(campaign_id=CampaignId("spring"), trunk_ids=())


def test_words_change_the_fields_that_they_name() -> None:
    """Numbers, texts, lists, switches and words of a choice are read as what the field is."""
    settings = changed_settings(
        PLAIN,
        [
            "trunk_ids=one, two",
            "caller_id_number=+390612345678",
            "lines_max=12",
            "ring_timeout_seconds=25.5",
            "answer_detection=true",
            "machine_action=route",
            "policy_pack=us_federal",
        ],
    )
    assert settings.trunk_ids == ("one", "two")
    assert settings.caller_id_number == "+390612345678"
    assert (settings.lines_max, settings.ring_timeout_seconds) == (12, 25.5)
    assert (settings.answer_detection, settings.machine_action) == (True, MachineAction.ROUTE)
    assert settings.policy_pack.name == "us_federal"


def test_later_words_leave_the_other_fields_alone() -> None:
    """A field keeps its value until it is named, and `default` and `none` are values."""
    settings = changed_settings(PLAIN, ["lines_max=12", "hopper_leads_min=40"])
    assert changed_settings(settings, ["lines_max=none"]).hopper_leads_min == 40
    assert changed_settings(settings, ["lines_max=none"]).lines_max is None
    assert changed_settings(settings, ["lines_max=default", "hopper_leads_min=default"]) == PLAIN


def test_part_of_the_retry_rules_changes_alone() -> None:
    """One rule's delay changes; the other rules, and the rest of this one, stay."""
    settings = changed_settings(PLAIN, ["retry_rules.busy.delay_seconds=60"])
    assert settings.retry_rules["busy"].delay_seconds == 60.0
    assert not settings.retry_rules["busy"].tries_next_number
    others = {name: rule for name, rule in settings.retry_rules.items() if name != "busy"}
    assert others == {name: rule for name, rule in DEFAULT_RETRY_RULES.items() if name != "busy"}
    again = changed_settings(settings, ["retry_rules.machine.is_final=true"])
    assert again.retry_rules["machine"].is_final
    assert again.retry_rules["busy"] == settings.retry_rules["busy"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("lines_max", "expected field=value"),
        ("speed=3", "speed is no field"),
        ("speed=default", "speed is no field"),
        ("lines_max=many", "lines_max: expected a whole number.*came 'many'"),
        ("lines_max.x=1", "lines_max: expected a whole number"),
        ("caller_id_number.x.y=1", "caller_id_number: expected a text"),
        ("retry_rules.busy=3", "retry_rules: expected rules"),
        ("ring_timeout_seconds=1", "ring_timeout_seconds is 1.0; allowed"),
        ("pacing_method=guess", "pacing_method"),
    ],
)
def test_word_that_cannot_be_used_is_refused_by_field(word: str, said: str) -> None:
    """The message names the field, what was expected and what came."""
    with pytest.raises(SettingsUnusable, match=said):
        changed_settings(PLAIN, [word])
