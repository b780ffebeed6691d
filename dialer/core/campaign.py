"""One campaign in progress: its settings, hopper, pacer, and the calls and agents that are its own.

What is decided for it stands in `dialing`; here are only its books.
"""

from contextlib import suppress
from dataclasses import dataclass

from dialer.core.agent_session import AgentSession
from dialer.core.call_attempt import CallAttempt
from dialer.core.events import CampaignStatus
from dialer.core.hopper import Hopper
from dialer.core.settings import CampaignSettings, pacer_for
from dialer.messages import AgentId, AttemptId
from pacing import AgentWrapUps, Pacer, PacerStateError, WindowBudget
from rules.window_counter import WindowCounter

MANUAL = "manual"
PREVIEW = "preview"
AGENTLESS = "agentless"
"""Pacing methods that are dial modes of their own; with any other, the pacer decides the lines."""

VERDICTS_REMEMBERED = 50
"""The mean delay of the detector is that of so many live answers: lists and carriers change within a day."""


@dataclass(slots=True)
class CampaignCounts:
    """What has happened in a campaign since the engine was started."""

    attempts: int = 0  # begun
    connected: int = 0  # live answers bridged to an agent in time, by the ledger's definition
    abandoned: int = 0  # live answers that no agent met in time, by the same


class Campaign:
    """A campaign that the engine was told of; changed by `dialer.core` only."""

    __slots__ = (
        "agent_wrap_ups",
        "attempts_in_progress",
        "connect_seconds_spent",
        "constraint_recorded",
        "counted_agents",
        "counts",
        "deadline_at",
        "deadline_sequence",
        "decision_recorded_at",
        "hears_greetings",
        "hopper",
        "lines",
        "lines_decided",
        "pacer",
        "ramp_began_at",
        "ready_seen",
        "settings",
        "status",
        "team_seen",
        "verdicts_timed",
        "waiting",
        "window_budgets",
        "windows",
        "windows_counted",
    )

    def __init__(self, settings: CampaignSettings) -> None:
        """Begin stopped."""
        self.settings = settings
        self.status = CampaignStatus.STOPPED
        self.hopper = Hopper()
        self.pacer: Pacer = pacer_for(settings)
        self.agent_wrap_ups = AgentWrapUps()
        self.lines: dict[AttemptId, CallAttempt] = {}  # without a human verdict yet, oldest first
        self.waiting: dict[AttemptId, CallAttempt] = {}  # wait for an agent
        self.attempts_in_progress = 0
        self.counted_agents: dict[AgentId, AgentSession] = {}  # those whose time this campaign's pacing sells
        self.counts = CampaignCounts()
        self.hears_greetings = False  # whether the network has told of one greeting's end
        self.connect_seconds_spent = 0.0  # of the connect limit when "a person" is heard; mean of the newest
        self.verdicts_timed = 0  # in that mean
        self.lines_decided = 0
        self.constraint_recorded = ""
        self.decision_recorded_at = float("-inf")
        self.team_seen = 0  # agents on, as last told to the pacer
        self.ready_seen = 0  # ready agents at the last decision
        self.ramp_began_at = float("-inf")
        self.windows = WindowCounter(settings.policy_pack.abandon_limits)
        self.windows_counted: object = None  # what `window_budgets` was made of
        self.window_budgets: tuple[WindowBudget, ...] = ()
        self.deadline_at: float | None = None  # of the next decision
        self.deadline_sequence = 0

    def configure(self, settings: CampaignSettings) -> None:
        """Take new settings; what the pacer has learned stays as long as it fits the method and its terms."""
        pacer = pacer_for(settings)
        if settings.pacing_method == self.settings.pacing_method:
            # What was learned of a ring time of 22 seconds says nothing in the bins of one of 30: learn anew.
            with suppress(PacerStateError):
                pacer.restore_state(self.pacer.export_state())
        if settings.policy_pack.abandon_limits != self.settings.policy_pack.abandon_limits:
            self.windows = self.windows.under(settings.policy_pack.abandon_limits)
        self.windows_counted = None  # the campaign's own limit may be another one
        self.settings = settings
        self.pacer = pacer

    def time_verdict(self, seconds_spent: float) -> None:
        """Take note of how much of a live answer's wait its detection has used up."""
        self.verdicts_timed = min(self.verdicts_timed + 1, VERDICTS_REMEMBERED)
        self.connect_seconds_spent += (seconds_spent - self.connect_seconds_spent) / self.verdicts_timed

    @property
    def is_dialing(self) -> bool:
        """Whether new attempts may be begun."""
        return self.status is CampaignStatus.RUNNING

    @property
    def is_paced(self) -> bool:
        """Whether the pacer decides the lines (and not an agent, by hand or by preview)."""
        return self.settings.pacing_method not in (MANUAL, PREVIEW)

    @property
    def is_agentless(self) -> bool:
        """Whether a message is played instead of connecting an agent."""
        return self.settings.pacing_method == AGENTLESS

    @property
    def inbound_waiting(self) -> int:
        """Count the inbound callers who wait in this campaign."""
        return sum(1 for attempt in self.waiting.values() if attempt.is_inbound)
