"""A manager interface that plays a script over loopback: what a broken or hostile Asterisk might say."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
Fields = dict[str, str]
Play = Callable[[Fields, asyncio.StreamWriter], Awaitable[None]]


class ScriptedAmi:
    """Accepts any login and then answers as its script says; keeps every order that it was sent."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.orders: list[Fields] = []
        self.logins = 0
        self.lets_in = True
        self.writers: list[asyncio.StreamWriter] = []
        self.port = 0
        self.changed = asyncio.Event()  # an order came

    def asked(self, action: str) -> list[Fields]:
        """The orders of one name."""
        return [order for order in self.orders if order["Action"] == action]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.writers.append(writer)
        writer.write(BANNER)
        try:
            while True:
                words = (await reader.readuntil(b"\r\n\r\n")).decode()
                order = dict(line.split(": ", 1) for line in words.split("\r\n") if ": " in line)
                self.orders.append(order)
                self.changed.set()
                if order["Action"] == "Login":
                    self.logins += 1
                    verdict = ("Success", "accepted") if self.lets_in else ("Error", "failed")
                    writer.write(answer(order, verdict[0], Message=f"Authentication {verdict[1]}"))
                else:
                    await self.play(order, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def answer(order: Fields, response: str = "Success", **fields: str) -> bytes:
    """An answer to an order, as Asterisk writes it."""
    named = {"Response": response, "ActionID": order["ActionID"], **fields}
    return ("".join(f"{name}: {value}\r\n" for name, value in named.items()) + "\r\n").encode()


def event(name: str, **fields: str) -> bytes:
    """An event."""
    named = {"Event": name, **fields}
    return ("".join(f"{key}: {value}\r\n" for key, value in named.items()) + "\r\n").encode()


async def willing(order: Fields, writer: asyncio.StreamWriter) -> None:
    """Do everything; have no endpoint and no registration."""
    if order["Action"].startswith("PJSIPShow") or order["Action"] == "DBGetTree":
        head = answer(order, EventList="start", Message="follows")
        writer.write(head + event("ListComplete", ActionID=order["ActionID"], EventList="Complete"))
    else:
        writer.write(answer(order))


@asynccontextmanager
async def scripted_ami(play: Play = willing) -> AsyncIterator[ScriptedAmi]:
    """A manager interface on a free port of loopback."""
    ami = ScriptedAmi(play)
    server = await asyncio.start_server(ami.serve, "127.0.0.1", 0)
    ami.port = server.sockets[0].getsockname()[1]
    try:
        yield ami
    finally:
        server.close()
        for writer in ami.writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in ami.writers), return_exceptions=True)
