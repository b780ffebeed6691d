"""The engine process's recorder: which talks begin and end, by the commands and events that pass by."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from asterisk_config.settings import AsteriskSettings
from dialer.adapters.ami_link import AmiLink
from dialer.adapters.record_writer import Transactions
from dialer.adapters.recording_filing import RecordingFiling, RecordingSettings
from dialer.adapters.recordings import NodeMonitor, Recorder
from dialer.core.commands import ConnectToAgent, NetworkCommand, RecordCommand, ReleaseAgent
from dialer.core.commands import RecordAttemptEnded as AttemptEnded
from dialer.core.events import CallConnected, CallEnded, Event
from dialer.core.restart_events import LiveAttempt
from dialer.core.settings import CampaignSettings
from dialer.messages import Alarm, AttemptId, CampaignId, NodeId, RecordingAsked, RecordingWish

MONITOR = "monitor"  # MixMonitor's folder in Asterisk's spool


class EngineRecording:
    """Hears what passes by, and lets the recorder know; nothing here waits or raises."""

    def __init__(
        self,
        settings: RecordingSettings,
        asterisks: Sequence[AsteriskSettings],
        links: Mapping[NodeId, AmiLink],
        campaigns: Mapping[CampaignId, CampaignSettings],
        transactions: Transactions,
        raise_alarm: Callable[[Alarm], None],
    ) -> None:
        """Take where to keep them, nodes with links, campaigns, database, who hears alarms."""
        folders = {NodeId(each.system_name): Path(each.folders.spool) / MONITOR for each in asterisks}
        filing = RecordingFiling(settings, transactions, folders, campaigns)
        monitors = {
            node_id: NodeMonitor(link=links[node_id], folder=folder) for node_id, folder in folders.items()
        }
        self._connecting: dict[AttemptId, tuple[CampaignId, NodeId]] = {}
        self.recorder = Recorder(monitors, campaigns, filing, raise_alarm, time.time)

    async def prepare(self) -> None:
        """Know the recordings of the engine before; comes first."""
        await self.recorder.prepare()

    async def run(self) -> None:
        """Do the recorder's work until cancelled."""
        await self.recorder.run()

    def take_over(self, attempts: Iterable[LiveAttempt]) -> None:
        """Go on with the recordings of the talks that live after a restart, and end the others."""
        talks = {each.attempt_id: each for each in attempts if each.is_up and each.bridged_at is not None}
        for attempt_id, talk in talks.items():
            self.recorder.talk_began(attempt_id, talk.campaign_id, attempt_id, talk.node_id)
        self.recorder.forget_ended(set(talks))

    def ordered(self, node_id: NodeId, command: NetworkCommand) -> None:
        """A command goes out to a node."""
        if isinstance(command, ConnectToAgent):
            self._connecting[command.attempt_id] = (command.campaign_id, node_id)
        elif isinstance(command, ReleaseAgent):
            self.recorder.talk_ended(command.attempt_id)

    def heard(self, event: Event) -> None:
        """An event goes to the engine."""
        if isinstance(event, CallConnected) and event.attempt_id in self._connecting:
            campaign_id, node_id = self._connecting[event.attempt_id]
            self.recorder.talk_began(event.attempt_id, campaign_id, event.attempt_id, node_id)
        elif isinstance(event, CallEnded):
            self._end(event.attempt_id)

    def recorded(self, command: RecordCommand) -> None:
        """A record was ordered."""
        if isinstance(command, AttemptEnded):
            self._end(command.attempt_id)

    def ask(self, asked: RecordingAsked) -> None:
        """Do what an agent wishes."""
        if asked.wish is RecordingWish.PAUSE:
            self.recorder.pause(asked.attempt_id)
        elif asked.wish is RecordingWish.RESUME:
            self.recorder.resume(asked.attempt_id)
        else:
            self.recorder.consent_given(asked.attempt_id)

    def _end(self, attempt_id: AttemptId) -> None:
        self._connecting.pop(attempt_id, None)
        self.recorder.attempt_ended(attempt_id)
