"""A console with nothing in it, and a browser before it; who needs more says so under the same name."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.browser import open_browser, watched_page
from tests.acceptance.running_console import RunningConsole, running_console
from tests.acceptance.tour import set_up, sign_in


@pytest.fixture(scope="module")
def console() -> Iterator[RunningConsole]:
    """A console with nothing in it."""
    with running_console() as console:
        yield console


@pytest.fixture(scope="module")
def browser(console: RunningConsole) -> Iterator[Browser]:
    """A browser, after the first administrator was made in it."""
    with open_browser() as browser:
        with watched_page(browser, console.origin) as watched:
            set_up(watched.page, console)
        yield browser


@pytest.fixture
def page(browser: Browser, console: RunningConsole) -> Iterator[Page]:
    """A page of somebody who is signed in; what the browser complains of fails the test."""
    with watched_page(browser, console.origin) as watched:
        sign_in(watched.page)
        yield watched.page
