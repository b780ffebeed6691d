"""The interface for programs on a real server and a real database: its document, hostile input, rights."""

import asyncio
import io
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from aiohttp import ClientResponse

from agent_console.api.doors import API_PATH
from agent_console.api.records import api_routes
from crm_core.access.access_tokens import make_access_token
from tests.integration.console_client import ConsoleClient, console_client
from tests.integration.sample_entities import SAMPLES, make_sample_tables

FOLDER = f"{API_PATH}/folder"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)
"""Not the one that takes every value of the right shape for one that is kept: rules say more than schemas."""
EXAMPLES_MAX, SEED = 6, 20261123


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program with somebody's access token."""

    console: ConsoleClient
    token: str

    async def ask(
        self, method: str, path: str, sent: object = None, *, raw: bytes | None = None
    ) -> ClientResponse:
        """Ask for something, with a body in JSON or in whatever bytes."""
        body = raw if raw is not None else json.dumps(sent).encode() if sent is not None else None
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = io.BytesIO(body) if body is not None else None
        return await self.console.client.request(method, path, data=data, headers=headers)

    async def make(self, **values: object) -> dict[str, object]:
        """Make a folder."""
        answer = await self.ask("POST", FOLDER, {"values": values})
        assert answer.status == 201, await answer.text()
        made = await answer.json()
        assert isinstance(made, dict)
        return made


@pytest_asyncio.fixture
async def console(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleClient]:
    """A console with the interface of the sample entities."""
    async with console_client(database_url, tmp_path, routes=api_routes(SAMPLES)) as console:
        async with console.transactions.begin() as connection:
            await make_sample_tables(connection)
        yield console


async def program_of(console: ConsoleClient, name: str, role: str) -> Program:
    """A program of a new user with a role."""
    user_id = await console.add_user(name, roles=(role,))
    async with console.transactions.begin() as connection:
        token = await make_access_token(connection, user_id, "test", console.now)
    return Program(console=console, token=token)


@pytest_asyncio.fixture
async def program(console: ConsoleClient) -> Program:
    """A manager's program."""
    return await program_of(console, "anna", "manager")


async def test_record_is_made_read_changed_listed_deleted_and_restored(program: Program) -> None:
    """The whole life of a record, and what happened to it."""
    made = await program.make(name="ACME", size=3, phone="22 123 45 67", weight="1.50")
    path = f"{FOLDER}/{made['id']}"
    assert made["values"]["phone"] == {"e164": "+48221234567", "raw": "22 123 45 67"}  # type: ignore[index]
    changed = await (await program.ask("PATCH", path, {"version": 1, "values": {"size": 4}})).json()
    assert (changed["version"], changed["values"]["size"]) == (2, 4)
    await program.make(name="Beta", size=9)
    listed = await (await program.ask("GET", f"{FOLDER}?sort=-size&size=1")).json()
    assert [one["title"] for one in listed["records"]] == ["Beta"]
    further = await (await program.ask("GET", f"{FOLDER}?sort=-size&size=1&page={listed['next']}")).json()
    assert [one["title"] for one in further["records"]] == ["ACME"]
    filtered = await (await program.ask("GET", f"{FOLDER}?name.has=acm&size.max=4")).json()
    assert [one["id"] for one in filtered["records"]] == [made["id"]]
    assert (await program.ask("DELETE", path)).status == 204
    assert (await program.ask("GET", path)).status == 404
    assert (await program.ask("POST", f"{path}/restore")).status == 200
    changes = (await (await program.ask("GET", f"{path}/changes")).json())["changes"]
    assert [one["verb"] for one in changes] == ["create", "edit", "delete", "restore"]
    assert (changes[1]["before"], changes[1]["after"]) == ({"size": 3}, {"size": 4})


async def test_stale_change_is_refused_with_the_difference(program: Program) -> None:
    """The second program learns what the first one changed."""
    made = await program.make(name="ACME", size=3)
    path = f"{FOLDER}/{made['id']}"
    await program.ask("PATCH", path, {"version": 1, "values": {"size": 4}})
    answer = await program.ask("PATCH", path, {"version": 1, "values": {"size": 5}})
    told = await answer.json()
    assert (answer.status, answer.content_type) == (409, "application/problem+json")
    assert told["version"] == 2
    assert told["differences"] == [{"field": "size", "theirs": "4", "yours": "5"}]


async def test_bulk_change_names_the_refused_and_is_undone(program: Program) -> None:
    """Ids that are nobody's are refused alone; the undo gives back."""
    ids = [(await program.make(name=f"folder {n}", size=n))["id"] for n in range(3)]
    stranger = "00000000-0000-7000-8000-000000000000"
    sent = {"ids": [*ids, stranger], "values": {"size": 20}}
    outcome = await (await program.ask("POST", f"{FOLDER}/bulk-change", sent)).json()
    assert (set(outcome["changed"]), set(outcome["refused"])) == (set(ids), {stranger})
    undone = await program.ask("POST", f"{FOLDER}/bulk-undo", {"token": outcome["token"]})
    assert undone.status == 200
    assert (await (await program.ask("GET", f"{FOLDER}/{ids[1]}")).json())["values"]["size"] == 1
    again = await program.ask("POST", f"{FOLDER}/bulk-undo", {"token": outcome["token"]})
    assert again.status == 409


HOSTILE = {
    "html": '<img src=x onerror="alert(1)">',
    "sql": "'; drop table crm.folder; --",
    "formula": '=cmd|"/c calc"!A1',
    "percent": "100%_\\",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_text_is_kept_and_given_back_as_it_is(program: Program, text: str) -> None:
    """It is data: nothing of it is carried out, and a filter finds it as it stands."""
    made = await program.make(name=text)
    assert made["title"] == text
    answer = await program.ask("GET", f"{FOLDER}/{made['id']}")
    assert answer.content_type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await answer.json())["values"]["name"] == text


REFUSED = {
    "control characters": (422, b'{"values": {"name": "a\\u0000b"}}'),
    "right-to-left override": (422, b'{"values": {"name": "a\\u202eb"}}'),
    "half a letter": (422, b'{"values": {"name": "\\ud800"}}'),
    "another kind": (422, b'{"values": {"name": ["ACME"]}}'),
    "an unknown field": (422, b'{"values": {"name": "ACME", "id": "1"}}'),
    "a read-only field": (422, b'{"values": {"name": "ACME", "created_by": 1}}'),
    "a record of nobody": (
        422,
        b'{"values": {"name": "a", "above": "00000000-0000-7000-8000-000000000000"}}',
    ),
    "no object": (422, b"[]"),
    "no JSON": (400, b"{"),
    "not a number": (400, b'{"values": {"name": "ACME", "size": NaN}}'),
    "deep": (400, b"[" * 200_000),
    "ten megabytes": (413, b'{"values": {"name": "' + b"a" * 10_000_000 + b'"}}'),
}


@pytest.mark.parametrize(("status", "raw"), REFUSED.values(), ids=REFUSED)
async def test_unusable_body_is_refused_in_words_and_keeps_nothing(
    program: Program, status: int, raw: bytes
) -> None:
    """Each with its own status, as a problem; no record is made."""
    answer = await program.ask("POST", FOLDER, raw=raw)
    assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert (await answer.json())["detail"]
    assert (await (await program.ask("GET", FOLDER)).json())["records"] == []


@pytest.mark.parametrize(
    "query",
    [
        "colour.is=red",
        "sort=colour",
        "size=0",
        "size=x",
        "page=%FF",
        "page=W1tbW1s",
        "size.min=a",
        "name.has=%00",
        "condition=x",
        "condition=",
    ],
)
async def test_list_that_does_not_exist_is_refused(program: Program, query: str) -> None:
    """Nothing unknown is passed over: a mistyped filter would show all."""
    assert (await program.ask("GET", f"{FOLDER}?{query}")).status == 400


async def test_list_is_narrowed_by_a_tree_of_conditions(console: ConsoleClient, program: Program) -> None:
    """Alternatives, as no row of filters can say them; what is hidden from somebody does not exist there."""
    for name, size in (("ACME", 3), ("Beta", 9), ("Gamma", 5)):
        await program.make(name=name, size=size, weight="1.50")
    named = {"subject": {"field": "name"}, "operator": "starts_with", "values": ["ac"]}
    large = {"subject": {"field": "size"}, "operator": "at_least", "values": [9]}
    either = urlencode({"condition": json.dumps({"version": 1, "condition": {"any": [named, large]}})})
    listed = await (await program.ask("GET", f"{FOLDER}?sort=name&{either}")).json()
    assert [one["title"] for one in listed["records"]] == ["ACME", "Beta"]
    heavy = {"subject": {"field": "weight"}, "operator": "is_set"}
    hidden = urlencode({"condition": json.dumps({"version": 1, "condition": heavy})})
    assert (await program.ask("GET", f"{FOLDER}?{hidden}")).status == 200
    agent = await program_of(console, "otto", "agent")
    refusal = await agent.ask("GET", f"{FOLDER}?{hidden}")
    assert (refusal.status, "weight" in (await refusal.text()).partition("got")[0]) == (400, False)


async def test_marker_of_a_page_nested_without_end_is_refused(program: Program) -> None:
    """A page's marker is as hostile as any input."""
    marker = "W1tb" * 1_500  # "[[[" in base 64, over and over
    assert (await program.ask("GET", f"{FOLDER}?page={marker}")).status == 400


async def test_record_and_fields_of_others_do_not_exist(console: ConsoleClient, program: Program) -> None:
    """An agent neither finds the manager's record nor reads of fields that are hidden from him."""
    made = await program.make(name="ACME", code_word="sesame")
    agent = await program_of(console, "otto", "agent")
    path = f"{FOLDER}/{made['id']}"
    for method, sent in (("GET", None), ("PATCH", {"version": 1, "values": {"size": 1}}), ("DELETE", None)):
        assert (await agent.ask(method, path, sent)).status == 404
    link = await agent.ask("POST", FOLDER, {"values": {"name": "mine", "above": made["id"]}})
    assert link.status == 422
    own = await agent.make(name="mine")
    assert not {"code_word", "loud_code", "weight", "phone"} & set(own["values"])  # type: ignore[call-overload]
    document = await (await agent.ask("GET", f"{API_PATH}/openapi.json")).text()
    assert "code_word" not in document
    assert "code_word" in await (await program.ask("GET", f"{API_PATH}/openapi.json")).text()


async def test_token_opens_the_interface_alone_and_only_while_it_is_valid(
    console: ConsoleClient, program: Program
) -> None:
    """Pages do not take it; a foreign, an empty and a withdrawn one are refused with a challenge."""
    headers = {"Authorization": f"Bearer {program.token}"}
    pages = await console.client.get("/account", headers=headers, allow_redirects=False)
    assert (pages.status, pages.headers["Location"][:8]) == (303, "/sign-in")
    for token in ("paceline_nobodys", "", "x" * 5_000):
        answer = await Program(console=console, token=token).ask("GET", FOLDER)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    await console.sign_in("anna")
    assert (await console.submit("/account/tokens/1/end", "/account/tokens")).status == 303
    assert (await program.ask("GET", FOLDER)).status == 401


async def test_browser_needs_the_word_of_its_session_to_change_anything(console: ConsoleClient) -> None:
    """Another site cannot make a signed-in browser change a record."""
    await console.add_user("anna", roles=("manager",))
    await console.sign_in("anna")
    own = {"Origin": console.origin, "Sec-Fetch-Site": "same-origin"}
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for headers in (own, foreign):
        answer = await console.client.post(FOLDER, json={"values": {"name": "ACME"}}, headers=headers)
        assert answer.status == 403
    assert (await (await console.get(FOLDER)).json())["records"] == []


async def test_access_token_is_made_shown_once_and_taken_back_on_its_page(console: ConsoleClient) -> None:
    """A name is needed; the page that makes it is the only one that shows it."""
    await console.add_user("anna", roles=("manager",))
    await console.sign_in("anna")
    refused = await console.submit("/account/tokens", "/account/tokens", name=" ")
    assert refused.status == 422
    made = await (await console.submit("/account/tokens", "/account/tokens", name="nightly")).text()
    assert 'value="paceline_' in made
    shown = await (await console.get("/account/tokens")).text()
    assert "nightly" in shown
    assert "paceline_" not in shown


@pytest.mark.timeout(120)
async def test_document_says_exactly_what_the_interface_does(program: Program, tmp_path: Path) -> None:
    """It is sent what the document allows and what it forbids, at every address, of every field kind."""
    await program.make(name="ACME", size=3)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run"),
        str(program.console.client.make_url(f"{API_PATH}/openapi.json")),
        *("--header", f"Authorization: Bearer {program.token}"),
        *("--checks", ",".join(CHECKS)),
        *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES_MAX)),
        *("--seed", str(SEED), "--workers", "1", "--no-color", "--no-shrink"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()[-8_000:]
