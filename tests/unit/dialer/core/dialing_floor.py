"""A small floor for tests: one engine, told in short sentences, with its commands kept.

The clock stands still until `pass_time`; deadlines that are due are carried out after each sentence,
as the runner does. Nothing answers by itself: what is not told has not happened.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from dialer.core import CampaignSettings, Engine, EngineSettings, TrunkSettings
from dialer.core.call_attempt import CallAttempt
from dialer.core.commands import Command, ConnectToAgent, Dial, RecordAttemptEnded
from dialer.core.events import (
    AgentBecameAvailable,
    AgentLoggedIn,
    AnswerClassified,
    CallAnswered,
    CallConnected,
    CallEnded,
    CampaignConfigured,
    CampaignStatus,
    CampaignStatusSet,
    Event,
    InboundCallArrived,
    LeadsReserved,
    TrunkConfigured,
    WallClockSet,
)
from dialer.core.leads import Lead, PhoneNumber
from dialer.core.outcomes import EndCause
from dialer.messages import AgentFloor, AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId
from rules.detection import DetectionVerdict
from rules.policy_packs import get_policy_pack

NOON_AT = 1_760_544_000.0
"""POSIX seconds of 2025-10-15 12:00 in New York, an allowed hour; the floor's clock is 0 then."""

ZONE = "America/New_York"
NODE = NodeId("node-1")
CampaignName = str
CommandKind = TypeVar("CommandKind")


def a_lead(number: int, *, numbers: int = 1, lease_seconds: float = 1e6, **wishes: Any) -> Lead:
    """Lead `number`, with as many telephone numbers as asked for, leased until `lease_seconds`."""
    lead = Lead(
        lead_id=LeadId(number),
        numbers=tuple(
            PhoneNumber(e164=f"+1212{number:06d}{index}", zones=(ZONE,)) for index in range(numbers)
        ),
        lease_until=lease_seconds,
    )
    return replace(lead, **wishes)


def some_leads(count: int, first: int = 1) -> tuple[Lead, ...]:
    """As many leads of one number each, with ids from `first`."""
    return tuple(a_lead(number) for number in range(first, first + count))


def of_kind(commands: Iterable[Command], kind: type[CommandKind]) -> list[CommandKind]:
    """Those of the commands that are of this kind, in order."""
    return [command for command in commands if isinstance(command, kind)]


class Floor:
    """An engine with a clock, and everything it has ordered so far."""

    def __init__(self, **settings: Any) -> None:
        """Begin with an empty house, at noon in New York."""
        self.engine = Engine(EngineSettings(epoch="e1", **settings))
        self.now = 0.0
        self.commands: list[Command] = []
        self.tell(WallClockSet(offset_seconds=NOON_AT))

    # --- the three verbs ---------------------------------------------------------------------------------

    def tell(self, event: Event) -> list[Command]:
        """Tell the engine of one event, and give what it orders at once."""
        before = len(self.commands)
        self.commands += self.engine.handle(event, self.now)
        self._act_on_what_is_due()
        return self.commands[before:]

    def pass_time(self, seconds: float) -> list[Command]:
        """Let time pass, waking the engine whenever it asks for it; gives what it orders meanwhile."""
        before = len(self.commands)
        until = self.now + seconds
        while (wakeup := self.engine.next_wakeup()) is not None and wakeup <= until:
            self.now = max(self.now, wakeup)
            self._act_on_what_is_due()
        self.now = until
        return self.commands[before:]

    def _act_on_what_is_due(self) -> None:
        wakeup = self.engine.next_wakeup()
        while wakeup is not None and wakeup <= self.now:
            self.commands += self.engine.tick(self.now)
            wakeup = self.engine.next_wakeup()
            assert wakeup is None or wakeup > self.now, "a tick leaves nothing due behind"

    # --- the house ---------------------------------------------------------------------------------------

    def trunk(
        self, name: str = "t1", *, channels: int = 100, per_second: float = 100.0, node: NodeId = NODE
    ) -> None:
        """Configure a trunk."""
        settings = TrunkSettings(
            trunk_id=TrunkId(name), node_id=node, channels_max=channels, calls_per_second_max=per_second
        )
        self.tell(TrunkConfigured(settings=settings))

    def campaign(
        self,
        name: CampaignName = "sales",
        method: str = "progressive",
        *,
        starts: bool = True,
        **wishes: Any,
    ) -> None:
        """Configure a campaign, and start it; without a ramp, unless the test asks for one."""
        settings = CampaignSettings(
            campaign_id=CampaignId(name),
            trunk_ids=(TrunkId("t1"),),
            caller_id_number="+12125550000",
            pacing_method=method,
            policy_pack=get_policy_pack("us_federal"),
            ramp_seconds=0.0,
        )
        self.tell(CampaignConfigured(settings=replace(settings, **wishes)))
        if starts:
            self.set_status(CampaignStatus.RUNNING, name)

    def set_status(self, status: CampaignStatus, name: CampaignName = "sales") -> list[Command]:
        """Start, pause, drain or stop a campaign."""
        return self.tell(CampaignStatusSet(campaign_id=CampaignId(name), status=status))

    def give(
        self, *leads: Lead, campaign: CampaignName = "sales", is_exhausted: bool = False
    ) -> list[Command]:
        """Answer a reservation."""
        return self.tell(
            LeadsReserved(campaign_id=CampaignId(campaign), leads=leads, is_exhausted=is_exhausted)
        )

    # --- agents ------------------------------------------------------------------------------------------

    def agent(
        self,
        name: str = "ann",
        *campaigns: CampaignName,
        skills: Iterable[str] = (),
        wants_calls: bool = True,
        node: NodeId | None = NODE,
    ) -> AgentId:
        """Sign an agent in; he wants calls unless the test says otherwise."""
        agent_id = AgentId(name)
        self.tell(
            AgentLoggedIn(
                agent_id=agent_id,
                campaign_ids=tuple(CampaignId(each) for each in campaigns or ("sales",)),
                skills=frozenset(skills),
                node_id=node,
            )
        )
        if wants_calls:
            self.tell(AgentBecameAvailable(agent_id=agent_id))
        return agent_id

    def agent_floor(self, name: str = "ann") -> AgentFloor:
        """Find an agent on the supervisor's board."""
        return next(agent for agent in self.engine.snapshot(self.now).agents if agent.agent_id == name)

    def state_of(self, name: str = "ann") -> str:
        """Name the state of an agent, as the board shows it."""
        return self.agent_floor(name).state

    # --- calls -------------------------------------------------------------------------------------------

    def ring(self, count: int = 1, *, campaign: CampaignName = "sales", first: int = 1) -> list[AttemptId]:
        """Let a progressive campaign dial leads for its idle agents; gives the attempts."""
        before = len(self.dials())
        self.give(*some_leads(count, first), campaign=campaign)
        self.pass_time(1.0)
        begun = [dial.attempt_id for dial in self.dials()[before:]]
        assert len(begun) == count, f"expected {count} dials, the engine began {len(begun)}"
        return begun

    def answer(self, attempt_id: AttemptId, verdict: DetectionVerdict | None = None) -> list[Command]:
        """Answer a call, and let the detector speak at once if it has a word to say."""
        before = len(self.commands)
        self.tell(CallAnswered(attempt_id=attempt_id))
        if verdict is not None:
            self.tell(AnswerClassified(attempt_id=attempt_id, verdict=verdict))
        return self.commands[before:]

    def connect(self, attempt_id: AttemptId) -> AgentId:
        """Confirm the connection that was ordered last for this call; gives its agent."""
        agent_id = self.offered_to(attempt_id)
        assert agent_id is not None, "nobody was offered the call"
        self.tell(CallConnected(attempt_id=attempt_id, agent_id=agent_id))
        return agent_id

    def talk(self, lead: int = 1, **wishes: Any) -> AttemptId:
        """Dial a lead for whoever is idle, answer and connect it; gives the attempt."""
        self.give(a_lead(lead, **wishes))
        self.pass_time(1.0)
        attempt_id = self.dials()[-1].attempt_id
        assert self.dials()[-1].lead_id == lead
        self.answer(attempt_id)
        self.connect(attempt_id)
        return attempt_id

    def call_in(
        self,
        name: str = "in-1",
        campaign: CampaignName = "sales",
        *,
        skill: str | None = None,
        node: NodeId = NODE,
    ) -> AttemptId:
        """Let somebody call us."""
        attempt_id = AttemptId(name)
        self.tell(
            InboundCallArrived(
                attempt_id=attempt_id,
                campaign_id=CampaignId(campaign),
                caller_id_number="+12125559999",
                dialed_number="+12125550000",
                node_id=node,
                required_skill=skill,
            )
        )
        return attempt_id

    def end(self, attempt_id: AttemptId, cause: EndCause = EndCause.NORMAL) -> list[Command]:
        """The called party's leg is gone."""
        return self.tell(CallEnded(attempt_id=attempt_id, cause=cause))

    # --- what was ordered --------------------------------------------------------------------------------

    def ordered(self, kind: type[CommandKind]) -> list[CommandKind]:
        """Every command of one kind so far."""
        return of_kind(self.commands, kind)

    def dials(self) -> list[Dial]:
        """Every dial so far."""
        return self.ordered(Dial)

    def offered_to(self, attempt_id: AttemptId) -> AgentId | None:
        """Find the agent to whom this call was offered last."""
        offers = [offer for offer in self.ordered(ConnectToAgent) if offer.attempt_id == attempt_id]
        return offers[-1].agent_id if offers else None

    def end_of(self, attempt_id: AttemptId) -> RecordAttemptEnded:
        """Give the record of an attempt's end; there is exactly one."""
        (record,) = (end for end in self.ordered(RecordAttemptEnded) if end.attempt_id == attempt_id)
        return record

    def attempt(self, attempt_id: AttemptId) -> CallAttempt:
        """Look into the engine: the one place where a test may, for states that no command tells of."""
        return self.engine._world.attempts[attempt_id]

    def channels_used(self, name: str = "t1") -> int:
        """Look into the engine: how many channels of a trunk are in use."""
        return self.engine._world.trunks.by_id[TrunkId(name)].channels_used
