"""Field kinds of texts: short, long, chosen from a list, tags, secret, web address, e-mail."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from sqlalchemy import ARRAY, ColumnElement
from sqlalchemy import Text as SqlText

from crm_core.engine.errors import UnusableValue
from crm_core.engine.field import EXACT, Field, Lookup, SqlType

INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
INVISIBLE_IN_LONG = re.compile(INVISIBLE.pattern.replace(r"\x00-\x1f", r"\x00-\x08\x0b-\x1f"))
EMAIL = re.compile(r"[^@\s<>\"',;:]+@[^@\s<>\"',;:.]+(?:\.[^@\s<>\"',;:.]+)+")
TEXTS = (Lookup.IS, Lookup.HAS, Lookup.ONE_OF, Lookup.EMPTY)


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """One line."""

    length_max: int = 200  # characters

    lookups: ClassVar[tuple[Lookup, ...]] = TEXTS
    invisible: ClassVar[re.Pattern[str]] = INVISIBLE

    def sql_type(self) -> SqlType:
        """Text; lengths are checked when cleaning, and may be changed without a migration."""
        return SqlText()

    def clean_value(self, raw: object) -> object:
        """A text in composed letters, without signs that nobody sees."""
        if isinstance(raw, bool | Mapping | list | tuple):
            raise UnusableValue("expected a text")
        text = str(raw).replace("\r\n", "\n")
        if len(text) > self.length_max:
            raise UnusableValue("expected at most {length_max} characters", length_max=self.length_max)
        if self.invisible.search(text):
            raise UnusableValue("expected a text without control characters")
        return unicodedata.normalize("NFC", text)

    def json_schema(self) -> dict[str, object]:
        """With the greatest length."""
        return {**Field.json_schema(self), "maxLength": self.length_max}


@dataclass(frozen=True, kw_only=True)
class LongText(Text):
    """Several lines."""

    length_max: int = 20_000  # characters

    widget: ClassVar[str] = "long_text"
    invisible: ClassVar[re.Pattern[str]] = INVISIBLE_IN_LONG


@dataclass(frozen=True, kw_only=True)
class Choice(Text):
    """One code out of a list."""

    choices: Mapping[str, str]  # code and English label

    lookups: ClassVar[tuple[Lookup, ...]] = EXACT
    widget: ClassVar[str] = "choice"

    def clean_value(self, raw: object) -> object:
        """A code of the list; its label is taken as well, as files have it."""
        text = str(raw)
        for code, label in self.choices.items():
            if text == code or text.lower() == label.lower():
                return code
        raise UnusableValue("expected one of {choices}", choices=", ".join(self.choices))

    def json_schema(self) -> dict[str, object]:
        """With the codes."""
        return {**Field.json_schema(self), "enum": [*self.choices, None]}


@dataclass(frozen=True, kw_only=True)
class Tags(Field):
    """A set of short texts."""

    choices: tuple[str, ...] = ()  # empty: any

    lookups: ClassVar[tuple[Lookup, ...]] = (Lookup.HAS, Lookup.EMPTY)
    widget: ClassVar[str] = "tags"
    json_type: ClassVar[str] = "array"
    count_max: ClassVar[int] = 100
    length_max: ClassVar[int] = 60

    def sql_type(self) -> SqlType:
        """An array of texts."""
        return ARRAY(SqlText())

    def clean_value(self, raw: object) -> object:
        """Sorted tags, each once, out of a list or of a text with commas."""
        parts = raw.split(",") if isinstance(raw, str) else raw
        if not isinstance(parts, list | tuple | set | frozenset) or len(parts) > self.count_max:
            raise UnusableValue("expected at most {count_max} tags", count_max=self.count_max)
        one = Text(length_max=self.length_max)
        tags = {str(tag) for tag in (one.clean(part) for part in parts) if tag is not None}
        unknown = sorted(tags - set(self.choices)) if self.choices else []
        if unknown or any("," in tag for tag in tags):
            raise UnusableValue(
                "expected tags out of {tags}", tags=", ".join(self.choices) or "texts without commas"
            )
        return sorted(tags) or None

    def to_text(self, value: object) -> str:
        """Tags with commas between them."""
        return ", ".join(value) if isinstance(value, list) else ""

    def has(self, column: ColumnElement[object], raw: object) -> ColumnElement[bool]:
        """Rows with one tag, or all of several."""
        return column.op("@>", is_comparison=True)(self.expected(raw))

    def json_schema(self) -> dict[str, object]:
        """A list of texts."""
        return {**Field.json_schema(self), "items": {"type": "string"}}


@dataclass(frozen=True, kw_only=True)
class Url(Text):
    """An address on the web, http or https only: it becomes a link that people click."""

    length_max: int = 2_000  # characters

    widget: ClassVar[str] = "url"
    json_format: ClassVar[str] = "uri"

    def clean_value(self, raw: object) -> object:
        """The address; one without a scheme is taken as https."""
        text = str(Text.clean_value(self, raw))
        address = text if "://" in text else f"https://{text}"
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            raise UnusableValue("expected an address such as https://example.com") from None
        if parts.scheme not in ("http", "https") or "." not in host or re.search(r"[\s<>\"']", address):
            raise UnusableValue("expected an address such as https://example.com")
        return address


@dataclass(frozen=True, kw_only=True)
class Email(Text):
    """An e-mail address; capitals do not count."""

    length_max: int = 254  # RFC 5321, 4.5.3.1.3 less the brackets

    widget: ClassVar[str] = "email"
    json_format: ClassVar[str] = "email"

    def clean_value(self, raw: object) -> object:
        """The address in small letters."""
        text = str(Text.clean_value(self, raw)).lower()
        if not EMAIL.fullmatch(text):
            raise UnusableValue("expected an address such as eve@example.com")
        return text


@dataclass(frozen=True, kw_only=True)
class Secret(Text):
    """May be written and never read again: lists, exports and audit say only whether it is set."""

    lookups: ClassVar[tuple[Lookup, ...]] = (Lookup.EMPTY,)
    widget: ClassVar[str] = "secret"
    json_type: ClassVar[str] = "boolean"

    def to_json(self, value: object) -> object:
        """Whether it is set."""
        return value is not None

    def from_json(self, json: object) -> object:
        """Nothing: what was never shown cannot be read back."""
        return None

    def to_text(self, value: object) -> str:
        """Dots, or nothing."""
        return "" if value is None else "•••"

    def json_schema(self) -> dict[str, object]:
        """Whether it is set."""
        return {"type": "boolean", "title": self.title(), "readOnly": True}

    def input_schema(self) -> dict[str, object]:
        """The secret itself."""
        return {**Field.json_schema(self), "type": ["string", "null"], "maxLength": self.length_max}
