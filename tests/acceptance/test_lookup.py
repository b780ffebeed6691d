"""Lists that are kept under a name, and what is found by them."""

from playwright.sync_api import Page, expect

from tests.acceptance.test_parties import PARTY, add_party

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
