"""The books of one run: attempts by hour, ledger entries, agents' time, all from the engine's records alone.

What is abandoned is never read from the engine's counters: `rules.abandon_ledger` classes the raw entries.
"""

from array import array
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from dialer.core.commands import Dial, RecordAgentState, RecordAttemptEnded, RecordDisposition
from dialer.core.outcomes import Outcome
from dialer.messages import CampaignId
from rules.abandon_ledger import AbandonClass, AbandonDefinition, LedgerEntry, abandon_class
from simulations.agent_clock import AgentClock, AgentTime

SECONDS_PER_HOUR = 3600.0


class CountedAnswer(NamedTuple):
    """A live answer that the law counts; instants on the engine's clock."""

    answered_at: float
    dialed_at: float
    is_abandoned: bool  # else it got an agent in time


class HourBook:
    """What began in one hour: attempts by the instant of their dialing."""

    __slots__ = ("abandoned", "attempts", "connected", "left_early")

    def __init__(self) -> None:
        """Begin at nothing."""
        self.attempts = 0
        self.connected = 0
        self.abandoned = 0
        self.left_early = 0


class RunLedger:
    """Everything measured of a run; knows neither engine nor network."""

    def __init__(self, definitions: Mapping[CampaignId, AbandonDefinition]) -> None:
        """Take each campaign's definition of an abandoned call."""
        self._definitions = definitions
        self.clock = AgentClock()
        self.hours: dict[int, HourBook] = {}
        self.outcomes: Counter[Outcome] = Counter()
        self.answer_delays: list[
            float
        ] = []  # s from answer to bridge, of every live answer that got an agent
        self.answers: list[CountedAnswer] = []  # in the order in which the attempts ended
        self.dialed_at = array("d")  # s, of every attempt
        self.inbound_calls = 0
        self.talks = 0  # calls handled: with a disposition, or with one owed in vain
        self.entries: dict[AbandonClass, int] = dict.fromkeys(AbandonClass, 0)
        self.hour_marks: list[AgentTime] = []  # agents' time at the end of each hour
        self.measured_until: float | None = None  # s; what is recorded of agents after it is not counted

    def dial(self, command: Dial, now: float) -> None:
        """Count an attempt begun."""
        self._hour(now).attempts += 1
        self.dialed_at.append(now)

    def end_attempt(self, command: RecordAttemptEnded) -> None:
        """Count an attempt ended, by outcome and, if the law counts it, by class."""
        if command.lead_id is None:
            self.inbound_calls += 1
            return
        self.outcomes[command.outcome] += 1
        entry = command.entry
        if entry is not None:
            self._count_entry(entry, command)

    def _count_entry(self, entry: LedgerEntry, command: RecordAttemptEnded) -> None:
        kind = abandon_class(entry, self._definitions[command.campaign_id])
        self.entries[kind] += 1
        hour = self._hour(command.dialed_at)
        if kind is AbandonClass.CONNECTED:
            hour.connected += 1
        elif kind is AbandonClass.ABANDONED:
            hour.abandoned += 1
        elif kind is AbandonClass.CLIENT_LEFT_EARLY:
            hour.left_early += 1
        if kind in (AbandonClass.CONNECTED, AbandonClass.ABANDONED) and entry.answered_at is not None:
            is_abandoned = kind is AbandonClass.ABANDONED
            self.answers.append(CountedAnswer(entry.answered_at, command.dialed_at, is_abandoned))
        if entry.bridged_at is not None and entry.answered_at is not None:
            self.answer_delays.append(entry.bridged_at - entry.answered_at)

    def save_disposition(self, command: RecordDisposition) -> None:
        """Count a talk."""
        if self.measured_until is None:
            self.talks += 1

    def record_agent(self, command: RecordAgentState) -> None:
        """Take a change of an agent's state, unless the measuring is over."""
        if self.measured_until is None:
            self.clock.record(command)

    def mark_hour(self, now: float) -> None:
        """Note agents' time at the end of an hour (or of the run)."""
        self.hour_marks.append(self.clock.time_until(now))

    def stop_measuring(self, now: float) -> None:
        """Close agents' books at `now`: the rest of the run only drains."""
        self.measured_until = now

    @property
    def attempts(self) -> int:
        """Attempts begun."""
        return sum(hour.attempts for hour in self.hours.values())

    def _hour(self, at: float) -> HourBook:
        index = int(at // SECONDS_PER_HOUR)
        hour = self.hours.get(index)
        if hour is None:
            hour = self.hours[index] = HourBook()
        return hour
