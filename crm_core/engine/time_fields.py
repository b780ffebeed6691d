"""Field kinds of the calendar and the clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import ClassVar

from sqlalchemy import Date as SqlDate
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy import Time as SqlTime

from crm_core.engine.errors import UnusableValue
from crm_core.engine.field import ORDERED, Field, Lookup, SqlType


@dataclass(frozen=True, kw_only=True)
class Date(Field):
    """A day."""

    lookups: ClassVar[tuple[Lookup, ...]] = ORDERED
    widget: ClassVar[str] = "date"
    json_format: ClassVar[str] = "date"

    def sql_type(self) -> SqlType:
        """A date."""
        return SqlDate()

    def clean_value(self, raw: object) -> object:
        """The day; ISO 8601 only, since 03/04 is two days."""
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        try:
            return date.fromisoformat(str(raw))
        except ValueError:
            raise UnusableValue("expected a date as 2026-12-31") from None

    def to_json(self, value: object) -> object:
        """ISO 8601."""
        return value.isoformat() if isinstance(value, date) else None


@dataclass(frozen=True, kw_only=True)
class Time(Field):
    """A time of day, wherever one is."""

    lookups: ClassVar[tuple[Lookup, ...]] = ORDERED
    widget: ClassVar[str] = "time"

    def sql_type(self) -> SqlType:
        """A time without a zone."""
        return SqlTime()

    def clean_value(self, raw: object) -> object:
        """The time of day."""
        try:
            found = raw if isinstance(raw, time) else time.fromisoformat(str(raw))
        except ValueError:
            raise UnusableValue("expected a time as 14:30") from None
        if found.tzinfo is not None:
            raise UnusableValue("expected a time of day without a zone")
        return found

    def to_json(self, value: object) -> object:
        """ISO 8601."""
        return value.isoformat() if isinstance(value, time) else None


@dataclass(frozen=True, kw_only=True)
class DateTime(Field):
    """An instant, kept in UTC."""

    lookups: ClassVar[tuple[Lookup, ...]] = ORDERED
    widget: ClassVar[str] = "date_time"
    json_format: ClassVar[str] = "date-time"

    def sql_type(self) -> SqlType:
        """An instant."""
        return SqlDateTime(timezone=True)

    def clean_value(self, raw: object) -> object:
        """The instant; a time without a zone is refused, since nobody knows which was meant."""
        try:
            found = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw))
            if found.tzinfo is not None:
                return found.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise UnusableValue("expected a date and time with a zone, as 2026-12-31T14:30+01:00")

    def to_json(self, value: object) -> object:
        """ISO 8601."""
        return value.isoformat() if isinstance(value, datetime) else None

    def to_text(self, value: object) -> str:
        """ISO 8601: exact, and read back."""
        return value.isoformat() if isinstance(value, datetime) else ""
