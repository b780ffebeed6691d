"""The link to one Asterisk's manager interface: health of trunks and telephones, recording, reloads.

It places no call (`ami_transport` says why). States are read whole whenever Asterisk hints at a change, so a
missed event costs nothing; every connection begins with the truth. Rights: templates/manager.conf.j2.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from dialer.adapters.ami_transport import AmiMessage, AmiTransport
from dialer.adapters.ending_tasks import end_tasks
from dialer.adapters.errors import AmiError, AmiLost, AmiRefused

SAFE_HARBOUR_FAMILY = "paceline-safe-harbour"  # templates/extensions.conf.j2
PING_SECONDS = 2.0  # between two questions whether it lives
PING_SECONDS_MAX = 2.0  # for the answer; an Asterisk that hangs has none
LOGIN_SECONDS_MAX = 5.0
REREAD_SECONDS_MIN = 0.5  # a storm of hints is one question
QUALIFY_SECONDS = 0.3  # for a carrier's answer before a trunk that was not heard of counts as dead
BACK_OFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
HINTS = frozenset({"Registry", "ContactStatus", "PeerStatus"})
"""Events after which a trunk or a telephone may be in another state (seen on Asterisk 22.10)."""

UNREACHABLE = frozenset({"Unavailable", "Invalid", ""})
"""Device states of an endpoint none of whose contacts answers; one that is never asked is "Not in use"."""

REGISTERED = "Registered"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiAddress:
    """Where a node's manager interface is, and who we are there."""

    host: str
    port: int
    user_name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeHarbourRecord:
    """A call that the dialplan gave the message by itself; the node's clock, POSIX seconds."""

    answered_at: float | None
    message_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCore:
    """What an Asterisk is, and since when it runs."""

    version: str  # as it writes it: 22.10.1+dfsg
    started: str  # its own wall clock, as it writes it; another text: it was started again
    calls: int  # channels at this moment


def _nobody(name: str, is_up: bool) -> None:
    """Nobody wants to know."""


@dataclass(slots=True, kw_only=True)
class AmiListener:
    """Whom the link tells what; all are called in its loop and must return at once."""

    trunk_state: Callable[[str, bool], None] = _nobody  # trunk, whether calls may go over it
    endpoint_state: Callable[[str, bool], None] = _nobody  # telephone, whether it is signed in and answers
    connected: Callable[[], None] = lambda: None  # after each login, when all states have been told
    lost: Callable[[], None] = lambda: None


class AmiLink:
    """One node; `run` keeps it connected until cancelled. Without a connection questions fail at once."""

    def __init__(
        self,
        address: AmiAddress,
        *,
        trunks: Mapping[str, bool],
        endpoints: Iterable[str] = (),
        listener: AmiListener | None = None,
    ) -> None:
        """Take where it is, which trunks there are (True: signs in with its carrier), and the telephones."""
        self._address = address
        self._trunks = dict(trunks)
        self._endpoints = frozenset(endpoints)
        self._listener = listener or AmiListener()
        self._transport: AmiTransport | None = None
        self._hint = asyncio.Event()
        self._told: dict[str, bool] = {}
        self.is_connected = False  # logged in
        self.refusal = ""  # why the last login failed; empty: it did not

    # --- the connection ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect again and again, until cancelled."""
        tries = 0
        while True:
            was_connected = await self._serve_once()
            tries = 0 if was_connected else tries + 1
            if tries == 1:
                _log.warning("ami %s:%s: %s", self._address.host, self._address.port, self.refusal)
            pause = BACK_OFF_SECONDS[min(tries, len(BACK_OFF_SECONDS) - 1)]
            await asyncio.sleep(pause * random.uniform(0.7, 1.3))

    async def _serve_once(self) -> bool:
        """One connection from begin to end; gives whether the login succeeded."""
        transport = AmiTransport(self._hear)
        was_connected = False
        try:
            await self._log_in(transport)
            self._transport, self.is_connected, was_connected = transport, True, True
            await self._ask_silent_trunks()
            await self._tell_states()
            self._listener.connected()
            await self._watch(transport)
        except AmiError as error:
            self.refusal = str(error)
        finally:
            transport.close()
            self._transport = None
            if self.is_connected:
                self.is_connected = False
                self._listener.lost()
        return was_connected

    async def _log_in(self, transport: AmiTransport) -> None:
        await transport.open(self._address.host, self._address.port)
        fields = {
            "Username": self._address.user_name,
            "Secret": self._address.password,
            "Events": "system",
        }
        await transport.ask("Login", fields, seconds_max=LOGIN_SECONDS_MAX)
        self.refusal = ""

    async def _watch(self, transport: AmiTransport) -> None:
        """Keep the states true until the connection ends; raises AmiError where Asterisk falls silent."""
        works = (self._ping(transport), self._follow_hints(), transport.ended.wait())
        tasks: list[asyncio.Task[object]] = [asyncio.create_task(work) for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_tasks(*tasks)
        for task in done:
            task.result()

    async def _ping(self, transport: AmiTransport) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            await transport.ask("Ping", seconds_max=PING_SECONDS_MAX)

    async def _follow_hints(self) -> None:
        while True:
            await self._hint.wait()
            self._hint.clear()
            await self._tell_states()
            await asyncio.sleep(REREAD_SECONDS_MIN)

    def _hear(self, message: AmiMessage) -> None:
        if message.get("event") in HINTS:
            self._hint.set()

    async def ask(self, action: str, fields: Mapping[str, str] | None = None) -> list[AmiMessage]:
        """Put any question that the user may put; raises AmiError."""
        transport = self._transport
        if transport is None:
            raise AmiLost(f"{action}: not connected ({self.refusal or 'the connection broke'})")
        return await transport.ask(action, fields)

    # --- trunks and telephones -----------------------------------------------------------------------------

    async def read_trunk_states(self) -> Mapping[str, bool]:
        """Whether calls may go over each trunk: signed in where it signs in, and not silent when asked."""
        reachable = await self._read_reachable()
        signed_in: set[str] = set()
        if any(self._trunks.values()):
            # The answer also holds the trunks' passwords: nothing of it is kept or logged but the states.
            listed = await self.ask("PJSIPShowRegistrationsOutbound")
            signed_in = {
                each.get("objectname", "") for each in listed if each.get("status", "") == REGISTERED
            }
        return {
            name: name in reachable and (name in signed_in or not signs_in)
            for name, signs_in in self._trunks.items()
        }

    async def read_endpoint_states(self) -> Mapping[str, bool]:
        """Whether each telephone is signed in and answers."""
        reachable = await self._read_reachable()
        return {name: name in reachable for name in self._endpoints}

    async def _read_reachable(self) -> set[str]:
        listed = await self.ask("PJSIPShowEndpoints")
        return {
            each["objectname"]
            for each in listed
            if each.get("event") == "EndpointList" and each.get("devicestate", "") not in UNREACHABLE
        }

    async def _ask_silent_trunks(self) -> None:
        """Let Asterisk ask at once: after its start it does so at a random moment of the whole interval."""
        reachable = await self._read_reachable()
        silent = [name for name in self._trunks if name not in reachable]
        for name in silent:
            with suppress(AmiRefused):
                await self.ask("PJSIPQualify", {"Endpoint": name})
        if silent:
            await asyncio.sleep(QUALIFY_SECONDS)

    async def _tell_states(self) -> None:
        for name, is_up in (await self.read_trunk_states()).items():
            self._tell(self._listener.trunk_state, name, is_up)
        for name, is_up in (await self.read_endpoint_states()).items() if self._endpoints else ():
            self._tell(self._listener.endpoint_state, name, is_up)

    def _tell(self, tell: Callable[[str, bool], None], name: str, is_up: bool) -> None:
        if self._told.get(name) is not is_up:
            self._told[name] = is_up
            tell(name, is_up)

    # --- calls that got the message from the dialplan ------------------------------------------------------

    async def read_safe_harbour(self) -> Mapping[str, SafeHarbourRecord]:
        """The calls that got the safe-harbour message without an engine, by channel id."""
        listed = await self.ask("DBGetTree", {"Family": SAFE_HARBOUR_FAMILY})
        found = {
            each["key"].removeprefix(f"/{SAFE_HARBOUR_FAMILY}/"): safe_harbour_record(each.get("val", ""))
            for each in listed
            if each.get("event") == "DBGetTreeResponse"
        }
        return {channel_id: record for channel_id, record in found.items() if record is not None}

    async def clear_safe_harbour(self, channel_ids: Iterable[str]) -> None:
        """Forget calls that have been counted; one that is forgotten already is no error."""
        for channel_id in channel_ids:
            with suppress(AmiRefused):
                await self.ask("DBDel", {"Family": SAFE_HARBOUR_FAMILY, "Key": channel_id})

    # --- recording -----------------------------------------------------------------------------------------

    async def start_mix_monitor(self, channel_id: str, file_name: str) -> None:
        """Record both directions of a channel, while it is bridged, into a file of the monitor folder."""
        await self.ask("MixMonitor", {"Channel": channel_id, "File": file_name, "Options": "b"})

    async def stop_mix_monitor(self, channel_id: str) -> None:
        """End the recording; its file is whole a moment later. Raises AmiRefused for no channel."""
        await self.ask("StopMixMonitor", {"Channel": channel_id})

    async def mute_mix_monitor(self, channel_id: str, *, is_muted: bool) -> None:
        """Write silence for both directions, or sound again; the time line goes on."""
        fields = {"Channel": channel_id, "Direction": "both", "State": "1" if is_muted else "0"}
        await self.ask("MixMonitorMute", fields)

    # --- the program itself --------------------------------------------------------------------------------

    async def reload(self, module: str) -> None:
        """Let a module read its files again, e.g. res_pjsip; raises AmiRefused for one that is not there."""
        await self.ask("Reload", {"Module": f"{module}.so"})

    async def find_missing_modules(self, modules: Iterable[str]) -> list[str]:
        """Which of these modules do not run, e.g. of `app_mixmonitor`."""
        missing = []
        for module in modules:
            try:
                await self.ask("ModuleCheck", {"Module": f"{module}.so"})
            except AmiRefused:
                missing.append(module)
        return missing

    async def read_core(self) -> NodeCore:
        """Version, start and load."""
        (core,) = await self.ask("CoreSettings")
        (status,) = await self.ask("CoreStatus")
        return NodeCore(
            version=core.get("asteriskversion", ""),
            started=f"{status.get('corestartupdate', '')} {status.get('corestartuptime', '')}",
            calls=int(status.get("corecurrentcalls", "0")),
        )

    async def read_applications(self, context: str) -> list[str]:
        """What a context of the dialplan does, in order, as `Stasis(paceline,answered)`."""
        listed = await self.ask("ShowDialPlan", {"Context": context})
        return [
            f"{each['application']}({each.get('appdata', '')})" for each in listed if "application" in each
        ]


def safe_harbour_record(value: str) -> SafeHarbourRecord | None:
    """What the dialplan wrote as `answered,message`; None where it is something else.

    >>> safe_harbour_record("1.5,2.25")
    SafeHarbourRecord(answered_at=1.5, message_at=2.25)
    """
    answered, _, message = value.rpartition(",")
    try:
        return SafeHarbourRecord(answered_at=float(answered) if answered else None, message_at=float(message))
    except ValueError:
        return None
