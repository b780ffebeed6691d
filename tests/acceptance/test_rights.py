"""Rights as administrators change them: each test does what a row of the feature list says."""

from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import TELEPHONE, watched_page
from tests.acceptance.running_console import RunningConsole
from tests.acceptance.tour import choose_password, sign_in

NUMBER = "+48 22 987 65 43"
POINTS = "/records/contact_point"


def save(page: Page) -> None:
    """Send the form of a record."""
    page.click("main .card-footer button[type=submit]")


def add_party_with_number(page: Page) -> str:
    """Make a party whose number everybody sees; gives the address of its page."""
    page.goto("/records/party/new")
    page.fill("[name=name]", "Nina Numbered")
    save(page)
    page.wait_for_selector("dl")
    path = page.url
    page.click("section:has(h2:has-text('Contact point')) >> text=Add")
    page.fill("[name=phone]", NUMBER)
    save(page)
    page.wait_for_selector("dl")
    page.goto(POINTS)
    expect(page.locator("tbody")).to_contain_text("987")
    return path


def exported(page: Page) -> str:
    """What leaves by the export of contact points."""
    answer = page.request.get(f"{POINTS}/export.csv")
    assert answer.ok
    return answer.text()


def test_numbers_taken_from_a_role_are_hidden_from_it(browser: Browser, console: RunningConsole) -> None:
    """S2-70: an administrator takes telephone numbers from managers, and a manager finds none anywhere."""
    link = console.paceline("user", "create", "mila", "--name", "Mila", "--role", "manager").split()[-1]
    with watched_page(browser, console.origin) as manager, watched_page(browser, console.origin) as watched:
        choose_password(manager.page, link[link.index("/set-up/") :])
        sign_in(manager.page, "mila")
        path = add_party_with_number(manager.page)
        assert "229876543" in exported(manager.page)
        sign_in(watched.page)
        watched.page.goto("/administration/roles/manager")
        watched.page.click("button:has-text('Hide telephone numbers')")
        expect(watched.page.locator("main")).to_contain_text("hidden from this role everywhere")
        for place in (path, POINTS, f"{POINTS}?q=22987"):
            manager.page.goto(place)
            expect(manager.page.locator("h1, h2").first).to_be_visible()
            expect(manager.page.locator("main")).not_to_contain_text("987")
        assert "229876543" not in exported(manager.page)
        watched.page.goto("/administration/roles/manager")
        watched.page.click("button:has-text('Show telephone numbers')")
        expect(watched.page.locator("main")).to_contain_text("This role sees telephone numbers")
        manager.page.goto(POINTS)
        expect(manager.page.locator("tbody")).to_contain_text("987")


def test_reach_of_a_role_is_changed_by_its_grid(browser: Browser, console: RunningConsole) -> None:
    """S2-70: what an administrator takes from a role in the grid is refused, and stays chosen there."""
    with watched_page(browser, console.origin, TELEPHONE) as watched:
        page = watched.page
        sign_in(page)
        page.goto("/administration/roles/agent")
        page.click("#entity-party summary")
        page.select_option("#party-create", "nobody")
        assert watched.overflow_pixels() == 0
        page.click("#entity-party button[type=submit]")
        page.click("#entity-party summary")
        expect(page.locator("#party-create")).to_have_value("nobody")
        assert not watched.barriers()
