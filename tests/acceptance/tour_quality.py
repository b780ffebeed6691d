"""The part of the tour that shows imports, duplicates and sources."""

from collections.abc import Iterator

from playwright.sync_api import Page

ROWS = (
    "Imię i nazwisko;Telefon;Miasto;NIP",
    "JAN SOBIESKI;tel. 22/765.43.21;WILANÓW;",
    "Jan Sobieski;;;526-025-02-74",
    "Bez Numeru;brak;Kraków;",
    "Jan Sobieski;+48 22 765 43 21;Wilanów;",
)


def quality_views(page: Page) -> Iterator[str]:
    """Go through an import to a pair of duplicates; gives the name of each page while it is shown."""
    page.goto("/quality/imports")
    yield "import-file"
    page.set_input_files(
        "[name=file]", {"name": "klienci.csv", "mimeType": "text/csv", "buffer": "\n".join(ROWS).encode()}
    )
    page.click("form[enctype] button[type=submit]")
    page.wait_for_selector("#columns")
    yield "import-columns"
    page.click("form[action$='/columns'] button[type=submit]")
    page.wait_for_selector("#report")
    yield "import-report"
    if page.locator("form[action$='/import'] button").is_enabled():  # the first time that it is shown
        page.click("form[action$='/import'] button")
        page.wait_for_selector("a[href='/records/party'].btn-primary")
        yield "import-done"
    page.goto("/quality/duplicates")
    yield "duplicates"
    page.click(".pair a.btn-primary >> nth=0")
    page.wait_for_selector("form[action$='/merge']")
    yield "duplicates-pair"
    page.goto("/records/party")
    page.click("tbody a >> nth=0")
    page.click("a[href$='/sources']")
    page.wait_for_selector("main table")
    yield "sources"
