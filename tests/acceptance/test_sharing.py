"""Sharing, standing in and other perspectives: each test does what a row of the feature list says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import DESK, TELEPHONE, WatchedPage, watched_page
from tests.acceptance.running_console import RunningConsole
from tests.acceptance.test_administration import add_team, put_into_team
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


def make_team(browser: Browser, console: RunningConsole, team: str, *names: str) -> None:
    """Make a team of users, as an administrator does."""
    with watched_page(browser, console.origin) as administrator:
        sign_in(administrator.page)
        add_team(administrator.page, team)
        put_into_team(administrator.page, team, *names)


def test_manager_sees_what_a_subordinate_sees_and_takes_a_case_over(
    browser: Browser, console: RunningConsole
) -> None:
    """S2-74: a manager switches to a subordinate's perspective, sees his list, and takes a case over."""
    with (
        colleague(browser, console, "Marta", "manager") as manager,
        colleague(browser, console, "Rudolf") as agent,
    ):
        page = manager.page
        page.goto("/team")
        expect(page.locator("main")).to_contain_text("You lead nobody yet")
        make_team(browser, console, "Harbour", "Marta", "Rudolf")
        add_case(page, "Affair of Marta")
        add_case(agent.page, "Affair of Rudolf")
        page.goto("/team")
        member = page.locator("section:has-text('Rudolf')")
        expect(member.locator("tr:has-text('Case files')")).to_contain_text("1")
        assert not manager.barriers()
        member.locator("button:has-text('See as he sees')").click()
        expect(page.locator("#perspective")).to_contain_text("You see what Rudolf sees")
        page.goto(CASES)
        expect(page.locator("tbody")).to_contain_text("Affair of Rudolf")
        expect(page.locator("tbody")).not_to_contain_text("Affair of Marta")
        page.click("tbody a")
        expect(page.locator("a[href$='/edit']")).to_have_count(0)
        manager.expected = ("403",)
        case = page.url
        page.goto(f"{case}/edit")
        expect(page.locator("h1")).to_have_text("You are looking with somebody else’s eyes")
        page.goto(case)
        page.click("summary[aria-label='Colours']")
        page.click("button[value=dark]")
        expect(page.locator("main")).to_contain_text("Nothing can be changed here so")
        page.goto(case)
        assert not manager.barriers()
        page.click("#perspective button")
        expect(page.locator("#perspective")).to_have_count(0)
        expect(page.locator("h1")).to_have_text("Affair of Rudolf")
        page.click("button:has-text('Take over')")
        expect(page.locator("#toasts")).to_contain_text("It is yours now.")
        agent.expected = ("404",)
        assert agent.page.request.get(case).status == 404
        page.click("#toasts form button")
        assert agent.page.request.get(case).status == 200
        page.goto("/team")
        page.click("section:has-text('Rudolf') tr:has-text('Case files') >> text=Hand on")
        page.select_option("[name=owner]", label="Marta")
        page.click("main .card-footer button[type=submit]")
        expect(page.locator("#toasts")).to_contain_text("Changed: 1")
        assert agent.page.request.get(case).status == 404


def days_from_now(days: int) -> str:
    """A day as date fields take it."""
    return (datetime.now().astimezone().date() + timedelta(days=days)).isoformat()


def test_user_hands_his_records_to_a_colleague_for_a_period(
    browser: Browser, console: RunningConsole
) -> None:
    """S2-74: rights are delegated from a day to a day; both see it, and it can be ended at once."""
    with (
        colleague(browser, console, "Sara") as away,
        colleague(browser, console, "Tomas", on_telephone=True) as other,
    ):
        case = add_case(away.page, "Affair of Sara")
        other.expected, away.expected = ("404",), ("422",)
        page = away.page
        page.goto("/account")
        page.click("a[href='/account/delegations']")
        page.select_option("[name=colleague]", label="Tomas")
        page.fill("[name=first_day]", days_from_now(2))
        page.fill("[name=last_day]", days_from_now(1))
        page.click("button:has-text('Hand over')")
        expect(page.locator("[role=alert]")).to_contain_text("expected a last day that is not over")
        page.fill("[name=first_day]", days_from_now(0))
        page.click("button:has-text('Hand over')")
        expect(page.locator("#given li")).to_contain_text("Tomas may see and edit")
        assert not away.barriers()
        other.page.goto("/")
        other.page.click("text=You stand in for Sara")
        expect(other.page.locator("#taken li")).to_contain_text("Sara")
        assert (other.overflow_pixels(), other.barriers()) == (0, [])
        other.page.goto(f"{case}/edit")
        other.page.fill("[name=title]", "Affair seen to by Tomas")
        save(other.page)
        page.click("#given li button")
        expect(page.locator("#given")).to_contain_text("Nobody.")
        assert other.page.request.get(case).status == 404
        page.click("#toasts form button")
        expect(page.locator("#given li")).to_contain_text("Tomas")
        assert other.page.request.get(case).status == 200
