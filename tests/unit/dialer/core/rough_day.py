"""A rough day: any events in any order, mostly plausible ones, told to one engine under a witness's eyes.

A day is a list of steps, three small numbers each, which hypothesis makes; what follows the witness judges.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import get_args

from dialer.core import CampaignSettings, Engine, EngineSettings, TrunkSettings, commands, events
from dialer.core.agent_session import AgentState
from dialer.core.commands import Command
from dialer.core.errors import UnknownCampaign
from dialer.core.events import CampaignStatus, Event
from dialer.core.leads import Callback, Lead
from dialer.core.outcomes import EndCause
from dialer.core.settings import Detector
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId
from rules.detection import DetectionVerdict
from tests.unit.dialer.core.dialing_floor import NODE, NOON_AT, a_lead
from tests.unit.dialer.core.rough_answers import (
    of_check,
    of_connection,
    of_hang_up,
    of_message,
    of_preview,
    of_third_party,
)
from tests.unit.dialer.core.rough_material import a_trunk, campaign_settings
from tests.unit.dialer.core.witness import CAMPAIGNS_OF_ALL, Witness

Step = tuple[int, int, int]

AGENTS = tuple(AgentId(name) for name in ("ann", "bob", "cyd"))
NOBODY = AgentId("nobody")
NODE_2 = NodeId("node-2")
NODE_OF = {AGENTS[0]: NODE, AGENTS[1]: NODE_2}  # the third one's telephone is on no node of its own
SECONDS = (0.0, 0.2, 1.0, 1.0, 1.0, 2.5, 2.5, 5.0, 5.0, 9.0, 9.0, 31.0, 62.0)
KINDS_OF_EVENT: tuple[type, ...] = get_args(Event)
VERDICTS = tuple(DetectionVerdict)
CAUSES = tuple(EndCause)


class RoughDay:
    """One engine, its witness, and the orders that nobody has answered yet."""

    def __init__(self) -> None:
        """Open the house: two trunks on two nodes, two campaigns, three agents."""
        self.witness = Witness()
        self.now = 0.0
        self.answers: dict[str, events.LeadsReserved] = {}  # by request
        self.orders: list[Command] = []  # to be answered by the network, the lead source or a screen
        self.log: list[tuple[Event | None, float]] = []  # None: a tick
        self.ordered: list[Command] = []
        self.leads_given = 0
        self.callers = 0
        self.callers_of_this_engine: list[AttemptId] = []
        self.settings: dict[CampaignId, CampaignSettings] = {}
        self.epoch = 1
        self.engine = Engine(EngineSettings(epoch="e1"))
        self.tell(events.WallClockSet(offset_seconds=NOON_AT))
        for trunk_id, node_id in (("t1", NODE), ("t2", NODE_2)):
            self.tell(events.TrunkConfigured(settings=a_trunk(trunk_id, node_id, 4)))
        for number, campaign_id in enumerate(CAMPAIGNS_OF_ALL):
            self.configure(campaign_id, number)
        self.tell(events.StateRestored(attempts=(), agents=()))
        for campaign_id in CAMPAIGNS_OF_ALL:
            self.tell(events.CampaignStatusSet(campaign_id=campaign_id, status=CampaignStatus.RUNNING))
        for agent_id in AGENTS:
            self.sign_in(agent_id)

    # --- the engine --------------------------------------------------------------------------------------

    def tell(self, event: Event) -> None:
        """Tell the engine and the witness of one event; only an unknown campaign may be refused."""
        self.witness.hear(event, self.now)
        self.log.append((event, self.now))
        try:
            self._watch(self.engine.handle(event, self.now))
        except UnknownCampaign:
            assert getattr(event, "campaign_id", "") not in self.settings
        if isinstance(event, events.CallConnected):
            self._note_bridge(event)
        self._act_on_what_is_due()

    def pass_time(self, seconds: float) -> None:
        """Let time pass, or run backwards."""
        until = self.now + seconds
        while (wakeup := self.engine.next_wakeup()) is not None and wakeup <= until:
            self.now = max(self.now, wakeup)
            self._act_on_what_is_due()
        self.now = until

    def _act_on_what_is_due(self) -> None:
        while (wakeup := self.engine.next_wakeup()) is not None and wakeup <= self.now:
            self.log.append((None, self.now))
            self._watch(self.engine.tick(self.now))
            wakeup = self.engine.next_wakeup()
            assert wakeup is None or wakeup > self.now, "the next wake-up lies in the past"

    def _watch(self, ordered: list[Command]) -> None:
        # The engine's clock stands still while ours runs backwards.
        self.witness.watch(ordered, max(self.now, self.engine._world.now))
        self.ordered += ordered
        for order in ordered:
            if isinstance(order, commands.ReserveLeads):
                self.orders = [one for one in self.orders if type(one) is not commands.ReserveLeads]
            if type(order) in ANSWERS:
                self.orders.append(order)
        self._check_nobody_waits_beside_a_free_agent()

    def _check_nobody_waits_beside_a_free_agent(self) -> None:
        world = self.engine._world
        for agent in world.agents.values():
            assert agent.is_ready == bool(agent.pool_ticket), "who is ready stands in line, and nobody else"
            for campaign in world.campaigns.values() if agent.is_ready else ():
                for attempt in campaign.waiting.values():
                    is_not_for_him = attempt.handed_on_by == agent.agent_id or not agent.can_reach(
                        attempt.node_id
                    )
                    assert is_not_for_him, "a client waits beside a free agent"

    def _note_bridge(self, event: events.CallConnected) -> None:
        """What the store would note: the bridge, if the engine takes it for one."""
        row = self.witness.rows.get(event.attempt_id)
        board = {agent.agent_id: agent.state for agent in self.engine.snapshot(self.now).agents}
        if row is None or self.witness.with_agent.get(event.agent_id) != event.attempt_id:
            return
        if board.get(event.agent_id) == AgentState.TALKING.value:
            row.agent_id = event.agent_id
            row.bridged_at = self.now if row.bridged_at is None else row.bridged_at

    # --- the house ---------------------------------------------------------------------------------------

    def configure(self, campaign_id: CampaignId, choice: int) -> None:
        """Give a campaign settings."""
        self.settings[campaign_id] = campaign_settings(campaign_id, choice)
        self.tell(events.CampaignConfigured(settings=self.settings[campaign_id]))

    def sign_in(self, agent_id: AgentId) -> None:
        """Let an agent sign in and want calls."""
        node_id = NODE_OF.get(agent_id)
        self.tell(events.AgentLoggedIn(agent_id=agent_id, campaign_ids=CAMPAIGNS_OF_ALL, node_id=node_id))
        self.tell(events.AgentBecameAvailable(agent_id=agent_id))

    def restart(self) -> None:
        """Throw the engine away and rebuild it from what the witness has on record."""
        self.epoch += 1
        statuses = {c.campaign_id: c.status for c in self.engine.snapshot(self.now).campaigns}
        wall_offset_seconds = self.engine._world.wall_offset_seconds
        self.engine = Engine(EngineSettings(epoch=f"e{self.epoch}"))
        # Whoever asked the lead source is dead; what it had leased by then is in the restored state.
        self.orders = [one for one in self.orders if type(one) is not commands.ReserveLeads]
        self.callers_of_this_engine = []
        self.log = []
        self.ordered = []
        self.tell(events.WallClockSet(offset_seconds=wall_offset_seconds))
        for settings in list(self.witness.trunks.values()):
            self.tell(events.TrunkConfigured(settings=settings))
        for campaign_id in CAMPAIGNS_OF_ALL:
            self.tell(events.CampaignConfigured(settings=self.settings[campaign_id]))
        self.tell(self.witness.state_for_restart())
        for campaign_id, status in statuses.items():
            self.tell(events.CampaignStatusSet(campaign_id=campaign_id, status=CampaignStatus(status)))

    def close(self) -> None:
        """Drain both campaigns, let every talk be found dead, and wait for five hours."""
        for campaign_id in CAMPAIGNS_OF_ALL:
            self.tell(events.CampaignStatusSet(campaign_id=campaign_id, status=CampaignStatus.DRAINING))
        for _ in range(3):
            self.pass_time(6000.0)
            for attempt_id in list(self.witness.rows):
                self.tell(events.CallEnded(attempt_id=attempt_id, cause=EndCause.NORMAL))

    # --- steps -------------------------------------------------------------------------------------------

    def run(self, steps: Iterable[Step]) -> None:
        """Live through the steps; the first one chooses the campaigns."""
        for number, step in enumerate(steps):
            if number == 0:
                self.configure(CAMPAIGNS_OF_ALL[0], step[1])
                self.configure(CAMPAIGNS_OF_ALL[1], step[2])
            self.take(step)

    def take(self, step: Step) -> None:
        """One step: mostly an answer to an order, or what a person does; at times anything at all."""
        kind, first, second = step
        if kind < 11:
            self._answer_an_order(first, second)
        elif kind < 14:
            self._let_a_person_act(AGENTS[first % len(AGENTS)], second)
        elif kind < 18:
            self.pass_time(SECONDS[second % len(SECONDS)])
        elif kind == 18:
            self._call_in(second)
        elif kind == 19 and second % 8 == 0:
            self.now -= 5.0
        else:
            self.tell(self.any_event(KINDS_OF_EVENT[first % len(KINDS_OF_EVENT)], second))

    def _answer_an_order(self, first: int, second: int) -> None:
        """Answer one of the newest orders, now and then a second time."""
        if not self.orders:
            return
        index = max(0, len(self.orders) - 1 - first % 8)
        order = self.orders[index]
        if second % 7 != 0:
            del self.orders[index]
        event = ANSWERS[type(order)](self, order, second)
        if event is not None:
            self.tell(event)

    def _call_in(self, choice: int) -> None:
        if choice % 4 == 0 and self.callers_of_this_engine:
            attempt_id = self.callers_of_this_engine[choice % len(self.callers_of_this_engine)]
        else:
            self.callers += 1
            attempt_id = AttemptId(f"in-{self.callers}")
            self.callers_of_this_engine.append(attempt_id)
        self.tell(
            events.InboundCallArrived(
                attempt_id=attempt_id,
                campaign_id=CAMPAIGNS_OF_ALL[choice % 2],
                caller_id_number="+12125559999",
                dialed_number="+12125550000",
                node_id=(NODE, NODE_2)[choice // 2 % 2],
            )
        )

    def _let_a_person_act(self, agent_id: AgentId, choice: int) -> None:
        """What an agent may do where he is: with a client, in wrap-up, or with nothing to do."""
        if agent_id in self.witness.with_agent:
            kinds: tuple[type, ...] = WITH_A_CLIENT
        elif agent_id in self.witness.owing:
            kinds = (events.DispositionSaved,)
        else:
            kinds = BESIDE_A_CLIENT
        if agent_id not in self.witness.agents:
            self.sign_in(agent_id)
            return
        self.tell(self.any_event(kinds[choice % len(kinds)], choice, agent_id))

    def any_event(self, kind: type, choice: int, agent_id: AgentId | None = None) -> Event:
        """An event of one kind: about ids that are, that were, or that never existed."""
        ids = [*self.witness.rows, *list(self.witness.ended)[-3:], AttemptId("ghost-1")]
        who = agent_id or (*AGENTS, NOBODY)[choice % 4]
        own = self.witness.with_agent.get(who) or (self.witness.owing.get(who) or (None,))[0]
        attempt_id = own if agent_id and own else ids[choice % len(ids)]
        lead_id = LeadId(choice % (self.leads_given + 2))
        campaign_id = (*CAMPAIGNS_OF_ALL, CampaignId("unknown"))[choice % 3]
        values: dict[str, object] = {
            "attempt_id": attempt_id,
            "agent_id": who,
            "supervisor_id": AGENTS[choice % 3],
            "verdict": VERDICTS[choice % len(VERDICTS)],
            "seconds": (0.05, 0.6, 3.0)[choice % 3],
            "cause": CAUSES[choice % len(CAUSES)],
            "reason": "rough",
            "e164": "+12125551111" if choice % 2 else a_lead(int(lead_id)).numbers[0].e164,
            "lead_id": lead_id,
            "campaign_id": campaign_id,
            "campaign_ids": CAMPAIGNS_OF_ALL,
            "disposition": "sale",
            "callback_at": NOON_AT + self.now + 60.0 if choice % 3 == 0 else None,
            "is_callback_mine": choice % 2 == 0,
            "to_agent_id": AGENTS[choice % 3] if choice % 2 else None,
            "required_skill": None,
            "node_id": NODE_OF.get(who) if kind is events.AgentLoggedIn else (NODE, NODE_2)[choice % 2],
            "trunk_id": TrunkId(("t1", "t2")[choice % 2]),
            "attempt_ids": tuple(ids[choice % 4 :: 2]),
            "answered_ids": tuple(ids[choice % 4 :: 4]),
            "taken_at": self.now,
            "offset_seconds": NOON_AT + (choice % 20) * 600.0,
            "status": tuple(CampaignStatus)[choice % 4] if choice % 3 else CampaignStatus.RUNNING,
            "caller_id_number": "",
            "dialed_number": "+12125550000",
            "attempts": (),
            "agents": (),
            "leads": self.new_leads(campaign_id, choice % 3),
            "is_exhausted": choice % 5 == 0,
        }
        if kind is events.InboundCallArrived:
            values["attempt_id"] = AttemptId(f"in-again-{self.epoch}")
        values["settings"] = self._new_settings(kind, choice)
        fields = getattr(kind, "__slots__", ())
        event: Event = kind(**{name: values[name] for name in fields if name in values})
        return event

    def _new_settings(self, kind: type, choice: int) -> TrunkSettings | CampaignSettings | None:
        if kind is events.TrunkConfigured:
            trunk_id, node_id = (("t1", NODE), ("t2", NODE_2))[choice % 2]
            return a_trunk(trunk_id, node_id, choice % 6)
        if kind is events.CampaignConfigured:
            campaign_id = CAMPAIGNS_OF_ALL[choice % 2]
            self.settings[campaign_id] = campaign_settings(campaign_id, choice)
            return self.settings[campaign_id]
        return None

    def new_leads(self, campaign_id: CampaignId, count: int) -> tuple[Lead, ...]:
        """Leads never given before, of one or two numbers; some with a promise, some soon to expire."""
        if campaign_id not in CAMPAIGNS_OF_ALL:
            return ()
        leads = []
        for number in range(self.leads_given + 1, self.leads_given + 1 + count):
            lease_seconds = self.now + (40.0 if number % 5 == 0 else 400.0)
            lead = a_lead(number, numbers=1 + number % 2, lease_seconds=lease_seconds)
            if number % 4 == 0:
                promise = Callback(due_at=NOON_AT - 1.0, agent_id=AGENTS[number % 3] if number % 8 else None)
                lead = replace(lead, callback=promise)
            leads.append(lead)
        self.leads_given += count
        return tuple(leads)


# --- what an order may be answered with --------------------------------------------------------------------

WITH_A_CLIENT = (
    events.AgentHungUp,
    events.AgentHeldCall,
    events.AgentResumedCall,
    events.AgentTransferredCall,
    events.AgentStartedConsultation,
    events.AgentJoinedParties,
    events.AgentLeftParties,
    events.SupervisorTookCall,
    events.DispositionSaved,
    events.AgentVanished,
    events.AgentPaused,
)
BESIDE_A_CLIENT = (
    events.AgentBecameAvailable,
    events.AgentBecameAvailable,
    events.AgentReturned,
    events.AgentRequestedDial,
    events.AgentPaused,
    events.AgentLoggedOut,
)


def _of_dial(day: RoughDay, order: commands.Dial, choice: int) -> Event | None:
    attempt_id = order.attempt_id
    match choice % 6:
        case 0:
            day.orders.append(order)
            kind = events.CallRinging if choice % 5 else events.SafeHarbourStarted
            return kind(attempt_id=attempt_id)
        case 1 | 2 | 3:
            return events.CallAnswered(attempt_id=attempt_id)
        case 4:
            return events.CallEnded(attempt_id=attempt_id, cause=CAUSES[choice % len(CAUSES)])
        case _:
            return events.DialFailed(attempt_id=attempt_id, cause=EndCause.FAILED, reason="rough")


def _of_reservation(day: RoughDay, order: commands.ReserveLeads, choice: int) -> Event | None:
    answered = day.answers.get(order.request)
    if answered is not None:
        return answered  # the same leads a second time: none may be dialed twice for it
    leads = day.new_leads(order.campaign_id, min(order.count, choice % 6))
    answer = events.LeadsReserved(
        campaign_id=order.campaign_id, leads=leads, is_exhausted=choice % 11 == 0, request=order.request
    )
    day.answers[order.request] = answer
    return answer


def _of_detection(day: RoughDay, order: commands.DetectAnswer, choice: int) -> Event | None:
    if order.detector is Detector.SPEECH and choice % 4:
        if choice % 2:
            day.orders.append(order)
            return events.SpeechStarted(attempt_id=order.attempt_id)
        return events.SpeechEnded(attempt_id=order.attempt_id, seconds=(0.05, 0.6, 3.0)[choice % 3])
    return events.AnswerClassified(attempt_id=order.attempt_id, verdict=VERDICTS[choice % 3])


# Each function takes the class of order that it stands beside.
ANSWERS: dict[type, Callable[..., Event | None]] = {
    commands.Dial: _of_dial,
    commands.ConnectToAgent: of_connection,
    commands.ReserveLeads: _of_reservation,
    commands.ShowPreview: of_preview,
    commands.DetectAnswer: _of_detection,
    commands.CheckCall: of_check,
    commands.DialThirdParty: of_third_party,
    commands.HangUp: of_hang_up,
    commands.PlaySafeHarbourMessage: of_message,
    commands.LeaveVoicemailMessage: of_message,
    commands.PlayCampaignMessage: of_message,
}
