"""Field kinds of amounts: number, money, yes or no, duration."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from sqlalchemy import BigInteger, Column, Numeric
from sqlalchemy import Boolean as SqlBoolean
from sqlalchemy import Text as SqlText

from crm_core.engine.errors import UnusableValue
from crm_core.engine.field import ORDERED, Field, Lookup, SqlType, truth
from crm_core.engine.values import MoneyAmount

NUMBER_MAX = Decimal(10) ** 14
MONEY_DECIMALS = 4
DURATION = re.compile(r"(\d{1,6}):([0-5]\d)(?::([0-5]\d))?")
CURRENCY = re.compile(r"[A-Z]{3}")
MONEY = re.compile(r"([^A-Za-z]*?)\s*([A-Za-z]{3})?")


def clean_decimal(raw: object, decimals: int) -> Decimal:
    """A finite number with at most so many digits after the point.

    Raises:
        UnusableValue: it is none.
    """
    if isinstance(raw, bool):
        raise UnusableValue("expected a number")
    text = re.sub(r"[\s\u00a0']", "", str(raw))
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise UnusableValue("expected a number") from None
    if not number.is_finite() or abs(number) >= NUMBER_MAX:
        raise UnusableValue("expected a number under {number_max}", number_max=str(NUMBER_MAX))
    rounded = round(number, decimals)
    if rounded != number:
        raise UnusableValue("expected at most {count_max} digits after the point", count_max=decimals)
    return rounded


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number: whole, or with a fixed count of digits after the point."""

    decimals: int = 0  # digits after the point; 0: a whole number
    at_least: Decimal | int | None = None
    at_most: Decimal | int | None = None

    lookups: ClassVar[tuple[Lookup, ...]] = ORDERED
    widget: ClassVar[str] = "number"
    json_type: ClassVar[str] = "number"

    def sql_type(self) -> SqlType:
        """A whole or an exact decimal number."""
        return Numeric(14 + self.decimals, self.decimals) if self.decimals else BigInteger()

    def clean_value(self, raw: object) -> object:
        """The number, within its limits."""
        number = clean_decimal(raw, self.decimals)
        if self.at_least is not None and number < self.at_least:
            raise UnusableValue("expected at least {at_least}", at_least=str(self.at_least))
        if self.at_most is not None and number > self.at_most:
            raise UnusableValue("expected at most {at_most}", at_most=str(self.at_most))
        return number if self.decimals else int(number)

    def to_json(self, value: object) -> object:
        """Whole numbers as such, others as texts: JSON's numbers are not exact."""
        return str(value) if isinstance(value, Decimal) else value

    def json_schema(self) -> dict[str, object]:
        """A whole number, or a text with a decimal one."""
        kind = "string" if self.decimals else "integer"
        return {**Field.json_schema(self), "type": [kind, "null"]}

    def input_schema(self) -> dict[str, object]:
        """A number or a text with one, within its limits where it is a number."""
        kinds = ["string", "number", "null"] if self.decimals else ["integer", "null"]
        limits = {"minimum": self.at_least, "maximum": self.at_most}
        return {
            **self.json_schema(),
            "type": kinds,
            **{name: float(limit) for name, limit in limits.items() if limit is not None},
        }


@dataclass(frozen=True, kw_only=True)
class Money(Field):
    """An amount with its currency; amounts are filtered and sorted without regard to the currency."""

    currency: str = "EUR"  # where none is typed

    lookups: ClassVar[tuple[Lookup, ...]] = (Lookup.MIN, Lookup.MAX, Lookup.EMPTY)
    widget: ClassVar[str] = "money"
    json_type: ClassVar[str] = "object"

    def sql_type(self) -> SqlType:
        """An exact decimal number."""
        return Numeric(18, MONEY_DECIMALS)

    def columns(self) -> tuple[Column[object], ...]:
        """Amount and currency."""
        currency: Column[object] = Column(f"{self.name}_currency", SqlText(), nullable=not self.required)
        return (*Field.columns(self), currency)

    def clean_value(self, raw: object) -> object:
        """An amount out of "12.50 EUR", a number, or both in a mapping."""
        if isinstance(raw, MoneyAmount):
            return raw
        if isinstance(raw, Mapping):
            amount, currency = raw.get("amount"), str(raw.get("currency") or self.currency)
        else:
            parts = MONEY.fullmatch(str(raw))
            if parts is None:
                raise UnusableValue("expected an amount such as 12.50 EUR")
            amount, currency = parts[1], parts[2] or self.currency
        if not CURRENCY.fullmatch(currency.upper()):
            raise UnusableValue("expected a currency of three letters")
        return MoneyAmount(amount=clean_decimal(amount, MONEY_DECIMALS), currency=currency.upper())

    def to_row(self, value: object) -> dict[str, object]:
        """Amount and currency."""
        money = value if isinstance(value, MoneyAmount) else None
        return {self.name: money and money.amount, f"{self.name}_currency": money and money.currency}

    def from_row(self, row: Mapping[str, object]) -> object:
        """Both in one value."""
        amount = row[self.name]
        if not isinstance(amount, Decimal):
            return None
        return MoneyAmount(amount=amount, currency=str(row[f"{self.name}_currency"]))

    def to_json(self, value: object) -> object:
        """The exact amount as a text, and the currency."""
        if not isinstance(value, MoneyAmount):
            return None
        return {"amount": str(value.amount), "currency": value.currency}

    def to_text(self, value: object) -> str:
        """Amount, then currency."""
        return f"{value.amount} {value.currency}" if isinstance(value, MoneyAmount) else ""

    def json_schema(self) -> dict[str, object]:
        """Amount and currency."""
        parts = {"amount": {"type": "string"}, "currency": {"type": "string"}}
        return {**Field.json_schema(self), "properties": parts}

    def input_schema(self) -> dict[str, object]:
        """Both, or a text such as 12.50 EUR."""
        return {**self.json_schema(), "type": ["object", "string", "null"]}


@dataclass(frozen=True, kw_only=True)
class Boolean(Field):
    """Yes or no; nothing given means unknown."""

    lookups: ClassVar[tuple[Lookup, ...]] = (Lookup.IS, Lookup.EMPTY)
    widget: ClassVar[str] = "boolean"
    json_type: ClassVar[str] = "boolean"

    def sql_type(self) -> SqlType:
        """A truth value."""
        return SqlBoolean()

    def clean_value(self, raw: object) -> object:
        """Yes or no."""
        return truth(raw)

    def to_text(self, value: object) -> str:
        """A word."""
        return "" if value is None else "yes" if value else "no"


@dataclass(frozen=True, kw_only=True)
class Duration(Field):
    """A span of whole seconds."""

    lookups: ClassVar[tuple[Lookup, ...]] = ORDERED
    widget: ClassVar[str] = "duration"
    json_type: ClassVar[str] = "integer"
    seconds_max: ClassVar[int] = 100 * 365 * 86_400

    def sql_type(self) -> SqlType:
        """Seconds."""
        return BigInteger()

    def column_name(self) -> str:
        """With its unit."""
        return f"{self.name}_seconds"

    def clean_value(self, raw: object) -> object:
        """A span out of seconds, h:mm or h:mm:ss."""
        if isinstance(raw, timedelta):
            return raw
        parts = DURATION.fullmatch(str(raw))
        if parts:
            seconds = int(parts[1]) * 3600 + int(parts[2]) * 60 + int(parts[3] or 0)
        else:
            seconds = int(clean_decimal(raw, 0))
        if not 0 <= seconds <= self.seconds_max:
            raise UnusableValue("expected seconds, or hours and minutes as 1:30")
        return timedelta(seconds=seconds)

    def to_row(self, value: object) -> dict[str, object]:
        """Whole seconds."""
        return {self.column_name(): self.to_json(value)}

    def from_row(self, row: Mapping[str, object]) -> object:
        """The span of its seconds."""
        seconds = row[self.column_name()]
        return timedelta(seconds=seconds) if isinstance(seconds, int) else None

    def to_json(self, value: object) -> object:
        """Whole seconds."""
        return int(value.total_seconds()) if isinstance(value, timedelta) else None

    def to_text(self, value: object) -> str:
        """Hours, minutes and seconds."""
        if not isinstance(value, timedelta):
            return ""
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
