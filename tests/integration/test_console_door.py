"""The door of the console: who is let in, what is refused, and what an answer tells the browser."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from agent_console.doorkeeper import Access, Route
from agent_console.site import Site
from crm_core.access.parameters import IDLE_MINUTES
from crm_core.access.sessions import LIFETIME
from crm_core.access.sign_in_limits import BY_ADDRESS_MAX, BY_NAME_MAX, WINDOW, begin_attempt
from tests.integration.console_client import PASSWORD, ConsoleClient, console_client

IDLE_MAX = timedelta(minutes=IDLE_MINUTES.default)

SECRET_OF_A_FAULT = "what the fault says"


async def fail(_request: web.Request) -> web.Response:
    """A page with a fault in it."""
    raise ValueError(SECRET_OF_A_FAULT)


@pytest_asyncio.fixture
async def console(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleClient]:
    """A console with one page more, which fails."""
    faulty = Route(method="GET", path="/faulty", handler=fail, access=Access.ANYBODY)
    async with console_client(database_url, tmp_path, routes=(faulty,)) as console:
        yield console


async def test_right_password_opens_a_session_that_scripts_cannot_read(console: ConsoleClient) -> None:
    """The cookie is for the server alone, and the page that was wanted follows."""
    await console.add_user()
    refused = await console.get("/account?part=2")
    assert (refused.status, refused.headers["Location"]) == (303, "/sign-in?next=/account%3Fpart%3D2")
    answer = await console.post(
        "/sign-in", {"sign_in_name": "EVA ", "password": PASSWORD, "next": "/account?part=2"}
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/account?part=2")
    cookie = console.cookie()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert await console.is_signed_in()


async def test_wrong_password_and_unknown_name_get_the_same_answer(console: ConsoleClient) -> None:
    """Nobody learns from the answer which names exist."""
    await console.add_user()
    answers = [await console.sign_in(name, "wrong") for name in ("eva", "ida")]
    texts = [(await answer.text()).replace("ida", "eva") for answer in answers]
    assert [answer.status for answer in answers] == [401, 401]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "{own}", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_form_of_another_site_is_refused_before_anything_is_looked_at(
    console: ConsoleClient, headers: dict[str, str]
) -> None:
    """A right password from a page that is not ours opens nothing."""
    await console.add_user()
    said = {name: value.replace("{own}", console.origin) for name, value in headers.items()}
    answer = await console.post("/sign-in", {"sign_in_name": "eva", "password": PASSWORD}, said)
    assert answer.status == 403
    assert not await console.is_signed_in()


async def test_socket_of_another_site_is_refused_with_a_valid_session(console: ConsoleClient) -> None:
    """A socket begins with a GET, sent with cookies whichever site asks; ours are let through."""
    await console.add_user()
    await console.sign_in()
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
    for origin, status in (("https://evil.example", 403), (console.origin, 200)):
        answer = await console.client.get("/account", headers={**upgrade, "Origin": origin})
        assert answer.status == status


async def test_form_without_the_sessions_own_word_is_refused(console: ConsoleClient) -> None:
    """What another tab or a guessed word sends does nothing; the page's own form does."""
    await console.add_user()
    await console.sign_in()
    for fields in ({}, {"request_token": "0" * 64}):
        assert (await console.post("/account/sessions/end-all", fields)).status == 403
    assert await console.is_signed_in()
    assert (await console.submit("/account/sessions/end-all")).status == 303
    assert not await console.is_signed_in()


async def test_word_of_one_session_does_not_serve_another(console: ConsoleClient) -> None:
    """The word belongs to one session, not to a user."""
    await console.add_user()
    await console.sign_in()
    words = (await (await console.get("/account")).text()).split('name="request_token" value="')
    console.client.session.cookie_jar.clear()
    await console.sign_in()
    stale = {"request_token": words[1].split('"')[0]}
    assert (await console.post("/account/sessions/end-all", stale)).status == 403


async def test_many_wrong_passwords_close_a_name_for_a_while(console: ConsoleClient) -> None:
    """Then not even the right one is looked at, until the window has passed."""
    await console.add_user()
    for _ in range(BY_NAME_MAX):
        assert (await console.sign_in(password="wrong")).status == 401
    answer = await console.sign_in()
    assert (answer.status, "Retry-After" in answer.headers) == (429, True)
    console.let_pass(WINDOW)
    assert (await console.sign_in()).status == 303


async def test_attempts_at_the_same_time_are_counted_one_by_one(console: ConsoleClient) -> None:
    """A burst cannot slip through before the first failure is on record."""
    await console.add_user()
    statuses = [
        answer.status
        for answer in await asyncio.gather(
            *(console.post("/sign-in", {"sign_in_name": "eva", "password": "wrong"}) for _ in range(15))
        )
    ]
    assert (statuses.count(401), statuses.count(429)) == (BY_NAME_MAX, 15 - BY_NAME_MAX)


async def test_many_names_from_one_address_close_the_address(console: ConsoleClient) -> None:
    """Trying one password on many names is counted too, over a whole IPv6 network."""
    async with console.transactions.begin() as connection:
        for number in range(BY_ADDRESS_MAX):
            address = f"2001:db8::{number:x}"
            assert await begin_attempt(connection, f"name{number}", address, console.now) is not None
        assert await begin_attempt(connection, "another", "2001:db8::ffff", console.now) is None
        assert await begin_attempt(connection, "another", "2001:db8:1::1", console.now) is not None


async def test_success_forgets_the_failures_before_it(console: ConsoleClient) -> None:
    """Whoever mistypes now and then is never locked out."""
    await console.add_user()
    for _ in range(2):
        for _ in range(BY_NAME_MAX - 1):
            await console.sign_in(password="wrong")
        assert (await console.sign_in()).status == 303
        console.client.session.cookie_jar.clear()


@pytest.mark.parametrize("idle", [IDLE_MAX, LIFETIME])
async def test_session_without_use_or_too_old_is_over(console: ConsoleClient, idle: timedelta) -> None:
    """One ends when it was not used for long, and at last even if it was."""
    await console.add_user()
    await console.sign_in()
    started, steps = console.now, 1 if idle == IDLE_MAX else 15
    for step in range(1, steps):
        console.now = started + idle * step / steps
        assert await console.is_signed_in()
    console.now = started + idle
    assert not await console.is_signed_in()


async def test_sign_in_changes_the_token_and_ends_the_session_before(console: ConsoleClient) -> None:
    """A token that somebody planted or knows is worth nothing after the sign-in."""
    await console.add_user()
    await console.sign_in()
    first = console.cookie().value
    page = await (await console.get("/account")).text()
    word = page.split('name="request_token" value="')[1].split('"')[0]
    await console.post("/sign-in", {"sign_in_name": "eva", "password": PASSWORD, "request_token": word})
    assert console.cookie().value != first
    assert await console.is_signed_in()
    console.use_token(first)
    assert not await console.is_signed_in()


async def test_answer_of_any_kind_tells_the_browser_what_to_refuse(console: ConsoleClient) -> None:
    """Pages, errors, files and redirections carry the same rules; plain HTTP promises no TLS."""
    for path in ("/sign-in", "/nothing", "/faulty", "/assets/console.css", "/account", "/health"):
        headers = (await console.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" not in headers
    assert "immutable" in (await console.get("/assets/console.css")).headers["Cache-Control"]
    assert (await console.get("/sign-in")).headers["Cache-Control"] == "no-store"
    assert (await console.get("/assets/..%2F..%2Fetc%2Fpasswd")).status == 404


async def test_site_behind_tls_has_a_cookie_for_its_host_alone(database_url: str, tmp_path: Path) -> None:
    """With an origin in https the cookie is Secure and has the prefix that browsers enforce."""
    site = Site(is_secure=True, origin="https://calls.example.com")
    async with console_client(database_url, tmp_path, site=site) as console:
        await console.add_user()
        fields = {"sign_in_name": "eva", "password": PASSWORD}
        answer = await console.post("/sign-in", fields, {"Origin": "https://calls.example.com"})
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-paceline=")
        assert "Secure" in cookie
        assert "Domain" not in cookie
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        own_host = await console.post("/sign-in", fields, {"Origin": console.origin})
        assert own_host.status == 403


async def test_page_that_fails_shows_an_id_and_keeps_the_fault_to_itself(
    console: ConsoleClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The id on the page is in the log, with the place of the fault and without what it says."""
    with caplog.at_level(logging.INFO, "paceline.web"):
        answer = await console.get("/faulty")
    text = await answer.text()
    (fault,) = (record for record in caplog.records if record.levelno == logging.ERROR)
    assert answer.status == 500
    assert fault.__dict__["request_id"] in text
    assert any("test_console_door.py" in place for place in fault.__dict__["places"])
    assert SECRET_OF_A_FAULT not in text + str([record.__dict__ for record in caplog.records])


async def test_request_log_names_no_person_and_no_secret(
    console: ConsoleClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A line has the route, not the path; no name, address, token or search text."""
    user_id = await console.add_user("giulia.rossi")
    link = await console.add_link(user_id)
    with caplog.at_level(logging.INFO, "paceline.web"):
        await console.sign_in("giulia.rossi")
        await console.get(link)
        await console.get("/find?q=Mario")
    said = str([record.__dict__ for record in caplog.records if record.name == "paceline.web"])
    assert "/set-up/{token}" in said
    token = console.cookie().value
    for secret in ("giulia", "Mario", "127.0.0.1", token, link.rpartition("/")[2], PASSWORD):
        assert secret not in said


async def test_health_without_database_says_so(console: ConsoleClient) -> None:
    """Whoever routes requests is told, and a page says that it is not available for a moment."""
    assert (await console.get("/health")).status == 200
    await console.transactions._pool.close()
    assert (await console.get("/health")).status == 503
    console.use_token("some-token")
    assert (await console.get("/account")).status == 503


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"sign_in_name": "a\x00b", "password": "x"}, 400),
        ({"sign_in_name": "x" * 20_000, "password": "x"}, 400),
        ({"sign_in_name": "x", "password": "y" * 600_000}, 413),
        ({"sign_in_name": "' or 1=1 --", "password": "' or 1=1 --"}, 401),
        ({}, 401),
    ],
)
async def test_bad_input_at_the_door_is_refused_in_words(
    console: ConsoleClient, fields: dict[str, str], status: int
) -> None:
    """No input of a stranger makes a page fail."""
    answer = await console.post("/sign-in", fields)
    assert answer.status == status
    assert "text/html" in answer.headers["Content-Type"]
