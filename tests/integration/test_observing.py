"""Metrics, health and readiness over HTTP, as a watcher asks for them."""

import socket

import aiohttp
import pytest

from app.errors import SettingError
from app.observing import observing
from app.settings import LOOPBACK, ObservingSettings
from dialer.adapters.metrics import Metrics

ANY_PORT = ObservingSettings(port=0)


async def test_watcher_reads_counts_health_and_readiness() -> None:
    """Ready is said only while every part is there, and what is missing is named."""
    metrics, trouble = Metrics(), {"database": "not reached for 5 s"}
    metrics.handled("CallAnswered", 0.001)
    probes = {"database": lambda: trouble.get("database"), "bus": lambda: None}
    async with observing(ANY_PORT, metrics, probes) as port, aiohttp.ClientSession() as client:
        place = f"http://{LOOPBACK}:{port}"
        async with client.get(f"{place}/metrics") as answer:
            assert answer.content_type == "text/plain"
            assert 'paceline_events_total{kind="CallAnswered"} 1.0' in await answer.text()
        async with client.get(f"{place}/health") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "healthy"})
        async with client.get(f"{place}/ready") as answer:
            expected = {"status": "not ready", "missing": {"database": "not reached for 5 s"}}
            assert (answer.status, await answer.json()) == (503, expected)
        trouble.clear()
        async with client.get(f"{place}/ready") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "ready", "missing": {}})
        async with client.get(f"{place}/settings") as answer:
            assert answer.status == 404


async def test_port_in_use_is_named_with_its_setting() -> None:
    """Two processes cannot show themselves in one place."""
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingError, match=f"port {port} .*PACELINE_METRICS_PORT"):
            async with observing(ObservingSettings(port=port), Metrics(), {}):
                pass
