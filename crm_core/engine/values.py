"""Values that take more than one column. Plain numbers, texts and times are Python's own."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyAmount:
    """An amount in one currency."""

    amount: Decimal  # at most four digits after the point
    currency: str  # three capital letters, ISO 4217


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """A number that can be dialed, and what somebody typed."""

    e164: str  # "+" and digits
    raw: str  # as it was typed


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """Where post arrives."""

    street: str = ""  # with the number; may have several lines
    postal_code: str = ""
    city: str = ""
    region: str = ""  # state, province
    country: str = ""  # two capital letters, ISO 3166


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that is kept elsewhere under its hash."""

    sha256: str  # 64 hexadecimal digits: where it is kept
    name: str  # as it was sent, without folders
    media_type: str  # found by looking at it, not what the sender said
    bytes_count: int
