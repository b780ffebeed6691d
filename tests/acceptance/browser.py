"""A headless Chromium whose every complaint fails the test: errors, refused content, other hosts."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize, sync_playwright

from tests.acceptance.running_console import ROOT

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
DESK = ViewportSize(width=1280, height=800)
TELEPHONE = ViewportSize(width=390, height=844)
WAIT_MILLISECONDS_MAX = 15_000
AXE = ROOT / "agent_console" / "client" / "node_modules" / "axe-core" / "axe.min.js"
AXE_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium while the block runs."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    assert program is not None, f"no Chromium: expected one of {', '.join(PROGRAMS)} (Debian: chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


class WatchedPage:
    """A page in a browser session of its own, and what it complained of."""

    def __init__(
        self, browser: Browser, origin: str, viewport: ViewportSize = DESK, *, is_dark: bool = False
    ) -> None:
        """Open it, still empty."""
        self.context = browser.new_context(
            viewport=viewport,
            base_url=origin,
            color_scheme="dark" if is_dark else "light",
            locale="en-GB",
            ignore_https_errors=True,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MILLISECONDS_MAX)
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()  # parts of complaints that a test brings about itself
        self._host = urlsplit(origin).netloc
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self.page.on("request", self._note_request)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self._host:
            self.complaints.append(f"request to another host: {parts.netloc}")

    def unexpected(self) -> list[str]:
        """Complaints that the test did not bring about itself."""
        return [text for text in self.complaints if not any(part in text for part in self.expected)]

    def barriers(self) -> list[str]:
        """What keeps somebody from using the page, by the rules of WCAG 2.2 AA that axe can check."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("tags => axe.run(document, {runOnly: tags})", list(AXE_RULES))
        return [
            f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def overflow_pixels(self) -> int:
        """By how much the page is wider than the screen."""
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(width))


@contextmanager
def watched_page(
    browser: Browser, origin: str, viewport: ViewportSize = DESK, *, is_dark: bool = False
) -> Iterator[WatchedPage]:
    """A page while the block runs."""
    watched = WatchedPage(browser, origin, viewport, is_dark=is_dark)
    is_good = False
    try:
        yield watched
        is_good = True
    finally:
        watched.context.close()
        assert not is_good or not watched.unexpected(), watched.unexpected()
