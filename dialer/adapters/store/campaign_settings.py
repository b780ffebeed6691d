"""Campaign settings as JSON and back: what differs from the defaults, each field by its name.

Strict both ways: a field that is not known, or a value of the wrong kind, is refused by name. Policy packs
and enumerations go by their words; what a field means stands in `dialer.core.settings`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum
from typing import TypeAlias

from dialer.adapters.errors import SettingsUnusable
from dialer.core.errors import SettingsError
from dialer.core.settings import (
    CampaignSettings,
    Detector,
    MachineAction,
    PreviewTimeoutAction,
    RecordingRule,
    RetryRule,
    RoutingOrder,
)
from dialer.messages import CampaignId
from rules.errors import RulesError
from rules.policy_packs import PolicyPack, get_policy_pack, list_policy_packs

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""What JSON can say."""

INTEGER_MAX = 2**53  # beyond it JSON readers disagree about integers


@dataclass(frozen=True, slots=True)
class _Kind:
    """How values of one kind are written."""

    expected: str  # for people: what a value looks like
    decode: Callable[[object], object]  # raises _WrongValue
    encode: Callable[[object], object] = lambda value: value


class _WrongValue(Exception):
    """A value is not of its kind; the text says what was expected, if it is not the kind itself."""


def encode_settings(settings: CampaignSettings) -> dict[str, JsonValue]:
    """The settings that differ from the defaults, as JSON; the campaign's id is not among them.

    >>> encode_settings(CampaignSettings(campaign_id=CampaignId("a"), trunk_ids=(), lines_max=30))
    {'lines_max': 30}
    """
    written = {
        each.name: (getattr(settings, each.name), _KINDS[each.name])
        for each in _STORED
        if getattr(settings, each.name) != _default(each)
    }
    return {name: _json(kind.encode(value)) for name, (value, kind) in written.items()}


def decode_settings(campaign_id: CampaignId, stored: Mapping[str, object]) -> CampaignSettings:
    """Settings out of JSON; what is not there has its default.

    Raises:
        SettingsUnusable: a field is unknown, or a value is not of its kind or range.
    """
    given: dict[str, object] = {"trunk_ids": ()}
    for name, value in stored.items():
        given[name] = decode_field(campaign_id, name, value)
    try:
        return CampaignSettings(campaign_id=campaign_id, **given)  # type: ignore[arg-type]
    except SettingsError as error:
        raise SettingsUnusable(f"campaign {campaign_id}: {error}") from error


def decode_field(campaign_id: CampaignId, name: str, value: object) -> object:
    """The value of one field out of JSON.

    Raises:
        SettingsUnusable: the field is unknown, or the value is not of its kind.
    """
    kind = _KINDS.get(name)
    if kind is None:
        known = ", ".join(sorted(_KINDS))
        raise SettingsUnusable(
            f"campaign {campaign_id}: {name} is no field of a campaign's settings; those are {known}"
        )
    try:
        return kind.decode(value)
    except _WrongValue as wrong:
        expected = str(wrong) or kind.expected
        raise SettingsUnusable(
            f"campaign {campaign_id}: {name}: expected {expected}, came {value!r}"
        ) from None


def setting_names() -> tuple[str, ...]:
    """The names of all fields that a campaign's settings have."""
    return tuple(_KINDS)


def expected_value(name: str) -> str:
    """What a value of a field looks like, for people."""
    return _KINDS[name].expected


# --- kinds of values -------------------------------------------------------------------------------------


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _WrongValue
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongValue
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > INTEGER_MAX:
        raise _WrongValue
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _WrongValue
    return float(value)


def _optional_count(value: object) -> int | None:
    return None if value is None else _count(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise _WrongValue
    return tuple(_text(item) for item in value)


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _WrongValue
    return value


def _numbers_by_name(value: object) -> Mapping[str, float]:
    return {name: _number(each) for name, each in _mapping(value).items()}


def _pack(value: object) -> PolicyPack:
    try:
        return get_policy_pack(_text(value))
    except RulesError:
        raise _WrongValue from None


def _pack_name(value: object) -> str:
    assert isinstance(value, PolicyPack)
    if value != get_policy_pack(value.name):
        raise SettingsUnusable(
            f"policy_pack: expected a pack of the catalogue, came an altered {value.name}; add it as a pack"
        )
    return value.name


def _word_kind(words: type[Enum]) -> _Kind:
    def decode(value: object) -> Enum:
        try:
            return words(_text(value))
        except ValueError:
            raise _WrongValue from None

    return _Kind("one of " + ", ".join(str(word.value) for word in words), decode, _word)


def _word(value: object) -> object:
    assert isinstance(value, Enum)
    return value.value


_RULE_PARTS: Mapping[str, Callable[[object], object]] = {
    "delay_seconds": _number,
    "attempts_max": _count,
    "is_final": _flag,
    "tries_next_number": _flag,
}


def _retry_rules(value: object) -> Mapping[str, RetryRule]:
    return {outcome: _retry_rule(outcome, _mapping(each)) for outcome, each in _mapping(value).items()}


def _retry_rule(outcome: str, parts: Mapping[str, object]) -> RetryRule:
    known = ", ".join(_RULE_PARTS)
    decoded: dict[str, object] = {}
    for name, value in parts.items():
        if name not in _RULE_PARTS:
            raise _WrongValue(f"of {outcome} only {known}")
        try:
            decoded[name] = _RULE_PARTS[name](value)
        except _WrongValue:
            raise _WrongValue(f"a figure, or true or false, for {outcome}.{name}") from None
    rule = RetryRule(**decoded)  # type: ignore[arg-type]
    if rule.delay_seconds < 0.0 or rule.attempts_max < 1:
        raise _WrongValue(f"for {outcome} a delay of at least 0 seconds and at least 1 attempt")
    return rule


def _rules_as_json(value: object) -> object:
    assert isinstance(value, Mapping)
    normal = RetryRule()
    return {
        outcome: {
            part: getattr(rule, part) for part in _RULE_PARTS if getattr(rule, part) != getattr(normal, part)
        }
        for outcome, rule in value.items()
    }


def _as_list(value: object) -> object:
    assert isinstance(value, tuple)
    return list(value)


def _as_dictionary(value: object) -> object:
    assert isinstance(value, Mapping)
    return dict(value)


_TEXT = _Kind("a text", _text)
_FLAG = _Kind("true or false", _flag)
_COUNT = _Kind("a whole number", _count)
_NUMBER = _Kind("a number", _number)
_TEXTS = _Kind("a list of texts", _texts, _as_list)

_KINDS: Mapping[str, _Kind] = {
    "trunk_ids": _TEXTS,
    "caller_id_number": _TEXT,
    "pacing_method": _TEXT,
    "pacing_settings": _Kind("numbers by name", _numbers_by_name, _as_dictionary),
    "pacing_seed": _COUNT,
    "policy_pack": _Kind("one of " + ", ".join(list_policy_packs()), _pack, _pack_name),
    "abandon_limit_ratio": _NUMBER,
    "connect_limit_seconds": _NUMBER,
    "ring_timeout_seconds": _NUMBER,
    "lines_max": _Kind("a whole number, or null for no limit", _optional_count),
    "answer_detection": _FLAG,
    "detection_seconds_max": _NUMBER,
    "detector": _word_kind(Detector),
    "person_greeting_seconds_max": _NUMBER,
    "speech_silence_seconds": _NUMBER,
    "word_seconds_min": _NUMBER,
    "message_silence_seconds": _NUMBER,
    "machine_action": _word_kind(MachineAction),
    "routing_order": _word_kind(RoutingOrder),
    "preview_seconds_max": _NUMBER,
    "preview_timeout_action": _word_kind(PreviewTimeoutAction),
    "wrap_up_seconds_max": _NUMBER,
    "callback_fallback_seconds": _NUMBER,
    "inbound_wait_seconds_max": _NUMBER,
    "inbound_agents_reserved": _COUNT,
    "blended_campaign_ids": _TEXTS,
    "hopper_leads_min": _COUNT,
    "hopper_seconds": _NUMBER,
    "ramp_seconds": _NUMBER,
    "recording": _word_kind(RecordingRule),
    "recording_days": _COUNT,
    "retry_rules": _Kind("rules by outcome or disposition", _retry_rules, _rules_as_json),
}

_STORED = tuple(each for each in fields(CampaignSettings) if each.name != "campaign_id")
assert {each.name for each in _STORED} == set(_KINDS), "every setting of a campaign has its kind here"


def _default(each: "Field[object]") -> object:
    if each.default is not MISSING:
        return each.default
    return each.default_factory() if each.default_factory is not MISSING else ()


def _json(value: object) -> JsonValue:
    """The value itself: encoders give nothing but what JSON can say."""
    assert value is None or isinstance(value, bool | int | float | str | list | dict)
    return value
