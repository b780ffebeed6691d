"""The self-test: database, bus, engine, and each Asterisk with its trunks, clock, certificate and a call.

It changes nothing that it finds; what is not running is said to be so, and is no failure by itself.
"""

import asyncio
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

import asyncpg
from cryptography.x509 import load_pem_x509_certificate

from app.bus import open_bus
from app.check_call import TestCall, check_call
from app.check_results import CheckResult, CheckState, failed, good, skipped
from app.database import DATABASE
from app.errors import AppError
from app.migrating import newest_revision
from app.nats_server import read_address
from app.node_wiring import ari_address
from app.running_postgres import running_postgres_url
from app.settings import BusSettings, DatabaseSettings
from asterisk_config.modules import modules_needed
from asterisk_config.settings import AsteriskSettings
from dialer.adapters.ami_link import AmiAddress, AmiLink, AmiListener
from dialer.adapters.ending_tasks import end_tasks
from dialer.adapters.errors import AmiError
from dialer.adapters.node_check import NodeExpectation, check_node
from dialer.messages import BusError, FloorRequested, FloorSnapshot
from dialer.messages.subjects import ENGINE_REQUESTS

ANSWER_SECONDS_MAX = 5.0
TRUNK_SECONDS_MAX = 4.0
CLOCK_OFFSET_SECONDS_MAX = 0.5  # beyond it delays that two clocks measured are not to be trusted
CERTIFICATE_DAYS_MIN = 14
DATABASE_NAME, BUS, ENGINE = "database", "bus", "engine"
STARTED_BY_SERVE = "not running: `paceline serve` starts it"


def check_database(settings: DatabaseSettings) -> CheckResult:
    """Whether the database can be reached and has the tables of this version; to be called outside a loop."""
    try:
        url = settings.url or running_postgres_url(settings, DATABASE)
    except AppError as error:
        return failed(DATABASE_NAME, str(error), "see what the message says")
    if url is None:
        return skipped(DATABASE_NAME, STARTED_BY_SERVE)
    try:
        found = asyncio.run(_revision(url))
    except asyncpg.UndefinedTableError:
        return failed(DATABASE_NAME, "it has no tables of Paceline", "run `paceline migrate`")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        came = f"it cannot be reached ({type(error).__name__})"
        return failed(
            DATABASE_NAME, came, "start the server; compare DATABASE_URL with its address and users"
        )
    if found != newest_revision():
        came = f"it is at revision {found}, this version needs {newest_revision()}"
        return failed(
            DATABASE_NAME, came, "run `paceline migrate`, with this version of Paceline or a newer one"
        )
    return good(DATABASE_NAME, f"reached, at revision {found}")


async def _revision(url: str) -> str:
    connection = await asyncpg.connect(url, timeout=ANSWER_SECONDS_MAX)
    try:
        return str(await connection.fetchval("select version_num from alembic_version"))
    finally:
        await connection.close()


async def check_bus(settings: BusSettings) -> tuple[CheckResult, ...]:
    """Whether the bus can be reached, and an engine on it answers."""
    if settings.url is None and read_address(settings.folder) is None:
        return skipped(BUS, STARTED_BY_SERVE), skipped(ENGINE, STARTED_BY_SERVE)
    try:
        async with open_bus(settings, name="check") as bus:
            try:
                floor = await bus.ask(ENGINE_REQUESTS, FloorRequested(), ANSWER_SECONDS_MAX)
            except BusError as error:
                fix = "look into the log of `paceline serve`: the engine starts, hangs or fails"
                return good(BUS, "reached"), failed(ENGINE, str(error), fix)
    except AppError as error:
        fix = "start `paceline serve` again, or compare NATS_URL with the server's address"
        return failed(BUS, str(error), fix), skipped(ENGINE, "the bus is in the way")
    assert isinstance(floor, FloorSnapshot)
    seen = f"at work: {len(floor.agents)} agents, {len(floor.campaigns)} campaigns"
    return good(BUS, "reached"), good(ENGINE, seen)


async def check_asterisk(settings: AsteriskSettings, call: TestCall | None) -> list[CheckResult]:
    """One Asterisk: the program, its trunks, clock and certificate, and a call where one is wanted."""
    name = settings.system_name
    address = ami_address(settings)
    expectation = NodeExpectation(application=settings.application, modules=modules_needed(settings))
    problems = await check_node(address, expectation)
    if problems:
        found = [failed(f"{name}: Asterisk", f"expected {p.expected}: {p.came}", p.fix) for p in problems]
        return [*found, skipped(f"{name}: trunks, clock and call", "Asterisk is in the way")]
    results = [good(f"{name}: Asterisk", f"version, {len(expectation.modules)} modules and rights are right")]
    results += await _check_over_ami(settings, address)
    results += await asyncio.to_thread(check_certificates, settings)
    if call is None:
        return [*results, skipped(f"{name}: call", "none wanted: name a number with --number")]
    placed = await check_call(ari_address(settings), call)
    return [*results, *(_named(name, result) for result in placed)]


async def _check_over_ami(settings: AsteriskSettings, address: AmiAddress) -> list[CheckResult]:
    """What the manager interface tells: the trunks' health and the clock."""
    name = settings.system_name
    connected, all_up = asyncio.Event(), asyncio.Event()
    trunks = {trunk.name: trunk.registration is not None for trunk in settings.trunks}
    up: set[str] = set()

    def hear(trunk: str, is_up: bool) -> None:
        (up.add if is_up else up.discard)(trunk)
        if up == set(trunks):
            all_up.set()

    link = AmiLink(address, trunks=trunks, listener=AmiListener(trunk_state=hear, connected=connected.set))
    running = asyncio.create_task(link.run())
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            await connected.wait()
        with suppress(TimeoutError):  # an Asterisk that has just started is still signing in
            async with asyncio.timeout(TRUNK_SECONDS_MAX if trunks else 0.0):
                await all_up.wait()
        states = await link.read_trunk_states()
        asked_at = time.time()
        (pong,) = await link.ask("Ping")
        offset_seconds = float(pong["timestamp"]) - (asked_at + time.time()) / 2.0
    except (AmiError, TimeoutError, KeyError, ValueError) as error:
        return [failed(f"{name}: AMI", str(error) or "no answer in time", "look into Asterisk's log")]
    finally:
        await end_tasks(running)
    found = [_trunk_result(settings, trunk, is_up) for trunk, is_up in states.items()]
    if not found:
        found = [
            failed(f"{name}: trunks", "none is set up", "add [[trunks]] to the settings and render again")
        ]
    return [*found, clock_result(name, offset_seconds)]


def _trunk_result(settings: AsteriskSettings, name: str, is_up: bool) -> CheckResult:
    title = f"{settings.system_name}: trunk {name}"
    trunk = next(trunk for trunk in settings.trunks if trunk.name == name)
    how = "signed in" if trunk.registration is not None else "known by its address"
    asked = "answers" if trunk.qualify_seconds else "is never asked (qualify_seconds = 0)"
    if is_up:
        return good(title, f"{how}, its carrier {asked}")
    wrong = "not signed in, or silent" if trunk.registration is not None else "silent"
    return failed(
        title,
        f"its carrier is {wrong}",
        f"compare host {trunk.host}, port {trunk.port} and account with what the carrier gave you; "
        "let UDP through the firewall; a carrier that answers no OPTIONS needs qualify_seconds = 0",
    )


def clock_result(name: str, offset_seconds: float) -> CheckResult:
    """What a clock's offset means; positive: Asterisk's is ahead."""
    seen = f"Asterisk's clock differs from ours by {offset_seconds:+.3f} s"
    if abs(offset_seconds) <= CLOCK_OFFSET_SECONDS_MAX:
        return good(f"{name}: clock", seen)
    return failed(f"{name}: clock", seen, "let both machines set their clocks by NTP (chrony)")


def check_certificates(settings: AsteriskSettings) -> list[CheckResult]:
    """Whether the certificate that Asterisk meets when it connects to us is good for a while; blocks."""
    title = f"{settings.system_name}: certificate"
    if settings.outbound is None or not settings.outbound.uri.startswith("wss://"):
        return [skipped(title, "no connection of ours is encrypted (loopback, or a proxy of yours)")]
    parts = urlsplit(settings.outbound.uri)
    assert parts.hostname is not None
    assert parts.port is not None
    try:
        text = ssl.get_server_certificate((parts.hostname, parts.port), timeout=ANSWER_SECONDS_MAX)
    except (OSError, ValueError) as error:
        fix = f"start the proxy that serves {parts.hostname}:{parts.port}"
        return [failed(title, f"it cannot be seen ({type(error).__name__})", fix)]
    ends_at = load_pem_x509_certificate(text.encode()).not_valid_after_utc
    return [certificate_result(title, ends_at, datetime.now(UTC))]


def certificate_result(title: str, ends_at: datetime, now: datetime) -> CheckResult:
    """What a certificate's end means."""
    days = (ends_at - now).total_seconds() / 86_400.0
    seen = f"it ends on {ends_at:%Y-%m-%d}, in {days:.0f} days"
    if days >= CERTIFICATE_DAYS_MIN:
        return good(title, seen)
    return failed(title, seen, "renew it, and let it be renewed by itself (ACME)")


def ami_address(settings: AsteriskSettings) -> AmiAddress:
    """Where a node's manager interface is."""
    return AmiAddress(
        host=settings.ami_address,
        port=settings.ami_port,
        user_name=settings.ami.name,
        password=settings.ami.password,
    )


def call_for(
    asterisks: Sequence[AsteriskSettings], number: str | None, trunk: str | None
) -> dict[str, TestCall]:
    """The test call of each node that has one; without a trunk's name over its first."""
    if number is None:
        return {}
    chosen = {
        settings.system_name: [each.name for each in settings.trunks if trunk in (None, each.name)]
        for settings in asterisks
    }
    return {name: TestCall(trunk=trunks[0], number=number) for name, trunks in chosen.items() if trunks}


def _named(name: str, result: CheckResult) -> CheckResult:
    return CheckResult(
        name=f"{name}: {result.name}", state=CheckState(result.state), seen=result.seen, fix=result.fix
    )
