"""Contacts and timelines in a browser: each test does what a row of the feature list says a person can do."""

from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import watched_page
from tests.acceptance.running_console import RunningConsole
from tests.acceptance.test_parties import add_party, pick, save
from tests.acceptance.tour import sign_in

CONTACT = "#timeline .card-actions a:has-text('Interaction')"


def record_contact(page: Page, path: str, subject: str, channel: str, notes: str, when: str = "") -> None:
    """Write down a contact from a party's page."""
    page.goto(path)
    page.click(CONTACT)
    page.fill("[name=subject]", subject)
    page.select_option("[name=channel]", channel)
    page.fill("[name=notes]", notes)
    if when:
        page.fill("[name=begins_at]", when)
    save(page)


def test_conversation_outside_the_system_is_written_down_with_its_duration(page: Page) -> None:
    """S1-02: a conversation at a fair is recorded with party, time, talker, notes and duration."""
    path = add_party(page, "Fair Visitor")
    page.click(CONTACT)
    expect(page.locator("[name=begins_at]")).not_to_have_value("")
    page.fill("[name=subject]", "Met at the fair")
    page.select_option("[name=channel]", "visit")
    page.fill("[name=lasts]", "0:25")
    page.fill("[name=notes]", "Wants a quote for forty seats.")
    save(page)
    page.goto(path)
    entry = page.locator("#timeline li[data-kind=visit]")
    expect(entry).to_contain_text("Met at the fair")
    expect(entry).to_contain_text("forty seats")
    entry.locator("a").click()
    expect(page.locator("main")).to_contain_text("0:25")


def test_all_channels_of_a_party_stand_in_one_list(page: Page) -> None:
    """S2-03: a letter, a call, an SMS and a web enquiry of one party are seen in one list."""
    path = add_party(page, "Every Channel")
    for channel, subject in (
        ("letter", "First letter"),
        ("call", "First call"),
        ("sms", "Short"),
        ("web", "Form"),
    ):
        record_contact(page, path, subject, channel, "")
    page.goto(path)
    for channel in ("letter", "call", "sms", "web"):
        expect(page.locator(f"#timeline li[data-kind={channel}]")).to_have_count(1)
    page.select_option("#on-kind", "letter")
    page.click("#timeline form[method=get] button")
    expect(page.locator("#timeline li[data-kind]")).to_have_count(1)
    expect(page.locator("#timeline")).to_contain_text("First letter")


def test_what_was_agreed_on_the_phone_in_march_is_found(page: Page) -> None:
    """S2-17: what was agreed on the phone in March is found in seconds, by kind and words."""
    path = add_party(page, "Long History")
    record_contact(page, path, "Delivery", "call", "Agreed: the crane comes on the 12th.", "2026-03-05T10:30")
    for month in range(4, 9):
        record_contact(page, path, f"Talk {month}", "call", "Nothing new.", f"2026-{month:02}-05T10:30")
    page.goto(path)
    page.select_option("#on-kind", "call")
    page.fill("#on-text", "AGREED")
    page.keyboard.press("Enter")
    entry = page.locator("#timeline li[data-kind]")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("the crane comes on the 12th")
    expect(entry.locator("time")).to_have_attribute("datetime", "2026-03-05T10:30:00+00:00")


def test_company_shows_the_activities_of_all_its_people(page: Page) -> None:
    """S4-07: the page of a company shows the activities of all its people."""
    company = add_party(page, "Harbour Works", "organisation")
    person = add_party(page, "Ines Ricci")
    page.goto(f"{person}/edit")
    pick(page, "parent", "Harbour")
    save(page)
    record_contact(page, person, "Asked for spare parts", "email", "")
    page.goto(company)
    expect(page.locator("#timeline li[data-kind=email]")).to_contain_text("Asked for spare parts")


def test_one_timeline_tells_of_the_sale_and_of_the_care_after_it(page: Page) -> None:
    """S0-02: one party that was a cold lead and is now a customer with a case shows both periods."""
    path = add_party(page, "Once Cold")
    record_contact(page, path, "First cold call", "call", "Call again.", "2024-11-20T10:00")
    page.goto(f"{path}/edit")
    page.select_option("[name=life_cycle]", "customer")
    save(page)
    page.goto(path)
    page.click("#timeline .card-actions a:has-text('Case file')")
    page.fill("[name=title]", "The gate does not close")
    save(page)
    page.goto(path)
    entries = page.locator("#timeline li[data-kind]")
    told = [entries.nth(number).inner_text() for number in range(entries.count())]
    places = [
        next(place for place, text in enumerate(told) if words in text)
        for words in ("The gate does not close", "Customer", "Suspect", "First cold call")
    ]
    assert places == sorted(places), told
    page.select_option("#on-kind", "stage")
    page.click("#timeline form[method=get] button")
    expect(entries).to_have_count(2)


def test_note_and_changes_stand_on_the_timeline_with_who_and_when(page: Page) -> None:
    """S2-17: a note is added in place, and a change tells what it was and what it became."""
    path = add_party(page, "Noted Person")
    page.fill("#note", "Prefers <b>mornings</b>.")
    page.click("#timeline form[method=post] button")
    expect(page.locator("#timeline li[data-kind=note]")).to_contain_text("Prefers <b>mornings</b>.")
    page.goto(f"{path}/edit")
    page.fill("[name=industry]", "Bees")
    page.select_option("[name=life_cycle]", "lead")
    save(page)
    page.goto(path)
    change = page.locator("#timeline li[data-kind=change]")
    expect(change).to_contain_text("Industry: → Bees")
    expect(change).not_to_contain_text("Lead")
    expect(page.locator("#timeline li[data-kind=stage]").first).to_contain_text("Lead")


def test_contacts_of_a_span_of_time_are_listed(page: Page) -> None:
    """S3-17: the contacts of one's customers of a week are listed by a filter."""
    path = add_party(page, "Weekly")
    record_contact(page, path, "Inside the week", "call", "", "2026-05-06T10:00")
    record_contact(page, path, "Outside of it", "call", "", "2026-05-20T10:00")
    page.goto("/records/interaction")
    page.fill("[name='begins_at.min']", "2026-05-04T00:00")
    page.fill("[name='begins_at.max']", "2026-05-10T23:59")
    page.keyboard.press("Enter")
    expect(page.locator("main tbody")).to_contain_text("Inside the week")
    expect(page.locator("main tbody")).not_to_contain_text("Outside of it")


def test_colleagues_change_is_seen_on_an_open_page(
    page: Page, browser: Browser, console: RunningConsole
) -> None:
    """S2-85: a page that is open shows a colleague's change and note within seconds, without a reload.

    What its reader is typing meanwhile stays; the page says how fresh it is.
    """
    path = add_party(page, "Open Page")
    expect(page.locator("#freshness")).to_contain_text("up to date at")
    page.fill("#note", "half a sent")
    with watched_page(browser, console.origin) as colleague:
        sign_in(colleague.page)
        colleague.page.goto(f"{path}/edit")
        colleague.page.fill("[name=name]", "Changed Page")
        colleague.page.fill("[name=service_note]", "Ask for Lucia")
        save(colleague.page)
        expect(page.locator("#page-title")).to_contain_text("Changed Page")
        expect(page.locator("#record-banner")).to_contain_text("Ask for Lucia")
        expect(page.locator("#record-facts")).to_contain_text("Changed Page")
        colleague.page.fill("#note", "Called back at ten")
        colleague.page.click("text=Keep the note")
        expect(page.locator("#happened")).to_contain_text("Called back at ten")
    expect(page.locator("#note")).to_have_value("half a sent")
