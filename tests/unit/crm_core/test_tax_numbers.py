"""Check digits of tax numbers: what holds passes, and each slip of one digit is told."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_core.engine.values import PostalAddress
from crm_core.parties.tax_numbers import tax_number_is_valid

GOOD = ("PL5252248481", "PL 525-224-84-81", "IT00743110157", "SK2022749619")
MISTYPED = "a digit of this number is mistyped: its check digit does not fit"


def refusals(number: str, kind: str = "organisation", country: str = "") -> list[str]:
    """What is wrong with a party of this number."""
    address = PostalAddress(street="", postal_code="", city="", region="", country=country)
    after = {"tax_id": number, "kind": kind, "address": address if country else None}
    return [one.text for one in tax_number_is_valid(None, after)]


@pytest.mark.parametrize("number", GOOD)
def test_number_that_holds_passes_with_and_without_its_country(number: str) -> None:
    """Two letters say the country, or the address does; signs between digits do not count."""
    assert refusals(number) == refusals(number[2:], country=number[:2]) == []


@given(st.sampled_from(GOOD), st.integers(2, 30), st.integers(1, 9))
@example("PL5252248481", 5, 1)
@example("IT00743110157", 9, 3)
@example("SK2022749619", 4, 2)
def test_one_wrong_digit_is_told(number: str, place: int, more: int) -> None:
    """Each of the three formulas finds every slip of one digit."""
    plain = number.replace("-", "").replace(" ", "")
    place = 2 + place % (len(plain) - 2)
    wrong = f"{plain[:place]}{(int(plain[place]) + more) % 10}{plain[place + 1 :]}"
    assert refusals(wrong)


def test_refusal_says_what_is_wrong() -> None:
    """A wrong digit and a wrong length read differently."""
    assert refusals("PL5252248482") == [MISTYPED]
    assert refusals("PL52522484") == ["expected {digits_count} digits in a VAT number of {country}"]


@pytest.mark.parametrize(
    ("number", "kind", "country", "is_good"),
    [
        ("RCCMNL83S18D969H", "person", "IT", True),
        ("RCCMNL83S18D969X", "person", "IT", False),
        ("44051401359", "person", "PL", True),
        ("44051401358", "person", "PL", False),
        ("DE136695976", "organisation", "DE", True),
        ("anything", "organisation", "", True),
    ],
)
def test_personal_numbers_and_other_countries(number: str, kind: str, country: str, is_good: bool) -> None:
    """A person has his own kind of number; what we know no formula of is kept as it is."""
    assert (not refusals(number, kind, country)) == is_good


def test_number_that_was_there_before_does_not_hold_up_other_changes() -> None:
    """Old data may be wrong; whoever changes a remark is not made to mend it."""
    values = {"tax_id": "PL5252248482", "kind": "organisation", "address": None}
    assert not list(tax_number_is_valid(values, values))
