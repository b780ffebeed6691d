"""Users, links, the second step and one's own account, on a real server and a real database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import pytest_asyncio

from crm_core.access import second_step, set_up_links
from crm_core.access.errors import LinkUnusable
from crm_core.access.parameters import LINK_HOURS
from crm_core.access.sign_in_limits import BY_NAME_MAX
from crm_core.access.users import get_user
from tests.integration.console_client import PASSWORD, ConsoleClient, console_client

NEW_PASSWORD = "nine quiet boats under the moon"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest_asyncio.fixture
async def console(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleClient]:
    """A console without users."""
    async with console_client(database_url, tmp_path) as console:
        yield console


def password_fields(password: str = NEW_PASSWORD, **more: str) -> dict[str, str]:
    """What the set-up form sends."""
    return {"password": password, "password_again": password, **more}


async def test_set_up_link_is_used_once(console: ConsoleClient) -> None:
    """It makes the administrator, who can sign in; a second use is refused, and so is a look."""
    link = await console.add_link(None)
    fields = password_fields(sign_in_name="eva", name="Eva")
    assert (await console.get(link)).status == 200
    assert (await console.post(link, fields)).status == 303
    assert (await console.sign_in(password=NEW_PASSWORD)).status == 303
    assert (await console.get("/administration/users")).status == 200
    assert (await console.post(link, {**fields, "sign_in_name": "ida"})).status in (403, 410)
    console.client.session.cookie_jar.clear()
    assert (await console.post(link, {**fields, "sign_in_name": "ida"})).status == 410
    assert (await console.get(link)).status == 410


async def test_set_up_link_used_by_two_at_once_serves_one(console: ConsoleClient) -> None:
    """All looked at it while it was unused; one transaction wins, whether they meet or follow each other."""
    user_id = await console.add_user()
    link = await console.add_link(user_id)
    token = link.rsplit("/", 1)[1]
    async with console.transactions.begin() as connection:
        assert (await set_up_links.use_link(connection, token, console.now)).user_id == user_id
    with pytest.raises(LinkUnusable):
        async with console.transactions.begin() as connection:
            await set_up_links.use_link(connection, token, console.now)
    link = await console.add_link(user_id)
    answers = await asyncio.gather(
        *(console.post(link, password_fields(f"{NEW_PASSWORD} {number}")) for number in range(4))
    )
    assert sorted(answer.status for answer in answers) == [303, 410, 410, 410]
    assert (await console.get(link)).status == 410


async def test_first_link_is_void_once_there_is_a_user(console: ConsoleClient) -> None:
    """Nobody becomes an administrator by a link that was printed before."""
    link = await console.add_link(None)
    await console.add_user()
    assert (await console.get(link)).status == 410
    assert (await console.post(link, password_fields(sign_in_name="x1", name="X"))).status == 410


async def test_set_up_link_too_old_or_replaced_is_refused(console: ConsoleClient) -> None:
    """A new link voids the one before, and two days end it."""
    user_id = await console.add_user()
    before, link = await console.add_link(user_id), await console.add_link(user_id)
    assert (await console.get(before)).status == 410
    console.let_pass(timedelta(hours=LINK_HOURS.default))
    assert (await console.get(link)).status == 410


async def test_set_up_with_an_easy_password_says_why_and_keeps_the_link(console: ConsoleClient) -> None:
    """The form comes back with the reason; the link still works."""
    link = await console.add_link(None)
    for password in ("short", "aaaaaaaaaaaaaaaa", "password1234", "my name is eva!"):
        answer = await console.post(link, password_fields(password, sign_in_name="eva", name="Eva"))
        assert answer.status == 422
        assert 'role="alert"' in await answer.text()
    assert (await console.post(link, password_fields(sign_in_name="eva", name="Eva"))).status == 303


async def test_second_step_asks_for_a_code_that_serves_once(console: ConsoleClient) -> None:
    """The password alone opens nothing, a code opens once, and a recovery code once too."""
    user_id = await console.add_user()
    one_time = pyotp.TOTP(SECRET)
    async with console.transactions.begin() as connection:
        now_code = one_time.at(console.now)
        codes = await second_step.turn_on(connection, user_id, SECRET, now_code, console.now)
    assert codes is not None
    answer = await console.sign_in()
    assert answer.headers["Location"].startswith("/sign-in/code")
    for path in ("/account", "/administration/users"):
        assert (await console.get(path)).headers["Location"].startswith("/sign-in/code")
    assert (await console.submit("/sign-in/code", "/sign-in/code", code=now_code)).status == 401
    console.let_pass(timedelta(seconds=30))
    code = one_time.at(console.now)
    before = console.cookie().value
    assert (await console.submit("/sign-in/code", "/sign-in/code", code=code)).status == 303
    assert console.cookie().value != before
    assert await console.is_signed_in()
    for given, status in ((code, 401), (codes[0].upper(), 303), (codes[0], 401)):
        console.client.session.cookie_jar.clear()
        await console.sign_in()
        assert (await console.submit("/sign-in/code", "/sign-in/code", code=given)).status == status


async def test_password_alone_does_not_forgive_wrong_codes(console: ConsoleClient) -> None:
    """Whoever knows the password cannot try codes without end by signing in again and again."""
    user_id = await console.add_user()
    async with console.transactions.begin() as connection:
        await second_step.turn_on(
            connection, user_id, SECRET, pyotp.TOTP(SECRET).at(console.now), console.now
        )
    statuses = []
    for _ in range(BY_NAME_MAX):
        console.client.session.cookie_jar.clear()
        statuses.append((await console.sign_in()).status)
        if statuses[-1] == 303:
            await console.submit("/sign-in/code", "/sign-in/code", code="000000")
    assert statuses.count(429) == BY_NAME_MAX - BY_NAME_MAX // 2


async def test_second_step_is_turned_on_and_off_with_the_password(console: ConsoleClient) -> None:
    """A wrong password or code changes nothing."""
    user_id = await console.add_user()
    await console.sign_in()
    path, code = "/account/second-step", pyotp.TOTP(SECRET).at(console.now)
    wrong = await console.submit(path, path, secret=SECRET, code=code, password="wrong")
    assert wrong.status == 422
    wrong = await console.submit(path, path, secret=SECRET, code="000000", password=PASSWORD)
    assert wrong.status == 422
    right = await console.submit(path, path, secret=SECRET, code=code, password=PASSWORD)
    assert (await right.text()).count("<li>") == second_step.RECOVERY_CODES
    await console.submit(f"{path}/off", password="wrong")
    async with console.transactions.begin() as connection:
        assert (await get_user(connection, user_id)).totp_secret == SECRET
    await console.submit(f"{path}/off", password=PASSWORD)
    async with console.transactions.begin() as connection:
        assert (await get_user(connection, user_id)).totp_secret is None
        assert await second_step.recovery_codes_left(connection, user_id) == 0


async def test_session_ended_from_the_list_is_over_at_once(console: ConsoleClient) -> None:
    """A user ends his session elsewhere, and nobody else's."""
    await console.add_user("ida")
    await console.add_user()
    tokens = []
    for name in ("ida", "eva", "eva"):
        console.client.session.cookie_jar.clear()
        await console.sign_in(name)
        tokens.append(console.cookie().value)
    async with console.transactions.begin() as connection:
        ids = [row["id"] for row in await connection.fetch("select id from crm.sessions order by id")]
    assert (await console.submit(f"/account/sessions/{ids[0]}/end")).status == 404
    assert (await console.submit(f"/account/sessions/{ids[1]}/end")).status == 303
    alive = []
    for token in tokens:
        console.use_token(token)
        alive.append(await console.is_signed_in())
    assert alive == [True, False, True]


async def test_changed_password_ends_all_other_sessions(console: ConsoleClient) -> None:
    """Whoever had the old password is out; the user himself stays, under a new token."""
    await console.add_user()
    await console.sign_in()
    other = console.cookie().value
    console.client.session.cookie_jar.clear()
    await console.sign_in()
    fields = {"new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD}
    assert (await console.submit("/account/password", password="wrong", **fields)).status == 422
    assert (await console.submit("/account/password", password=PASSWORD, **fields)).status == 303
    assert await console.is_signed_in()
    console.use_token(other)
    assert not await console.is_signed_in()


async def test_administration_is_closed_to_everybody_else(console: ConsoleClient) -> None:
    """An agent, a supervisor or a manager is refused every page and form of it."""
    user_id = await console.add_user(roles=("agent", "supervisor", "manager"))
    await console.sign_in()
    path = "/administration/users"
    assert (await console.get(path)).status == 403
    for form in (path, f"{path}/{user_id}/disable", f"{path}/{user_id}/enable", f"{path}/{user_id}/reset"):
        assert (await console.submit(form)).status == 403
    assert path not in await (await console.get("/")).text()
    assert "Users" not in await (await console.get("/find?q=users")).text()


async def test_user_made_by_an_administrator_gets_a_link(console: ConsoleClient) -> None:
    """The link is shown once and lets the new user choose a password; a second of the name is refused."""
    await console.add_user("root1", roles=("administrator",))
    await console.sign_in("root1")
    page, fields = "/administration/users", {"sign_in_name": "ida", "name": "<b>Ida</b>", "roles": "agent"}
    text = await (await console.submit(page, page, **fields)).text()
    assert "&lt;b&gt;Ida" in text
    assert "<b>Ida" not in text
    assert (await console.submit(page, page, **fields)).status == 422
    for bad in ({"name": "a\u202eb"}, {"sign_in_name": "a b"}, {"roles": "king"}, {"email": "nowhere"}):
        assert (await console.submit(page, page, **{**fields, "sign_in_name": "x1", **bad})).status == 422
    link = "/set-up/" + text.split("/set-up/")[1].split('"')[0]
    console.client.session.cookie_jar.clear()
    assert (await console.post(link, password_fields())).status == 303
    assert (await console.sign_in("ida", NEW_PASSWORD)).status == 303


async def test_disabled_user_is_out_at_once_and_the_last_administrator_stays(console: ConsoleClient) -> None:
    """His session ends and his password no longer works, until he is let in again."""
    await console.add_user("root1", roles=("administrator",))
    user_id = await console.add_user()
    await console.sign_in()
    token = console.cookie().value
    console.client.session.cookie_jar.clear()
    await console.sign_in("root1")
    root, path = console.cookie().value, "/administration/users"
    await console.submit(f"{path}/{user_id}/disable")
    console.use_token(token)
    assert not await console.is_signed_in()
    assert (await console.sign_in()).status == 401
    console.use_token(root)
    page = await (await console.get(path)).text()
    assert f"{path}/{user_id}/enable" in page  # the notice offers to undo it
    assert (await console.submit(f"{path}/{user_id}/enable")).status == 303
    assert (await console.submit(f"{path}/1/disable")).status == 403  # himself
    console.client.session.cookie_jar.clear()
    assert (await console.sign_in()).status == 303


async def test_password_reset_ends_sessions_and_the_old_password(console: ConsoleClient) -> None:
    """Until the link is used nobody signs in under the name."""
    await console.add_user("root1", roles=("administrator",))
    user_id = await console.add_user()
    await console.sign_in()
    token = console.cookie().value
    console.client.session.cookie_jar.clear()
    await console.sign_in("root1")
    text = await (await console.submit(f"/administration/users/{user_id}/reset")).text()
    console.use_token(token)
    assert not await console.is_signed_in()
    assert (await console.sign_in()).status == 401
    link = "/set-up/" + text.split("/set-up/")[1].split('"')[0]
    assert (await console.post(link, password_fields())).status == 303
    assert (await console.sign_in(password=NEW_PASSWORD)).status == 303


async def test_preferences_change_language_and_colours_of_every_page(console: ConsoleClient) -> None:
    """They are kept with the user; an unknown one is refused."""
    await console.add_user()
    await console.sign_in()
    await console.submit("/account/preferences", locale="sk", theme="dark", next="//evil.example")
    text = await (await console.get("/")).text()
    assert '<html lang="sk" data-theme="dark" data-bs-theme="dark">' in text
    assert (await console.submit("/account/preferences", locale="xx")).status == 400


async def test_database_holds_no_token_link_password_or_recovery_code(console: ConsoleClient) -> None:
    """Whoever reads the tables of the door can open nothing with what he finds."""
    user_id = await console.add_user()
    link = await console.add_link(user_id)
    async with console.transactions.begin() as connection:
        codes = await second_step.turn_on(
            connection, user_id, SECRET, pyotp.TOTP(SECRET).at(console.now), console.now
        )
        assert codes is not None
    await console.sign_in()
    tables = ("users", "sessions", "set_up_links", "recovery_codes", "sign_in_attempts")
    async with console.transactions.begin() as connection:
        rows = [await connection.fetch(f"select t::text from crm.{table} t") for table in tables]
    assert all(rows)
    for secret in (console.cookie().value, link.rpartition("/")[2], PASSWORD, codes[0]):
        assert secret not in str(rows)
