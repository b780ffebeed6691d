"""Sharing, standing in and other perspectives: each test does what a row of the feature list says."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import DESK, TELEPHONE, WatchedPage, watched_page
from tests.acceptance.running_console import RunningConsole
from tests.acceptance.tour import choose_password, sign_in

CASES = "/records/case_file"


@contextmanager
def colleague(
    browser: Browser, console: RunningConsole, name: str, role: str = "agent", *, on_telephone: bool = False
) -> Iterator[WatchedPage]:
    """A new user with his own browser, signed in."""
    words = ("user", "create", name.lower(), "--name", name, "--role", role)
    link = console.paceline(*words).split()[-1]
    with watched_page(browser, console.origin, TELEPHONE if on_telephone else DESK) as watched:
        choose_password(watched.page, link[link.index("/set-up/") :])
        sign_in(watched.page, name.lower())
        yield watched


def save(page: Page) -> None:
    """Send the form of a record."""
    page.click("main .card-footer button[type=submit]")
    page.wait_for_selector("dl")


def add_case(page: Page, title: str) -> str:
    """Make a case; gives the address of its page."""
    page.goto(f"{CASES}/new")
    page.fill("[name=title]", title)
    save(page)
    return page.url


def test_employee_sees_his_own_cases_and_shares_one(browser: Browser, console: RunningConsole) -> None:
    """S2-73: an employee sees only his cases, shares one to read, then to edit, and takes it back."""
    with (
        colleague(browser, console, "Olga") as owner,
        colleague(browser, console, "Petr", on_telephone=True) as other,
    ):
        kept, shared = add_case(owner.page, "Kept affair"), add_case(owner.page, "Shared affair")
        other.expected = ("404",)
        other.page.goto(CASES)
        expect(other.page.locator("main")).not_to_contain_text("affair")
        owner.page.select_option("#share-colleague", label="Petr")
        owner.page.click("#sharing button:has-text('Share')")
        expect(owner.page.locator("#sharing")).to_contain_text("Petr may see it")
        other.page.goto(CASES)
        expect(other.page.locator("tbody")).to_contain_text("Shared affair")
        expect(other.page.locator("tbody")).not_to_contain_text("Kept affair")
        assert "Shared affair" in other.page.request.get("/find?q=shared affair").text()
        assert other.page.request.get(kept).status == 404
        other.page.goto(shared)
        expect(other.page.locator("#sharing")).to_contain_text("given by Olga")
        expect(other.page.locator("a[href$='/edit']")).to_have_count(0)
        assert other.overflow_pixels() == 0
        assert not other.barriers()
        owner.page.select_option("#share-colleague", label="Petr")
        owner.page.select_option("#share-level", "edit")
        owner.page.click("#sharing button:has-text('Share')")
        other.page.goto(shared)
        other.page.click("a[href$='/edit']")
        other.page.fill("[name=title]", "Shared affair, changed by Petr")
        save(other.page)
        owner.page.reload()
        expect(owner.page.locator("h1")).to_have_text("Shared affair, changed by Petr")
        owner.page.click("#sharing button:has-text('Stop sharing')")
        assert other.page.request.get(shared).status == 404
        owner.page.click("#toasts form button")
        expect(owner.page.locator("#sharing")).to_contain_text("Petr may edit it")
        assert other.page.request.get(shared).status == 200
        assert not owner.barriers()
