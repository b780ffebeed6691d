"""Unit tests of the product's declarations: their order, and their words in every language."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from agent_console.catalogues import DOMAIN, FOLDER
from app.entities import MODULES
from crm_core.engine.declaration import REGISTRY
from tools.declared_texts import ROOT, extract


def declared_texts() -> Iterator[str]:
    """Every text that a declaration shows."""
    for module in MODULES:
        with (ROOT / f"{module.replace('.', '/')}.py").open("rb") as file:
            yield from (text for _, _, text, _ in extract(file, {}, (), {}))


def test_menu_begins_with_parties() -> None:
    """Whom it is all about comes first, and each entity says what several of its records are called."""
    words = "import app.web_process as web; print(next(iter(web.REGISTRY)).title_many)"
    told = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "Parties"
    assert REGISTRY.get("contact_point").title_many == "Contact points"


@pytest.mark.parametrize("locale", ["pl", "it", "sk"])
def test_declared_text_is_in_every_language(locale: str) -> None:
    """Labels that are made of names, help and choices too: `make texts` brings them in."""
    with (FOLDER / locale / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        catalogue = read_po(file, locale=locale)
    known = {message.id for message in catalogue if message.string}
    assert not set(declared_texts()) - known


def test_extractor_gives_what_is_written_nowhere() -> None:
    """A label made from a field's name, one of every entity, a choice and an entity's help."""
    texts = {"Life cycle since", "Created at", "Prospect", "A moment at which a task is shown to its owner."}
    assert texts <= set(declared_texts())
