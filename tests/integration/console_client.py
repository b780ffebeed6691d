"""The console on a real server and a real database, with a clock that tests turn and cheap hashes."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http.cookies import Morsel
from pathlib import Path

from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from argon2 import PasswordHasher

from agent_console.application import build_application
from agent_console.assets import Assets
from agent_console.doorkeeper import Route
from agent_console.navigation import NavigationItem
from agent_console.parts import ConsoleParts
from agent_console.password_gate import PasswordGate
from agent_console.records.finding import RecordSearch
from agent_console.site import Site
from app.web_process import PageTransactions, page_pool
from crm_core.access.passwords import Passwords
from crm_core.access.set_up_links import make_link
from crm_core.access.signed_in_user import UserId
from crm_core.access.users import create_user, set_password_hash
from crm_core.engine.declaration import REGISTRY

PASSWORD = "seven green lamps over the harbour"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD_HASH = CHEAP.hash(PASSWORD)
REQUEST_TOKEN = re.compile(r'name="request_token" value="([0-9a-f]*)"')
ASSET_NAMES = ("console.css", "console.js", "theme.js", "icons.svg", "mark.svg")


class ConsoleClient:
    """A browser in front of the console, and the clock behind it."""

    def __init__(self, client: "TestClient[Request, Application]", transactions: PageTransactions) -> None:
        """Take both; it is some Monday morning."""
        self.client = client
        self.transactions = transactions
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    @property
    def origin(self) -> str:
        """Our own origin, as a browser says it."""
        return str(self.client.make_url("/")).rstrip("/")

    async def add_user(self, name: str = "eva", roles: Sequence[str] = ("agent",)) -> UserId:
        """Make a user with the password of all tests."""
        async with self.transactions.begin() as connection:
            made = await create_user(
                connection, sign_in_name=name, name=name.capitalize(), roles=roles, now=self.now
            )
            await set_password_hash(connection, made, PASSWORD_HASH)
        return made

    async def add_link(self, user_id: UserId | None) -> str:
        """Make a set-up link; gives its path."""
        async with self.transactions.begin() as connection:
            return f"/set-up/{await make_link(connection, user_id, self.now)}"

    async def get(self, path: str) -> ClientResponse:
        """Ask for a page."""
        return await self.client.get(path, allow_redirects=False)

    async def post(
        self, path: str, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> ClientResponse:
        """Send a form as a page of ours does; `headers` replaces what the browser says of its origin."""
        said = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"} if headers is None else headers
        return await self.client.post(path, data=fields or {}, headers=said, allow_redirects=False)

    async def submit(self, path: str, page: str = "/account", **fields: str) -> ClientResponse:
        """Send a form of a signed-in page, with the session's word that stands in it."""
        shown = REQUEST_TOKEN.search(await (await self.get(page)).text())
        assert shown is not None
        return await self.post(path, {"request_token": shown[1], **fields})

    async def sign_in(self, name: str = "eva", password: str = PASSWORD) -> ClientResponse:
        """Send the sign-in form, from a browser that has no session or an old one."""
        shown = REQUEST_TOKEN.search(await (await self.get("/sign-in")).text())
        token = shown[1] if shown else ""
        fields = {"sign_in_name": name, "password": password, "request_token": token}
        return await self.post("/sign-in", fields)

    def cookie(self) -> "Morsel[str]":
        """The session's cookie."""
        (found,) = self.client.session.cookie_jar
        return found

    def use_token(self, token: str) -> None:
        """Go on as a browser that holds another token."""
        self.client.session.cookie_jar.clear()
        self.client.session.cookie_jar.update_cookies({"paceline": token}, self.client.make_url("/"))

    def let_pass(self, time: timedelta) -> None:
        """Turn the clock."""
        self.now += time

    async def is_signed_in(self) -> bool:
        """Whether a page for users opens."""
        return (await self.get("/account")).status == 200


@asynccontextmanager
async def console_client(
    url: str,
    folder: Path,
    *,
    site: Site | None = None,
    routes: Sequence[Route] = (),
    items: Sequence[NavigationItem] = (),
) -> AsyncIterator[ConsoleClient]:
    """A console on a database while the block runs."""
    (folder / "console.css").write_text("body {}")
    assets = Assets(folder=folder, names={name: name for name in ASSET_NAMES})
    async with page_pool(url) as pool:
        transactions = PageTransactions(pool)
        parts = ConsoleParts(
            transactions=transactions,
            passwords=PasswordGate(CHEAP),
            assets=assets,
            site=site or Site(is_secure=False),
            clock=lambda: console.now,
            version="test",
            search_providers=(RecordSearch(REGISTRY, lambda: console.now),),
        )
        server = TestServer(build_application(parts, routes, items))
        async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
            console = ConsoleClient(client, transactions)
            yield console
