"""Duplicates, merges, imports and exports as people meet them, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import open_browser, watched_page
from tests.acceptance.running_console import RunningConsole, running_console
from tests.acceptance.tour import set_up, sign_in

FIRST = ("Anna", "Zofia", "Marek", "Ewa", "Tomasz", "Irena", "Lech", "Olga", "Piotr", "Nina")
LAST = ("Nowak", "Wilk", "Lis", "Zając", "Sowa", "Kret", "Bocian", "Żuk", "Jeleń", "Kos")


@pytest.fixture(scope="module")
def console() -> Iterator[RunningConsole]:
    """A console of its own."""
    with running_console() as console:
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


def merge_first_pair(page: Page) -> None:
    """Compare the first pair of the queue and make one of it: the first, with the city of the second."""
    page.click(".pair a.btn-primary >> nth=0")
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
        for number, (first, last) in enumerate(zip(FIRST, LAST, strict=True)):
            add_party(page, f"{first} {last}", tax_id=f"52602502{number:02}")
            add_party(page, f"{first} {last}", city="Kraków", is_new=False)
            expect(page.locator("#repeated a").first).to_have_text(f"{first} {last}")
            page.click("[name=is_new_indeed]")
            page.wait_for_selector("dl")
        page.goto("/quality/duplicates")
        expect(page.locator(".pair")).to_have_count(10)
        for number in range(5):
            merge_first_pair(page)
            expect(page.locator("main dl")).to_contain_text("Kraków")
            expect(page.locator("main dl")).to_contain_text("526025020")
            if number == 4:
                page.click("#toasts form button")
                expect(page.locator("#toasts")).to_contain_text("They are two again.")
            page.goto("/quality/duplicates")
        expect(page.locator(".pair")).to_have_count(6)
        page.click(".pair button[value=distinct] >> nth=0")
        expect(page.locator(".pair")).to_have_count(5)


def test_merged_party_says_where_its_values_come_from(browser: Browser, console: RunningConsole) -> None:
    """S2-13: a person opens a merged party and sees where each value came from."""
    with watched_page(browser, console.origin) as watched:
        page = watched.page
        watched.expected = ("409",)
        sign_in(page)
        add_party(page, "Giuseppe Verdi", tax_id="IT01234567890")
        add_party(page, "Giuseppe Verdi", city="Parma")
        party = page.url.rpartition("/")[2]
        page.goto(f"/records/contact_point/new?party={party}&kind=phone")
        page.fill("[name=phone]", "+39 0521 234567")
        page.click("main form.card button[type=submit]")
        page.wait_for_selector("dl")
        page.goto("/quality/duplicates")
        page.click(".pair:has-text('Verdi') a.btn-primary")
        page.check("[name='of.address'][value=second]")
        page.click("form[action$='/merge'] button[type=submit]")
        page.click("a[href$='/sources']")
        table = page.locator("main table")
        expect(table.locator("tr", has_text="Parma")).to_contain_text("merged from Giuseppe Verdi")
        expect(table.locator("tr", has_text="0521")).to_contain_text("merged from Giuseppe Verdi")
        expect(table.locator("tr", has_text="IT01234567890")).to_contain_text("Eva Nováková")
