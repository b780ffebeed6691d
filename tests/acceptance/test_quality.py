"""Duplicates, merges, imports and exports as people meet them, in a real browser."""

import asyncio
import csv
import io
import re
from collections.abc import Iterable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.running_postgres import running_postgres_url
from app.settings import DatabaseSettings
from tests.acceptance.browser import open_browser, watched_page
from tests.acceptance.running_console import RunningConsole, running_console
from tests.acceptance.tour import set_up, sign_in
from tests.acceptance.tour_quality import quality_views
from tests.integration.conftest import execute

SUPPRESSED = """
    insert into dialer.suppressed_numbers (e164, reason, suppressed_at)
    select '+4822765000' || n, 'asked not to be called', now() from generate_series(1, 5) n
"""
FIRST = ("Anna", "Zofia", "Marek", "Ewa", "Tomasz", "Irena", "Lech", "Olga", "Piotr", "Nina")
LAST = ("Nowak", "Wilk", "Lis", "Zając", "Sowa", "Kret", "Bocian", "Żuk", "Jeleń", "Kos")


@pytest.fixture(scope="module")
def console() -> Iterator[RunningConsole]:
    """A console of its own."""
    with running_console() as console:
        url = running_postgres_url(DatabaseSettings(folder=console.home / "postgres"), "paceline")
        assert url is not None
        asyncio.run(execute(url, SUPPRESSED))
        yield console


@pytest.fixture(scope="module")
def browser(console: RunningConsole) -> Iterator[Browser]:
    """A browser, after the first administrator was made in it."""
    with open_browser() as browser:
        with watched_page(browser, console.origin) as watched:
            set_up(watched.page, console)
        yield browser


def add_party(page: Page, name: str, *, tax_id: str = "", city: str = "", is_new: bool = True) -> None:
    """Fill the form of a new party in, and save it, also where it warns."""
    page.goto("/records/party/new")
    page.fill("[name=name]", name)
    page.fill("[name=tax_id]", tax_id)
    page.fill("[name='address.city']", city)
    page.click("main form.card button[type=submit]")
    page.wait_for_selector("dl, #repeated")
    if is_new and page.locator("#repeated").count():
        page.click("[name=is_new_indeed]")
        page.wait_for_selector("dl")


def load(page: Page, rows: Iterable[Iterable[str]], system: str = "", region: str = "PL") -> None:
    """Upload a file and have every row looked at, with the mapping that is offered."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    page.goto("/quality/imports")
    page.set_input_files(
        "[name=file]", {"name": "people.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    )
    page.fill("[name=system]", system)
    page.select_option("[name=region]", region)
    page.click("form[enctype] button[type=submit]")
    page.click("form[action$='/columns'] button[type=submit]")
    page.wait_for_selector("form[action$='/import']")


def take_in(page: Page) -> None:
    """Import what is new, and wait until it is done."""
    page.click("form[action$='/import'] button[type=submit]")
    expect(page.locator("main")).to_contain_text("It is done.")


def pairs_of(page: Page) -> Locator:
    """Pairs in the queue of the ten people, whatever other tests left there."""
    return page.locator(".pair", has_text=re.compile("|".join(LAST)))


def merge_first_pair(page: Page) -> None:
    """Compare the first pair of the queue and make one of it: the first, with the city of the second."""
    pairs_of(page).first.locator("a.btn-primary").click()
    expect(page.locator("[name='of.tax_id']:checked")).to_have_count(1)
    expect(page.locator("[name='of.address']:checked")).to_have_count(1)
    page.click("form[action$='/merge'] button[type=submit]")
    expect(page.locator("#toasts")).to_contain_text("They are one now.")


def test_ten_pairs_are_reviewed_five_merged_and_one_undone(browser: Browser, console: RunningConsole) -> None:
    """S3-15: a person runs de-duplication, reviews ten pairs, merges five and undoes one of them.

    On entry the form warns of the likely duplicate, with a link, before anything is kept.
    """
    with watched_page(browser, console.origin) as watched:
        page = watched.page
        watched.expected = ("409",)
        sign_in(page)
        people = [f"{first} {last}" for first, last in zip(FIRST, LAST, strict=True)]
        numbered = [[name, f"52602502{number:02}", ""] for number, name in enumerate(people)]
        load(page, [["Name", "NIP", "City"], *numbered, *([name, "", "Kraków"] for name in people[1:])])
        take_in(page)
        add_party(page, people[0], city="Kraków", is_new=False)
        expect(page.locator("#repeated a").first).to_have_text(people[0])
        page.click("[name=is_new_indeed]")
        page.wait_for_selector("main dl")
        page.goto("/quality/duplicates")
        expect(pairs_of(page)).to_have_count(10)
        for number in range(5):
            merge_first_pair(page)
            expect(page.locator("main dl")).to_contain_text("Kraków")
            expect(page.locator("main dl")).to_contain_text("526025020")
            if number == 4:
                page.click("#toasts form button")
                expect(page.locator("#toasts")).to_contain_text("They are two again.")
            page.goto("/quality/duplicates")
        expect(pairs_of(page)).to_have_count(6)
        pairs_of(page).first.locator("button[value=distinct]").click()
        expect(pairs_of(page)).to_have_count(5)


def test_merged_party_says_where_its_values_come_from(browser: Browser, console: RunningConsole) -> None:
    """S2-13: a person opens a merged party and sees which system each telephone and address came from."""
    with watched_page(browser, console.origin) as watched:
        page = watched.page
        watched.expected = ("409",)
        sign_in(page)
        add_party(page, "Giuseppe Verdi", tax_id="IT00743110157")
        load(page, [["Name", "City", "Tel."], ["Giuseppe Verdi", "Parma", "0521/234567"]], "ERP", "IT")
        take_in(page)
        page.goto("/quality/duplicates")
        page.click(".pair:has-text('Verdi') a.btn-primary")
        page.check("[name='of.address'][value=second]")
        page.click("form[action$='/merge'] button[type=submit]")
        page.click("a[href$='/sources']")
        table = page.locator("main table")
        for value in ("Parma", "+390521234567"):
            expect(table.locator("tr", has_text=value)).to_contain_text("merged from Giuseppe Verdi")
            expect(table.locator("tr", has_text=value)).to_contain_text("ERP, row 2")
        expect(table.locator("tr", has_text="IT00743110157")).to_contain_text("Eva Nováková")


def test_raw_number_is_normalised_and_kept(browser: Browser, console: RunningConsole) -> None:
    """S3-16: a person imports "tel. 02/123.45.67" and sees +39 02 1234567, while the original is kept."""
    with watched_page(browser, console.origin) as watched:
        page = watched.page
        sign_in(page)
        row = ["Officine Brambilla SRL", "tel. 02/123.45.67", "V.LE Monza 3", "MILANO"]
        load(page, [["Ragione sociale", "Telefono", "Indirizzo", "Città"], row], region="IT")
        report = page.locator("#report")
        expect(report.locator("del", has_text="tel. 02/123.45.67")).to_have_count(1)
        for value in ("+39 02 1234567", "Officine Brambilla S.r.l.", "Viale Monza 3", "Milano"):
            expect(report.locator("ins", has_text=value)).to_have_count(1)
        take_in(page)
        page.goto("/records/contact_point")
        page.click("tbody tr:has-text('+39021234567') a >> nth=0")
        page.click("a[href$='/edit']")
        expect(page.locator("[name=phone]")).to_have_value("tel. 02/123.45.67")


def test_loaded_names_are_counted_by_what_becomes_of_them(browser: Browser, console: RunningConsole) -> None:
    """S3-35: a person loads names and reads how many were duplicates, invalid or on do-not-call."""
    with watched_page(browser, console.origin) as watched:
        page = watched.page
        sign_in(page)
        people = [[f"Osoba{n} Testowa", f"22 765 {n:02} 0{n % 7}"] for n in range(10, 50)]
        refused = [[f"Milczek{n} Cichy", f"22 765 000 {n}"] for n in range(1, 6)]
        wrong = [["Bez Numeru", "brak"], ["", "22 765 88 88"]]
        load(page, [["Imię i nazwisko", "Telefon"], *people, *people[:8], *refused, *wrong])
        counts = {"new": 40, "duplicate": 8, "suppressed": 5, "invalid": 2}
        for verdict, count in counts.items():
            expect(page.locator(f"[data-verdict={verdict}] strong")).to_have_text(str(count))
        page.click("[data-verdict=duplicate]")
        expect(page.locator("#report tbody tr")).to_have_count(8)
        take_in(page)
        for verdict, count in counts.items():
            expect(page.locator(f"[data-verdict={verdict}] strong")).to_have_text(str(count))


def test_page_of_data_quality_has_no_barrier(browser: Browser, console: RunningConsole) -> None:
    """Contrast, names and roles hold on every page of imports, duplicates and sources."""
    with watched_page(browser, console.origin) as watched:
        sign_in(watched.page)
        barriers = {name: watched.barriers() for name in quality_views(watched.page)}
        assert len(barriers) >= 6
        assert not {name: found for name, found in barriers.items() if found}
