"""What every template, text and icon of the console keeps to."""

import json
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from agent_console import catalogues
from agent_console.navigation import ITEMS
from agent_console.rendering import environment
from crm_core.access.signed_in_user import LOCALES

ROOM = Path(catalogues.__file__).parent
BELIEVED = re.compile(r"\b_\(\s*[^\s\"\')][^)]*\)")
TEMPLATES = sorted((ROOM / "templates").rglob("*.html"))
ICONS = set(json.loads((ROOM / "client" / "icons.json").read_text()))
INLINE = re.compile(
    r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:|hx-on|hx-vals=.js:", re.I
)
ELSEWHERE = re.compile(r"(?:src|href|action)=[\"']?(?:https?:)?//", re.I)
NAMED_ICON = re.compile(r"""icon\(\s*["']([a-z0-9-]+)["']""")
NAMES = re.compile(r"%\([a-z_]+\)s|\{[a-z_]+\}")
TRANSLATIONS = tuple(locale for locale in LOCALES if locale != catalogues.SOURCE)
# What a newcomer meets first must not be half in English.
FIRST_TEXTS = (
    "Sign in",
    "Password",
    "Today",
    "Users",
    "Search and go",
    "Sign out",
    "Name or password is wrong.",
)


def messages(locale: str) -> list[Message]:
    """All texts of one language."""
    with (catalogues.FOLDER / locale / "LC_MESSAGES" / "console.po").open("rb") as file:
        return [message for message in read_po(file, locale=locale) if message.id]


def test_template_of_any_page_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    """The browser would refuse it, and the page would be broken only there."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES}
    assert texts
    assert not [name for name, text in texts.items() if INLINE.search(text) or ELSEWHERE.search(text)]


def test_text_that_is_no_literal_is_never_taken_for_one() -> None:
    """`_` believes what it is given: a name or a label goes through `translated`, which is escaped."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES}
    assert {name: found for name, text in texts.items() if (found := BELIEVED.findall(text))} == {}


def test_template_of_any_page_compiles_in_every_language() -> None:
    """No template has a fault that only its first reader would find."""
    for locale in LOCALES:
        for path in TEMPLATES:
            environment(locale).get_template(str(path.relative_to(ROOM / "templates")))


def test_icon_named_anywhere_is_in_the_sprite() -> None:
    """An icon that is not in the list would be an empty square."""
    named = {name for path in TEMPLATES for name in NAMED_ICON.findall(path.read_text(encoding="utf-8"))}
    assert (named | {item.icon for item in ITEMS}) <= ICONS


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_translation_in_any_language_keeps_the_names_in_the_text(locale: str) -> None:
    """A text with a name that does not exist would fail when it is shown."""
    for message in messages(locale):
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = (message.string,) if isinstance(message.string, str) else message.string or ()
        expected = {name for source in sources for name in NAMES.findall(str(source))}
        for text in filter(None, texts):
            assert set(NAMES.findall(text)) == expected, text


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_translation_in_any_language_has_the_door_and_the_shell(locale: str) -> None:
    """Signing in and finding one's way works without English."""
    translate = catalogues.catalogues()[locale].gettext
    assert not [
        text for text in FIRST_TEXTS if translate(text) == text and (locale, text) != ("it", "Password")
    ]


def test_every_form_that_is_posted_carries_the_sessions_word() -> None:
    """A form without it would be refused for everybody."""
    for path in TEMPLATES:
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text("utf-8"), re.S):
            assert "token()" in form, path.name
