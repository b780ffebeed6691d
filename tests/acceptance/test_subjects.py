"""Subjects beside users: each test does what a row of the feature list says that a person can do."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import watched_page
from tests.acceptance.running_console import RunningConsole
from tests.acceptance.test_parties import PARTY, add_many, add_party, pick, save
from tests.acceptance.tour import sign_in

SUBJECT = "/records/subject"


@pytest.fixture(scope="module")
def browser(browser: Browser, console: RunningConsole) -> Browser:
    """The browser, and one user beside the administrator."""
    console.paceline("user", "create", "anna", "--name", "Anna", "--role", "agent")
    return browser


@pytest.fixture
def page(browser: Browser, console: RunningConsole) -> Iterator[Page]:
    """A page of a manager who is signed in; what the browser complains of fails the test."""
    with watched_page(browser, console.origin) as watched:
        watched.expected = ("422",)
        sign_in(watched.page)
        yield watched.page


def add_subject(page: Page, name: str, kind: str = "agent") -> str:
    """Make a subject by its form; gives the path of its page, which is shown."""
    page.goto(f"{SUBJECT}/new")
    page.fill("[name=name]", name)
    page.select_option("[name=kind]", kind)
    save(page)
    expect(page.locator("h1, h2").first).to_contain_text(name)
    return page.url


def test_user_is_linked_to_a_sales_agent(page: Page) -> None:
    """S3-03, as far as it is made: user Anna is agent "Anna B." of an agency, and her party shows both."""
    add_subject(page, "Agency North", "agency")
    path = add_subject(page, "Anna B.")
    page.goto(f"{path}/edit")
    page.select_option("[name=user]", label="Anna")
    pick(page, "works_for", "agency north")
    save(page)
    for text in ("Anna", "Agency North"):
        expect(page.locator("dl.datagrid")).to_contain_text(text)
    party = add_party(page, "Customer of Anna")
    page.goto(f"{party}/edit")
    page.select_option("[name=owner]", label="Anna")
    pick(page, "agent", "anna b")
    save(page)
    expect(page.locator("dl.datagrid").first).to_contain_text("Anna B.")
    add_party(page, "Customer of nobody")
    page.goto(f"{PARTY}?agent.is={path.rsplit('/', 1)[-1]}")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Customer of Anna")


def test_agency_belongs_to_no_agency(page: Page) -> None:
    """An agency under an agency is refused, and the form says why."""
    add_subject(page, "Agency South", "agency")
    path = add_subject(page, "Agency West", "agency")
    page.goto(f"{path}/edit")
    pick(page, "works_for", "agency south")
    save(page)
    expect(page.locator("main")).to_contain_text("an agency belongs to no other agency")


def test_three_hundred_parties_go_from_one_agent_to_another(page: Page, console: RunningConsole) -> None:
    """S3-06: 300 parties are reassigned from one agent to another in the list, and the history keeps it."""
    for name in ("Berta C.", "Cyril D."):
        add_subject(page, name)
    with ThreadPoolExecutor(1) as beside:  # the browser's own loop runs in this thread
        beside.submit(lambda: asyncio.run(add_many(console, "anna", 300))).result()
    for agent in ("Berta C.", "Cyril D."):
        page.goto(f"{PARTY}?name.has=ward")
        page.click("text=Change all that fit")
        expect(page.locator("h1, h2").first).to_have_text("Change 300 records")
        pick(page, "agent", agent)
        save(page)
        expect(page.locator("#toasts")).to_contain_text("Changed: 300. Refused: 0.")
    page.goto(f"{PARTY}?name.has=ward&sort=name")
    page.click("tbody tr >> nth=0 >> a")
    changed = page.locator("#timeline li[data-kind=change]").first
    for text in ("Berta C.", "Cyril D.", "Eva Nováková"):
        expect(changed).to_contain_text(text)
