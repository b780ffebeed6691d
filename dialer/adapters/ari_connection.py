"""How the link to an Asterisk comes about: it connects to us (and queues events meanwhile), or we to it.

Either way one link at a time serves a node, and a broken one is replaced for as long as the engine runs.
"""

import asyncio
import hmac
import logging
import random
import socket
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import BasicAuth, ClientError, ClientSession, ClientTimeout, WSMessage, web

from dialer.adapters.asterisk_node import AsteriskNode
from dialer.adapters.ending_tasks import end_tasks

PROTOCOL = "ari"
HEARTBEAT_SECONDS = 4.0  # a node that answers no ping for half of this hangs
BACK_OFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
CONNECT_SECONDS_MAX = 5.0
REGISTRATION_SECONDS = 0.3  # before we ask whether Asterisk has kept our application

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorKey:
    """What a node must show at our door."""

    user_name: str
    password: str = field(repr=False)


class _PromptSocket:
    """A WebSocket that Asterisk opened, whose every packet we acknowledge at once.

    Asterisk leaves Nagle's algorithm (RFC 896) on there: a message waits for our acknowledgement of the last,
    which Linux puts off by 40 ms unless told otherwise, again after each packet (tcp(7), TCP_QUICKACK).
    """

    def __init__(self, response: web.WebSocketResponse, link: socket.socket | None) -> None:
        self._response = response
        self._link = link

    async def send_str(self, data: str) -> None:
        """Send a text."""
        await self._response.send_str(data)

    async def receive(self) -> WSMessage:
        """Wait for the next message."""
        if self._link is not None:
            self._link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return await self._response.receive()

    async def close(self) -> bool:
        """Say goodbye."""
        return await self._response.close()


class OutboundDoor:
    """Where Asterisks connect to us, each under a user name of its own."""

    def __init__(
        self, host: str, port: int, path: str, nodes: Mapping[str, tuple[DoorKey, AsteriskNode]]
    ) -> None:
        """Take where to listen, and whom to let in by user name."""
        self._host = host
        self._port = port
        self._path = path
        self._nodes = nodes
        self._links: dict[str, asyncio.Task[None]] = {}
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    async def open(self) -> None:
        """Listen; raises OSError when somebody else does."""
        app = web.Application()
        app.router.add_get(self._path, self._let_in)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, self._host, self._port)
        await self._site.start()

    async def close(self) -> None:
        """Listen no more; links end."""
        if self._site is not None:
            await self._site.stop()  # first, or a node is back before its link has ended
        await end_tasks(*self._links.values())
        if self._runner is not None:
            await self._runner.cleanup()

    async def _let_in(self, request: web.Request) -> web.StreamResponse:
        user_name, password = _credentials(request.headers.get("Authorization", ""))
        known = self._nodes.get(user_name)
        if known is None or not hmac.compare_digest(known[0].password.encode(), password.encode()):
            _log.warning("ari: somebody without the right secret was refused at the door")
            return web.Response(status=401)
        before = self._links.get(user_name)
        if before is not None and not before.done():
            await end_tasks(before)  # its end has not been noticed yet: a node has one link
        response = web.WebSocketResponse(
            protocols=(PROTOCOL,), heartbeat=HEARTBEAT_SECONDS, max_msg_size=0, compress=False
        )
        await response.prepare(request)
        prompt = _PromptSocket(response, _link_of(request))
        link = self._links[user_name] = asyncio.create_task(known[1].serve_link(prompt))
        await asyncio.gather(link, return_exceptions=True)
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class AriAddress:
    """Where a node's REST interface is, and who we are there."""

    base_url: str  # http://host:port/ari
    user_name: str
    password: str = field(repr=False)


class InboundConnector:
    """Connects to a node and keeps connected."""

    def __init__(self, address: AriAddress, node: AsteriskNode) -> None:
        """Take the node and where it is."""
        self._address = address
        self._node = node

    async def run(self) -> None:
        """Connect again and again, until cancelled."""
        authorization = BasicAuth(self._address.user_name, self._address.password)
        tries = 0
        async with ClientSession(
            auth=authorization, timeout=ClientTimeout(connect=CONNECT_SECONDS_MAX)
        ) as session:
            while True:
                try:
                    await self._connect_once(session)
                    tries = 0
                except (ClientError, OSError, TimeoutError) as error:
                    tries += 1
                    if tries == 1:
                        _log.warning(
                            "node %s: no connection (%s)", self._node.settings.node_id, type(error).__name__
                        )
                pause = BACK_OFF_SECONDS[min(tries, len(BACK_OFF_SECONDS) - 1)]
                await asyncio.sleep(pause * random.uniform(0.7, 1.3))

    async def _connect_once(self, session: ClientSession) -> None:
        application = self._node.settings.application
        url = f"{self._address.base_url}/events"
        query = {"app": application, "subscribeAll": "true"}
        async with session.ws_connect(
            url, params=query, protocols=(PROTOCOL,), heartbeat=HEARTBEAT_SECONDS, max_msg_size=0
        ) as socket:
            # Opened too soon after an abrupt end, it loses its application together with the old one.
            await asyncio.sleep(REGISTRATION_SECONDS)
            async with session.get(f"{self._address.base_url}/applications/{application}") as answer:
                if answer.status != web.HTTPOk.status_code:
                    return
            await self._node.serve_link(socket)


def _link_of(request: web.Request) -> socket.socket | None:
    """The TCP connection of a request, where its acknowledgements can be hastened."""
    if request.transport is None or not hasattr(socket, "TCP_QUICKACK"):
        return None
    link = request.transport.get_extra_info("socket")
    return link if link is not None and link.family in (socket.AF_INET, socket.AF_INET6) else None


def _credentials(header: str) -> tuple[str, str]:
    """User name and password of an Authorization header; empty ones where it is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user_name, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except (Base64Error, UnicodeDecodeError, ValueError):
        return "", ""
    return user_name, password
