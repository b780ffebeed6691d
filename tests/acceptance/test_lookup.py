"""Lists that are kept under a name, and what is found by them."""

from playwright.sync_api import Page, expect

from tests.acceptance.test_interactions import record_contact
from tests.acceptance.test_parties import PARTY, add_party, panel, pick, save

PEOPLE = f"{PARTY}?kind.is=person&sort=-name"


def keep_view(page: Page, name: str) -> None:
    """Keep the list that is shown."""
    page.click("#view-keep summary")
    page.fill("#view-new-name", name)
    page.click("#view-keep button")


def test_list_kept_as_a_view_is_opened_renamed_deleted_and_given_back(page: Page) -> None:
    """A part of S2-44: the search is kept as a tab, with its order, and nothing done to it is final."""
    add_party(page, "Zagroda")
    add_party(page, "Bottega")
    page.goto(PEOPLE)
    keep_view(page, "People <b>downwards</b>")
    page.goto(PARTY)
    page.click("#views a:has-text('People <b>')")
    expect(page.locator("#views [aria-current=page]")).to_have_text("People <b>downwards</b>")
    expect(page.locator("tbody a").first).to_have_text("Zagroda")
    page.click("#view-open summary")
    page.fill("#view-name", "All people")
    page.click("#view-open button:has-text('Rename')")
    expect(page.locator("#views [aria-current=page]")).to_have_text("All people")
    page.click("#view-open summary")
    page.click("#view-open button:has-text('Delete')")
    expect(page.locator("#views")).to_have_count(0)
    page.click("button:has-text('Undo')")
    expect(page.locator("#views a")).to_have_text("All people")


def add_about(page: Page, entity: str, title: str, party: str, state: str) -> None:
    """Make a case or a task about a party."""
    page.goto(f"/records/{entity}/new")
    page.fill("[name=title]", title)
    pick(page, "party", party)
    page.select_option("[name=state]", state)
    save(page)


def test_three_digits_of_a_number_lead_to_the_party_with_what_is_open(page: Page) -> None:
    """A part of S1-01: three digits of a number lead to its party, open cases and tasks, and last contact."""
    path = add_party(page, "Garden Centre", "organisation")
    page.click(f"{panel(page, 'Contact point')} a:has-text('Add')")
    page.select_option("[name=kind]", "phone")
    page.fill("[name=phone]", "+48 22 518 34 79")
    save(page)
    for title, state in (("Broken gate", "open"), ("Old claim", "closed")):
        add_about(page, "case_file", title, "Garden Centre", state)
    for title, state in (("Send the offer", "waiting"), ("Sent long ago", "cancelled")):
        add_about(page, "task", title, "Garden Centre", state)
    for month in ("03", "09"):
        record_contact(page, path, f"Talk of month {month}", "call", "", f"2026-{month}-05T10:30")
    page.goto("/")
    page.click("[data-opens=palette]")
    page.keyboard.type("479")
    page.click("#palette-results a:has-text('Garden Centre')")
    expect(page.locator(panel(page, "Case file"))).to_contain_text("Broken gate")
    expect(page.locator(panel(page, "Task"))).to_contain_text("Send the offer")
    expect(page.locator(panel(page, "Interaction"))).to_contain_text("Talk of month 09")
    for gone in ("Old claim", "Sent long ago", "Talk of month 03"):
        expect(page.locator("#record-facts")).not_to_contain_text(gone)
