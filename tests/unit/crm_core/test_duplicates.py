"""Duplicates: keys that bring pairs together, levels of agreement, scores, and what they reach on FEBRL 1."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.febrl import f1_of, read_people
from crm_core.quality.blocking import key_numbers, match_keys
from crm_core.quality.comparing import Level, levels_of
from crm_core.quality.match_profile import FIELDS, MatchProfile, match_profile
from crm_core.quality.scoring import LIKELY_BITS, WEIGHTS, Verdict, score

ANNA = match_profile(
    first_name="Anna",
    last_name="Nowak",
    birth_date="1980-02-13",
    tax_id="526-025-02-74",
    street="ul. Długa 12a",
    postal_code="00-950",
    city="Łódź",
    phones=["+48221234567"],
    emails=["Anna@example.com"],
)
WORDS = st.sampled_from(["", "anna", "ana", "nowak", "novak", "kowal stal"])
PROFILES = st.builds(
    MatchProfile,
    first_name=WORDS,
    last_name=WORDS,
    company=WORDS,
    street=WORDS,
    birth_date=st.sampled_from(["", "19800213", "19801302", "20010101"]),
    phones=st.frozensets(st.sampled_from(["+48221234567", "+390212345"]), max_size=2),
)


@pytest.mark.parametrize(("has_number", "f1_min"), [(True, 0.99), (False, 0.98)])
def test_duplicates_of_febrl_1_are_found(has_number: bool, f1_min: float) -> None:
    """The goal of the product, on the smaller of its two data sets; the benchmark measures both."""
    assert f1_of(read_people(1, with_id_number=has_number)) >= f1_min


@settings(max_examples=150)
@given(one=PROFILES, other=PROFILES)
@example(
    one=MatchProfile(first_name="anna", last_name="nowak"),
    other=MatchProfile(first_name="novak", last_name="anna"),
)
def test_score_does_not_depend_on_who_is_compared_with_whom(one: MatchProfile, other: MatchProfile) -> None:
    """Otherwise a pair would be found or not, as the records happen to be sorted."""
    assert score(one, other) == score(other, one)


def test_each_field_has_a_weight_for_each_level() -> None:
    """A field that is compared and weighs nothing by oversight would fail at work."""
    assert set(WEIGHTS) <= set(FIELDS)
    assert set(levels_of(ANNA, ANNA)) <= set(WEIGHTS)
    assert all(set(levels) == set(Level) - {Level.UNKNOWN} for levels in WEIGHTS.values())


def test_same_person_with_slips_is_likely_and_says_why() -> None:
    """A slip in the name, another street, the days of birth exchanged: the number and the rest still tell."""
    other = replace(ANNA, last_name="nowka", street="krotka", birth_date="19800231")
    found = score(ANNA, other)
    assert found.verdict() is Verdict.LIKELY
    assert [found.reasons[0].field, found.reasons[0].level] == ["tax_id", Level.SAME]
    assert found.bits == pytest.approx(sum(reason.bits for reason in found.reasons), abs=0.1)


def test_names_the_wrong_way_round_agree() -> None:
    """First and last name change places in many lists."""
    other = replace(ANNA, first_name=ANNA.last_name, last_name=ANNA.first_name)
    assert levels_of(ANNA, other)["first_name"] is Level.SAME
    assert match_keys(other) == match_keys(ANNA)


def test_housemates_are_not_said_to_be_one() -> None:
    """Name, home and telephone of a family are the same; only a person may decide."""
    home = replace(ANNA, birth_date="", tax_id="")
    found = score(home, replace(home, first_name="piotr"))
    assert found.verdict() is Verdict.POSSIBLE
    assert found.bits == LIKELY_BITS - 1


def test_strangers_of_one_city_are_unlikely() -> None:
    """One city is no reason."""
    stranger = MatchProfile(first_name="jan", last_name="wilk", city="lodz")
    assert score(ANNA, stranger).verdict() is Verdict.UNLIKELY


@pytest.mark.parametrize("name", ["tax_id", "birth_date", "phones", "emails", "street"])
def test_one_field_in_common_is_a_key(name: str) -> None:
    """Each of these brings two records together by itself, whatever else differs."""
    other = match_profile(first_name="x", last_name="y", city="z")
    given = {name: getattr(ANNA, name)} | ({"house_number": ANNA.house_number} if name == "street" else {})
    assert match_keys(ANNA) & match_keys(replace(other, **given))


def test_keys_are_kept_as_numbers_that_do_not_change() -> None:
    """The index of a database outlives the program that wrote it; Python's own hash would not."""
    assert key_numbers(["born 19800213"]) == [-8_187_959_825_172_351_300]
