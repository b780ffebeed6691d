"""The virtual floor: what agents do by themselves, as events of their screens and telephones.

How long a talk and its wrap-up last belongs to the called party; when an agent takes a break belongs to the
agent.
"""

from collections.abc import Callable, Mapping
from itertools import count

from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.commands import RecordAgentState, RefuseRequest, ShowPreview
from dialer.core.events import (
    AgentBecameAvailable,
    AgentHungUp,
    AgentLoggedIn,
    AgentLoggedOut,
    AgentPaused,
    AgentRequestedDial,
    AgentReturned,
    AgentVanished,
    CampaignStatus,
    CampaignStatusSet,
    DispositionSaved,
    Event,
    PreviewAccepted,
    PreviewSkipped,
)
from dialer.messages import AgentId, CampaignId, LeadId
from simulations.agent_behaviour import AgentBehaviour, GroupBreak
from simulations.call_leg import CallLeg
from simulations.called_parties import CalledParties, PartyKind
from simulations.lead_list import LEADS_PER_LIST_MAX
from simulations.random_streams import PartyDraws, Quantity, RandomStreams
from simulations.talk_turns import TalkTurns
from simulations.virtual_agent import VirtualAgent
from simulations.virtual_network import VirtualNetwork

LOG_OUT_SECONDS = 1.0  # from the end of the last call to signing out
RETURN_SECONDS = 5.0  # from a lost leg's return to work going on
NOTICE_SECONDS = 10.0  # until an agent sees that he was paused against his will
MANUAL = "manual"
SECONDS_PER_DAY = 86_400.0
CLOSING_SECONDS = 60.0  # nothing is dialed any more so long before a working day ends


class VirtualFloor:
    """All agents of a run."""

    def __init__(
        self,
        behaviour: AgentBehaviour,
        agents: Mapping[AgentId, VirtualAgent],
        methods: Mapping[CampaignId, str],
        parties: Mapping[int, CalledParties],
        streams: RandomStreams,
        network: VirtualNetwork,
        emit: Callable[[Event], None],
    ) -> None:
        """Join the parts; `methods` is the pacing method of each campaign, `parties` the lists by index."""
        self._behaviour = behaviour
        self._agents = agents
        self._parties = parties
        self._events = events = network.events
        self._network = network
        self._emit = emit
        self._campaign_ids = tuple(methods)
        self._manual = frozenset(campaign for campaign, method in methods.items() if method == MANUAL)
        self._turns = TalkTurns(behaviour, events, emit)
        self._lateness = PartyDraws(streams, Quantity.AGENT_SHIFT, 0, behaviour.arrives_late)
        self._gaps = PartyDraws(streams, Quantity.MANUAL_GAP, 0, behaviour.manual_gap)
        self._break_lengths = PartyDraws(streams, Quantity.AGENT_BREAK, 0, behaviour.break_seconds)
        self._break_gaps: PartyDraws | None = None
        if behaviour.break_every is not None:
            self._break_gaps = PartyDraws(streams, Quantity.AGENT_BREAK, 1, behaviour.break_every)
        self._previews = PartyDraws(streams, Quantity.PREVIEW, 0, behaviour.preview_seconds)
        self._callbacks = PartyDraws(streams, Quantity.CALLBACK, 0, behaviour.callback_after)
        self.wall_offset_seconds = 0.0  # POSIX seconds minus the virtual clock

    # --- shifts and breaks -------------------------------------------------------------------------------

    def begin_shift(self) -> None:
        """Let everybody come, each a little late, and plan the breaks."""
        now = self._events.now
        for agent in self._agents.values():
            self._events.schedule(now + self._lateness.value(agent.index, 1), self._log_in, agent)
        for group_break in self._behaviour.group_breaks:
            self._events.schedule(group_break.at_seconds, self._go_together, group_break)
        if self._behaviour.working_week is not None:
            self._plan_day(0)

    def _plan_day(self, day: int) -> None:
        week = self._behaviour.working_week
        assert week is not None
        ends_at = day * SECONDS_PER_DAY + week.shift_seconds
        self._events.schedule(ends_at - CLOSING_SECONDS, self._set_campaigns, CampaignStatus.PAUSED)
        self._events.schedule(ends_at, self._end_day, day)

    def _set_campaigns(self, status: CampaignStatus, _: int = 0) -> None:
        """Do what a supervisor does at the day's ends."""
        for campaign_id in self._campaign_ids:
            self._emit(CampaignStatusSet(campaign_id=campaign_id, status=status))

    def _end_day(self, day: int, _: int) -> None:
        """Send everybody home, and plan when they come again."""
        self.end_shift()
        week = self._behaviour.working_week
        assert week is not None
        next_day = next(later for later in count(day + 1) if week.works_on(later))
        self._events.schedule(next_day * SECONDS_PER_DAY, self._begin_day, next_day)

    def _begin_day(self, day: int, _: int) -> None:
        self._set_campaigns(CampaignStatus.RUNNING)
        for agent in self._agents.values():
            agent.is_shift_over = False
            at = self._events.now + self._lateness.value(agent.index, day + 1)
            self._events.schedule(at, self._log_in, agent)
        self._plan_day(day)

    def end_shift(self) -> None:
        """Let everybody finish his call and go home."""
        for agent in self._agents.values():
            agent.is_shift_over = True
            agent.break_number += 1
            if agent.is_logged_in:
                self._pause(agent, "end of shift")
                if agent.leg is None and agent.owed is None:
                    self._plan_log_out(agent)

    def _log_in(self, agent: VirtualAgent, _: int) -> None:
        if agent.is_logged_in or agent.is_shift_over:
            return
        agent.is_logged_in = agent.has_leg = True
        self._emit(
            AgentLoggedIn(
                agent_id=agent.agent_id,
                campaign_ids=agent.campaign_ids,
                skills=agent.skills,
                node_id=agent.node_id,
            )
        )
        self._want_calls(agent)
        self._plan_break(agent)

    def _want_calls(self, agent: VirtualAgent) -> None:
        agent.wants_calls = True
        self._emit(AgentBecameAvailable(agent_id=agent.agent_id))

    def _pause(self, agent: VirtualAgent, reason: str) -> None:
        agent.wants_calls = False
        self._emit(AgentPaused(agent_id=agent.agent_id, reason=reason))

    def _plan_log_out(self, agent: VirtualAgent) -> None:
        agent.task += 1
        self._events.schedule(self._events.now + LOG_OUT_SECONDS, self._leave, agent, agent.task)

    def _leave(self, agent: VirtualAgent, task: int) -> None:
        if agent.task == task and agent.is_logged_in:
            self.log_out(agent)

    def log_out(self, agent: VirtualAgent) -> None:
        """Sign an agent out at once, whatever he does."""
        agent.is_logged_in = agent.has_leg = agent.wants_calls = False
        agent.task += 1
        if agent.leg is not None:
            self._network.part(agent.leg)
        agent.owed = None
        self._emit(AgentLoggedOut(agent_id=agent.agent_id))

    def log_in_after(self, agent: VirtualAgent, seconds: float) -> None:
        """Let an agent sign in again later."""
        self._events.schedule(self._events.now + seconds, self._log_in, agent)

    def _plan_break(self, agent: VirtualAgent) -> None:
        if self._break_gaps is None:
            return
        agent.break_number += 1
        agent.breaks_taken += 1
        gap = self._break_gaps.value(agent.index, agent.breaks_taken)
        self._events.schedule(self._events.now + gap, self._go_on_break, agent, agent.break_number)

    def _go_on_break(self, agent: VirtualAgent, break_number: int) -> None:
        """Announce a break: in the middle of a talk as well as between two."""
        if agent.break_number != break_number or not agent.is_logged_in:
            return
        self._pause(agent, "break")
        seconds = self._break_lengths.value(agent.index, agent.breaks_taken)
        self._events.schedule(self._events.now + seconds, self._come_back, agent, break_number)

    def _go_together(self, group_break: GroupBreak, _: int) -> None:
        going = round(group_break.share_ratio * len(self._agents))
        until = self._events.now + group_break.lasts_seconds
        for agent in list(self._agents.values())[:going]:
            if agent.is_logged_in and not agent.is_shift_over:
                agent.break_number += 1
                self._pause(agent, "group break")
                self._events.schedule(until, self._come_back, agent, agent.break_number)

    def _come_back(self, agent: VirtualAgent, break_number: int) -> None:
        if agent.break_number != break_number or agent.is_shift_over:
            return
        if agent.is_logged_in:
            self._want_calls(agent)
            self._plan_break(agent)

    # --- legs that come and go ---------------------------------------------------------------------------

    def vanish(self, agent: VirtualAgent, seconds: float) -> None:
        """Take an agent's leg away for so long."""
        if not agent.has_leg:
            return
        agent.has_leg = False
        agent.task += 1
        if agent.leg is not None:
            self._network.part(agent.leg)
        self._emit(AgentVanished(agent_id=agent.agent_id))
        self._events.schedule(self._events.now + seconds, self._return, agent)

    def _return(self, agent: VirtualAgent, _: int) -> None:
        if agent.has_leg or not agent.is_logged_in:
            return
        agent.has_leg = True
        self._emit(AgentReturned(agent_id=agent.agent_id))
        agent.task += 1
        if agent.owed is not None:
            at = self._events.now + RETURN_SECONDS
            self._events.schedule(at, self._save_disposition, agent, agent.task)
        elif agent.is_shift_over:
            self._plan_log_out(agent)

    # --- talks -------------------------------------------------------------------------------------------

    def talk_began(self, agent: VirtualAgent, leg: CallLeg, seconds: float, agent_ends: bool) -> None:
        """Talk, with what may happen on the way."""
        agent.leg = leg
        agent.owed = None
        agent.task += 1
        now = self._events.now
        if agent_ends:
            self._events.schedule(now + seconds, self._hang_up, agent, agent.task)
        if leg.kind is PartyKind.HUMAN and leg.conversations == 1:
            self._turns.plan(agent, leg, seconds)
            early = leg.parties.callback.value(leg.lead_index, 100 + leg.attempt_number)
            if early < self._behaviour.saves_early_ratio:
                self._events.schedule(now + seconds * 0.9, self._save_early, agent, agent.task)

    def _hang_up(self, agent: VirtualAgent, task: int) -> None:
        if agent.task == task and agent.leg is not None:
            self._emit(AgentHungUp(agent_id=agent.agent_id, attempt_id=agent.leg.attempt_id))

    def talk_ended(self, agent: VirtualAgent, leg: CallLeg) -> None:
        """Wrap up."""
        agent.leg = None
        agent.task += 1
        if not agent.has_leg:
            return
        if leg.is_declared:
            if agent.is_shift_over:
                self._plan_log_out(agent)
            return
        agent.owed = leg
        parties, index, number = leg.parties, leg.lead_index, leg.attempt_number
        forgets = parties.callback.value(index, 200 + number) < self._behaviour.forgets_ratio
        if not forgets:
            at = self._events.now + parties.wrap_up.value(index, number)
            self._events.schedule(at, self._save_disposition, agent, agent.task)

    def _save_early(self, agent: VirtualAgent, task: int) -> None:
        if agent.task == task and agent.leg is not None:
            agent.leg.is_declared = True
            self._emit(self._disposition(agent, agent.leg))

    def _save_disposition(self, agent: VirtualAgent, task: int) -> None:
        leg = agent.owed
        if agent.task != task or leg is None or not agent.is_logged_in:
            return
        agent.owed = None
        self._emit(self._disposition(agent, leg))
        if agent.is_shift_over and agent.task == task:
            self._plan_log_out(agent)

    def _disposition(self, agent: VirtualAgent, leg: CallLeg) -> DispositionSaved:
        index, number = leg.lead_index, leg.attempt_number
        code = self._code(leg)
        callback_at, is_mine = None, False
        if code == "callback":
            after = self._callbacks.value(index, number)
            callback_at = self._events.now + self.wall_offset_seconds + after
            is_mine = leg.parties.callback.value(index, number) < self._behaviour.callback_mine_ratio
        return DispositionSaved(
            agent_id=agent.agent_id,
            attempt_id=leg.attempt_id,
            disposition=code,
            callback_at=callback_at,
            is_callback_mine=is_mine,
        )

    def _code(self, leg: CallLeg) -> str:
        if leg.kind is PartyKind.MACHINE:
            return "machine"
        draw = leg.parties.disposition.value(leg.lead_index, leg.attempt_number)
        for share in self._behaviour.dispositions:
            if draw < share.ratio:
                return share.code
            draw -= share.ratio
        return self._behaviour.dispositions[-1].code

    # --- the agent's screen ------------------------------------------------------------------------------

    def show_preview(self, command: ShowPreview) -> None:
        """Look at the lead, then dial it, skip it, or do nothing."""
        list_index, lead_index = divmod(int(command.lead_id) - 1, LEADS_PER_LIST_MAX)
        choice = self._parties[list_index].preview_choice.value(lead_index, 1)
        behaviour = self._behaviour
        if choice < behaviour.preview_ignore_ratio:
            return
        skips = choice < behaviour.preview_ignore_ratio + behaviour.preview_skip_ratio
        seconds = self._previews.value(lead_index, list_index)
        action = self._skip if skips else self._accept
        self._events.schedule(self._events.now + seconds, action, (command.agent_id, command.lead_id))

    def _accept(self, subject: tuple[AgentId, LeadId], _: int) -> None:
        self._emit(PreviewAccepted(agent_id=subject[0], lead_id=subject[1]))

    def _skip(self, subject: tuple[AgentId, LeadId], _: int) -> None:
        self._emit(PreviewSkipped(agent_id=subject[0], lead_id=subject[1], reason="not wanted"))

    def see_state(self, command: RecordAgentState) -> None:
        """Read one's own screen: dial by hand, and act when paused or signed out against one's will."""
        agent = self._agents[command.agent_id]
        if command.status is AgentStatus.AVAILABLE:
            if command.state is AgentState.IDLE and self._manual:
                self._plan_manual_dial(agent)
        elif agent.is_logged_in and not agent.is_shift_over:
            if command.status is AgentStatus.LOGGED_OUT:
                agent.is_logged_in = agent.has_leg = False
                agent.task += 1
                if agent.leg is not None:
                    self._network.part(agent.leg)
                agent.owed = None
                self.log_in_after(agent, NOTICE_SECONDS)
            elif agent.wants_calls:
                self._events.schedule(self._events.now + NOTICE_SECONDS, self._protest, agent)

    def _protest(self, agent: VirtualAgent, _: int) -> None:
        if agent.is_logged_in and agent.wants_calls:
            self._emit(AgentBecameAvailable(agent_id=agent.agent_id))

    def hear_refusal(self, command: RefuseRequest) -> None:
        """Try again, where one's own work depends on it."""
        if command.request == "AgentRequestedDial":
            self._plan_manual_dial(self._agents[command.agent_id])

    def _plan_manual_dial(self, agent: VirtualAgent) -> None:
        if agent.campaign_ids[0] not in self._manual or agent.leg is not None:
            return
        agent.task += 1
        agent.dials_requested += 1
        gap = self._gaps.value(agent.index, agent.dials_requested)
        self._events.schedule(self._events.now + gap, self._request_dial, agent, agent.task)

    def _request_dial(self, agent: VirtualAgent, task: int) -> None:
        if agent.task == task and agent.is_logged_in and agent.wants_calls:
            self._emit(AgentRequestedDial(agent_id=agent.agent_id, campaign_id=agent.campaign_ids[0]))
