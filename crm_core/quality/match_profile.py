"""What of a party is compared with others: its texts folded, its numbers bare. Pure; nothing here is kept.

Theory and sources: docs/algorithms/duplicates.md.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

from rules.conditions.folding import fold

# Company forms of Poland, Italy, Slovakia and of those who write to us from elsewhere, folded, without signs.
COMPANY_FORM = re.compile(
    r"sp|z|oo|zoo|spolka|s|a|sa|sro|spol|r|o|srl|srls|spa|snc|sas|sc|as|gmbh|ag|kg|ltd|llc|inc|plc|bv"
)
WORD = re.compile(r"[^\W_]+")
HOUSE_NUMBER = re.compile(r"\b\d+[a-z]?\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchProfile:
    """One party as the comparison sees it; "" and the empty set: not known."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""  # name of what is no person, without its company form
    birth_date: str = ""  # eight digits
    tax_id: str = ""  # letters and digits
    house_number: str = ""
    street: str = ""  # first line of the address, without the number
    building: str = ""  # further lines
    postal_code: str = ""
    city: str = ""
    region: str = ""
    phones: frozenset[str] = frozenset()  # E.164
    emails: frozenset[str] = frozenset()


FIELDS = tuple(field.name for field in fields(MatchProfile))


def folded_words(text: str) -> str:
    """Words without case, accents and signs, a space between them.

    >>> folded_words(" O'Neill–ŁÓDŹ ")
    'o neill lodz'
    """
    return " ".join(WORD.findall(fold(text)))


def bare_code(text: str) -> str:
    """Letters and digits of a number that is written in many ways.

    >>> bare_code("PL 526-025-02-74")
    'pl5260250274'
    """
    return folded_words(text).replace(" ", "")


def company_name(text: str) -> str:
    """The name of a firm without its company form; of a name that is nothing else, all of it.

    >>> company_name("Kowal-Stal Sp. z o.o."), company_name("S.A.")
    ('kowal stal', 's a')
    """
    words = folded_words(text).split()
    return " ".join(word for word in words if not COMPANY_FORM.fullmatch(word)) or " ".join(words)


def match_profile(
    *,
    first_name: str = "",
    last_name: str = "",
    company: str = "",
    birth_date: str = "",
    tax_id: str = "",
    street: str = "",
    postal_code: str = "",
    city: str = "",
    region: str = "",
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
) -> MatchProfile:
    """The profile of what stands in a record; `street` may have several lines, its number in the first.

    >>> match_profile(street="ul. Długa 12a\\nBlok C").house_number
    '12a'
    """
    first_line, _, rest = street.strip().partition("\n")
    line = folded_words(first_line)
    number = HOUSE_NUMBER.search(line)
    return MatchProfile(
        first_name=folded_words(first_name),
        last_name=folded_words(last_name),
        company=company_name(company),
        birth_date=bare_code(birth_date),
        tax_id=bare_code(tax_id),
        house_number=number.group() if number else "",
        street=" ".join(HOUSE_NUMBER.sub(" ", line, count=1).split()),
        building=folded_words(rest),
        postal_code=bare_code(postal_code),
        city=folded_words(city),
        region=folded_words(region),
        phones=frozenset(phones),
        emails=frozenset(email.lower() for email in emails),
    )
