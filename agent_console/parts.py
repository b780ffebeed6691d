"""What the console is given by `app`, and under which keys its pages find it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from aiohttp import web

from agent_console.assets import Assets
from agent_console.password_gate import PasswordGate
from agent_console.site import Site
from crm_core.access.connection import Connection
from crm_core.access.sessions import Session
from crm_core.access.signed_in_user import SignedInUser
from crm_core.engine.viewer import Viewer


class Transactions(Protocol):
    """Opens transactions, each committed once at the end of its block."""

    def begin(self) -> AbstractAsyncContextManager[Connection]:
        """One transaction; raises `DatabaseAway` where there is none to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that the palette offers to go to."""

    title: str  # what it is called
    detail: str = ""  # what it is, in few words
    path: str  # where it is
    icon: str = "search"  # out of client/icons.json


class SearchProvider(Protocol):
    """Finds things for the palette; whoever has things to find registers one."""

    async def search(
        self, connection: Connection, user: SignedInUser, text: str, limit: int
    ) -> Sequence[Finding]:
        """What this user may see and the text may mean, the likeliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedTable:
    """What stands in an uploaded file."""

    headers: tuple[str, ...]  # one for each column, all different
    rows: Sequence[tuple[int, Sequence[str]]]  # number, as a spreadsheet counts, and cells


class TableReader(Protocol):
    """Reads a file that somebody uploaded."""

    def __call__(self, path: Path, rows_max: int) -> UploadedTable:
        """Its headers and rows; raises `FileUnusable` where it is no table."""


class EntryCheck(Protocol):
    """Looks at a new record before it is kept, and names those that it may repeat."""

    entity: str  # name of the entity whose new records it looks at

    async def look(
        self, connection: Connection, viewer: Viewer, raw: Mapping[str, object]
    ) -> Sequence[Finding]:
        """Records that the form may repeat, out of those that the viewer sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """Everything that the console needs and does not make."""

    transactions: Transactions
    passwords: PasswordGate
    assets: Assets
    site: Site
    clock: Callable[[], datetime]  # aware, UTC
    version: str  # of the program
    search_providers: Sequence[SearchProvider] = ()
    entry_checks: Sequence[EntryCheck] = ()
    read_table: TableReader | None = None  # None: nothing can be imported
    health: Mapping[str, str] = field(default_factory=dict)  # part -> what it is, for the page about us


PARTS = web.AppKey("parts", ConsoleParts)
SESSION = web.RequestKey("session", Session)
TOKEN = web.RequestKey("token", str)
PROGRAM = web.RequestKey("program", SignedInUser)
"""The user in whose name a program asks that showed his access token."""
REQUEST_ID = web.RequestKey("request_id", str)


@dataclass(frozen=True, slots=True)
class LentConnection:
    """The connection of a request that is one transaction from its beginning to its end."""

    connection: Connection


LENT = web.RequestKey("lent", LentConnection)


@asynccontextmanager
async def transaction_of(request: web.Request) -> AsyncIterator[Connection]:
    """The transaction of a request if it is one, else a new one.

    A request never holds two connections: requests that each wait for a second one would wait for ever.
    """
    lent = request.get(LENT)
    if lent is not None:
        yield lent.connection
        return
    async with parts_of(request).transactions.begin() as connection:
        yield connection


def parts_of(request: web.Request) -> ConsoleParts:
    """What the console was given."""
    return request.app[PARTS]


def session_of(request: web.Request) -> Session | None:
    """The valid session of a request, if it came with one."""
    return request.get(SESSION)


def user_of(request: web.Request) -> SignedInUser:
    """Who asks; the doorkeeper has let him in."""
    program = request.get(PROGRAM)
    return program if program is not None else request[SESSION].user


def perspective_of(request: web.Request) -> SignedInUser:
    """With whose eyes who asks looks: his own, or a subordinate's."""
    session = session_of(request)
    return user_of(request) if session is None or session.seen_as is None else session.seen_as


def address_of(request: web.Request) -> str:
    """Where a request comes from."""
    site = parts_of(request).site
    return site.client_address(request.remote, request.headers.get("X-Forwarded-For"))
