"""The engine process: engine, runner, nodes, store and bus joined; one for a call centre.

Order of a start: settings, then what lives (store and nodes together), then the campaigns' statuses, then the
news that waited. Whatever happens afterwards is an event.
"""

import asyncio
import gc
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime

from app.engine_memory import EngineMemory
from app.engine_recording import EngineRecording
from app.engine_requests import EngineRequests
from app.node_watch import NodeWatch
from app.node_wiring import (
    connectors,
    node_settings,
    open_door,
    sign_in_again,
    telephones,
    trunk_settings,
)
from asterisk_config.settings import AsteriskSettings
from dialer.adapters import store
from dialer.adapters.agent_legs import AgentLegs
from dialer.adapters.ari_connection import OutboundDoor
from dialer.adapters.asterisk_node import AsteriskNode, NodeListener
from dialer.adapters.ending_tasks import end_tasks
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.inbound import inbound_desk
from dialer.adapters.lead_source import LeadSource
from dialer.adapters.leg_ids import epoch_of
from dialer.adapters.metrics import Metrics
from dialer.adapters.node_memory import NodeTruth
from dialer.adapters.record_writer import RecordWriter, Transactions, WriterListener
from dialer.adapters.recording_filing import RecordingSettings
from dialer.adapters.restart import restored
from dialer.adapters.runner import Hands, Runner
from dialer.adapters.store import StoredCampaign
from dialer.adapters.trunk_service import DATABASE, TrunkService
from dialer.core import Engine, EngineSettings
from dialer.core.agent_session import AgentStatus
from dialer.core.commands import (
    ConnectToAgent,
    HangUp,
    NetworkCommand,
    RecordAgentState,
    RecordCommand,
    ScreenCommand,
)
from dialer.core.events import (
    CampaignConfigured,
    CampaignStatusSet,
    Event,
    TrunkConfigured,
    WallClockSet,
)
from dialer.core.settings import CampaignSettings
from dialer.messages import (
    Alarm,
    AttemptId,
    CampaignId,
    EventBus,
    FloorSnapshot,
    NodeId,
    TrunkId,
)
from dialer.messages.subjects import ALARMS, ENGINE_REQUESTS, FLOOR, agent_screen

ENGINE_ID = "engine-1"
"""Who leases leads: the same after a restart, so that the new engine goes on with what the old one had."""

NODES_SECONDS_MAX = 2.0  # for the nodes to connect at a start; the calls of a late one are taken for alive
CLOCK_CHECK_SECONDS = 10.0
CLOCK_STEP_SECONDS = 0.05  # a smaller difference is the clocks' own drift
RECLAIM_SECONDS = 60.0
FLOOR_SECONDS = 1.0

_log = logging.getLogger(__name__)


class EngineProcess:
    """One engine with everything around it; `run` lasts until cancelled."""

    def __init__(
        self,
        asterisks: Sequence[AsteriskSettings],
        transactions: Transactions,
        bus: EventBus,
        metrics: Metrics,
        recording: RecordingSettings,
    ) -> None:
        """Take nodes, database, bus, who counts and the recordings' place; inside the loop that runs it."""
        self._recordings_place = recording
        self._asterisks = asterisks
        self._transactions = transactions
        self._bus = bus
        self._metrics = metrics
        self._loop = asyncio.get_running_loop()
        self._wall_offset = time.time() - self._loop.time()
        self._tasks: set[asyncio.Task[object]] = set()
        self.campaigns: dict[CampaignId, CampaignSettings] = {}
        self.is_deciding = False  # restored, and at work

    async def run(self) -> None:
        """Start, and work until cancelled."""
        async with self._transactions.begin() as connection:
            run_number = await store.begin_engine_run(connection, ENGINE_ID, self._now())
            campaigns = await store.read_campaigns(connection)
        self._build(epoch_of(run_number))
        door = await open_door(self._asterisks, self.nodes)
        try:
            self._start(self._writer.run())
            for connector in connectors(self._asterisks, self.nodes):
                self._start(connector.run())
            for watch in self._watches.values():
                self._start(watch.link.run())
            await self._restore(campaigns)
            self._start(self.recording.run())
            self._start(self._memory.run())
            self._start(self._count_messages())
            self._start(self._keep_clock())
            self._start(self._reclaim())
            self._start(self._publish_floor())
            requests = EngineRequests(self)
            await self._bus.answer(ENGINE_REQUESTS, requests.answer)
            gc.collect()
            gc.freeze()  # what lives now lives on: the collector need not look at it again
            await asyncio.Event().wait()
        finally:
            await self._close(door)

    # --- building ------------------------------------------------------------------------------------------

    def _build(self, epoch: str) -> None:
        self.engine = Engine(EngineSettings(epoch=epoch))
        self._memory = EngineMemory(self._transactions, ENGINE_ID, self.campaigns, self.engine.pacer_states)
        self._writer = RecordWriter(
            self._transactions,
            WriterListener(
                may_dial=lambda dial: self.runner.dial(dial),
                dial_refused=lambda dial, reason: self.runner.refuse_dial(dial, reason),
                suppressed=lambda added: self.runner.tell(added),
                database_lost=self._database_lost,
                database_back=self._database_back,
                committed=self._metrics.committed,
            ),
            ENGINE_ID,
            self.wall_now,
        )
        hands = Hands(
            carry_out=self._carry_out,
            hang_up_anywhere=self._hang_up_anywhere,
            reserve=lambda command: self._leads.reserve(command),
            show=self._show,
            recorded=self._recorded,
            handled=self._metrics.handled,
            commanded=self._metrics.commanded,
            stumbled=lambda: self._metrics.failed("engine"),
        )
        self.runner = Runner(self.engine, self._writer, hands)
        self.nodes = {
            NodeId(settings.system_name): AsteriskNode(node_settings(settings), self._listener())
            for settings in self._asterisks
        }
        self.legs = AgentLegs(self.nodes, telephones(self._asterisks), epoch, self.runner.tell)
        self._trunks = TrunkService(
            (TrunkId(trunk.name) for settings in self._asterisks for trunk in settings.trunks),
            self.runner.tell,
        )
        self._watches = {
            NodeId(settings.system_name): NodeWatch(settings, self._trunks, self._trunk_is)
            for settings in self._asterisks
        }
        links = {node_id: watch.link for node_id, watch in self._watches.items()}
        self.recording = EngineRecording(
            self._recordings_place, self._asterisks, links, self.campaigns, self._transactions, self._alarm
        )
        self._inbound = inbound_desk(
            self._transactions, self.nodes, self.runner.tell, self.wall_now, self.campaigns, self._start
        )
        self._leads = LeadSource(
            self._transactions, ENGINE_ID, self.campaigns, self.wall_now, self.runner.tell
        )

    def _listener(self) -> NodeListener:
        return NodeListener(
            tell=self._hear,
            caller_arrived=lambda node_id, told: self._inbound.caller_arrived(node_id, told),
            caller_heard_sound=lambda told: self._inbound.heard_sound(told),
            key_pressed=lambda told: self._inbound.key_pressed(told),
            agent_leg_up=lambda node_id, told: self.legs.leg_up(node_id, told),
            agent_leg_gone=lambda node_id, told: self.legs.leg_gone(node_id, told),
            resynchronised=self._node_resynchronised,
            bridged=self._bridged,
        )

    # --- the start -----------------------------------------------------------------------------------------

    async def _restore(self, campaigns: Sequence[StoredCampaign]) -> None:
        messages = await self._wait_for_nodes()
        tell = self.runner.tell
        tell(WallClockSet(offset_seconds=self._wall_offset))
        for settings in self._asterisks:
            for trunk in settings.trunks:
                tell(TrunkConfigured(settings=trunk_settings(settings, trunk.name)))
        for known in await self._memory.with_priors([campaign.settings for campaign in campaigns]):
            self.configure(known)
        await self.recording.prepare()
        state = await self._memory.read_stored_state(EngineClock(wall_offset_seconds=self._wall_offset))
        pasts = await self._memory.read_campaigns()
        memories = {node_id: node.memory(messages.get(node_id, {})) for node_id, node in self.nodes.items()}
        legs_up = [
            agent.agent_id
            for agent in state.agents
            if self.legs.adopt(
                sign_in_again(agent.agent_id, agent.campaign_ids, agent.skills),
                agent.node_id or next(iter(self.nodes)),
                memories[agent.node_id].truth if agent.node_id in memories else None,
            )
        ]
        self.runner.remember({attempt.attempt_id: attempt.node_id for attempt in state.attempts})
        self._inbound.remember(state.attempts)
        now = self._loop.time()
        living = restored(state, memories, legs_up, now, pasts)
        tell(living)
        self.recording.take_over(living.attempts)
        for campaign in campaigns:
            tell(CampaignStatusSet(campaign_id=campaign.settings.campaign_id, status=campaign.wanted_status))
        for node in self.nodes.values():
            node.release_news()
        self.is_deciding = True
        _log.info("engine: at work with %d campaigns", len(campaigns))

    async def _wait_for_nodes(self) -> dict[NodeId, Mapping[AttemptId, float]]:
        """Wait until every node is known, but not for long; gives the messages played meanwhile."""
        known = [asyncio.create_task(watch.wait_until_known()) for watch in self._watches.values()]
        truths = [asyncio.create_task(node.wait_for_truth()) for node in self.nodes.values()]
        await asyncio.wait([*truths, *known], timeout=NODES_SECONDS_MAX)
        for waiting in truths:
            waiting.cancel()
        now = self._loop.time()
        found: dict[NodeId, Mapping[AttemptId, float]] = {}
        for (node_id, watch), future in zip(self._watches.items(), known, strict=True):
            if future.done():
                found[node_id] = await watch.read_messages(self.nodes[node_id].clock, now)
            future.cancel()
        return found

    async def _count_messages(self) -> None:
        """Take off the nodes' records what is on ours, once it is written."""
        await self._writer.drain()
        for node_id, watch in self._watches.items():
            counted = await watch.read_messages(self.nodes[node_id].clock, self._loop.time())
            await watch.forget_messages(counted)

    def configure(self, settings: CampaignSettings) -> None:
        """Give a campaign its settings."""
        self.campaigns[settings.campaign_id] = settings
        self.runner.tell(CampaignConfigured(settings=settings))

    async def read_campaign(self, campaign_id: CampaignId) -> None:
        """Take a campaign's settings and wanted status out of the database, as they are now."""
        async with self._transactions.begin() as connection:
            campaigns = await store.read_campaigns(connection)
        for campaign in campaigns:
            if campaign.settings.campaign_id == campaign_id:
                (settings,) = await self._memory.with_priors([campaign.settings])
                self.configure(settings)
                self.runner.tell(CampaignStatusSet(campaign_id=campaign_id, status=campaign.wanted_status))

    def _trunk_is(self, name: str, is_up: bool) -> None:
        self._metrics.part_is("trunk", name, is_up=is_up)

    # --- hands ---------------------------------------------------------------------------------------------

    def _carry_out(self, node_id: NodeId, command: NetworkCommand) -> None:
        self._inbound.ordered(command)
        self.recording.ordered(node_id, command)
        self.nodes[node_id].carry_out(command)

    def _hear(self, event: Event) -> None:
        self.recording.heard(event)
        self._inbound.heard(event)
        self.runner.tell(event)

    def _alarm(self, alarm: Alarm) -> None:
        _log.warning("alarm %s is %s: %s", alarm.name, "on" if alarm.is_on else "over", alarm.text)
        self._start(self._bus.publish(ALARMS, alarm))

    def _hang_up_anywhere(self, command: HangUp) -> None:
        for node in self.nodes.values():
            node.carry_out(command)

    def _show(self, command: ScreenCommand) -> None:
        self._start(self._bus.publish(agent_screen(command.agent_id), command))

    def _recorded(self, command: RecordCommand) -> None:
        self._metrics.recorded(command)
        self.recording.recorded(command)
        if isinstance(command, RecordAgentState):
            self._start(self._bus.publish(agent_screen(command.agent_id), command))
            if command.status is AgentStatus.LOGGED_OUT:
                self.legs.signed_out(command.agent_id)

    def _bridged(self, command: ConnectToAgent, seconds: float) -> None:
        self._metrics.bridged(seconds)

    def _node_resynchronised(self, node_id: NodeId, truth: NodeTruth) -> None:
        self.legs.resynchronise(node_id, truth)

    def _database_lost(self) -> None:
        self._metrics.failed("store")
        self._metrics.part_is("database", "store", is_up=False)
        self._trunks.hold_back_all(DATABASE)

    def _database_back(self) -> None:
        self._metrics.part_is("database", "store", is_up=True)
        self._trunks.let_go_all(DATABASE)

    def probes(self) -> "Mapping[str, Callable[[], str | None]]":
        """Questions whether each part is there, for whoever asks after readiness."""
        return {
            "engine": lambda: None if self.is_deciding else "it has not taken up its work yet",
            "database": lambda: "it is away" if self.is_deciding and self._writer.is_lost else None,
            "nodes": self._nodes_missing,
        }

    def _nodes_missing(self) -> str | None:
        if not self.is_deciding:
            return None
        missing = [node_id for node_id, node in self.nodes.items() if not node.is_connected]
        return f"not connected: {', '.join(missing)}" if missing else None

    # --- by the clock --------------------------------------------------------------------------------------

    def wall_now(self) -> float:
        """POSIX seconds."""
        return time.time()

    def floor(self) -> FloorSnapshot:
        """The floor as it is."""
        return self.engine.snapshot(self._loop.time())

    def _now(self) -> datetime:
        return datetime.now(UTC)

    async def _keep_clock(self) -> None:
        while True:
            await asyncio.sleep(CLOCK_CHECK_SECONDS)
            offset = time.time() - self._loop.time()
            if abs(offset - self._wall_offset) > CLOCK_STEP_SECONDS:
                self._wall_offset = offset
                self.runner.tell(WallClockSet(offset_seconds=offset))

    async def _reclaim(self) -> None:
        while True:
            await asyncio.sleep(RECLAIM_SECONDS)
            await self._leads.reclaim()

    async def _publish_floor(self) -> None:
        while True:
            floor = self.floor()
            self._metrics.floor_is(floor)
            self._metrics.queue_is("records", self._writer.backlog)
            for node_id, node in self.nodes.items():
                self._metrics.part_is("node", node_id, is_up=node.is_connected)
            await self._bus.publish(FLOOR, floor)
            await asyncio.sleep(FLOOR_SECONDS)

    def _start(self, work: Coroutine[object, object, object]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[object]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("engine: a task ended with %s", type(error).__name__, exc_info=error)

    async def _close(self, door: OutboundDoor | None) -> None:
        """End without losing a record; calls and agents' legs live on at their nodes."""
        self.is_deciding = False
        self.runner.stop()
        if door is not None:
            await door.close()
        try:
            async with asyncio.timeout(3.0):
                await self._writer.drain()
        except TimeoutError:
            _log.warning("engine: %d records could not be written", self._writer.backlog)
        await self._memory.close()
        await end_tasks(*self._tasks)
        await self._leads.close()
