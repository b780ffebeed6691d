"""Users and teams as administrators keep them: each test does what a row of the feature list says."""

from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import watched_page
from tests.acceptance.running_console import RunningConsole
from tests.acceptance.tour import choose_password, sign_in

TEAMS = "/administration/teams"


def add_team(page: Page, name: str, above: str = "") -> None:
    """Make a team."""
    page.goto(TEAMS)
    page.fill("#field-name", name)
    if above:
        page.select_option("#parent", label=above)
    page.click("button:has-text('Make the team')")
    expect(page.locator("#teams")).to_contain_text(name)


def put_into_team(page: Page, team: str, *names: str) -> None:
    """Put users into a team."""
    for name in names:
        page.goto("/administration/users")
        page.click(f"td a:has-text('{name}')")
        page.select_option("#team", label=team)
        page.click("main .card-footer button")
        expect(page.locator("#toasts")).to_contain_text("The changes are kept")


def test_teams_stand_in_a_tree_that_is_changed_and_never_closed_to_a_circle(
    browser: Browser, console: RunningConsole
) -> None:
    """S3-02: teams are made, moved, renamed and taken away; what cannot be says why."""
    with watched_page(browser, console.origin) as watched:
        watched.expected = ("422",)
        page = watched.page
        sign_in(page)
        add_team(page, "North")
        add_team(page, "Harbour", "North")
        page.click("#teams li:has(strong:text-is('North')) summary")
        page.locator("#teams li:has(strong:text-is('North')) select").select_option(label="– Harbour")
        page.click("#teams li:has(strong:text-is('North')) button:has-text('Save')")
        expect(page.locator("[role=alert]")).to_contain_text("cannot stand above itself")
        page.click("#teams li:has(strong:text-is('North')) summary")
        page.click("#teams li:has(strong:text-is('North')) button:has-text('Delete')")
        page.click("#confirm [value=yes]")
        expect(page.locator("[role=alert]")).to_contain_text("move them first")
        page.click("#teams li:has(strong:text-is('Harbour')) summary")
        page.fill("#teams li:has(strong:text-is('Harbour')) [name=name]", "Quay")
        page.click("#teams li:has(strong:text-is('Harbour')) button:has-text('Save')")
        expect(page.locator("#teams")).to_contain_text("Quay")
        page.click("#teams li:has(strong:text-is('Quay')) summary")
        page.click("#teams li:has(strong:text-is('Quay')) button:has-text('Delete')")
        page.click("#confirm [value=yes]")
        expect(page.locator("#teams")).not_to_contain_text("Quay")


def test_user_gets_team_and_role_and_sees_by_them_at_once(browser: Browser, console: RunningConsole) -> None:
    """S2-75: an administrator puts users into a team; they see each other's records; the history tells it.

    Who is no administrator finds none of these pages.
    """
    links = {
        name: console.paceline(
            "user", "create", name, "--name", name.capitalize(), "--role", "agent"
        ).split()[-1]
        for name in ("nora", "olaf")
    }
    with watched_page(browser, console.origin) as watched, watched_page(browser, console.origin) as working:
        page, agent = watched.page, working.page
        working.expected = ("403",)
        sign_in(page)
        add_team(page, "South")
        put_into_team(page, "South", "Nora", "Olaf")
        choose_password(agent, links["nora"][links["nora"].index("/set-up/") :])
        sign_in(agent, "nora")
        agent.goto("/records/party/new")
        agent.fill("[name=name]", "Common Customer")
        agent.click("main .card-footer button[type=submit]")
        agent.wait_for_selector("dl")
        choose_password(agent, links["olaf"][links["olaf"].index("/set-up/") :])
        sign_in(agent, "olaf")
        agent.goto("/records/party")
        expect(agent.locator("tbody")).to_contain_text("Common Customer")
        expect(agent.locator("#main-menu")).not_to_contain_text("Teams")
        assert agent.request.get("/administration/teams").status == 403
        page.goto("/administration/history")
        first = page.locator("#history li").first
        expect(first).to_contain_text("olaf")
        expect(first).to_contain_text("Team: – → South")


def test_last_administrator_keeps_his_role(browser: Browser, console: RunningConsole) -> None:
    """S2-75: nobody can shut everybody out of the administrator's area."""
    with watched_page(browser, console.origin) as watched:
        watched.expected = ("422",)
        page = watched.page
        sign_in(page)
        page.goto("/administration/users")
        page.click("td a:has-text('Eva')")
        page.uncheck("[name=roles][value=administrator]")
        page.click("main .card-footer button")
        expect(page.locator("[role=alert]")).to_contain_text("no other active administrator")


def test_user_parameter_and_upkeep_stand_in_the_history(browser: Browser, console: RunningConsole) -> None:
    """S2-75: an administrator makes a user, sets a parameter, runs the upkeep, and reads of all three."""
    with watched_page(browser, console.origin) as watched:
        watched.expected = ("422",)
        page = watched.page
        sign_in(page)
        page.goto("/administration/users")
        page.fill("#field-name", "Petra Told")
        page.fill("#field-sign_in_name", "petra")
        page.click("#new-user button[type=submit]")
        expect(page.locator("main")).to_contain_text("Send this link to Petra Told")
        page.goto("/administration/parameters")
        field = page.locator("#value-escalation_hours")
        field.evaluate("field => field.removeAttribute('max')")
        field.fill("5000")
        field.press("Enter")
        expect(page.locator("#about-escalation_hours")).to_contain_text("expected 1 to 720")
        page.fill("#value-escalation_hours", "48")
        page.press("#value-escalation_hours", "Enter")
        expect(page.locator("#toasts")).to_contain_text("The changes are kept")
        expect(page.locator("#value-escalation_hours")).to_have_value("48")
        page.click("#toasts button:has-text('Undo')")
        expect(page.locator("#value-escalation_hours")).to_have_value("24")
        assert not watched.barriers()
        page.click("button:has-text('Tidy up')")
        page.click("#confirm [value=yes]")
        expect(page.locator("#toasts")).to_contain_text("Tidied up")
        page.goto("/administration/history")
        told = page.locator("#history")
        for words in ("petra", "Value: 24 → 48", "Value: 48 → 24", "Tidied up"):
            expect(told).to_contain_text(words)
        assert not watched.barriers()
