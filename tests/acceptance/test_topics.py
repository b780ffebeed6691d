"""Who answers for a customer, a case and a topic: the test does what a row of the feature list says."""

from playwright.sync_api import Page, expect

from tests.acceptance.running_console import RunningConsole
from tests.acceptance.test_parties import add_party, pick, save


def add_topic(page: Page, name: str, answers: str) -> None:
    """Make a topic for which somebody answers with everybody."""
    page.goto("/records/topic/new")
    page.fill("[name=name]", name)
    page.select_option("[name=answers]", label=answers)
    save(page)
    page.wait_for_selector("dl")


def test_page_says_who_answers_for_complaints_of_this_customer(page: Page, console: RunningConsole) -> None:
    """S2-77: one sees who answers for this customer, for his complaints, and for a case of his."""
    for name in ("Karol", "Lena"):
        console.paceline("user", "create", name.lower(), "--name", name, "--role", "agent")
    add_topic(page, "Complaints", "Karol")
    add_topic(page, "Deliveries", "Karol")
    path = add_party(page, "Answered Company", "organisation")
    page.goto(path)
    answers = page.locator("#answers li")
    expect(answers.filter(has_text="this customer")).to_contain_text("Eva Nováková")
    expect(answers.filter(has_text="Complaints")).to_contain_text("Karol")
    page.click("section:has(h2:has-text('Responsibilities')) >> text=Add")
    pick(page, "topic", "Complaints")
    page.select_option("[name=answers]", label="Lena")
    save(page)
    page.wait_for_selector("#answers")
    expect(answers.filter(has_text="Complaints")).to_contain_text("Lena for this customer")
    expect(answers.filter(has_text="Deliveries")).to_contain_text("Karol")
    page.goto("/records/case_file/new")
    page.fill("[name=title]", "Broken crane")
    pick(page, "party", "Answered Company")
    pick(page, "topic", "Complaints")
    save(page)
    page.wait_for_selector("#answers")
    expect(answers.filter(has_text="this case")).to_contain_text("Eva Nováková")
    expect(answers.filter(has_text="Complaints")).to_contain_text("Lena for this customer")
    expect(answers.filter(has_text="Deliveries")).to_have_count(0)
