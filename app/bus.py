"""The bus for a command or a process: that of `NATS_URL`, else of the Paceline that runs on our home."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.errors import BusDown
from app.nats_server import read_address
from app.settings import BusSettings, read_bus_settings
from dialer.adapters.nats_bus import NatsBus
from dialer.messages import BusError

CONNECT_SECONDS_MAX = 5.0


@asynccontextmanager
async def open_bus(settings: BusSettings | None = None, *, name: str = "paceline") -> AsyncIterator[NatsBus]:
    """The bus while the block runs; without settings, as the environment says.

    Raises:
        BusDown: no server is there; the text says what to start.
        SettingError: a setting in the environment cannot be used.
    """
    if settings is None:
        settings = read_bus_settings()
    url = settings.url or read_address(settings.folder)
    start = "check NATS_URL" if settings.url else f"start `paceline serve` (home {settings.folder.parent})"
    if url is None:
        raise BusDown(f"no Paceline runs here: {start}")
    try:
        bus = await NatsBus.open(url, name=name, seconds_max=CONNECT_SECONDS_MAX)
    except BusError as error:
        raise BusDown(f"{error}; {start}") from None
    try:
        yield bus
    finally:
        await bus.close()
