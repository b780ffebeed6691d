"""Pages of records on a real server and a real database: lists, forms, rights, and what others changed."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

import crm_core.interactions.entities
import crm_core.parties.entities
import crm_core.tasks.entities  # noqa: F401 - declaring is all that they do
from agent_console.records.pages import record_items, record_routes
from crm_core.access.parameters import IDLE_MINUTES
from crm_core.access.sessions import SEEN_EVERY
from crm_core.access.signed_in_user import UserId
from crm_core.engine.declaration import REGISTRY
from tests.integration.console_client import ConsoleClient, console_client

PARTY = "/records/party"


@pytest_asyncio.fixture
async def console(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleClient]:
    """A console with the pages of all entities, and a manager signed in."""
    routes, items = record_routes(REGISTRY), record_items(REGISTRY)
    async with console_client(database_url, tmp_path, routes=routes, items=items) as console:
        await console.add_user("anna", roles=("manager",))
        await console.sign_in("anna")
        yield console


async def add(console: ConsoleClient, entity: str, **fields: str) -> str:
    """Make a record by its form; gives its path."""
    path = f"/records/{entity}"
    answer = await console.submit(f"{path}/new", f"{path}/new", **fields)
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


async def text_of(console: ConsoleClient, path: str) -> str:
    """A page that is there."""
    answer = await console.get(path)
    assert answer.status == 200, path
    return await answer.text()


async def version_of(console: ConsoleClient, path: str) -> str:
    """The version that a form was made of."""
    found = re.search(r'name="version" value="(\d+)"', await text_of(console, f"{path}/edit"))
    assert found is not None
    return found[1]


async def test_record_made_by_its_form_is_shown_listed_and_found(console: ConsoleClient) -> None:
    """What was typed is on its page and in the list, escaped; a filter finds it or does not."""
    path = await add(console, "party", name="<b>ACME</b> & Sons", kind="organisation", tags="big, new")
    shown = await text_of(console, path)
    assert "&lt;b&gt;ACME&lt;/b&gt; &amp; Sons" in shown
    assert "<b>ACME" not in shown
    assert "It is kept." in shown
    assert path in await text_of(console, f"{PARTY}?name.has=acme&kind.is=organisation")
    assert path not in await text_of(console, f"{PARTY}?name.has=other")
    assert path.rpartition("/")[2] in await text_of(console, f"{PARTY}/suggest?q=acm")
    assert path in await text_of(console, "/find?q=Acme")


async def test_form_refused_names_each_field_and_keeps_what_was_typed(console: ConsoleClient) -> None:
    """Both errors stand beside their fields; nothing is kept."""
    answer = await console.submit(
        f"{PARTY}/new", f"{PARTY}/new", name="", kind="person", birth_date="31.12.1980", remark="typed before"
    )
    text = await answer.text()
    assert answer.status == 422
    assert 'id="about-name">this is needed' in text
    assert 'id="about-birth_date">expected a date as 2026-12-31' in text
    assert "typed before" in text
    assert "31.12.1980" in text
    assert "Nothing here yet" in await text_of(console, PARTY)


async def test_edit_over_somebody_elses_change_shows_the_difference(console: ConsoleClient) -> None:
    """The second to save sees what the first did, and his own text stays in the form."""
    path = await add(console, "party", name="ACME", kind="organisation")
    version = await version_of(console, path)
    first = await console.submit(f"{path}/edit", f"{path}/edit", version=version, name="ACME one")
    second = await console.submit(f"{path}/edit", f"{path}/edit", version=version, name="ACME two")
    text = await second.text()
    assert (first.status, second.status) == (303, 409)
    assert "ACME one" in text
    assert 'value="ACME two"' in text
    again = re.search(r'name="version" value="(\d+)"', text)
    assert again is not None
    third = await console.submit(f"{path}/edit", f"{path}/edit", version=again[1], name="ACME two")
    assert third.status == 303
    assert "ACME two" in await text_of(console, path)


async def test_form_of_a_full_record_sent_as_it_is_changes_nothing(console: ConsoleClient) -> None:
    """Every kind of field comes back as it was shown, so saving leaves the version alone."""
    above = await add(console, "party", name="Group", kind="organisation")
    fields = {
        "name": "ACME",
        "kind": "organisation",
        "tags": "a, b",
        "address.city": "Roma",
        "address.street": "Via Appia 1",
        "life_cycle_since": "2026-01-31",
        "parent": above.rpartition("/")[2],
        "remark": "one\ntwo",
    }
    path = await add(console, "party", **fields)
    shown = await text_of(console, f"{path}/edit")
    assert 'value="Group"' in shown
    sent = dict(re.findall(r'<input[^>]*name="([a-z_.]+)" [^>]*?value="([^"]*)"', shown))
    sent |= {"tags": "a, b", "life_cycle_since": "2026-01-31", "remark": "one\r\ntwo", "name": "ACME"}
    sent |= {"kind": "organisation", "life_cycle": "suspect", "version": "1"}
    sent.pop("request_token", None)
    sent.pop("q", None)
    assert (await console.submit(f"{path}/edit", f"{path}/edit", **sent)).status == 303
    assert await version_of(console, path) == "1"


async def test_list_goes_on_and_back_without_losing_a_row(console: ConsoleClient) -> None:
    """Next and previous lead through all rows once, in the order that is asked for."""
    async with console.transactions.begin() as connection:
        await connection.execute(
            """insert into crm.party (id, name, kind, life_cycle, owner_id, created_at)
            select gen_random_uuid(), 'Party ' || to_char(number, 'FM000'), 'person', 'lead', 1, $1
            from generate_series(1, 120) number""",
            console.now,
        )
    seen, path, pages = [], f"{PARTY}?sort=-name", 0
    while path:
        text = await text_of(console, path)
        seen += re.findall(r">(Party \d{3})</a>", text)
        following = re.search(r'rel="next" href="([^"]*)"', text)
        path, pages = following[1].replace("&amp;", "&") if following else "", pages + 1
    assert (seen, pages) == ([f"Party {number:03}" for number in range(120, 0, -1)], 3)
    before = re.search(r'rel="prev" href="([^"]*)"', text)
    assert before is not None
    assert "Party 045" in await text_of(console, before[1].replace("&amp;", "&"))


async def test_record_that_a_user_may_not_see_is_not_there(console: ConsoleClient) -> None:
    """Not in his list, not by its address, not in suggestions, not by name through a link to it."""
    hidden = await add(console, "party", name="Hidden Ltd", kind="organisation")
    own_id: UserId = await console.add_user("ida")
    task = await add(
        console, "task", title="Call them", state="open", owner=str(own_id), party=hidden.rpartition("/")[2]
    )
    console.client.session.cookie_jar.clear()
    await console.sign_in("ida")
    assert (await console.get(hidden)).status == 404
    assert (await console.get(f"{hidden}/edit")).status == 404
    assert (await console.submit(f"{hidden}/delete")).status == 404
    for path in (PARTY, f"{PARTY}/suggest?q=hidden", "/find?q=hidden", task, "/records/task"):
        assert "Hidden Ltd" not in await text_of(console, path)
    assert "Call them" in await text_of(console, "/records/task")


async def test_instant_in_an_address_is_of_this_machines_zone(console: ConsoleClient) -> None:
    """What a form shows and sends without a zone is compared as it was meant."""
    path = await add(console, "task", title="Call", state="open", due_at="2026-12-01T10:00")
    assert path in await text_of(console, "/records/task?due_at.min=2026-12-01T09:59")
    assert path not in await text_of(console, "/records/task?due_at.min=2026-12-01T10:01")


async def test_deleted_record_is_gone_until_the_notice_undoes_it(console: ConsoleClient) -> None:
    """The notice carries the way back, and the record has all it had."""
    path = await add(console, "party", name="ACME", kind="organisation")
    await console.submit(f"{path}/delete")
    text = await text_of(console, PARTY)
    assert f'action="{path}/restore"' in text
    assert (await console.get(path)).status == 404
    assert (await console.submit(f"{path}/restore")).status == 303
    assert "ACME" in await text_of(console, path)


async def test_address_that_asks_nonsense_of_a_list_gets_words(console: ConsoleClient) -> None:
    """Unknown entities are not there; bad filters, sorts and pages are said above an empty list."""
    assert (await console.get("/records/nothing")).status == 404
    assert (await console.get(f"{PARTY}/00000000-0000-0000-0000-000000000000")).status == 404
    for asked in ("sort=name%00", "sort=secret", "page=%FF", "page=WzFd", "life_cycle.is=nobody", "x.y=z"):
        answer = await console.get(f"{PARTY}?{asked}")
        assert answer.status == 200, asked
    assert (await console.submit(f"{PARTY}/new", f"{PARTY}/new", name="x\x00y")).status in (400, 422)
    assert (await console.submit(f"{PARTY}/new", f"{PARTY}/new", name="y" * 5_000)).status == 422


async def test_change_to_many_stops_at_what_one_may_not_change(console: ConsoleClient) -> None:
    """An agent who types a stranger's record into the address changes nothing, nor by all that fit."""
    path = await add(console, "party", name="ACME", kind="organisation")
    await console.add_user("ugo")
    await console.submit("/sign-out")
    await console.sign_in("ugo")
    chosen = f"{PARTY}/bulk?record={path.rpartition('/')[2]}"
    answer = await console.submit(chosen, chosen, life_cycle="lapsed")
    assert answer.status == 422
    answer = await console.submit(f"{PARTY}/bulk?all=yes", chosen, life_cycle="lapsed")
    assert answer.status == 422
    assert (await console.submit(f"{PARTY}/bulk?record=nonsense", chosen)).status == 400
    async with console.transactions.begin() as connection:
        assert await connection.fetchval("select life_cycle from crm.party where name = 'ACME'") == "suspect"


async def test_undo_of_somebody_elses_change_to_many_is_refused(console: ConsoleClient) -> None:
    """Only who changed many gives them back, and only once."""
    path = await add(console, "party", name="ACME", kind="organisation")
    chosen = f"{PARTY}/bulk?record={path.rpartition('/')[2]}"
    assert (await console.submit(chosen, chosen, life_cycle="lapsed")).status == 303
    async with console.transactions.begin() as connection:
        token = await connection.fetchval("select token from crm.bulk_change")
    undo = f"{PARTY}/bulk/{token}/undo"
    await console.add_user("ugo", roles=("manager",))
    await console.submit("/sign-out")
    await console.sign_in("ugo")
    assert (await console.submit(undo)).status == 404
    await console.submit("/sign-out")
    await console.sign_in("anna")
    assert [(await console.submit(undo)).status for _ in range(2)] == [303, 404]


async def test_open_page_learns_of_changes_and_keeps_no_session_awake(console: ConsoleClient) -> None:
    """Its question names a state: a change of the record, a note or a part makes another of it.

    A browser that is left alone asks on, and its session ends all the same.
    """
    path = await add(console, "party", name="ACME", kind="organisation")
    states = [await news_of(console, path)]
    await console.submit(f"{path}/notes", note="Called back")
    states.append(await news_of(console, path))
    await add(console, "contact_point", party=path.rpartition("/")[2], kind="phone", phone="22 123 45 67")
    states.append(await news_of(console, path))
    await console.submit(f"{path}/edit", f"{path}/edit", version="1", name="ACME one")
    states.append(await news_of(console, path))
    assert len(set(states)) == 4
    assert await news_of(console, path) == states[-1]
    asked = [await console.get(f"{path}/news?seen={state}") for state in states[-2:]]
    assert ["HX-Trigger" in answer.headers for answer in asked] == [True, False]
    last_use = console.now
    while console.now - last_use <= timedelta(minutes=IDLE_MINUTES.default):
        console.now += SEEN_EVERY
        left = await console.get(f"{path}/news")
    assert left.status != 200


async def news_of(console: ConsoleClient, path: str) -> str:
    """The state of a record that its page would ask with."""
    found = re.search(r"seen=([0-9a-f]+)", await text_of(console, f"{path}/news"))
    assert found is not None
    return found[1]
