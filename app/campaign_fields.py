"""Settings of a campaign as a person writes them: `field=value`, lists with commas, parts with dots."""

import json
from collections.abc import Iterable

from dialer.adapters.errors import SettingsUnusable
from dialer.adapters.store.campaign_settings import (
    JsonValue,
    decode_field,
    decode_settings,
    encode_settings,
    setting_names,
)
from dialer.core.settings import CampaignSettings, RetryRule
from dialer.messages import CampaignId

LISTS = ("trunk_ids", "blended_campaign_ids")
TEXTS = ("caller_id_number", "pacing_method", "policy_pack")
DEFAULT_WORDS = ("default", "")
"""What gives a field its default again."""


def changed_settings(settings: CampaignSettings, words: Iterable[str]) -> CampaignSettings:
    """Settings with the fields that `field=value` words name changed; those not named stay.

    `retry_rules.busy.delay_seconds=60` and `pacing_settings.lines_per_agent=2` change one part.

    Raises:
        SettingsUnusable: a word is none, a field is unknown, or a value is not of its kind or range.
    """
    campaign_id = settings.campaign_id
    stored = encode_settings(settings)
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise SettingsUnusable(f"{word}: expected field=value; fields are {', '.join(setting_names())}")
        _change(campaign_id, settings, stored, name.strip(), text.strip())
    return decode_settings(campaign_id, stored)


def _change(
    campaign_id: CampaignId,
    settings: CampaignSettings,
    stored: dict[str, JsonValue],
    name: str,
    text: str,
) -> None:
    field, *parts = name.split(".")
    if text in DEFAULT_WORDS and not parts:
        if field not in setting_names():
            decode_field(campaign_id, field, None)  # says that it is unknown
        stored.pop(field, None)
        return
    value = _value(field, text)
    if not parts:
        decode_field(campaign_id, field, value)
        stored[field] = value
        return
    whole = stored.get(field)
    if field == "retry_rules" and whole is None:
        whole = _all_rules(settings)
    stored[field] = _with_part(name, whole, parts, value)


def _value(field: str, text: str) -> JsonValue:
    """A text as JSON: as it stands where the field is a text, else as JSON reads it."""
    if field in LISTS and not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    if field in TEXTS:
        return text
    if text == "none":
        return None
    try:
        read: JsonValue = json.loads(text)
    except json.JSONDecodeError:
        return text
    return read


def _with_part(name: str, whole: JsonValue, parts: list[str], value: JsonValue) -> JsonValue:
    """A tree with one leaf changed."""
    if whole is not None and not isinstance(whole, dict):
        raise SettingsUnusable(f"{name}: this field has no parts; write {name.split('.')[0]}=value")
    branch = dict(whole or {})
    first, *rest = parts
    branch[first] = _with_part(name, branch.get(first), rest, value) if rest else value
    return branch


def _all_rules(settings: CampaignSettings) -> JsonValue:
    """The rules as they are now, so that changing one does not forget the others."""
    normal = RetryRule()
    parts = ("delay_seconds", "attempts_max", "is_final", "tries_next_number")
    return {
        outcome: {part: getattr(rule, part) for part in parts if getattr(rule, part) != getattr(normal, part)}
        for outcome, rule in settings.retry_rules.items()
    }
