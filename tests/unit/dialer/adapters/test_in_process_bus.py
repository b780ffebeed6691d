"""The bus inside one process keeps the contract of every bus."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from dialer.adapters import listening
from dialer.adapters.in_process_bus import InProcessBus
from dialer.adapters.wire import encode
from dialer.messages import EventBus
from tests.bus_contract import SUBJECT, BusContract, Ear, paused


class TestInProcessBus(BusContract):
    """The contract, with one bus that both parties hold."""

    @pytest_asyncio.fixture
    async def buses(self) -> AsyncIterator[tuple[EventBus, EventBus]]:
        """One bus, twice."""
        bus = InProcessBus()
        yield bus, bus
        await bus.close()


async def test_listener_that_does_not_keep_up_loses_the_newest_and_counts_them() -> None:
    """Memory has a bound; the receiver sees the gap in the numbers of the messages."""
    begun, may_go_on = asyncio.Event(), asyncio.Event()
    ear = Ear(wanted=listening.PENDING_MESSAGES_MAX + 1)

    async def hear(message: object) -> None:
        begun.set()
        await may_go_on.wait()
        await ear.hear(message)

    listener = listening.Listener(SUBJECT, hear)
    data = encode(paused(1))
    listener.take(data)
    await begun.wait()
    for _ in range(listening.PENDING_MESSAGES_MAX + 3):
        listener.take(data)
    assert listener.messages_lost == 3
    may_go_on.set()
    await ear.all_heard()
    await listener.finish(1.0)


async def test_bytes_that_are_no_message_are_counted_and_passed_over() -> None:
    """What a stranger says does not end the hearing."""
    ear = Ear(wanted=1)
    listener = listening.Listener(SUBJECT, ear.hear)
    listener.take(b"hello")
    listener.take(encode(paused(1)))
    assert await ear.all_heard() == [paused(1)]
    assert listener.messages_lost == 1
    await listener.finish(1.0)


async def test_listener_that_hangs_does_not_hold_up_the_closing() -> None:
    """Closing waits for a while and not for ever."""
    listener = listening.Listener(SUBJECT, lambda message: asyncio.Event().wait())  # type: ignore[arg-type,return-value]
    listener.take(encode(paused(1)))
    await listener.finish(0.01)
