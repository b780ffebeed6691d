"""Campaign settings as JSON: nothing is lost on the way, and nothing wrong gets in."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.adapters.errors import SettingsUnusable
from dialer.adapters.store.campaign_settings import decode_settings, encode_settings, expected_value
from dialer.core.settings import (
    CampaignSettings,
    Detector,
    MachineAction,
    PreviewTimeoutAction,
    RecordingRule,
    RetryRule,
    RoutingOrder,
)
from dialer.messages import CampaignId, TrunkId
from pacing import list_methods
from rules.policy_packs import get_policy_pack, list_policy_packs

SPRING = CampaignId("spring")
DEFAULT = CampaignSettings(campaign_id=SPRING, trunk_ids=())

rules = st.builds(
    RetryRule,
    delay_seconds=st.floats(0.0, 1e7),
    attempts_max=st.integers(1, 100),
    is_final=st.booleans(),
    tries_next_number=st.booleans(),
)
settings = st.builds(
    CampaignSettings,
    campaign_id=st.just(SPRING),
    trunk_ids=st.lists(st.text(max_size=5).map(TrunkId), max_size=3).map(tuple),
    caller_id_number=st.sampled_from(["", "+390612345678"]),
    pacing_method=st.sampled_from(sorted(list_methods())),
    pacing_seed=st.integers(0, 2**31),
    policy_pack=st.sampled_from(sorted(list_policy_packs())).map(get_policy_pack),
    abandon_limit_ratio=st.floats(0.001, 0.5),
    ring_timeout_seconds=st.floats(20.0, 120.0),
    lines_max=st.none() | st.integers(1, 1000),
    answer_detection=st.booleans(),
    detector=st.sampled_from(Detector),
    person_greeting_seconds_max=st.floats(0.2, 30.0),
    machine_action=st.sampled_from(MachineAction),
    routing_order=st.sampled_from(RoutingOrder),
    preview_timeout_action=st.sampled_from(PreviewTimeoutAction),
    wrap_up_seconds_max=st.floats(0.1, 86400.0),
    blended_campaign_ids=st.lists(st.text(max_size=5).map(CampaignId), max_size=2).map(tuple),
    hopper_leads_min=st.integers(1, 1000),
    recording=st.sampled_from(RecordingRule),
    recording_days=st.integers(1, 3650),
    retry_rules=st.dictionaries(st.text(min_size=1, max_size=8), rules, max_size=4),
)


@given(settings)
def test_settings_through_json_come_back_as_they_were(chosen: CampaignSettings) -> None:
    """Every field survives the way into the database and out."""
    assert decode_settings(SPRING, json.loads(json.dumps(encode_settings(chosen)))) == chosen


def test_default_settings_store_nothing() -> None:
    """A default that improves with a release reaches the campaigns that never changed it."""
    assert encode_settings(DEFAULT) == {}
    assert decode_settings(SPRING, {}) == DEFAULT


def test_every_field_has_a_kind() -> None:
    """A field that is added to the settings cannot be forgotten here."""
    assert all(expected_value(each.name) for each in fields(CampaignSettings) if each.name != "campaign_id")


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"speed": 3}, "speed is no field.*pacing_method"),
        ({"lines_max": "many"}, "lines_max: expected a whole number.*came 'many'"),
        ({"lines_max": True}, "lines_max: expected a whole number.*came True"),
        ({"hopper_seconds": None}, "hopper_seconds: expected a number, came None"),
        ({"hopper_seconds": float("nan")}, "hopper_seconds: expected a number, came nan"),
        ({"answer_detection": 1}, "answer_detection: expected true or false, came 1"),
        ({"policy_pack": "moon"}, "policy_pack: expected one of .*strict_generic.*came 'moon'"),
        ({"machine_action": "sing"}, "machine_action: expected one of hang_up, .*came 'sing'"),
        ({"trunk_ids": "trunk"}, "trunk_ids: expected a list of texts, came 'trunk'"),
        ({"trunk_ids": [1]}, "trunk_ids: expected a list of texts"),
        ({"pacing_settings": {"a": "b"}}, "pacing_settings: expected numbers by name"),
        ({"pacing_settings": {"a": 1.0}}, "pacing_method or pacing_settings cannot be used"),
        ({"ring_timeout_seconds": 1.0}, "ring_timeout_seconds is 1.0; allowed"),
        ({"retry_rules": {"busy": {"delay": 1}}}, "retry_rules: expected of busy only delay_seconds"),
        ({"retry_rules": {"busy": {"is_final": 1}}}, "retry_rules: .*busy.is_final"),
        ({"retry_rules": {"busy": {"attempts_max": 0}}}, "retry_rules: .*at least 1 attempt"),
    ],
)
def test_wrong_field_or_value_is_refused_by_name(stored: dict[str, object], said: str) -> None:
    """The message names campaign, field, what was expected and what came."""
    with pytest.raises(SettingsUnusable, match=f"campaign spring: {said}"):
        decode_settings(SPRING, stored)


def test_altered_policy_pack_is_not_stored_under_its_old_name() -> None:
    """A pack goes by its name, so one that differs from the catalogue's must not lose its differences."""
    altered = replace(get_policy_pack("strict_generic"), ring_seconds_min=1.0)
    with pytest.raises(SettingsUnusable, match="altered strict_generic"):
        encode_settings(replace(DEFAULT, policy_pack=altered))
