"""What people do with the pages, in a real browser; each complaint of the browser fails the test."""

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import TELEPHONE, open_browser, watched_page
from tests.acceptance.running_console import RunningConsole, running_console
from tests.acceptance.tour import PASSWORD, add_parties, choose_password, set_up, sign_in, views

# Each test that changes how its user sees pages has one of his own, so that the order does not matter.
USERS = (("ida", "agent"), ("toto", "agent"), ("lina", "administrator"))


@pytest.fixture(scope="module")
def console() -> Iterator[RunningConsole]:
    """A console with its first administrator."""
    with running_console() as console:
        yield console


@pytest.fixture(scope="module")
def browser(console: RunningConsole) -> Iterator[Browser]:
    """A browser, after the first administrator was made in it by the printed link, and three users."""
    with open_browser() as browser:
        with watched_page(browser, console.origin) as watched:
            set_up(watched.page, console)
            add_parties(watched.page)
            for name, role in USERS:
                words = ("user", "create", name, "--name", name.capitalize(), "--role", role)
                link = console.paceline(*words).split()[-1]
                choose_password(watched.page, link[link.index("/set-up/") :])
        yield browser


def test_first_link_made_an_administrator_and_is_spent(browser: Browser, console: RunningConsole) -> None:
    """The printed link led to a page that lists users; now it says that it no longer works."""
    with watched_page(browser, console.origin) as watched:
        watched.expected = ("410",)
        sign_in(watched.page)
        watched.page.goto("/administration/users")
        expect(watched.page.locator("tbody tr").first).to_contain_text("Eva Nováková")
        watched.page.goto(console.set_up_path)
        expect(watched.page.locator("h1")).to_have_text("This link no longer works")


def test_second_step_is_turned_on_and_asked_for(browser: Browser, console: RunningConsole) -> None:
    """The secret on the page makes codes that let in; a wrong one says so."""
    with watched_page(browser, console.origin) as watched:
        watched.expected = ("401",)
        page = watched.page
        sign_in(page, "toto")
        page.goto("/account/second-step")
        one_time = pyotp.TOTP(page.locator("#secret").inner_text())
        page.fill("[name=code]", one_time.now())
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        expect(page.locator("#codes li")).to_have_count(10)
        recovery = page.locator("#codes li").first.inner_text()
        page.context.clear_cookies()
        page.goto("/account")
        page.fill("[name=sign_in_name]", "toto")
        page.fill("[name=password]", PASSWORD)
        page.click("button[type=submit]")
        for code in ("000000", recovery):
            page.fill("[name=code]", code)
            page.click("main button.btn-primary")
        expect(page.locator("#second-step")).to_contain_text("9 recovery codes left")


def test_palette_finds_a_page_and_goes_there_by_keys(browser: Browser, console: RunningConsole) -> None:
    """Ctrl+K, a few letters and Enter; the other keys are on the sheet that ? shows."""
    with watched_page(browser, console.origin) as watched:
        page = watched.page
        sign_in(page)
        page.keyboard.press("Control+k")
        expect(page.locator("#palette-results a").first).to_be_visible()
        page.keyboard.type("use")
        expect(page.locator("#palette-results a")).to_have_count(1)
        page.keyboard.press("Enter")
        page.wait_for_url("**/administration/users")
        page.keyboard.press("?")
        expect(page.locator("#shortcuts")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press("a")
        page.wait_for_url("**/account")


def test_colours_follow_the_device_and_then_the_user(browser: Browser, console: RunningConsole) -> None:
    """Dark on a dark device; what the user chooses stays, whatever the device says."""
    with watched_page(browser, console.origin, is_dark=True) as watched:
        page = watched.page
        sign_in(page, "ida")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        page.emulate_media(color_scheme="light")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
        page.click("summary[aria-label=Colours]")
        page.click("button[name=theme][value=dark]")
        page.goto("/account")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


@pytest.mark.parametrize("language", ["en", "pl", "it", "sk"])
def test_telephone_shows_every_page_without_scrolling_sideways(
    browser: Browser, console: RunningConsole, language: str
) -> None:
    """In each language, since words differ in length; the menu opens by its button."""
    with watched_page(browser, console.origin, TELEPHONE) as watched:
        watched.expected = ("404",)
        page = watched.page
        sign_in(page, "lina")
        page.goto("/account")
        page.select_option("[name=locale]", language)
        page.click("form:has([name=locale]) button[type=submit]")
        page.goto("/")
        page.click("[data-toggles]")
        expect(page.locator("#main-menu a").first).to_be_visible()
        wide = [
            name for name in ("today", "users", "account", "second-step", "about") if _is_wide(page, name)
        ]
        assert not wide


def _is_wide(page: Page, name: str) -> bool:
    paths = {"today": "/", "users": "/administration/users", "account": "/account", "about": "/about"}
    page.goto(paths.get(name, "/account/second-step"))
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_disabling_a_user_asks_first_and_can_be_undone(browser: Browser, console: RunningConsole) -> None:
    """The question can be refused, and the notice afterwards takes it back."""
    with watched_page(browser, console.origin) as watched:
        page = watched.page
        sign_in(page)
        page.goto("/administration/users")
        row = page.locator("tr", has_text="Ida")
        row.locator("form[action$='/disable'] button").click()
        page.click("#confirm [value=no]")
        expect(row).to_contain_text("Active")
        row.locator("form[action$='/disable'] button").click()
        page.click("#confirm [value=yes]")
        expect(row).to_contain_text("Disabled")
        page.click("#toasts form button")
        expect(row).to_contain_text("Active")


def test_page_without_scripts_still_signs_in(browser: Browser, console: RunningConsole) -> None:
    """Forms and links work by themselves; scripts only make them quicker."""
    context = browser.new_context(base_url=console.origin, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    expect(page.locator("h1")).to_be_visible()
    context.close()


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_page_of_any_kind_has_no_barrier(browser: Browser, console: RunningConsole, is_dark: bool) -> None:
    """Contrast, names and roles hold on every page and dialog (WCAG 2.2 AA, as far as axe sees)."""
    barriers = {}
    with watched_page(browser, console.origin, is_dark=is_dark) as watched:
        watched.expected = ("404",)
        watched.page.goto("/sign-in")
        barriers["sign-in"] = watched.barriers()
        sign_in(watched.page)
        for name in views(watched.page):
            barriers[name] = watched.barriers()
    assert not {name: found for name, found in barriers.items() if found}
