"""`paceline engine`: the engine process, which `paceline serve` starts; help does not show it."""

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import typer

from dialer.adapters.ending_tasks import end_tasks

if TYPE_CHECKING:
    from asterisk_config.settings import AsteriskSettings
    from dialer.adapters.recording_filing import RecordingSettings

CONNECTIONS_MAX = 6


def engine() -> None:
    """Run the engine until it is asked to end."""
    from app.asterisk_files import read_asterisks
    from app.errors import SettingError
    from app.logs import start_logging
    from app.recording_settings import read_recording_settings
    from app.settings import read_log_settings
    from asterisk_config.errors import AsteriskConfigError

    start_logging(read_log_settings(), "engine")
    try:
        asterisks = read_asterisks(os.environ)
        recording = read_recording_settings()
    except (AsteriskConfigError, SettingError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    asyncio.run(_run(asterisks, recording))


async def _run(asterisks: "tuple[AsteriskSettings, ...]", recording: "RecordingSettings") -> None:
    from app.bus import open_bus
    from app.engine_process import EngineProcess
    from app.liveness import show_life
    from app.observing import observing
    from app.settings import read_bus_settings, read_database_settings, read_observing_settings
    from app.unit_of_work import UnitOfWork, open_pool
    from dialer.adapters.metrics import Metrics

    loop = asyncio.get_running_loop()
    asked_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_end.set)
    url = read_database_settings().url
    assert url is not None, "serve names the database"
    living = asyncio.create_task(show_life())
    async with open_pool(url, CONNECTIONS_MAX) as pool, open_bus(read_bus_settings(), name="engine") as bus:
        metrics = Metrics()
        process = EngineProcess(asterisks, UnitOfWork(pool), bus, metrics, recording)
        async with observing(read_observing_settings(), metrics, process.probes()):
            running = asyncio.create_task(process.run())
            ending = asyncio.create_task(asked_to_end.wait())
            await asyncio.wait((running, ending), return_when=asyncio.FIRST_COMPLETED)
            await end_tasks(living, running, ending)
    if not running.cancelled():
        running.result()
