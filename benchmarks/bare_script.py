"""The least that connects calls over ARI: no engine, no database, no rules; our program is measured by it.

It has the same nailed-up legs in the same Asterisk, places calls at a steady rate and bridges each answer
with the next agent in turn.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from aiohttp import BasicAuth, ClientSession

from asterisk_config.settings import AsteriskSettings
from dialer.adapters.ari_messages import AriAnswer, AriMessage, AriRequest, decode_pong
from dialer.adapters.ari_socket import AriSocket
from dialer.adapters.node_clock import NodeClock

APPLICATION = "bare"


@dataclass(slots=True, kw_only=True)
class BareScript:
    """One run: `waits` are seconds from the answer to the bridge."""

    settings: AsteriskSettings
    agents: list[str]  # their telephones
    waits: list[float] = field(default_factory=list)
    idle: deque[str] = field(default_factory=deque)
    answered_at: dict[str, float] = field(default_factory=dict)
    with_agent: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    clock: NodeClock = field(default_factory=NodeClock)
    missed: int = 0  # answers for which no agent was idle
    _socket: AriSocket = field(init=False, repr=False)

    async def run(self, numbers: list[str], calls_per_second: float) -> None:
        """Call every number once."""
        ari = self.settings.ari
        url = f"http://{self.settings.http_address}:{self.settings.http_port}/ari/events"
        async with ClientSession(auth=BasicAuth(ari.name, ari.password)) as session:
            query = {"app": APPLICATION}
            async with session.ws_connect(url, params=query, protocols=("ari",), max_msg_size=0) as transport:
                self._socket = AriSocket(transport, self._hear)
                running = asyncio.create_task(self._socket.run())
                await self._filter()
                await self._call_agents()
                began_at = time.perf_counter()
                for place, number in enumerate(numbers):
                    await asyncio.sleep(max(0.0, began_at + place / calls_per_second - time.perf_counter()))
                    self._place(number)
                await asyncio.sleep(8.0)
                for agent in self.agents:
                    self._send("DELETE", f"channels/bare.{agent}")
                await asyncio.sleep(1.0)
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _filter(self) -> None:
        kinds = ("StasisStart", "ChannelStateChange", "ChannelDestroyed", "RESTResponse")
        pinged = await self._socket.ask(AriRequest(method="GET", uri="asterisk/ping"))
        self.clock.hear(decode_pong(pinged.body).timestamp, self._now())
        body = {"allowed": [{"type": kind} for kind in kinds]}
        await self._socket.ask(
            AriRequest(method="PUT", uri=f"applications/{APPLICATION}/eventFilter", body=body)
        )

    async def _call_agents(self) -> None:
        for agent in self.agents:
            await self._socket.ask(
                AriRequest(method="POST", uri=f"bridges/bare.{agent}", query={"type": "mixing"})
            )
            query = {"endpoint": f"PJSIP/{agent}", "app": APPLICATION, "channelId": f"bare.{agent}"}
            await self._socket.ask(AriRequest(method="POST", uri="channels", query=query))
        until = time.perf_counter() + 20.0
        while len(self.idle) < len(self.agents):
            assert time.perf_counter() < until, f"{len(self.idle)} of {len(self.agents)} agents answered"
            await asyncio.sleep(0.05)

    def _place(self, number: str) -> None:
        self.calls += 1
        query = {
            "endpoint": f"PJSIP/{number}@{self.settings.trunks[0].name}",
            "app": APPLICATION,
            "channelId": f"call.{self.calls}",
            "timeout": "20",
        }
        self._send("POST", "channels", query)

    def _hear(self, message: AriMessage) -> None:
        self.clock.hear(message.timestamp, self._now())
        channel = message.channel
        if channel is None:
            return
        if message.type == "StasisStart":
            self._arrived(channel.id)
        elif message.type == "ChannelStateChange" and channel.state == "Up":
            self.answered_at[channel.id] = self.clock.engine_at(message.timestamp, self._now())
        elif message.type == "ChannelDestroyed" and channel.id in self.with_agent:
            self.idle.append(self.with_agent.pop(channel.id))

    def _arrived(self, channel_id: str) -> None:
        kind, _, name = channel_id.partition(".")
        if kind == "bare":
            self._send("POST", f"bridges/bare.{name}/addChannel", {"channel": channel_id})
            self.idle.append(name)
            return
        if not self.idle:
            self.missed += 1
            self._send("DELETE", f"channels/{channel_id}")
            return
        agent = self.with_agent[channel_id] = self.idle.popleft()

        def bridged(answer: AriAnswer) -> None:
            if answer.is_done:
                self.waits.append(self._now() - self.answered_at[channel_id])

        request = AriRequest(
            method="POST", uri=f"bridges/bare.{agent}/addChannel", query={"channel": channel_id}
        )
        self._socket.send(request, bridged)

    def _send(self, method: str, uri: str, query: dict[str, str] | None = None) -> None:
        self._socket.send(AriRequest(method=method, uri=uri, query=query or {}), lambda answer: None)
