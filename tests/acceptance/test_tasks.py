"""Tasks, planned contacts and reminders: each test does what a row of the feature list says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import watched_page
from tests.acceptance.running_console import RunningConsole
from tests.acceptance.test_parties import add_party, pick, save
from tests.acceptance.tour import choose_password, sign_in

POLL_MILLISECONDS = 20_000  # open pages ask every 15 seconds
MINUTE_MILLISECONDS = 60_000


@pytest.fixture
def colleague(browser: Browser, console: RunningConsole) -> Iterator[Page]:
    """A page of an agent beside the administrator, who signs in for the first time."""
    name = f"agent{datetime.now(UTC).astimezone().strftime('%H%M%S%f')}"
    link = console.paceline("user", "create", name, "--name", "Lucia", "--role", "agent").split()[-1]
    with watched_page(browser, console.origin) as watched:
        choose_password(watched.page, link[link.index("/set-up/") :])
        sign_in(watched.page, name)
        yield watched.page


def local(instant: datetime) -> str:
    """An instant as a field of a form takes it."""
    return instant.strftime("%Y-%m-%dT%H:%M")


def add_task(page: Page, title: str, due: datetime | None, kind: str = "errand") -> None:
    """Make a task by its form."""
    page.goto("/records/task/new")
    page.fill("[name=title]", title)
    page.select_option("[name=kind]", kind)
    page.fill("[name=due_at]", local(due) if due else "")
    save(page)
    page.wait_for_selector("dl")


def line(page: Page, span: str, title: str) -> str:
    """Where a task stands on the board."""
    return f"#span-{span} li:has-text('{title}')"


def test_task_for_a_colleague_takes_two_clicks(page: Page, colleague: Page) -> None:
    """S0-04: on a party's page a task is made for a colleague in two clicks, and he finds it."""
    add_party(page, "Caller Cecil")
    page.click("#timeline .card-actions a:has-text('Task')")
    page.fill("[name=title]", "Send Cecil the offer")
    page.locator("[name=owner]").select_option(label="Lucia")
    save(page)
    colleague.goto("/")
    expect(colleague.locator(line(colleague, "undated", "Send Cecil the offer"))).to_be_visible()


@pytest.mark.timeout(150)  # a minute of the clock has to pass
def test_reminder_appears_at_its_minute_even_after_signing_out(page: Page) -> None:
    """S0-05: a reminder set for a minute is in the console at that minute, also after signing in again."""
    minute = datetime.now(UTC).astimezone().replace(second=0, microsecond=0) + timedelta(minutes=1)
    add_task(page, "Ring the notary", minute + timedelta(minutes=10))
    page.goto("/")
    task = page.locator(f"{line(page, 'today', 'notary')}, {line(page, 'later', 'notary')}")
    task.locator("summary").click()
    task.locator("button:has-text('10 minutes before')").click()
    notice = page.locator("#notices .notice:has-text('Ring the notary')")
    expect(page.locator("#toasts")).to_contain_text("You will be reminded")
    if datetime.now(UTC).astimezone() < minute - timedelta(seconds=5):
        expect(notice).to_have_count(0)
    page.click("header details:has-text('Your account') summary")
    page.click("button:has-text('Sign out')")
    sign_in(page)
    expect(notice).to_be_visible(timeout=MINUTE_MILLISECONDS + POLL_MILLISECONDS)
    assert datetime.now(UTC).astimezone() >= minute
    notice.locator("text=In 10 minutes").click()
    expect(notice).to_have_count(0)
    page.reload()
    expect(page.locator("h1")).to_have_text("Today")
    expect(notice).to_have_count(0)


def test_planned_contact_that_is_late_is_red_and_told(page: Page) -> None:
    """S2-18: late contacts stand in red, and he whose they are is told when one becomes late."""
    now = datetime.now(UTC).astimezone()
    add_task(page, "Call the baker back", now - timedelta(minutes=3), "call")
    add_task(page, "Visit the miller", now + timedelta(days=3), "visit")
    page.goto("/")
    late = page.locator(line(page, "late", "Call the baker back"))
    expect(late.locator(".is-late")).to_be_visible()
    expect(late).to_contain_text("Call")
    expect(page.locator(line(page, "later", "Visit the miller"))).to_be_visible()
    notice = page.locator("#notices .notice:has-text('Call the baker back')")
    page.goto("/records/party")
    expect(notice).to_contain_text("Late", timeout=POLL_MILLISECONDS)
    notice.locator("text=Seen").click()
    expect(notice).to_have_count(0)


def test_board_moves_and_ends_tasks_and_gives_them_back(page: Page) -> None:
    """S4-30, as far as it is made: a click ends a task or moves it by a week, another gives it back."""
    add_task(page, "Order envelopes", datetime.now(UTC).astimezone() - timedelta(minutes=2))
    page.goto("/")
    page.click(f"{line(page, 'late', 'envelopes')} >> text=a week later")
    expect(page.locator(line(page, "later", "envelopes"))).to_be_visible()
    page.click(f"{line(page, 'later', 'envelopes')} >> button:has-text('Done')")
    expect(page.locator(line(page, "later", "envelopes"))).to_have_count(0)
    page.click("#toasts button:has-text('Undo')")
    expect(page.locator(line(page, "later", "envelopes"))).to_be_visible()


def test_party_of_a_task_is_one_click_away(page: Page) -> None:
    """S2-18: a planned contact leads to whom it is about."""
    add_party(page, "Planned Petra")
    page.goto("/records/task/new")
    page.fill("[name=title]", "Write to Petra")
    pick(page, "party", "Petra")
    save(page)
    page.goto("/")
    page.click("#span-undated a:has-text('Planned Petra')")
    expect(page.locator("h1")).to_contain_text("Planned Petra")
