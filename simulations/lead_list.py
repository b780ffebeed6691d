"""One list of leads in the virtual world: what each lead is, and what the store knows of its past.

A lead comes into being when it is first reserved; what it is (zones, numbers, skill) is drawn from its index
alone.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from dialer.core.leads import Callback, Lead, PhoneNumber
from dialer.messages import CampaignId, LeadId
from simulations.errors import FigureOutOfRange
from simulations.random_streams import PartyDraws, Quantity, RandomStreams

ChosenT = TypeVar("ChosenT")

LEADS_PER_LIST_MAX = 10_000_000  # room for the lead ids of one list


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadListPlan:
    """A list as data."""

    leads_per_agent_hour: float = 200.0  # the list's size; enough that no method runs dry
    leads_min: int = 200
    zones: tuple[tuple[float, tuple[str, ...]], ...] = ((1.0, ("America/New_York",)),)  # (share, zones)
    second_number_ratio: float = 0.0  # leads with two numbers
    household_ratio: float = 0.0  # leads that share the number of the lead before them
    skill_ratios: tuple[tuple[float, str], ...] = ()  # (share, skill) that a lead's call requires
    lease_seconds: float = 600.0  # a reservation ends by itself after this
    has_scores: bool = False  # the source knows each lead's live-answer probability

    def __post_init__(self) -> None:
        """Refuse sizes and shares that are none."""
        if not self.leads_per_agent_hour >= 0.0 or not 0 <= self.leads_min < LEADS_PER_LIST_MAX:
            raise FigureOutOfRange("leads", (self.leads_per_agent_hour, self.leads_min), "0 or more")
        if abs(sum(share for share, _ in self.zones) - 1.0) > 1e-9:
            raise FigureOutOfRange("zones", self.zones, "shares that are 1 in sum")
        if sum(share for share, _ in self.skill_ratios) > 1.0:
            raise FigureOutOfRange("skill_ratios", self.skill_ratios, "shares of at most 1 in sum")


class LeadState(IntEnum):
    """Who has a lead."""

    DUE = 0  # the source: waits for its time
    LEASED = 1  # the engine: reserved, not dialed
    IN_ATTEMPT = 2  # the network: an attempt goes on
    OWED = 3  # an agent: the disposition decides
    CLOSED = 4  # nobody, ever again


class LeadRecord:
    """What the store knows of one lead."""

    __slots__ = (
        "attempt_numbers",
        "attempts_at",
        "callback",
        "due_at",
        "index",
        "is_withdrawn",
        "lead_id",
        "lease_until",
        "list",
        "number_index",
        "numbers",
        "required_skill",
        "state",
        "zones",
    )

    def __init__(self, lead_list: "LeadList", index: int) -> None:
        """Begin a lead that was never dialed."""
        self.list = lead_list
        self.index = index
        self.lead_id = LeadId(lead_list.first_lead_id + index)
        self.zones, self.numbers, self.required_skill = lead_list.identity(index)
        self.state = LeadState.DUE
        self.attempts_at: list[float] = []  # POSIX seconds
        self.attempt_numbers: list[str] = []  # the number of each of them
        self.number_index = 0
        self.callback: Callback | None = None
        self.due_at = 0.0  # POSIX seconds
        self.lease_until = 0.0  # engine clock
        self.is_withdrawn = False


class LeadList:
    """The leads of one campaign, in the order in which they are handed out."""

    __slots__ = (
        "_draws",
        "campaign_id",
        "first_lead_id",
        "index",
        "next_fresh",
        "open_leads",
        "plan",
        "size",
    )

    def __init__(
        self, plan: LeadListPlan, campaign_id: CampaignId, index: int, size: int, streams: RandomStreams
    ) -> None:
        """Take `size` leads, none of which is made before it is asked for."""
        if not 0 <= size < LEADS_PER_LIST_MAX:
            raise FigureOutOfRange("leads of one list", size, f"0 to {LEADS_PER_LIST_MAX - 1}")
        self.plan = plan
        self.campaign_id = campaign_id
        self.index = index
        self.size = size
        self.first_lead_id = index * LEADS_PER_LIST_MAX + 1
        self.next_fresh = 0  # index of the next lead never handed out
        self.open_leads = 0  # leased, in an attempt, or owed a disposition
        self._draws = PartyDraws(streams, Quantity.LEAD, index)

    def identity(self, index: int) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
        """Give a lead's zones, numbers (E.164) and the skill that its call requires."""
        plan, draws = self.plan, self._draws
        zones = plan.zones[0][1]
        if len(plan.zones) > 1:
            zones = _chosen(plan.zones, draws.value(index, 0)) or zones
        has_household = plan.household_ratio > 0.0 and index % 2 == 1
        shares_number = has_household and draws.value(index, 1) < plan.household_ratio
        numbers = [_number(self.index, index - 1 if shares_number else index, 0)]
        if plan.second_number_ratio and draws.value(index, 2) < plan.second_number_ratio:
            numbers.append(_number(self.index, index, 1))
        skill = _chosen(plan.skill_ratios, draws.value(index, 3)) if plan.skill_ratios else None
        return zones, tuple(numbers), skill

    def take_fresh(self) -> LeadRecord | None:
        """Give the next lead that was never handed out; None when there is none."""
        if self.next_fresh >= self.size:
            return None
        self.next_fresh += 1
        return LeadRecord(self, self.next_fresh - 1)


class NumberBook:
    """What the store knows of every number, over all leads and campaigns; POSIX seconds."""

    __slots__ = ("abandoned_at", "attempts_at")

    def __init__(self) -> None:
        """Begin with numbers that were never dialed."""
        self.attempts_at: dict[str, list[float]] = {}
        self.abandoned_at: dict[str, float] = {}  # the latest abandoned call


def lead_of(record: LeadRecord, numbers_known: NumberBook, live_probability: float | None) -> Lead:
    """Give a lead as the engine is to see it, with everything that the store knows of its past."""
    zones = record.zones
    numbers = tuple(
        PhoneNumber(
            e164=e164,
            zones=zones,
            attempts_at=tuple(numbers_known.attempts_at.get(e164, ())),
            abandoned_at=numbers_known.abandoned_at.get(e164),
        )
        for e164 in record.numbers
    )
    return Lead(
        lead_id=record.lead_id,
        numbers=numbers,
        lease_until=record.lease_until,
        number_index=record.number_index,
        attempts_made=len(record.attempts_at),
        attempts_at=tuple(record.attempts_at),
        required_skill=record.required_skill,
        callback=record.callback,
        live_probability=live_probability,
    )


def _number(list_index: int, lead_index: int, number_index: int) -> str:
    """A number of country code +999, which the ITU has assigned to nobody."""
    return f"+999{list_index + 50 * number_index:02d}{lead_index:08d}"


def _chosen(shares: tuple[tuple[float, ChosenT], ...], draw: float) -> ChosenT | None:
    """The item in whose share the draw falls; None beyond the last."""
    for share, item in shares:
        if draw < share:
            return item
        draw -= share
    return None
