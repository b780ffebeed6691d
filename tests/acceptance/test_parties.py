"""Parties as people keep them: each test does what a row of the feature list says that a person can do."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest
from playwright.sync_api import Browser, Page, expect

from app.database import DATABASE
from app.running_postgres import running_postgres_url
from app.settings import DatabaseSettings
from tests.acceptance.browser import watched_page
from tests.acceptance.running_console import RunningConsole
from tests.acceptance.tour import choose_password, sign_in

PARTY = "/records/party"


@pytest.fixture(scope="module")
def browser(browser: Browser, console: RunningConsole) -> Browser:
    """The browser, and two agents beside the administrator."""
    for name in ("lucia", "marco"):
        console.paceline("user", "create", name, "--name", name.capitalize(), "--role", "agent")
    return browser


@pytest.fixture
def page(browser: Browser, console: RunningConsole) -> Iterator[Page]:
    """A page of a manager who is signed in; what the browser complains of fails the test."""
    with watched_page(browser, console.origin) as watched:
        watched.expected = ("422",)
        sign_in(watched.page)
        yield watched.page


async def add_many(console: RunningConsole, owner: str, count: int) -> None:
    """Put parties of one owner straight into the database."""
    url = running_postgres_url(DatabaseSettings(folder=console.home / "postgres", port=0), DATABASE)
    assert url is not None
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            """insert into crm.party (id, name, kind, life_cycle, owner_id, created_at, changed_at)
            select gen_random_uuid(), 'Ward ' || n, 'person', 'lead', u.id, now(), now()
            from crm.users u, generate_series(1, $2::int) n where u.sign_in_name = $1""",
            owner,
            count,
        )
    finally:
        await connection.close()


def save(page: Page) -> None:
    """Send the form."""
    page.click("main .card-footer button[type=submit]")


def add_party(page: Page, name: str, kind: str = "person", **fields: str) -> str:
    """Make a party by its form; gives the path of its page, which is shown."""
    page.goto(f"{PARTY}/new")
    page.fill("[name=name]", name)
    page.select_option("[name=kind]", kind)
    for field, value in fields.items():
        page.fill(f"[name={field}]", value)
    save(page)
    expect(page.locator("h1, h2").first).to_contain_text(name)
    return page.url


def pick(page: Page, name: str, text: str) -> None:
    """Choose a record in a field that points at one."""
    page.fill(f"#field-{name}", text)
    page.click(f".picker:has(#field-{name}) [data-pick]")


def panel(page: Page, title: str) -> str:
    """Where the records of one kind that belong to the one shown stand."""
    return f"section:has(h2:has-text('{title}'))"


def test_stages_of_a_party_have_dates_and_are_counted(page: Page) -> None:
    """S3-08: a party goes suspect, lead, prospect, customer with dates, and each stage is counted."""
    path = add_party(page, "Ada Lead")
    for stage in ("lead", "prospect", "customer"):
        page.goto(f"{path}/edit")
        page.select_option("[name=life_cycle]", stage)
        save(page)
    stages = page.locator("#stages li")
    expect(stages).to_have_count(4)
    for place, label in enumerate(("Suspect", "Lead", "Prospect", "Customer")):
        expect(stages.nth(place)).to_contain_text(label)
        expect(stages.nth(place).locator("time")).to_have_count(1)
    page.goto(PARTY)
    customers = page.locator("a[href$='life_cycle.is=customer']")
    expect(customers).to_contain_text("1")
    customers.click()
    expect(page.locator("tbody")).to_contain_text("Ada Lead")


@pytest.mark.parametrize("number", ["PL5252248481", "IT00743110157", "SK2022749619"])
def test_vat_number_has_its_check_digit_verified(page: Page, number: str) -> None:
    """S3-09: an Italian, Polish or Slovak VAT number with a slip is refused, the right one kept."""
    page.goto(f"{PARTY}/new")
    page.fill("[name=name]", f"Firm {number}")
    page.select_option("[name=kind]", "organisation")
    page.fill("[name=tax_id]", f"{number[:-1]}{(int(number[-1]) + 1) % 10}")
    save(page)
    expect(page.locator("#about-tax_id")).to_contain_text("its check digit does not fit")
    page.fill("[name=tax_id]", number)
    save(page)
    expect(page.locator("dl.datagrid")).to_contain_text(number)


def test_private_customer_needs_no_company(page: Page) -> None:
    """S3-10: a person with names, birth date and personal tax number is kept without a company."""
    add_party(
        page,
        "Carmine Neri",
        first_name="Carmine",
        last_name="Neri",
        birth_date="1983-11-18",
        tax_id="RCCMNL83S18D969H",
    )
    page.goto(f"{PARTY}?kind.is=person&name.has=neri")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_sales_director_of_a_company_is_found_and_called(page: Page) -> None:
    """S3-11, as far as it is made: a company's page names its sales director and links his number."""
    company = add_party(page, "Vetro Blu", "organisation")
    add_party(page, "Zenon Kral")
    page.click(f"{panel(page, 'Party relation')} >> text=Add")
    pick(page, "related", "vetro")
    page.select_option("[name=role]", "sales_director")
    page.fill("[name=phone]", "+48 22 987 65 43")
    save(page)
    page.goto(company)
    row = page.locator(f"{panel(page, 'Related')} tbody tr", has_text="Sales director")
    expect(row).to_contain_text("Zenon Kral")
    expect(row.locator("a[href='tel:+48229876543']")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("22 987 65 43")
    expect(page.locator("#palette-results")).to_contain_text("Zenon Kral")


def test_third_telephone_has_a_label_and_is_preferred(page: Page) -> None:
    """S3-12: a third number with the label "summer house" is added and marked as preferred."""
    add_party(page, "Olga Letnia")
    for number, label in (
        ("22 100 00 01", "home"),
        ("22 100 00 02", "work"),
        ("22 100 00 03", "summer house"),
    ):
        page.click(f"{panel(page, 'Contact point')} >> text=Add")
        page.fill("[name=phone]", number)
        page.fill("[name=label]", label)
        if label == "summer house":
            page.select_option("[name=is_preferred]", "true")
        save(page)
    rows = page.locator(f"{panel(page, 'Contact point')} tbody tr")
    expect(rows).to_have_count(3)
    summer = rows.filter(has_text="summer house")
    expect(summer).to_contain_text("+48221000003")
    expect(summer.locator("td[data-label='Preferred']")).to_contain_text("yes")


def test_three_hundred_parties_go_to_another_agent(page: Page, console: RunningConsole) -> None:
    """S3-06, for agents: 300 parties are reassigned from one agent to another, and the history keeps it."""
    with ThreadPoolExecutor(1) as beside:  # the browser's own loop runs in this thread
        beside.submit(lambda: asyncio.run(add_many(console, "marco", 300))).result()
    page.goto(PARTY)
    page.select_option("select[name='owner.is']", label="Marco")
    page.click("form[role=search] button[type=submit]")
    page.click("text=Change all that fit")
    expect(page.locator("h1, h2").first).to_have_text("Change 300 records")
    page.select_option("[name=owner]", label="Lucia")
    save(page)
    expect(page.locator("#toasts")).to_contain_text("Changed: 300. Refused: 0.")
    page.goto(f"{PARTY}?name.has=ward&sort=name")
    page.click("tbody tr >> nth=0 >> a")
    expect(page.locator("#timeline li[data-kind=change]").first).to_contain_text("Marco")
    expect(page.locator("#timeline li[data-kind=change]").first).to_contain_text("Lucia")
    expect(page.locator("#timeline li[data-kind=change]").first).to_contain_text("Eva Nováková")


def test_chosen_records_are_changed_and_given_back(page: Page) -> None:
    """Two of three are chosen in the list and changed; the notice gives both back."""
    for name in ("Wanda One", "Wanda Two", "Wanda Three"):
        add_party(page, name)
    page.goto(f"{PARTY}?name.has=wanda")
    for name in ("Wanda One", "Wanda Two"):
        page.check(f"input[aria-label$='{name}']")
    page.click("text=Change those chosen")
    page.select_option("[name=life_cycle]", "lapsed")
    save(page)
    expect(page.locator("#toasts")).to_contain_text("Changed: 2.")
    page.click("#toasts form button")
    expect(page.locator("#toasts")).to_contain_text("Given back: 2.")
    page.goto(f"{PARTY}?name.has=wanda&life_cycle.is=suspect")
    expect(page.locator("tbody tr")).to_have_count(3)


def test_preferences_stand_at_the_top_of_the_page(page: Page) -> None:
    """S2-08, as far as it is made: "prefers Italian, afternoons, agent Lucia" is a banner on the page."""
    path = add_party(page, "Pietro Sera", service_note="Speak slowly")
    page.goto(f"{path}/edit")
    page.select_option("[name=language]", "it")
    page.select_option("[name=preferred_time]", "afternoon")
    page.select_option("[name=preferred_agent]", label="Lucia")
    save(page)
    banner = page.locator("[role=note]")
    for text in ("Italian", "Afternoons", "Lucia", "Speak slowly"):
        expect(banner).to_contain_text(text)


def test_party_given_to_a_colleague_is_found_under_mine(
    page: Page, browser: Browser, console: RunningConsole
) -> None:
    """S1-17: a colleague is made responsible for a party; history tells it, and he finds it under "Mine"."""
    link = console.paceline("user", "create", "nadia", "--name", "Nadia", "--role", "agent").split()[-1]
    path = add_party(page, "Keeper Wanted")
    page.goto(f"{path}/edit")
    page.select_option("[name=owner]", label="Nadia")
    save(page)
    changed = page.locator("#happened li[data-kind=change]").first
    for text in ("Nadia", "Eva Nováková"):
        expect(changed).to_contain_text(text)
    page.goto(f"{PARTY}?name.has=keeper")
    page.click("a:has-text('Mine')")
    expect(page.locator("main")).not_to_contain_text("Keeper Wanted")
    with watched_page(browser, console.origin) as watched:
        choose_password(watched.page, link[link.index("/set-up/") :])
        sign_in(watched.page, "nadia")
        watched.page.goto(PARTY)
        watched.page.click("a:has-text('Mine')")
        expect(watched.page.locator("a[aria-current]", has_text="Mine")).to_be_visible()
        expect(watched.page.locator("tbody tr")).to_have_count(1)
        expect(watched.page.locator("tbody tr")).to_contain_text("Keeper Wanted")


def test_party_of_somebody_else_is_behind_no_door(
    page: Page, browser: Browser, console: RunningConsole
) -> None:
    """S3-07, as far as it is made: an agent finds no party of others in list, search, export or address."""
    link = console.paceline("user", "create", "oskar", "--name", "Oskar", "--role", "agent").split()[-1]
    others = add_party(page, "Quince of Others")
    with watched_page(browser, console.origin) as watched:
        watched.expected = ("403", "404")
        choose_password(watched.page, link[link.index("/set-up/") :])
        sign_in(watched.page, "oskar")
        add_party(watched.page, "Quince of Oskar")
        watched.page.goto(f"{PARTY}?name.has=quince")
        expect(watched.page.locator("tbody tr")).to_have_count(1)
        expect(watched.page.locator("tbody tr")).to_contain_text("Quince of Oskar")
        watched.page.keyboard.press("Control+k")
        watched.page.keyboard.type("quince")
        expect(watched.page.locator("#palette-results")).to_contain_text("Quince of Oskar")
        expect(watched.page.locator("#palette-results")).not_to_contain_text("Quince of Others")
        for path, status in ((others, 404), (f"{others}/edit", 404), (f"{PARTY}/export.csv", 403)):
            answer = watched.page.goto(path)
            assert answer is not None
            assert answer.status == status, path
