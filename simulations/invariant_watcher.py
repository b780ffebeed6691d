"""Watches a run: every event and every command in order, judged by books of its own.

It never asks the engine anything before the run is over; then it compares the floor's counters with the
ledger.
"""

from collections.abc import Callable, Sequence, Set

from dialer.core import commands, events
from dialer.core.agent_session import AgentStatus
from dialer.core.commands import Command
from dialer.core.events import Event, LiveAttempt
from dialer.core.settings import EngineSettings
from dialer.messages import AgentId, AttemptId, FloorSnapshot, NodeId
from rules.abandon_ledger import AbandonClass, abandon_class
from simulations.invariants import Alarm
from simulations.shadow_books import ShadowAttempt, ShadowBooks, ShadowCampaign, ShadowTrunk
from simulations.watched_agents import WatchedAgents
from simulations.watched_calls import WatchedCalls
from simulations.watched_leads import WatchedLeads
from simulations.watched_limits import WatchedLimits
from simulations.watched_rules import WatchedRules


class InvariantWatcher:
    """All watchers of one run; raises InvariantViolated as soon as something does not hold."""

    def __init__(self, settings: EngineSettings | None = None, only: Set[str] | None = None) -> None:
        """Watch an engine with these settings; `only` names the invariants that count (None: all)."""
        alarm = Alarm(only)
        self._alarm = alarm
        self._books = ShadowBooks()
        self._agents = WatchedAgents(self._books, alarm)
        calls = WatchedCalls(self._books, self._agents, settings or EngineSettings(epoch="watched"), alarm)
        self._calls = calls
        self._leads = WatchedLeads(alarm)
        self._rules = WatchedRules(alarm)
        self._limits = WatchedLimits(self._books, alarm)
        self._numbers: dict[str, AttemptId] = {}  # of open attempts
        self._agent_nodes: dict[AgentId, NodeId | None] = {}  # of each telephone; None: of any
        self._has_restarted = False
        self._hear = self._hearing()
        self._obey = self._obeying()

    def _hearing(self) -> dict[type, Callable[..., None]]:
        """Which events are heard, and by whom."""
        calls = self._calls
        return {
            events.CallAnswered: calls.answered,
            events.AnswerClassified: calls.classified,
            events.GreetingEnded: calls.greeting_ended,
            events.CallConnected: calls.connected,
            events.AgentLoggedIn: self._agent_logged_in,
            events.MessageEnded: calls.message_ended,
            events.ThirdPartyEnded: calls.third_party_ended,
            events.AgentHungUp: calls.agent_hung_up,
            events.CallEnded: self._call_ended,
            events.DialFailed: self._call_ended,
            events.InboundCallArrived: self._caller_arrived,
            events.NodeResynchronised: self._node_resynchronised,
            events.NodeLost: self._node_lost,
            events.TrunkConfigured: self._trunk_configured,
            events.TrunkLost: self._trunk_lost,
            events.TrunkReturned: self._trunk_returned,
            events.CampaignConfigured: self._campaign_configured,
            events.CampaignStatusSet: self._campaign_status_set,
            events.WallClockSet: self._wall_clock_set,
            events.LeadsReserved: self._leads_reserved,
            events.LeadWithdrawn: self._lead_withdrawn,
            events.DoNotCallAdded: self._do_not_call_added,
            events.StateRestored: self._state_restored,
        }

    def _obeying(self) -> dict[type, Callable[..., None]]:
        """Which commands are judged, and by whom."""
        calls = self._calls
        return {
            commands.Dial: self._dial,
            commands.ConnectToAgent: self._connect,
            commands.ReleaseAgent: calls.release_agent,
            commands.HangUp: calls.hang_up,
            commands.PlaySafeHarbourMessage: calls.play,
            commands.LeaveVoicemailMessage: calls.play,
            commands.PlayCampaignMessage: calls.play,
            commands.JoinParties: calls.join,
            commands.DropThirdParty: calls.drop_third_party,
            commands.DetectAnswer: calls.names_live,
            commands.AwaitBeep: calls.names_live,
            commands.HoldCall: calls.names_live,
            commands.ResumeCall: calls.names_live,
            commands.DialThirdParty: calls.names_live,
            commands.CheckCall: calls.names_live,
            commands.RecordAttemptEnded: self._attempt_ended,
            commands.RecordDisposition: self._leads.disposition_saved,
            commands.RecordAgentState: self._agents.recorded,
            commands.ReleaseLeads: self._leads.released,
        }

    def see(self, event: Event | None, orders: Sequence[Command], now: float) -> None:
        """Judge one event (None: a tick) and the engine's whole answer to it."""
        if event is not None:
            hear = self._hear.get(type(event))
            if hear is not None:
                hear(event, now)
        for order in orders:
            obey = self._obey.get(type(order))
            if obey is not None:
                obey(order, now)
        if type(event) is events.StateRestored:
            self._agents.is_restoring = False
        if self._agents.touched:
            self._agents.judge_touched(now)
        if self._calls.next_due_at < now and not self._agents.is_restoring:
            self._calls.judge_overdue(now)

    def engine_restarted(self) -> None:
        """Hear that the engine is a new one: what it recorded before binds it no more."""
        self._has_restarted = True
        self._agents.engine_restarted()
        for campaign in self._books.campaigns.values():
            campaign.attempts = campaign.connected = campaign.abandoned = 0

    def finish(self, snapshot: FloorSnapshot, now: float) -> None:
        """Judge the end of a drained run."""
        open_attempts = self._books.attempts
        if open_attempts:
            names = ", ".join(list(open_attempts)[:5])
            self._alarm.violated("attempt_ends_once", f"{len(open_attempts)} have not ended: {names}", now)
        self._agents.finish(self._books.agents.values(), now)
        self._leads.finish(now)
        for floor in snapshot.campaigns:
            campaign = self._books.campaigns[floor.campaign_id]
            for name in ("attempts", "connected", "abandoned"):
                counted, written = getattr(floor, name), getattr(campaign, name)
                # A new engine also counts fates of attempts that an old one began.
                agrees = counted >= written if self._has_restarted else counted == written
                if not agrees:
                    detail = f"{floor.campaign_id}: {name} is {counted} on the floor, {written} in the ledger"
                    self._alarm.violated("counters_agree", detail, now)

    # --- agents and their nodes --------------------------------------------------------------------------

    def _agent_logged_in(self, event: events.AgentLoggedIn, now: float) -> None:
        self._agent_nodes[event.agent_id] = event.node_id

    def _connect(self, order: commands.ConnectToAgent, now: float) -> None:
        attempt = self._books.attempts.get(order.attempt_id)
        his_node = self._agent_nodes.get(order.agent_id)
        if attempt is not None and his_node is not None and his_node != attempt.node_id:
            detail = f"{order.attempt_id} of {attempt.node_id} is given to {order.agent_id} of {his_node}"
            self._alarm.violated("agent_on_calls_node", detail, now)
        self._calls.connect(order, now)

    # --- dials and ends ----------------------------------------------------------------------------------

    def _dial(self, dial: commands.Dial, now: float) -> None:
        books = self._books
        campaign = books.campaigns[dial.campaign_id]
        trunk = books.trunks[dial.trunk_id]
        wall_now = now + books.wall_offset_seconds
        self._limits.judge(dial, campaign, trunk, now)
        other = self._numbers.get(dial.e164)
        if other is not None:
            detail = f"{dial.attempt_id} dials the number of {other}"
            self._alarm.violated("number_in_one_attempt", detail, now)
        if dial.attempt_id in books.attempts:
            self._alarm.violated("attempt_ends_once", f"{dial.attempt_id} begins twice", now)
        lead = self._leads.dialed(dial, now, wall_now)
        if lead is not None:
            index = min(dial.number_index, len(lead.numbers) - 1)
            zones = lead.numbers[index].zones
            self._rules.judge(dial, campaign.settings.policy_pack, zones, now, wall_now)
        attempt = ShadowAttempt(dial.attempt_id, campaign, dial.lead_id, dial.e164, dial.node_id, trunk, now)
        books.attempts[dial.attempt_id] = attempt
        self._numbers[dial.e164] = dial.attempt_id
        campaign.attempts += 1
        self._limits.begin(attempt)
        if dial.agent_id is not None:
            agent = books.agent(dial.agent_id)
            attempt.for_agent = agent
            self._agents.assign(agent, attempt, now)
        self._calls.begin(attempt, dial.ring_timeout_seconds, now)

    def _attempt_ended(self, command: commands.RecordAttemptEnded, now: float) -> None:
        self._leads.attempt_ended(command, now)
        attempt = self._calls.end(command, now)
        if attempt is None:
            return
        self._limits.end(attempt)
        if attempt.is_inbound:
            self._books.callers_gone.add(attempt.attempt_id)
        if self._numbers.get(attempt.e164) == attempt.attempt_id:
            del self._numbers[attempt.e164]
        entry = command.entry
        if entry is not None:
            definition = attempt.campaign.settings.policy_pack.abandon_definition
            if abandon_class(entry, definition) is AbandonClass.ABANDONED:
                self._rules.abandoned(attempt.e164, now + self._books.wall_offset_seconds)

    # --- events ------------------------------------------------------------------------------------------

    def _call_ended(self, event: events.CallEnded | events.DialFailed, now: float) -> None:
        self._calls.call_ended(event.attempt_id)

    def _caller_arrived(self, event: events.InboundCallArrived, now: float) -> None:
        books = self._books
        if event.attempt_id in books.attempts or event.attempt_id in books.callers_gone:
            return
        campaign = books.campaigns[event.campaign_id]
        number = event.caller_id_number
        attempt = ShadowAttempt(event.attempt_id, campaign, None, number, event.node_id, None, now)
        books.attempts[event.attempt_id] = attempt
        self._limits.begin(attempt)
        self._calls.caller_arrived(attempt, now)

    def _node_resynchronised(self, event: events.NodeResynchronised, now: float) -> None:
        """Take the node's truth: what it does not have has ended, what is off-hook was answered."""
        self._books.lost_nodes.discard(event.node_id)
        alive = set(event.attempt_ids)
        for attempt_id, attempt in self._books.attempts.items():
            is_listed = attempt.node_id == event.node_id and attempt.dialed_at <= event.taken_at
            if is_listed and attempt_id not in alive:
                self._calls.call_ended(attempt_id)
        for attempt_id in event.answered_ids:
            self._calls.answered(events.CallAnswered(attempt_id=attempt_id), now)

    def _node_lost(self, event: events.NodeLost, now: float) -> None:
        self._books.lost_nodes.add(event.node_id)

    def _trunk_configured(self, event: events.TrunkConfigured, now: float) -> None:
        settings = event.settings
        trunk = self._books.trunks.get(settings.trunk_id)
        if trunk is None:
            self._books.trunks[settings.trunk_id] = ShadowTrunk(settings)
        else:
            trunk.settings = settings
            trunk.is_in_service = True

    def _trunk_lost(self, event: events.TrunkLost, now: float) -> None:
        self._books.trunks[event.trunk_id].is_in_service = False

    def _trunk_returned(self, event: events.TrunkReturned, now: float) -> None:
        self._books.trunks[event.trunk_id].is_in_service = True

    def _campaign_configured(self, event: events.CampaignConfigured, now: float) -> None:
        settings = event.settings
        campaign = self._books.campaigns.get(settings.campaign_id)
        if campaign is None:
            self._books.campaigns[settings.campaign_id] = ShadowCampaign(settings)
        else:
            campaign.settings = settings

    def _campaign_status_set(self, event: events.CampaignStatusSet, now: float) -> None:
        self._books.campaigns[event.campaign_id].status = event.status
        if event.status is events.CampaignStatus.STOPPED:
            self._calls.campaign_stopped(self._books.campaigns[event.campaign_id])

    def _wall_clock_set(self, event: events.WallClockSet, now: float) -> None:
        self._books.wall_offset_seconds = event.offset_seconds

    def _leads_reserved(self, event: events.LeadsReserved, now: float) -> None:
        self._leads.reserved(event)

    def _lead_withdrawn(self, event: events.LeadWithdrawn, now: float) -> None:
        self._rules.withdrawn.add(int(event.lead_id))

    def _do_not_call_added(self, event: events.DoNotCallAdded, now: float) -> None:
        self._rules.do_not_call.add(event.e164)

    # --- a new engine ------------------------------------------------------------------------------------

    def _state_restored(self, event: events.StateRestored, now: float) -> None:
        """Go on from what the new engine was told: who is up, answered, and with whom."""
        self._leads.restored(event)
        books = self._books
        for campaign in books.campaigns.values():
            campaign.status = events.CampaignStatus.STOPPED
        books.lost_nodes.clear()
        present = {live.agent_id: live for live in event.agents}
        for agent in books.agents.values():
            agent.attempt = None
            agent.status = AgentStatus.PAUSED if agent.agent_id in present else AgentStatus.LOGGED_OUT
        told = {live.attempt_id: live for live in event.attempts}
        for attempt_id in [attempt_id for attempt_id in books.attempts if attempt_id not in told]:
            # Nobody told the new engine of it (a caller of whom the old one heard in its last moment).
            lost = books.attempts.pop(attempt_id)
            self._calls.forget(lost)
            self._limits.end(lost)
        free = {
            agent_id
            for agent_id, live in present.items()
            if live.has_leg and live.wrapping_up_attempt_id is None
        }
        for live in event.attempts:
            self._restore(books.attempts[live.attempt_id], live, free, now)

    def _restore(self, attempt: ShadowAttempt, live: LiveAttempt, free: set[AgentId], now: float) -> None:
        attempt.agent = None
        attempt.is_bridged = False
        attempt.client_left = not live.is_up
        takes_agent = live.agent_id in free and (live.bridged_at is not None or live.answered_at is None)
        if live.is_up and takes_agent and live.agent_id is not None:
            free.discard(live.agent_id)
            agent = self._books.agent(live.agent_id)
            agent.attempt = attempt
            attempt.agent = agent
            attempt.is_bridged = live.bridged_at is not None
            attempt.for_agent = None if attempt.is_bridged else agent
        self._calls.restored(attempt, live, now)
