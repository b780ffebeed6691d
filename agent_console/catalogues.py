"""The pages' texts in each language: read once at the start out of the catalogues in `locale`.

English stands in the code; a text that a catalogue lacks is shown in English.
"""

import io
from collections.abc import Mapping, Sequence
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from crm_core.access.signed_in_user import LOCALES

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "console"
SOURCE = "en"
LANGUAGES_ASKED_MAX = 20


@cache
def catalogues() -> Mapping[str, NullTranslations]:
    """Texts by language."""
    return {locale: _read(locale) for locale in LOCALES}


def _read(locale: str) -> NullTranslations:
    path = FOLDER / locale / "LC_MESSAGES" / f"{DOMAIN}.po"
    if locale == SOURCE:
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_names() -> list[tuple[str, str]]:
    """Languages to choose from: each with its name in itself."""
    return [(locale, (Locale.parse(locale).get_display_name() or locale).capitalize()) for locale in LOCALES]


def chosen_locale(preferred: str | None, accept_language: str) -> str:
    """The language of a page: the user's own, else the first that his browser asks for and we have.

    >>> chosen_locale(None, "de;q=0.9, sk-SK, sk;q=0.8"), chosen_locale("it", "sk"), chosen_locale(None, "*")
    ('sk', 'it', 'en')
    """
    if preferred in LOCALES and preferred is not None:
        return preferred
    return negotiate_locale(_asked(accept_language), LOCALES, sep="-") or SOURCE


def _asked(accept_language: str) -> Sequence[str]:
    weighed = []
    for place, part in enumerate(accept_language.split(",")[:LANGUAGES_ASKED_MAX]):
        name, _, weight = part.partition(";")
        weighed.append((-_weight(weight), place, name.strip()))
    return [name for weight, _, name in sorted(weighed) if name and weight < 0]


def _weight(text: str) -> float:
    value = text.strip().removeprefix("q=").replace(".", "", 1)
    return float(text.strip().removeprefix("q=")) if value.isascii() and value.isdigit() else 1.0
