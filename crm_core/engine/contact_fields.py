"""Field kinds of reaching people and of files: phone, postal address, file."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

import phonenumbers
from sqlalchemy import Column, ColumnElement
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import JSONB

from crm_core.engine.errors import UnusableValue
from crm_core.engine.field import Field, Lookup, SqlType, escape_like
from crm_core.engine.text_fields import TEXTS, LongText, Text
from crm_core.engine.values import PhoneNumber, PostalAddress, StoredFile

ADDRESS_PARTS = ("street", "postal_code", "city", "region", "country")
COUNTRY = re.compile(r"[A-Z]{2}")
SHA256 = re.compile(r"[0-9a-f]{64}")
MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
RAW_LENGTH_MAX = 60


@dataclass(frozen=True, kw_only=True)
class Phone(Field):
    """A phone number: in E.164, and as it was typed."""

    region: str = "PL"  # of numbers typed without a country; ISO 3166

    lookups: ClassVar[tuple[Lookup, ...]] = TEXTS
    widget: ClassVar[str] = "phone"
    json_type: ClassVar[str] = "object"

    def sql_type(self) -> SqlType:
        """A text."""
        return SqlText()

    def columns(self) -> tuple[Column[object], ...]:
        """E.164 and raw."""
        raw: Column[object] = Column(f"{self.name}_raw", SqlText(), nullable=not self.required)
        return (*Field.columns(self), raw)

    def clean_value(self, raw: object) -> object:
        """The number, if one can be dialed."""
        if isinstance(raw, PhoneNumber):
            return raw
        typed = str(raw.get("raw") or raw.get("e164") or "") if isinstance(raw, Mapping) else str(raw)
        known = str(raw.get("e164") or typed) if isinstance(raw, Mapping) else typed
        typed = str(Text(length_max=RAW_LENGTH_MAX).clean(typed) or "")
        try:
            number = phonenumbers.parse(known, self.region)
        except phonenumbers.NumberParseException:
            raise UnusableValue("expected a phone number such as +48 22 123 45 67") from None
        if not phonenumbers.is_possible_number(number):
            raise UnusableValue("expected a phone number such as +48 22 123 45 67")
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return PhoneNumber(e164=e164, raw=typed)

    def to_row(self, value: object) -> dict[str, object]:
        """Both forms."""
        phone = value if isinstance(value, PhoneNumber) else None
        return {self.name: phone and phone.e164, f"{self.name}_raw": phone and phone.raw}

    def from_row(self, row: Mapping[str, object]) -> object:
        """Both forms in one value."""
        if row[self.name] is None:
            return None
        return PhoneNumber(e164=str(row[self.name]), raw=str(row[f"{self.name}_raw"]))

    def to_json(self, value: object) -> object:
        """Both forms."""
        return asdict(value) if isinstance(value, PhoneNumber) else None

    def to_text(self, value: object) -> str:
        """E.164."""
        return value.e164 if isinstance(value, PhoneNumber) else ""

    def has(self, column: ColumnElement[object], raw: object) -> ColumnElement[bool]:
        """Numbers with these digits in a row."""
        digits = re.sub(r"\D", "", str(raw))
        if not digits:
            raise UnusableValue("expected digits")
        return column.like(f"%{escape_like(digits)}%")

    def json_schema(self) -> dict[str, object]:
        """Both forms."""
        parts = {"e164": {"type": "string"}, "raw": {"type": "string"}}
        return {**Field.json_schema(self), "properties": parts}

    def input_schema(self) -> dict[str, object]:
        """Both forms, or the number as people write it."""
        return {**self.json_schema(), "type": ["object", "string", "null"]}


@dataclass(frozen=True, kw_only=True)
class Address(Field):
    """A postal address; its city can be filtered and sorted by."""

    lookups: ClassVar[tuple[Lookup, ...]] = (Lookup.HAS, Lookup.EMPTY)
    widget: ClassVar[str] = "address"
    json_type: ClassVar[str] = "object"

    def sql_type(self) -> SqlType:
        """A text."""
        return SqlText()

    def column_name(self) -> str:
        """The city."""
        return f"{self.name}_city"

    def columns(self) -> tuple[Column[object], ...]:
        """One for each part."""
        return tuple(Column(f"{self.name}_{part}", SqlText()) for part in ADDRESS_PARTS)

    def clean_value(self, raw: object) -> object:
        """An address out of its parts, or of a text with bars between all five."""
        if isinstance(raw, PostalAddress):
            return raw
        if isinstance(raw, str):
            lines = [line.strip() for line in raw.split("|")]
            raw = dict(zip(ADDRESS_PARTS, lines, strict=False)) if len(lines) == len(ADDRESS_PARTS) else None
        if not isinstance(raw, Mapping) or set(raw) - set(ADDRESS_PARTS):
            raise UnusableValue("expected street | postal code | city | region | country")
        parts = {part: str(LongText(length_max=300).clean(raw.get(part)) or "") for part in ADDRESS_PARTS}
        parts["country"] = parts["country"].upper()
        if parts["country"] and not COUNTRY.fullmatch(parts["country"]):
            raise UnusableValue("expected a country of two letters")
        if any("|" in part for part in parts.values()):
            raise UnusableValue("expected an address without | in it")
        return PostalAddress(**parts) if any(parts.values()) else None

    def clean(self, raw: object) -> object:
        """As every field; an address whose parts are all empty is none."""
        value = Field.clean(self, raw)
        return Field.clean(self, None) if value is None else value

    def to_row(self, value: object) -> dict[str, object]:
        """Each part."""
        if not isinstance(value, PostalAddress):
            return {f"{self.name}_{part}": None for part in ADDRESS_PARTS}
        return {f"{self.name}_{part}": getattr(value, part) for part in ADDRESS_PARTS}

    def from_row(self, row: Mapping[str, object]) -> object:
        """All parts in one value."""
        if row[self.column_name()] is None:
            return None
        return PostalAddress(**{part: str(row[f"{self.name}_{part}"] or "") for part in ADDRESS_PARTS})

    def to_json(self, value: object) -> object:
        """Each part."""
        return asdict(value) if isinstance(value, PostalAddress) else None

    def to_text(self, value: object) -> str:
        """Parts with bars between."""
        if not isinstance(value, PostalAddress):
            return ""
        return " | ".join(getattr(value, part) for part in ADDRESS_PARTS)

    def json_schema(self) -> dict[str, object]:
        """Each part."""
        parts = {part: {"type": "string"} for part in ADDRESS_PARTS}
        return {**Field.json_schema(self), "properties": parts}


@dataclass(frozen=True, kw_only=True)
class File(Field):
    """A file; the record holds its hash and name, the file itself is kept elsewhere."""

    lookups: ClassVar[tuple[Lookup, ...]] = (Lookup.EMPTY,)
    widget: ClassVar[str] = "file"
    json_type: ClassVar[str] = "object"

    def sql_type(self) -> SqlType:
        """A small document."""
        return JSONB(none_as_null=True)

    def clean_value(self, raw: object) -> object:
        """What the file store gave when it took the file."""
        if isinstance(raw, StoredFile):
            return raw
        if isinstance(raw, str) and raw.startswith("{"):
            try:
                raw = json.loads(raw)
            except ValueError:
                raw = None
        if not isinstance(raw, Mapping) or set(raw) != {"sha256", "name", "media_type", "bytes_count"}:
            raise UnusableValue("expected a file that was taken before")
        name = re.split(r"[\\/]", str(Text().clean(raw["name"]) or "file"))[-1]
        is_count = isinstance(raw["bytes_count"], int) and raw["bytes_count"] >= 0
        if (
            not is_count
            or not SHA256.fullmatch(str(raw["sha256"]))
            or not MEDIA_TYPE.fullmatch(str(raw["media_type"]))
        ):
            raise UnusableValue("expected a file that was taken before")
        return StoredFile(
            sha256=str(raw["sha256"]),
            name=name,
            media_type=str(raw["media_type"]),
            bytes_count=raw["bytes_count"],
        )

    def to_row(self, value: object) -> dict[str, object]:
        """The document as a text: how the driver takes it."""
        return {self.name: json.dumps(asdict(value)) if isinstance(value, StoredFile) else None}

    def from_row(self, row: Mapping[str, object]) -> object:
        """The document again."""
        text = row[self.name]
        return StoredFile(**json.loads(text)) if isinstance(text, str) else None

    def to_json(self, value: object) -> object:
        """The document."""
        return asdict(value) if isinstance(value, StoredFile) else None

    def to_text(self, value: object) -> str:
        """The document: `clean` takes it back."""
        return json.dumps(asdict(value)) if isinstance(value, StoredFile) else ""
