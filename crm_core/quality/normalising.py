"""Values of files as a CRM keeps them: numbers, names, company forms, addresses in one way of writing. Pure.

What is not understood stays as it was; what is changed is told. The raw telephone number is kept beside.
"""

import re
from collections.abc import Mapping

import phonenumbers

from crm_core.engine.values import PhoneNumber

# As their countries' registers write them (Poland, Italy, Slovakia); keys are bare letters.
COMPANY_FORMS: Mapping[str, str] = {
    "spzoo": "Sp. z o.o.",
    "sa": "S.A.",
    "srl": "S.r.l.",
    "spa": "S.p.A.",
    "snc": "S.n.c.",
    "sas": "S.a.s.",
    "sro": "s.r.o.",
    "spolsro": "spol. s r.o.",
    "as": "a.s.",
}
FORM_AT_END = re.compile(
    r"[\s,]+(spol\.?\s*s\.?\s*r\.?\s*o\.?|sp\.?\s*z\.?\s*o\.?\s*o\.?|s\.?\s*[rp]\.?\s*[loa]\.?"
    r"|s\.?\s*[na]\.?\s*[cs]\.?|[sa]\.?\s*[as]\.?)$",
    re.IGNORECASE,
)
STREET_TYPES: Mapping[str, str] = {
    "ul": "ul.",
    "ulica": "ul.",
    "al": "al.",
    "aleja": "al.",
    "pl": "pl.",
    "os": "os.",
    "via": "Via",
    "viale": "Viale",
    "vle": "Viale",
    "pza": "Piazza",
    "piazza": "Piazza",
    "cso": "Corso",
    "corso": "Corso",
    "nam": "nám.",
}
POSTAL_CODES: Mapping[str, tuple[int, str]] = {"PL": (2, "-"), "SK": (3, " "), "CZ": (3, " ")}
POSTAL_DIGITS = 5


def one_line(text: str) -> str:
    """A text with single spaces.

    >>> one_line("  Anna   Nowak ")
    'Anna Nowak'
    """
    return " ".join(text.split())


def person_name(text: str) -> str:
    """A name in the usual letters, where it came in capitals or in small ones.

    >>> person_name("NOWAK-D'AMICO anna"), person_name("ANNA  WIŚNIEWSKA"), person_name("van Gogh")
    ("NOWAK-D'AMICO anna", 'Anna Wiśniewska', 'van Gogh')
    """
    line = one_line(text)
    if line != line.upper() and line != line.lower():
        return line  # somebody chose the capitals
    return re.sub(r"[^\W\d_]+", lambda word: word.group().capitalize(), line)


def company(text: str) -> str:
    """A company's name with its form as the register writes it.

    >>> company("KOWAL-STAL sp zoo"), company("Bianchi  SRL"), company("Drevo s. r. o.")
    ('KOWAL-STAL Sp. z o.o.', 'Bianchi S.r.l.', 'Drevo s.r.o.')
    """
    line = one_line(text)
    found = FORM_AT_END.search(line)
    form = COMPANY_FORMS.get(re.sub(r"[^a-z]", "", found.group(1).lower())) if found else None
    return f"{line[: found.start()]} {form}" if found and form else line


def phone_number(text: str, region: str) -> PhoneNumber | None:
    """A number in E.164 with what stood in the file; None: none that can be dialed. `region` is ISO 3166.

    >>> phone_number("tel. 02/123.45.67", "IT")
    PhoneNumber(e164='+39021234567', raw='tel. 02/123.45.67')
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneNumber(e164=e164, raw=one_line(text)[:60])


def shown_phone(e164: str) -> str:
    """A number as people write it to other countries.

    >>> shown_phone("+39021234567")
    '+39 02 1234567'
    """
    number = phonenumbers.parse(e164)
    digits = phonenumbers.national_significant_number(number)
    area = phonenumbers.length_of_geographical_area_code(number)
    if area:
        return f"+{number.country_code} {digits[:area]} {digits[area:]}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def tax_number(text: str) -> str:
    """A tax number without signs between its letters and digits.

    >>> tax_number("PL 526-025-02-74")
    'PL5260250274'
    """
    return re.sub(r"[\s./-]", "", text).upper()


def street(text: str) -> str:
    """A street with its type as its country writes it.

    >>> street("UL Długa 12"), street("v.le  Monza 3"), street("Dlouhá 1")
    ('ul. Długa 12', 'Viale Monza 3', 'Dlouhá 1')
    """
    first, _, rest = one_line(text).partition(" ")
    form = STREET_TYPES.get(re.sub(r"\W", "", first.lower()))
    return f"{form} {rest}" if form and rest else one_line(text)


def postal_code(text: str, country: str) -> str:
    """A postal code with its country's sign in its place.

    >>> postal_code("00950", "PL"), postal_code("811 01", "SK"), postal_code("20121", "IT")
    ('00-950', '811 01', '20121')
    """
    digits = re.sub(r"\D", "", text)
    if country not in POSTAL_CODES or len(digits) != POSTAL_DIGITS:
        return one_line(text)
    place, sign = POSTAL_CODES[country]
    return f"{digits[:place]}{sign}{digits[place:]}"
