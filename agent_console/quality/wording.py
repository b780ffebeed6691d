"""What pages say of fields, levels and verdicts: English texts, shown translated."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent_console.navigation import N_
from crm_core.quality.comparing import Level
from crm_core.quality.scoring import Score, Verdict

FIELD_LABELS: Mapping[str, str] = {
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "company": N_("Company name"),
    "birth_date": N_("Birth date"),
    "tax_id": N_("Tax number"),
    "house_number": N_("House number"),
    "street": N_("Street"),
    "building": N_("Further lines of the address"),
    "postal_code": N_("Postal code"),
    "city": N_("City"),
    "region": N_("Region"),
    "phones": N_("Telephone"),
    "emails": N_("E-mail"),
}
LEVEL_LABELS: Mapping[Level, str] = {
    Level.SAME: N_("the same"),
    Level.NEAR: N_("nearly the same"),
    Level.SIMILAR: N_("similar"),
    Level.DIFFERENT: N_("different"),
}
VERDICT_LABELS: Mapping[Verdict, str] = {
    Verdict.LIKELY: N_("Very likely one"),
    Verdict.POSSIBLE: N_("Possibly one"),
    Verdict.UNLIKELY: N_("Hardly one"),
}
REASONS_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReason:
    """What one field says, for a page."""

    field: str  # English
    level: str  # English
    is_for: bool  # it speaks for one party


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownScore:
    """A score for a page."""

    verdict: str  # English
    is_likely: bool
    bits: int
    reasons: tuple[ShownReason, ...]


def shown_score(score: Score, count_max: int = REASONS_SHOWN) -> ShownScore:
    """A score in words, the strongest reasons first."""
    return ShownScore(
        verdict=VERDICT_LABELS[score.verdict()],
        is_likely=score.verdict() is Verdict.LIKELY,
        bits=round(score.bits),
        reasons=tuple(
            ShownReason(field=FIELD_LABELS[one.field], level=LEVEL_LABELS[one.level], is_for=one.bits > 0)
            for one in score.reasons[:count_max]
        ),
    )


TARGET_LABELS: Mapping[str, str] = {
    **FIELD_LABELS,
    "name": N_("Name"),
    "phone": N_("Telephone"),
    "mobile": N_("Mobile"),
    "email": N_("E-mail"),
    "country": N_("Country, two letters"),
    "address": N_("Address"),
    "kind": N_("Kind"),
    "tags": N_("Tags"),
    "remark": N_("Remark"),
    "language": N_("Language"),
}
"""What columns of a file may be."""

VERDICTS_OF_ROWS: Mapping[str, str] = {
    "new": N_("new"),
    "suppressed": N_("new, do not call"),
    "duplicate": N_("already there"),
    "invalid": N_("invalid"),
    "empty": N_("empty"),
}
