"""What others may watch: `/metrics` for Prometheus, `/health` and `/ready` for whoever restarts or routes.

Healthy means that the loop turns; ready means that every part is there. On loopback unless told otherwise,
since nobody is asked who he is; nothing personal is in it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from app.errors import SettingError
from app.settings import ObservingSettings
from dialer.adapters.ending_tasks import end_tasks
from dialer.adapters.metrics import CONTENT_TYPE, Metrics

LAG_SECONDS = 0.25  # between two looks at the loop's lag
STOP_SECONDS_MAX = 1.0

Probe = Callable[[], str | None]
"""Gives what is wrong with a part, for people; None: nothing."""


@asynccontextmanager
async def observing(
    settings: ObservingSettings, metrics: Metrics, probes: Mapping[str, Probe]
) -> AsyncIterator[int]:
    """Serve while the block runs; gives the port.

    Raises:
        SettingError: the port is taken.
    """
    runner = web.AppRunner(_application(metrics, probes), access_log=None, shutdown_timeout=STOP_SECONDS_MAX)
    await runner.setup()
    lag = asyncio.create_task(_watch_lag(metrics), name="watch the loop's lag")
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        try:
            await site.start()
        except OSError as error:
            raise SettingError(
                f"port {settings.port} of {settings.host} cannot be used for metrics ({error.strerror}): "
                "set PACELINE_METRICS_PORT to another, or to 0 for any"
            ) from None
        (bound, *_) = runner.addresses
        yield int(bound[1])
    finally:
        await end_tasks(lag)
        await runner.cleanup()


def _application(metrics: Metrics, probes: Mapping[str, Probe]) -> web.Application:
    async def show_metrics(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})

    async def show_health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "healthy"})

    async def show_readiness(_request: web.Request) -> web.Response:
        missing = {name: text for name, probe in probes.items() if (text := probe()) is not None}
        status = "ready" if not missing else "not ready"
        return web.json_response({"status": status, "missing": missing}, status=503 if missing else 200)

    application = web.Application()
    application.router.add_get("/metrics", show_metrics)
    application.router.add_get("/health", show_health)
    application.router.add_get("/ready", show_readiness)
    return application


async def _watch_lag(metrics: Metrics) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due_at = loop.time() + LAG_SECONDS
        await asyncio.sleep(LAG_SECONDS)
        metrics.loop_lagged(max(0.0, loop.time() - due_at))
