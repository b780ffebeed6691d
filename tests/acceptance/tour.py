"""Pictures of every page, on a desk and a telephone, light and dark: `make tour` writes them to build/tour.

They are there to be looked at; nothing is compared.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.acceptance.browser import DESK, TELEPHONE, open_browser, watched_page
from tests.acceptance.running_console import ROOT, RunningConsole, running_console
from tests.acceptance.tour_quality import quality_views

FOLDER = ROOT / "build" / "tour"
PASSWORD = "seven green lamps over the harbour"
PEOPLE = (("anna.kowalska", "Anna Kowalska", "supervisor"), ("giulia.rossi", "Giulia Rossi", "agent"))
PARTIES = (
    ("Piekarnia Złoty Kłos", "organisation", "customer"),
    ("Giovanna D’Amico", "person", "prospect"),
    ("Rodina Horváthovcov", "household", "lead"),
)
SIZES = (("desk", DESK), ("telephone", TELEPHONE))


def set_up(page: Page, console: RunningConsole) -> None:
    """Make the first administrator and sign in."""
    page.goto(console.set_up_path)
    page.fill("[name=name]", "Eva Nováková")
    page.fill("[name=sign_in_name]", "eva")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=password_again]", PASSWORD)
    page.click("button[type=submit]")
    sign_in(page)


def sign_in(page: Page, name: str = "eva", password: str = PASSWORD) -> None:
    """Sign in, from whichever page asks for it."""
    page.goto("/sign-in")
    page.fill("[name=sign_in_name]", name)
    page.fill("[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url("**/")


def choose_password(page: Page, path: str) -> None:
    """Do what a new user does with his link."""
    page.context.clear_cookies()
    page.goto(path)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=password_again]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("[name=sign_in_name]")).to_be_visible()


def add_teams(page: Page) -> None:
    """Make a team, and one under it."""
    for name, above in (("Sales", ""), ("Sales north", "Sales")):
        page.goto("/administration/teams")
        page.fill("#field-name", name)
        page.select_option("#parent", label=above or "at the top")
        page.click("button:has-text('Make the team')")
        page.wait_for_selector(f"#teams strong:text-is('{name}')")


def add_parties(page: Page) -> None:
    """Make a few records by their form."""
    for name, kind, state in PARTIES:
        page.goto("/records/party/new")
        page.fill("[name=name]", name)
        page.select_option("[name=kind]", kind)
        page.select_option("[name=life_cycle]", state)
        page.fill("[name='address.city']", "Kraków")
        page.select_option("[name=language]", "pl")
        page.fill("[name=tags]", "fair, newsletter")
        page.click("main button[type=submit]")
        page.wait_for_selector("dl")


def add_task(page: Page, title: str, kind: str, due_days: float) -> None:
    """Make a task by its form, due so many days from now."""
    due = datetime.now(UTC).astimezone() + timedelta(days=due_days)
    page.goto("/records/task/new")
    page.fill("[name=title]", title)
    page.select_option("[name=kind]", kind)
    page.fill("[name=due_at]", due.strftime("%Y-%m-%dT%H:%M"))
    page.click("main .card-footer button[type=submit]")
    page.wait_for_selector("dl")


def task_views(page: Page) -> Iterator[str]:
    """The board with a notice that has just come, which is then taken away."""
    for title, kind, due_days in (
        ("Ring the bakery back", "call", -0.01),
        ("Send the price list", "email", 2.0),
    ):
        add_task(page, title, kind, due_days)
    page.goto("/")
    yield "today"
    page.click("#notices button:has-text('Seen')")
    page.wait_for_selector("#notices .notice", state="detached")
    page.click("#span-late summary")
    yield "today-remind"


def record_views(page: Page) -> Iterator[str]:
    """Go through the pages of records; gives the name of each while it is shown."""
    page.goto("/records/party")
    yield "records"
    page.goto("/records/party?kind.is=person")
    page.click("#view-keep summary")
    yield "records-keep-view"
    page.goto("/records/party")
    page.click("button[name=all]")
    page.wait_for_selector("form [name=name]")
    yield "records-bulk"
    page.goto("/records/party")
    page.click("tbody a")
    page.fill("#note", "Call back on Monday: the crane is needed from the 12th.")
    page.click("#timeline form[method=post] button")
    page.wait_for_selector("#timeline li[data-kind=note]")
    page.goto("/records/party")
    page.click("tbody a")
    yield "record"
    page.click("a[href$='/edit']")
    page.wait_for_selector("form [name=name]")
    yield "record-form"
    page.goto("/records/task")
    yield "records-tasks"
    page.goto("/records/reminder")
    yield "records-none"


def views(page: Page) -> Iterator[str]:
    """Go to one page after the other; gives the name of each while it is shown."""
    for name, path in (
        ("users", "/administration/users"),
        ("account", "/account"),
        ("second-step", "/account/second-step"),
        ("about", "/about"),
        ("access-tokens", "/account/tokens"),
        ("fields", "/administration/fields/party"),
        ("roles", "/administration/roles/agent"),
        ("teams", "/administration/teams"),
        ("history", "/administration/history"),
        ("parameters", "/administration/parameters"),
        ("team", "/team"),
        ("standing-in", "/account/delegations"),
        ("topics", "/records/topic"),
    ):
        page.goto(path)
        yield name
    yield from task_views(page)
    yield from record_views(page)
    page.goto("/nothing-here")
    yield "not-found"
    page.goto("/administration/users")
    page.click("tbody tr:last-child td a")
    page.wait_for_selector("#team")
    yield "user"
    page.goto("/administration/users")
    page.click("summary:has-text('New link')")
    yield "users-menu"
    page.goto("/")
    page.click("[data-opens=palette]")
    page.wait_for_selector("#palette-results a")
    yield "palette"
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('#shortcuts').showModal()")
    yield "shortcuts"
    page.goto("/administration/users")
    page.click("form[action$='/disable'] button")
    yield "confirm"
    page.click("#confirm [value=yes]")
    page.wait_for_selector("#toasts .toast")
    yield "toast"
    page.click("#toasts form button")
    page.wait_for_selector("#toasts .toast")


def take(console: RunningConsole, folder: Path) -> list[Path]:
    """Take all pictures."""
    taken = []
    with open_browser() as browser:
        with watched_page(browser, console.origin) as watched:
            set_up(watched.page, console)
            for sign_in_name, name, role in PEOPLE:
                console.paceline("user", "create", sign_in_name, "--name", name, "--role", role)
            add_teams(watched.page)
            add_parties(watched.page)
        for size, viewport in SIZES:
            for colours in ("light", "dark"):
                is_dark = colours == "dark"
                with watched_page(browser, console.origin, viewport, is_dark=is_dark) as watched:
                    watched.expected = ("404",)
                    watched.page.goto("/sign-in")
                    taken.append(_picture(watched.page, folder, f"sign-in-{size}-{colours}"))
                    sign_in(watched.page)
                    for name in chain(views(watched.page), quality_views(watched.page)):
                        taken.append(_picture(watched.page, folder, f"{name}-{size}-{colours}"))
                        if watched.overflow_pixels() > 0:
                            print(f"{name} is wider than the screen ({size})", file=sys.stderr)
    return taken


def _picture(page: Page, folder: Path, name: str) -> Path:
    path = folder / f"{name}.png"
    page.screenshot(path=path)
    return path


def write_index(folder: Path, pictures: Sequence[Path]) -> None:
    """One page with all pictures."""
    shown = "".join(
        f'<figure><img src="{path.name}" loading="lazy"><figcaption>{path.stem}</figcaption></figure>'
        for path in sorted(pictures)
    )
    (folder / "index.html").write_text(f"<!DOCTYPE html><title>Tour</title>{shown}", encoding="utf-8")


def main() -> int:
    """Take the tour; the result is the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_console() as console:
        pictures = take(console, FOLDER)
    write_index(FOLDER, pictures)
    print(f"{len(pictures)} pictures in {FOLDER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
