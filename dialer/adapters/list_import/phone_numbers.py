"""A telephone number as people write it becomes E.164 and the time zones its party may be in, or a reason.

By the numbering plans in `phonenumbers`. Its geocoder is never imported here: it takes 190 MB.
"""

import re

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    number_type,
    parse,
)
from phonenumbers.phonenumberutil import is_number_type_geographical
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number, time_zones_for_number

TEXT_LENGTH_MAX = 60
SHORTENED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
REFUSED_TYPES = {PhoneNumberType.PREMIUM_RATE: "a premium-rate number"}
LENGTHS = {
    ValidationResult.TOO_SHORT: "too short",
    ValidationResult.TOO_LONG: "too long",
    ValidationResult.INVALID_LENGTH: "of a length that no number has",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "without its area code",
    ValidationResult.INVALID_COUNTRY_CODE: "of a country code that does not exist",
}


class NumberFault(Exception):
    """A text is no number that could be called; the message says why, for people."""


def read_number(text: str, country: str | None, *, takes_possible: bool = False) -> tuple[str, str]:
    """The number in E.164, and its IANA zones with commas between (empty: not known).

    `takes_possible` also takes numbers of a right length that the numbering plan does not have (yet).

    >>> read_number("(202) 555-0123", "US")
    ('+12025550123', 'America/New_York')

    Raises:
        NumberFault: it is none that could be called.
    """
    parsed = _parsed(text, country)
    kind = number_type(parsed)
    if kind in REFUSED_TYPES:
        raise NumberFault(REFUSED_TYPES[kind])
    if kind == PhoneNumberType.UNKNOWN:
        length = is_possible_number_with_reason(parsed)
        if length != ValidationResult.IS_POSSIBLE:
            raise NumberFault(LENGTHS.get(length, "not possible"))
        if not takes_possible:
            raise NumberFault("not in the numbering plan of its country")
    if kind == PhoneNumberType.UNKNOWN or is_number_type_geographical(kind, parsed.country_code or 0):
        zones = time_zones_for_geographical_number(parsed)
    else:
        zones = time_zones_for_number(parsed)
    known = () if UNKNOWN_TIMEZONE in zones else zones
    return format_number(parsed, PhoneNumberFormat.E164), ",".join(known)


def _parsed(text: str, country: str | None) -> PhoneNumber:
    if len(text) > TEXT_LENGTH_MAX:
        raise NumberFault("too long for a number")
    if SHORTENED.fullmatch(text.strip()):
        raise NumberFault("shortened by a spreadsheet, its digits are lost: format the column as text")
    if country is None and text.lstrip().startswith("00"):
        text = "+" + text.lstrip()[2:]
    try:
        parsed = parse(text, country)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            if country is None and "+" not in text:
                raise NumberFault("without country code: write it with +, or give --country") from None
            raise NumberFault("of a country code that does not exist") from None
        raise NumberFault("no telephone number") from None
    if parsed.extension:
        raise NumberFault("with an extension, which cannot be dialed")
    return parsed
