"""Check digits of VAT and personal tax numbers: a slip of the finger is told when it is made.

The formulas are the countries' own, as python-stdnum has them; which country is meant is told by the two
letters before the number, or by the address.
"""

from collections.abc import Callable, Iterable

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.it import codicefiscale, iva
from stdnum.pl import nip, pesel
from stdnum.sk import dph

from crm_core.engine.declaration import Values
from crm_core.engine.errors import Problem, problem
from crm_core.engine.values import PostalAddress

Check = Callable[[str], str]
"""Gives the number in its plain form, or raises what is wrong with it."""

VAT_CHECKS: dict[str, tuple[Check, int]] = {
    "PL": (nip.validate, 10),
    "IT": (iva.validate, 11),
    "SK": (dph.validate, 10),
}
"""By country, and how many digits its number has."""

PERSONAL_CHECKS: dict[tuple[str, int], Check] = {
    ("PL", 11): pesel.validate,
    ("IT", 16): codicefiscale.validate,
}
"""By country and length."""


def tax_number_is_valid(before: Values | None, after: Values) -> Iterable[Problem]:
    """The check digit of a Polish, Italian or Slovak number holds; what was there before is left in peace."""
    number = str(after["tax_id"] or "")
    if not number or (before is not None and before["tax_id"] == number and before["kind"] == after["kind"]):
        return
    plain = "".join(letter for letter in number if letter.isalnum()).upper()
    country = _country(plain, after["address"])
    if country not in VAT_CHECKS:
        return
    digits = plain.removeprefix(country)
    personal = PERSONAL_CHECKS.get((country, len(digits))) if after["kind"] == "person" else None
    check, length = VAT_CHECKS[country]
    try:
        (personal or check)(digits)
    except InvalidChecksum:
        yield problem("tax_id", "a digit of this number is mistyped: its check digit does not fit")
    except ValidationError:
        yield problem(
            "tax_id",
            "expected {digits_count} digits in a VAT number of {country}",
            digits_count=length,
            country=country,
        )


def _country(plain: str, address: object) -> str:
    # Codes of persons begin with letters too: only two letters before a digit name a country.
    if plain[:2] in VAT_CHECKS and plain[2:3].isdigit():
        return plain[:2]
    return address.country if isinstance(address, PostalAddress) else ""
