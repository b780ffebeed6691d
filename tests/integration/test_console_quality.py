"""Pages of data quality on a real server: who sees pairs, files and exports, and what is in them."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import pytest_asyncio
from python_calamine import CalamineWorkbook

import crm_core.parties.entities
import crm_core.tasks.entities  # noqa: F401 - declaring is all that they do
from agent_console.quality.pages import QUALITY_ITEMS, quality_routes
from agent_console.records.pages import record_items, record_routes
from crm_core.engine.declaration import REGISTRY
from tests.integration.console_client import ConsoleClient, console_client

PARTY = "/records/party"
FORMULA = "=HYPERLINK(1)"


@pytest_asyncio.fixture
async def console(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleClient]:
    """A console with these pages, an agent, and a manager signed in."""
    routes = (*record_routes(REGISTRY), *quality_routes(REGISTRY))
    items = (*record_items(REGISTRY), *QUALITY_ITEMS)
    async with console_client(database_url, tmp_path, routes=routes, items=items) as console:
        await console.add_user("anna", roles=("manager",))
        await console.add_user("toto", roles=("agent",))
        await console.sign_in("anna")
        yield console


async def add(console: ConsoleClient, **fields: str) -> None:
    """Make a party by its form."""
    answer = await console.submit(f"{PARTY}/new", f"{PARTY}/new", kind="person", life_cycle="lead", **fields)
    assert answer.status == 303, await answer.text()


async def go_on_as(console: ConsoleClient, name: str) -> None:
    """Sign somebody else in."""
    console.client.session.cookie_jar.clear()
    await console.sign_in(name)


async def body(console: ConsoleClient, path: str) -> bytes:
    """What is there."""
    answer = await console.get(path)
    assert answer.status == 200, path
    return await answer.read()


async def test_export_of_a_filtered_list_holds_its_rows_without_formulas(console: ConsoleClient) -> None:
    """Three forms of one list; a cell that a spreadsheet would run is a text in each."""
    await add(console, name=FORMULA, tags="fair")
    await add(console, name="Somebody else")
    csv = (await body(console, f"{PARTY}/export.csv?tags.has=fair")).decode("utf-8-sig").splitlines()
    assert len(csv) == 2
    assert f"'{FORMULA}" in csv[1]
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(await body(console, f"{PARTY}/export.xlsx?tags.has=fair"))
    )
    header, row = sheet.get_sheet_by_index(0).to_python()
    assert dict(zip(header, row, strict=True))["name"] == FORMULA
    (line,) = (await body(console, f"{PARTY}/export.json?tags.has=fair")).decode().splitlines()
    assert json.loads(line)["name"] == FORMULA


async def test_export_has_added_fields_and_their_filters(console: ConsoleClient) -> None:
    """A filter that were passed over would let everything out."""
    async with console.transactions.begin() as connection:
        await connection.execute(
            """insert into crm.custom_field (entity, name, kind, label, settings, position)
            values ('party', 'x_roof', 'text', 'Roof', '{}', 0)"""
        )
    await add(console, name="Tiled", x_roof="tiles")
    await add(console, name="Slated", x_roof="slate")
    (line,) = (await body(console, f"{PARTY}/export.json?x_roof.has=til")).decode().splitlines()
    assert (json.loads(line)["name"], json.loads(line)["x_roof"]) == ("Tiled", "tiles")


async def test_cell_of_a_workbook_is_never_a_formula(console: ConsoleClient) -> None:
    """The file itself has no formula in it: the sheet holds texts alone."""
    await add(console, name=FORMULA)
    with ZipFile(io.BytesIO(await body(console, f"{PARTY}/export.xlsx"))) as unpacked:
        assert b"<f>" not in unpacked.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
async def test_export_is_refused_to_whom_may_not(console: ConsoleClient, form: str) -> None:
    """An agent exports nothing, and no such form or filter is no page."""
    await go_on_as(console, "toto")
    assert (await console.get(f"{PARTY}/export.{form}")).status == 403
    assert (await console.get(f"{PARTY}/export.exe")).status == 404
    assert "export." not in await (await console.get(PARTY)).text()


async def test_pair_of_others_is_neither_listed_nor_opened(console: ConsoleClient) -> None:
    """The manager's queue shows it; the agent's is empty, and its address is no page for him."""
    await add(console, name="Anna Nowak", tax_id="5260250274")
    await add(console, name="Anna Nowak", tax_id="5260250274")
    queue = (await body(console, "/quality/duplicates")).decode()
    assert "Very likely one" in queue
    path = queue.partition('fw-bold" href="')[2].partition('"')[0]
    assert "5260250274" in (await body(console, path)).decode()
    await go_on_as(console, "toto")
    assert "Anna Nowak" not in (await body(console, "/quality/duplicates")).decode()
    assert (await console.get(path)).status == 404
    assert (await console.submit(f"{path}/merge", kept="first")).status == 404
