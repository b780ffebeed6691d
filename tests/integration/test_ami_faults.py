"""The link to the manager interface against what a broken network or a hostile value can do to it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from dialer.adapters import ami_link, ami_transport
from dialer.adapters.ami_link import AmiAddress, AmiLink, AmiListener
from dialer.adapters.errors import AmiLost, AmiRefused, AmiValueUnsafe
from tests.integration.scripted_ami import Fields, Play, ScriptedAmi, answer, event, scripted_ami, willing

SECONDS_MAX = 10.0


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines of a tenth: what is tested is that there is one."""
    monkeypatch.setattr(ami_link, "PING_SECONDS", 0.2)
    monkeypatch.setattr(ami_link, "PING_SECONDS_MAX", 0.2)
    monkeypatch.setattr(ami_link, "REREAD_SECONDS_MIN", 0.01)
    monkeypatch.setattr(ami_link, "QUALIFY_SECONDS", 0.01)
    monkeypatch.setattr(ami_link, "BACK_OFF_SECONDS", (0.02, 0.05))
    monkeypatch.setattr(ami_transport, "CONNECT_SECONDS_MAX", 0.5)


class Heard:
    """What a link told."""

    def __init__(self, changed: asyncio.Event) -> None:
        self.changed = changed
        self.states: list[tuple[str, bool]] = []
        self.connected = 0
        self.lost = 0

    def listener(self) -> AmiListener:
        """An ear for a link."""
        return AmiListener(
            trunk_state=self._change,
            connected=self._connect,
            lost=self._lose,
        )

    def _change(self, name: str, is_up: bool) -> None:
        self.states.append((name, is_up))
        self.changed.set()

    def _connect(self) -> None:
        self.connected += 1
        self.changed.set()

    def _lose(self) -> None:
        self.lost += 1
        self.changed.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so; fails after ten seconds."""
        async with asyncio.timeout(SECONDS_MAX):
            while not is_so():
                await self.changed.wait()
                self.changed.clear()


async def turn_of_the_loop() -> None:
    """Let everybody else have a turn, and the network be read."""
    loop = asyncio.get_running_loop()
    turned: asyncio.Future[None] = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned


@asynccontextmanager
async def linked(play: Play = willing) -> AsyncIterator[tuple[ScriptedAmi, AmiLink, Heard]]:
    """A link that is connected to a scripted manager interface."""
    async with scripted_ami(play) as ami:
        heard = Heard(ami.changed)
        address = AmiAddress(host="127.0.0.1", port=ami.port, user_name="watch", password="secret-of-ami")
        link = AmiLink(address, trunks={"carrier": False}, listener=heard.listener())
        running = asyncio.create_task(link.run())
        try:
            await heard.until(lambda: heard.connected > 0)
            yield ami, link, heard
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


async def test_order_without_an_answer_fails_and_is_not_sent_again_after_a_reconnect() -> None:
    """What was under way when the link broke is lost, for whoever waits and for good."""

    async def play(order: Fields, writer: asyncio.StreamWriter) -> None:
        if order["Action"] == "MixMonitor":
            writer.transport.abort()
        else:
            await willing(order, writer)

    async with linked(play) as (ami, link, heard):
        with pytest.raises(AmiLost):
            await link.start_mix_monitor("p1-1", "p1-1.wav")
        await heard.until(lambda: heard.connected == 2)
        await link.reload("res_pjsip")
        assert len(ami.asked("MixMonitor")) == 1
        assert heard.lost == 1


async def test_order_without_a_connection_fails_at_once_and_is_never_sent() -> None:
    """Nothing is kept for better days."""
    async with linked() as (ami, link, heard):
        for writer in ami.writers:
            writer.transport.abort()
        await heard.until(lambda: heard.lost == 1)
        with pytest.raises(AmiLost):
            await link.start_mix_monitor("p1-1", "p1-1.wav")
        await heard.until(lambda: heard.connected == 2)
        await link.reload("res_pjsip")
        assert not ami.asked("MixMonitor")


async def test_asterisk_that_hangs_is_noticed_and_connected_to_again() -> None:
    """A ping without an answer ends the link; nothing else would tell."""
    is_hung = False

    async def play(order: Fields, writer: asyncio.StreamWriter) -> None:
        if not is_hung:
            await willing(order, writer)

    async with linked(play) as (_, link, heard):
        is_hung = True
        await heard.until(lambda: heard.lost >= 1)
        assert not link.is_connected
        is_hung = False
        await heard.until(lambda: heard.connected >= 2)


async def test_answer_in_pieces_of_one_byte_is_whole_with_every_letter() -> None:
    """Half lines and half letters wait for their rest."""
    name = "Übergröße-Straße"

    async def play(order: Fields, writer: asyncio.StreamWriter) -> None:
        if order["Action"] != "CoreSettings":
            await willing(order, writer)
            return
        for byte in answer(order, AsteriskVersion=name):
            writer.write(bytes([byte]))
            await writer.drain()
            await turn_of_the_loop()

    async with linked(play) as (_, link, _heard):
        assert (await link.read_core()).version == name


@pytest.mark.parametrize(
    "value",
    [
        "p1-1\r\n\r\nAction: Originate\r\nChannel: PJSIP/1@carrier",
        "p1-1\nVariable: a=b",
        "p1-1\r",
        "a\x00b",
        "a\u2028b",
    ],
)
async def test_value_that_would_leave_its_line_is_refused_and_nothing_is_sent(value: str) -> None:
    """No order can be smuggled in through a value."""
    async with linked() as (ami, link, _):
        with pytest.raises(AmiValueUnsafe):
            await link.start_mix_monitor(value, "p1-1.wav")
        with pytest.raises(AmiValueUnsafe):
            await link.clear_safe_harbour([value])
        await link.reload("res_pjsip")
        assert {order["Action"] for order in ami.orders} <= {
            "Login",
            "PJSIPShowEndpoints",
            "PJSIPQualify",
            "Reload",
            "Ping",
        }


@pytest.mark.parametrize("action", ["Originate", "originate", "Command", "Redirect"])
async def test_order_that_could_place_a_call_is_never_sent(action: str) -> None:
    """Calls are placed over ARI alone, whatever rights the user has."""
    async with linked() as (ami, link, _):
        with pytest.raises(AmiValueUnsafe):
            await link.ask(action, {"Channel": "PJSIP/1@carrier"})
        assert not ami.asked(action)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff\xfe\r\n\r\n",
        b"Response: Success\r\n\r\n",
        b"Event\r\n\r\n: \r\n\r\n",
        b"Response: Fail\r\n\r\n",
    ],
)
async def test_message_that_is_none_does_no_harm(garbage: bytes) -> None:
    """Noise between two answers is passed over, or ends one connection."""

    async def play(order: Fields, writer: asyncio.StreamWriter) -> None:
        if order["Action"] == "Reload":
            writer.write(garbage)
        await willing(order, writer)

    async with linked(play) as (_, link, heard):
        with suppress(AmiLost):
            await link.reload("res_pjsip")
        await heard.until(lambda: link.is_connected)
        assert heard.connected in (1, 2)


async def test_message_without_an_end_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that never ends does not fill the memory."""
    monkeypatch.setattr(ami_transport, "UNREAD_BYTES_MAX", 10_000)
    monkeypatch.setattr(ami_link, "PING_SECONDS", 60.0)

    async def play(order: Fields, writer: asyncio.StreamWriter) -> None:
        if order["Action"] == "Reload":
            writer.write(b"x" * 20_000)
        else:
            await willing(order, writer)

    async with linked(play) as (_, link, heard):
        with pytest.raises(AmiLost, match="broke"):
            await link.reload("res_pjsip")
        await heard.until(lambda: heard.lost == 1)


async def test_refusal_of_asterisk_is_told_with_its_reason() -> None:
    """A refusal is an error of its own, and the link goes on."""

    async def play(order: Fields, writer: asyncio.StreamWriter) -> None:
        if order["Action"] == "Reload":
            writer.write(answer(order, "Error", Message="No such module"))
        else:
            await willing(order, writer)

    async with linked(play) as (_, link, heard):
        with pytest.raises(AmiRefused, match="No such module"):
            await link.reload("res_nope")
        assert heard.lost == 0


async def test_storm_of_hints_is_few_questions_and_the_last_state_is_told() -> None:
    """A thousand events are not a thousand lists; what is true at their end is told."""
    is_up = False

    async def play(order: Fields, writer: asyncio.StreamWriter) -> None:
        if order["Action"] == "PJSIPShowEndpoints":
            state = "Not in use" if is_up else "Unavailable"
            shown = event("EndpointList", ActionID=order["ActionID"], ObjectName="carrier", DeviceState=state)
            done = event("EndpointListComplete", ActionID=order["ActionID"], EventList="Complete")
            writer.write(answer(order, EventList="start", Message="follows") + shown + done)
        else:
            await willing(order, writer)

    async with linked(play) as (ami, _, heard):
        assert heard.states == [("carrier", False)]
        before = len(ami.asked("PJSIPShowEndpoints"))
        is_up = True
        ami.writers[-1].write(event("ContactStatus", AOR="carrier") * 1000)
        await heard.until(lambda: heard.states == [("carrier", False), ("carrier", True)])
        assert len(ami.asked("PJSIPShowEndpoints")) - before < 50


async def test_login_that_is_refused_is_tried_again_and_its_reason_is_kept_without_the_secret() -> None:
    """A wrong password is told as such, and mended without a restart."""
    async with scripted_ami() as ami:
        heard = Heard(ami.changed)
        ami.lets_in = False
        address = AmiAddress(host="127.0.0.1", port=ami.port, user_name="watch", password="secret-of-ami")
        link = AmiLink(address, trunks={}, listener=heard.listener())
        running = asyncio.create_task(link.run())
        await heard.until(lambda: ami.logins >= 3)
        assert "Authentication failed" in link.refusal
        assert "secret-of-ami" not in link.refusal + repr(address)
        ami.lets_in = True
        await heard.until(lambda: heard.connected == 1)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
