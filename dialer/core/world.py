"""What the engine remembers: one object that all its parts read and change, and the commands of this call.

It decides nothing; it keeps the books that several parts need: which calls, agents, numbers, leads.
"""

from collections import Counter
from typing import TYPE_CHECKING

from dialer.core.commands import Command, RecordAgentState
from dialer.core.deadlines import Deadlines
from dialer.core.errors import UnknownCampaign
from dialer.core.settings import EngineSettings
from dialer.core.trunks import TrunkBook
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId

if TYPE_CHECKING:
    from dialer.core.agent_session import AgentSession
    from dialer.core.call_attempt import CallAttempt
    from dialer.core.calling_checks import CallingChecks
    from dialer.core.campaign import Campaign
    from dialer.core.routing import Switchboard

CALLERS_GONE_MAX = 10_000
"""Ended inbound calls remembered: hours of them; a repeated event is late by seconds."""


class World:
    """Everything the engine knows."""

    __slots__ = (
        "agents",
        "attempts",
        "attempts_begun",
        "callers_gone",
        "campaigns",
        "checks",
        "counts",
        "deadlines",
        "is_restored",
        "leads_in_progress",
        "leads_withdrawn",
        "now",
        "numbers_in_progress",
        "outbox",
        "sequence",
        "settings",
        "switchboard",
        "trunks",
        "wall_offset_seconds",
    )

    def __init__(self, settings: EngineSettings, switchboard: "Switchboard", checks: "CallingChecks") -> None:
        """Begin empty, at the beginning of time."""
        self.settings = settings
        self.switchboard = switchboard
        self.checks = checks
        self.now = float("-inf")
        self.wall_offset_seconds = 0.0  # POSIX seconds minus the engine's clock
        self.campaigns: dict[CampaignId, Campaign] = {}
        self.agents: dict[AgentId, AgentSession] = {}
        self.attempts: dict[AttemptId, CallAttempt] = {}
        self.callers_gone: dict[AttemptId, None] = {}  # inbound calls that have ended, oldest first
        self.attempts_begun = 0
        self.is_restored = False  # what lived before the start has been taken in
        self.sequence = 0  # grows with each thing that has a place in a line
        self.trunks = TrunkBook()
        self.deadlines = Deadlines()
        self.numbers_in_progress: set[str] = set()
        self.leads_in_progress: set[LeadId] = set()
        self.leads_withdrawn: set[LeadId] = set()  # of those in progress: never dialed again
        self.outbox: list[Command] = []
        self.counts: Counter[str] = Counter()  # events ignored, by kind and reason

    @property
    def wall_now(self) -> float:
        """Give the wall clock, POSIX seconds."""
        return self.now + self.wall_offset_seconds

    def advance(self, now: float) -> None:
        """Move the clock on; a clock that runs backwards stands still (it is counted)."""
        if now >= self.now:
            self.now = now
        else:
            self.counts["clock ran backwards"] += 1

    def take_outbox(self) -> list[Command]:
        """Hand over the commands given since the last call."""
        outbox = self.outbox
        self.outbox = []
        return outbox

    def next_sequence(self) -> int:
        """Give the next place in line."""
        self.sequence += 1
        return self.sequence

    def new_attempt_id(self) -> AttemptId:
        """Give an attempt id never used before: the epoch is unique to this engine start."""
        self.attempts_begun += 1
        return AttemptId(f"{self.settings.epoch}-{self.attempts_begun}")

    def new_request(self) -> str:
        """Give a name to a request, so that an answer to an earlier engine is not taken for ours."""
        return f"{self.settings.epoch}-{self.next_sequence()}"

    def get_campaign(self, campaign_id: CampaignId) -> "Campaign":
        """Give a campaign; raises UnknownCampaign."""
        campaign = self.campaigns.get(campaign_id)
        if campaign is None:
            known = ", ".join(sorted(self.campaigns)) or "none"
            raise UnknownCampaign(f"campaign {campaign_id!r} was never configured; known: {known}")
        return campaign

    def let_lead_go(self, lead_id: LeadId) -> None:
        """Note that nothing is going on with a lead any more."""
        self.leads_in_progress.discard(lead_id)
        self.leads_withdrawn.discard(lead_id)

    def let_caller_go(self, attempt_id: AttemptId) -> None:
        """Remember an inbound call that has ended, so that a late repetition does not bring it back.

        Its id is the network's; ours are never used again.
        """
        self.callers_gone[attempt_id] = None
        if len(self.callers_gone) > CALLERS_GONE_MAX:
            del self.callers_gone[next(iter(self.callers_gone))]

    def nudge(self, campaign: "Campaign") -> None:
        """Let a small team's campaign decide right after this event instead of at its next interval."""
        if campaign.is_dialing and len(campaign.counted_agents) <= self.settings.small_team_agents_max:
            self.deadlines.set(campaign, self.now)

    def record_agent(self, agent: "AgentSession", reason: str = "") -> None:
        """Put an agent's status and state on record."""
        attempt_id = (
            agent.attempt.attempt_id if agent.attempt else agent.owed.attempt_id if agent.owed else None
        )
        self.outbox.append(
            RecordAgentState(
                agent_id=agent.agent_id,
                status=agent.status,
                state=agent.state,
                at=self.now,
                attempt_id=attempt_id,
                reason=reason or agent.pause_reason,
            )
        )
