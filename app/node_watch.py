"""What the engine process learns of its nodes beside calls: trunks' health, and calls that nobody took."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from asterisk_config.settings import AsteriskSettings
from dialer.adapters.ami_link import AmiAddress, AmiLink, AmiListener
from dialer.adapters.errors import AmiError
from dialer.adapters.node_clock import NodeClock
from dialer.adapters.trunk_service import CARRIER, TrunkService
from dialer.messages import AttemptId, TrunkId

_log = logging.getLogger(__name__)


class NodeWatch:
    """One node's manager interface, as the engine process uses it."""

    def __init__(
        self,
        settings: AsteriskSettings,
        trunks: TrunkService,
        trunk_is: Callable[[str, bool], None],
    ) -> None:
        """Take the node's settings, the trunks of all nodes, and who counts a trunk's state."""
        self._trunks = trunks
        self._trunk_is = trunk_is
        self._is_known = asyncio.Event()
        self.link = AmiLink(
            AmiAddress(
                host=settings.ami_address,
                port=settings.ami_port,
                user_name=settings.ami.name,
                password=settings.ami.password,
            ),
            trunks={trunk.name: trunk.registration is not None for trunk in settings.trunks},
            endpoints=[agent.name for agent in settings.agents],
            listener=AmiListener(trunk_state=self._hear_of_trunk, connected=self._is_known.set),
        )

    async def wait_until_known(self) -> None:
        """Wait for the first login."""
        await self._is_known.wait()

    async def read_messages(self, clock: NodeClock, now: float) -> Mapping[AttemptId, float]:
        """Calls that the dialplan gave the message by itself: when each was answered, engine's clock."""
        try:
            records = await self.link.read_safe_harbour()
        except AmiError as error:
            _log.warning("node: its record of messages cannot be read now: %s", error)
            return {}
        return {
            AttemptId(name): clock.engine_at_posix(record.answered_at or record.message_at, now)
            for name, record in records.items()
        }

    async def forget_messages(self, attempt_ids: Iterable[AttemptId]) -> None:
        """Take calls off that record: they are counted."""
        try:
            await self.link.clear_safe_harbour(attempt_ids)
        except AmiError as error:
            _log.warning("node: its record of messages cannot be cleared now: %s", error)

    def _hear_of_trunk(self, name: str, is_up: bool) -> None:
        self._trunk_is(name, is_up)
        self._trunks.set_held_back(TrunkId(name), CARRIER, is_held_back=not is_up)
