"""The web process: the console with everything it is given, served until it is asked to end."""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
from aiohttp import web

import app.entities  # noqa: F401 - declaring is all that it does
from agent_console.api.records import api_routes
from agent_console.application import build_application
from agent_console.assets import read_assets
from agent_console.errors import DatabaseAway
from agent_console.parts import ConsoleParts
from agent_console.password_gate import PasswordGate
from agent_console.quality.entry_check import DuplicateCheck
from agent_console.quality.pages import QUALITY_ITEMS, quality_routes
from agent_console.records.added_fields import FIELDS_ITEM, field_routes
from agent_console.records.finding import RecordSearch
from agent_console.records.pages import record_items, record_routes
from agent_console.records.role_rights import ROLES_ITEM, role_routes
from agent_console.records.team import TEAM_ITEM, team_routes
from agent_console.site import Site
from app import __version__
from app.call_register import keep_register
from app.errors import SettingError
from app.liveness import show_life
from app.table_reading import read_table
from app.unit_of_work import ACQUIRE_SECONDS_MAX, SIGNS_OF_LOSS, STATEMENT_SECONDS_MAX
from app.web_settings import WebSettings
from crm_core.access.connection import Connection
from crm_core.access.passwords import Passwords
from crm_core.access.set_up_links import make_link
from crm_core.access.users import has_users
from crm_core.engine.declaration import REGISTRY
from dialer.adapters.ending_tasks import end_tasks

CONNECTIONS_MAX = 8
STOP_SECONDS_MAX = 5.0
PAGE_SETTINGS = {
    "application_name": "paceline web",
    # What people search and filter by decides which index serves: each statement is planned for its values,
    # unlike the engine's few statements, which are planned once.
    "plan_cache_mode": "force_custom_plan",
    # Compiling, and starting helpers, takes longer than any page's statement.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",  # what pages walk along is in memory or on flash, where no arm has to move
}


class PageTransactions:
    """Transactions for pages; a database that is away is told in the console's own words."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Take the pool."""
        self._pool = pool

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Connection]:
        """One transaction, committed at the end of the block, undone if the block raises.

        Raises:
            DatabaseAway: the database cannot be reached or went away.
        """
        try:
            async with (
                self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection,
                connection.transaction(),
            ):
                yield connection
        except SIGNS_OF_LOSS as error:
            raise DatabaseAway(type(error).__name__) from error


@asynccontextmanager
async def page_pool(url: str) -> "AsyncIterator[asyncpg.Pool[asyncpg.Record]]":
    """Connections for pages."""
    async with asyncpg.create_pool(
        url,
        min_size=1,
        max_size=CONNECTIONS_MAX,
        timeout=ACQUIRE_SECONDS_MAX,
        command_timeout=STATEMENT_SECONDS_MAX,
        server_settings=PAGE_SETTINGS,
    ) as pool:
        yield pool


def console_parts(transactions: PageTransactions, settings: WebSettings) -> ConsoleParts:
    """Everything that the console needs.

    Raises:
        FrontEndMissing: styles and scripts are not built.
    """
    return ConsoleParts(
        transactions=transactions,
        passwords=PasswordGate(Passwords()),
        assets=read_assets(),
        site=Site(is_secure=settings.is_secure, origin=settings.origin, trusted_proxy=settings.trusted_proxy),
        clock=now,
        version=__version__,
        search_providers=(RecordSearch(REGISTRY, now),),
        entry_checks=(DuplicateCheck(REGISTRY, now),),
        read_table=read_table,
    )


def console(parts: ConsoleParts) -> web.Application:
    """The console with the pages of every entity that the product declares."""
    routes = (
        *record_routes(REGISTRY),
        *quality_routes(REGISTRY),
        *api_routes(REGISTRY),
        *field_routes(REGISTRY),
        *role_routes(REGISTRY),
        *team_routes(REGISTRY),
    )
    return build_application(
        parts, routes, (*record_items(REGISTRY), *QUALITY_ITEMS, FIELDS_ITEM, ROLES_ITEM, TEAM_ITEM)
    )


def now() -> datetime:
    """The instant."""
    return datetime.now(UTC)


async def run_web(url: str, settings: WebSettings) -> None:
    """Serve pages until a signal asks for the end.

    Raises:
        SettingError: the port or the certificate cannot be used.
        FrontEndMissing: styles and scripts are not built.
    """
    loop = asyncio.get_running_loop()
    asked_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_end.set)
    async with page_pool(url) as pool:
        transactions = PageTransactions(pool)
        async with serving(console(console_parts(transactions, settings)), settings) as port:
            living = asyncio.create_task(show_life())
            writing = asyncio.create_task(keep_register(transactions, REGISTRY, now))
            await tell_where(transactions, settings.address(port))
            await asked_to_end.wait()
            await end_tasks(living, writing)


@asynccontextmanager
async def serving(application: web.Application, settings: WebSettings) -> AsyncIterator[int]:
    """Serve while the block runs; gives the port.

    Raises:
        SettingError: the port or the certificate cannot be used.
    """
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=STOP_SECONDS_MAX)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port, ssl_context=tls_context(settings))
        try:
            await site.start()
        except OSError as error:
            raise SettingError(
                f"port {settings.port} of {settings.host} cannot be used for pages ({error.strerror}): "
                "set PACELINE_WEB_PORT to another, or to 0 for any"
            ) from None
        (bound, *_) = runner.addresses
        yield int(bound[1])
    finally:
        await runner.cleanup()


def tls_context(settings: WebSettings) -> ssl.SSLContext | None:
    """TLS 1.2 or newer with our certificate; None: plain.

    Raises:
        SettingError: the files cannot be used.
    """
    if settings.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.certificate, settings.key)
    except (OSError, ssl.SSLError) as error:
        raise SettingError(
            f"the certificate {settings.certificate} or its key cannot be used: {error}"
        ) from None
    return context


async def tell_where(transactions: PageTransactions, address: str) -> None:
    """Print where the pages are, and while there is no user the link that makes the first one."""
    async with transactions.begin() as connection:
        token = None if await has_users(connection) else await make_link(connection, None, now())
    if token is None:
        print(f"  web       {address}", flush=True)
    else:
        print(
            f"  web       nobody can sign in yet; make the first user here, once:\n{address}/set-up/{token}",
            flush=True,
        )
