"""A whole list dialed to its end through the laboratory, and four records of it compared call by call."""

import csv
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asterisk_config.lab.carrier_call import CarrierCall
from asterisk_config.lab.network import private_network
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.population import RandomPopulation
from asterisk_config.lab.tones import Tone
from dialer.core.events import CampaignStatus
from dialer.core.settings import RetryRule
from simulations.empirical_data import read_bank_talk_seconds
from tests.integration.call_centre import AREA, CallCentre, Floor, call_centre, floor_of

AGENTS = 20
TIME_DIVISOR = 60.0
"""Talk, ring, wrap-up and retry times are those of real life divided by this."""

WRAP_UP_SECONDS = 20.0
LIST_SECONDS_MAX = 3600.0
OPEN_LEADS = "select count(*) from dialer.dial_queue"
OPEN_ATTEMPTS = "select count(*) from dialer.open_attempts"
RETRIES = {
    "no_answer": RetryRule(delay_seconds=900.0 / TIME_DIVISOR, attempts_max=3),
    "busy": RetryRule(delay_seconds=300.0 / TIME_DIVISOR, attempts_max=3),
    "machine": RetryRule(delay_seconds=900.0 / TIME_DIVISOR, attempts_max=3),
    "congestion": RetryRule(delay_seconds=120.0 / TIME_DIVISOR, attempts_max=5),
    "failed": RetryRule(delay_seconds=120.0 / TIME_DIVISOR, attempts_max=10),
    "rejected": RetryRule(is_final=True),
    "invalid_number": RetryRule(is_final=True),
    "live": RetryRule(is_final=True),
}
HEARD_SECONDS_MIN = 0.5
"""Who was together with an agent for less may have hung up before the agent's first sound was told."""

CDR_ID, CDR_DISPOSITION = -1, 14  # Asterisk's Master.csv with uniqueid and without userfield


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt in the four records."""

    attempt_id: str
    number: str
    outcome: str  # the database's
    is_answered: bool  # the ledger's
    is_bridged: bool  # the ledger's
    has_disposition: bool
    cdr: str  # Asterisk's word; empty: it has none
    call: CarrierCall | None  # the carrier's
    wait_seconds: float = 0.0  # answer to bridge, the ledger's; 0 unless bridged


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRun:
    """What came of a list."""

    leads: int
    seconds: float
    attempts: tuple[Attempt, ...]
    calls_at_carrier: int
    leads_open: int
    wait_seconds: tuple[float, ...]  # answer to bridge, of those bridged
    abandoned: int

    def differences(self) -> list[str]:
        """What does not agree, call by call; empty where all do."""
        found = [f"{self.leads_open} leads are still open"] if self.leads_open else []
        if len(self.attempts) != self.calls_at_carrier:
            found.append(f"{len(self.attempts)} attempts, {self.calls_at_carrier} calls at the carrier")
        for attempt in self.attempts:
            found += [f"{attempt.attempt_id} ({attempt.outcome}): {word}" for word in _disagreements(attempt)]
        return found

    def summary(self) -> str:
        """One paragraph for people."""
        outcomes = Counter(attempt.outcome for attempt in self.attempts)
        words = ", ".join(f"{name} {count}" for name, count in outcomes.most_common())
        waits = sorted(self.wait_seconds) or [0.0]
        bridged = len(self.wait_seconds)
        return (
            f"{self.leads} leads in {self.seconds:.0f} s: {len(self.attempts)} attempts ({words}); "
            f"{bridged} talks, {self.abandoned} abandoned "
            f"({self.abandoned / max(1, bridged + self.abandoned):.2%} of live answers); answer to bridge "
            f"p50 {waits[len(waits) // 2] * 1000:.1f} ms, p99 {waits[int(len(waits) * 0.99)] * 1000:.1f} ms"
        )


def _disagreements(attempt: Attempt) -> Iterator[str]:
    call = attempt.call
    if call is None:
        yield "the carrier knows no such call"
        return
    if attempt.is_answered != (call.answered_at is not None):
        yield f"ledger says answered: {attempt.is_answered}, the carrier {call.answered_at}"
    if attempt.is_answered != (attempt.cdr == "ANSWERED"):
        yield f"ledger says answered: {attempt.is_answered}, Asterisk {attempt.cdr!r}"
    if attempt.is_bridged != attempt.has_disposition:
        yield f"bridged: {attempt.is_bridged}, disposition: {attempt.has_disposition}"
    together = _lasted(call) - attempt.wait_seconds
    if attempt.is_bridged and Tone.AGENT not in call.heard and together > HEARD_SECONDS_MIN:
        yield f"bridged, and the party heard no agent but {call.heard}"
    if attempt.is_answered and not attempt.is_bridged and Tone.AGENT in call.heard:
        yield "not bridged, and the party heard an agent"


def _lasted(call: CarrierCall) -> float:
    return (call.ended_at or 0.0) - (call.answered_at or 0.0)


@contextmanager
def lab_for_a_list(root: Path) -> Iterator[CallCentre]:
    """A call centre with twenty agents and the bank's clients, its engine running."""
    program = get_asterisk()
    population = RandomPopulation(
        seed=1, talk_seconds_mean=float(read_bank_talk_seconds().mean()), time_divisor=TIME_DIVISOR
    )
    with private_network(), call_centre(root, program, agents=AGENTS, population=population) as centre:
        centre.start_engine()
        yield centre


def bank_numbers(count: int | None = None) -> list[str]:
    """A number for each client of the bank-marketing sample, by its place in it."""
    clients = len(read_bank_talk_seconds())
    return [f"{AREA}{place:06}" for place in range(clients if count is None else min(count, clients))]


async def dial_list(centre: CallCentre, numbers: Sequence[str]) -> ListRun:
    """Dial a list to its end, and read all four records of it."""
    async with floor_of(centre) as floor:
        floor.agents.wrap_up_seconds = WRAP_UP_SECONDS / TIME_DIVISOR
        await floor.campaign(
            numbers,
            status=CampaignStatus.STOPPED,
            pacing_method="predictive",
            retry_rules=RETRIES,
            ring_timeout_seconds=15.0,
        )
        await floor.sign_in(AGENTS)
        began_at = time.monotonic()
        await floor.order(CampaignStatus.RUNNING)
        await floor.until(OPEN_LEADS, 0, LIST_SECONDS_MAX)
        await floor.until(OPEN_ATTEMPTS, 0)
        return await _read(centre, floor, len(numbers), time.monotonic() - began_at)


async def _read(centre: CallCentre, floor: Floor, leads: int, seconds: float) -> ListRun:
    rows = await floor.rows(
        "select a.attempt_id, a.e164, a.outcome, g.answered_at, g.bridged_at, d.attempt_id is not null as"
        " has_disposition from dialer.attempts a left join dialer.abandon_ledger g using (attempt_id)"
        " left join dialer.dispositions d using (attempt_id) order by a.dialed_at, a.attempt_id"
    )
    open_leads = (await floor.rows(OPEN_LEADS))[0][0]
    snapshot = await floor.floor()
    cdrs = _cdrs(centre)
    calls: dict[str, list[CarrierCall]] = defaultdict(list)
    truth = sorted(centre.lab.telephones.truth(), key=lambda call: call.invited_at)
    for call in truth:
        calls[call.number].append(call)
    attempts = tuple(
        Attempt(
            attempt_id=row["attempt_id"],
            number=row["e164"],
            outcome=row["outcome"],
            is_answered=row["answered_at"] is not None,
            is_bridged=row["bridged_at"] is not None,
            has_disposition=row["has_disposition"],
            cdr=cdrs.get(row["attempt_id"], ""),
            call=calls[row["e164"]].pop(0) if calls[row["e164"]] else None,
            wait_seconds=_wait_seconds(row["answered_at"], row["bridged_at"]),
        )
        for row in rows
    )
    return ListRun(
        leads=leads,
        seconds=seconds,
        attempts=attempts,
        calls_at_carrier=len(truth),
        leads_open=open_leads,
        wait_seconds=tuple(attempt.wait_seconds for attempt in attempts if attempt.is_bridged),
        abandoned=sum(campaign.abandoned for campaign in snapshot.campaigns),
    )


def _wait_seconds(answered_at: datetime | None, bridged_at: datetime | None) -> float:
    return (bridged_at - answered_at).total_seconds() if bridged_at and answered_at else 0.0


def _cdrs(centre: CallCentre) -> dict[str, str]:
    """Asterisk's own word for each call."""
    with (centre.lab.dialer.root / "log/cdr-csv/Master.csv").open() as file:
        return {row[CDR_ID]: row[CDR_DISPOSITION] for row in csv.reader(file)}
