"""Sentences that can be translated: an English template with named values, as gettext wants it.

Templates are literal strings in `wording` and `explaining`; values are never part of a template, so what
users wrote is never taken for one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from gettext import NullTranslations
from typing import TypeAlias

ENGLISH = NullTranslations()


def N_(text: str) -> str:
    """Mark a text for translators; it is translated where it is shown."""
    return text


def NN_(one: str, several: str) -> tuple[str, str]:
    """Mark a text and its plural for translators: keyword `NN_:1,2`."""
    return one, several


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A sentence or a piece of one.

    >>> two = Message(template="{count} day", plural="{count} days", count=2)
    >>> Message(template="{span} ago", values={"span": two}).text()
    '2 days ago'
    """

    template: str  # English, with the names of values in braces
    values: Mapping[str, "Words"] = field(default_factory=dict)
    plural: str = ""  # the template for several, where there is a count
    count: int | None = None  # also a value of that name

    def text(self, translations: NullTranslations = ENGLISH) -> str:
        """Return the sentence in the language of the translations."""
        if self.count is None:
            template = translations.gettext(self.template)
        else:
            template = translations.ngettext(self.template, self.plural, self.count)
        words = {name: _text(value, translations) for name, value in self.values.items()}
        return template.format_map({**words, "count": str(self.count)})


Words: TypeAlias = "str | Message | tuple[Words, ...]"
"""A text as it is, a message, or a list of them."""


def _text(words: Words, translations: NullTranslations) -> str:
    if isinstance(words, str):
        return words
    if isinstance(words, Message):
        return words.text(translations)
    return ", ".join(_text(word, translations) for word in words)
