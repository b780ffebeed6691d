"""Search for phone numbers: what stands for digits that were typed, and where they may stand.

Numbers are kept in E.164. Whoever types one leaves out the country, or adds signs and zeros, so that the end
of a number is surest; then its beginning, and only then digits in the middle.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import phonenumbers
from sqlalchemy import ColumnElement, or_

from crm_core.engine.contact_fields import Phone
from crm_core.engine.declaration import Entity
from crm_core.engine.field import Field
from crm_core.engine.reference_fields import Link
from crm_core.engine.search_stages import Stage
from crm_core.engine.tables import from_the_end, in_code_order

DIGITS_MIN = 3
WHOLE_DIGITS_MIN = 7  # of a number that is typed to its end
DIGITS_MAX = 18  # E.164 has at most 15, "00" or a trunk's zero may stand before them
MIDDLE_DIGITS_MIN = 5  # of what is looked for in the middle: fewer are in too many numbers
PHONE_SIGNS = re.compile(r"(?:tel|fax|mob)?[.:]?[\d\s()+./-]+")


def phone_digits(text: str) -> str:
    """Digits that a number in E.164 holds, whatever its format; "" where the text is no number.

    >>> phone_digits("(0048) 22-123 45"), phone_digits("022 12 345"), phone_digits("flat 12")
    ('482212345', '2212345', '')
    >>> phone_digits("+44 (0)20 7946"), phone_digits("Tel. 02/123.45.67")
    ('44207946', '21234567')
    """
    text = text.strip().lower()
    if not PHONE_SIGNS.fullmatch(text):
        return ""
    digits = re.sub(r"[^0-9]", "", text.replace("(0)", "")).lstrip("0")
    return digits if DIGITS_MIN <= len(digits) <= DIGITS_MAX else ""


def phones_of(fields: Iterable[Field]) -> list[Phone]:
    """Those of some fields that hold numbers."""
    return [field for field in fields if isinstance(field, Phone)]


def inheriting(entity: Entity) -> Iterator[tuple[Link, Entity]]:
    """Entities whose records are parts of this one's, with the link that says of which."""
    for other in entity.registry:
        for name in other.rights.inherits:
            link = other.fields[name]
            if isinstance(link, Link) and link.to == entity.name:
                yield link, other


def phone_stages(entity: Entity, phones: Sequence[Phone], digits: str) -> list[Stage]:
    """Numbers that end so, begin so, or have these digits in the middle."""
    ends: list[ColumnElement[bool]] = []
    begins: list[ColumnElement[bool]] = []
    middles: list[ColumnElement[bool]] = []
    for phone in phones:
        column = entity.table.c[phone.column_name()]
        ends.append(from_the_end(column).like(f"{digits[::-1]}%"))
        for country in ("", phonenumbers.country_code_for_region(phone.region)):
            begins.append(in_code_order(column).like(f"+{country}{digits}%"))
        if len(digits) >= MIDDLE_DIGITS_MIN:
            middles.append(column.like(f"%{digits}%"))
    is_whole = len(digits) >= WHOLE_DIGITS_MIN
    return [
        Stage(condition=or_(*conditions), is_last_resort=is_last_resort)
        for conditions, is_last_resort in ((ends, False), (begins, is_whole), (middles, True))
        if conditions
    ]
