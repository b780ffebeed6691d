"""Telephone numbers in every form and none."""

import sys
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from dialer.adapters.list_import.phone_numbers import NumberFault, read_number

ROME = "Europe/Rome"


@pytest.mark.parametrize(
    ("text", "country", "e164", "zones"),
    [
        ("+390612345678", None, "+390612345678", ROME),
        ("06 1234 5678", "IT", "+390612345678", ROME),
        ("0039 06/1234-5678", "IT", "+390612345678", ROME),
        ("0039 0612345678", None, "+390612345678", ROME),
        ("tel:+39-06-12345678", None, "+390612345678", ROME),
        (" 347.123.45.67 ", "IT", "+393471234567", ROME),
        ("(202) 555-0123", "US", "+12025550123", "America/New_York"),
        ("1-800-FLOWERS", "US", "+18003569377", None),
        ("+1 907 555 0123", None, "+19075550123", "America/Adak,America/Anchorage"),
        (
            "\uff0b\uff14\uff14 \uff12\uff10 \uff17\uff19\uff14\uff16 \uff10\uff19\uff15\uff18",
            None,
            "+442079460958",
            "Europe/London",
        ),
        ("٠٦١٢٣٤٥٦٧٨", "IT", "+390612345678", ROME),
    ],
)
def test_number_in_any_form_becomes_e164(
    text: str, country: str | None, e164: str, zones: str | None
) -> None:
    """One number has one form, and every zone that its party may be in."""
    found, in_zones = read_number(text, country)
    assert found == e164
    assert zones is None or set(in_zones.split(",")) >= set(zones.split(","))


@pytest.mark.parametrize(
    ("text", "country", "said"),
    [
        ("banana", "IT", "no telephone number"),
        ("", "IT", "no telephone number"),
        ("=cmd|' /C calc'!A0", "IT", "no telephone number"),
        ("0612345678", None, "without country code.*--country"),
        ("3.9347E+11", "IT", "shortened by a spreadsheet"),
        ("06 12", "IT", "too short"),
        ("+39061234567890123", None, "too long"),
        ("+999 1234567", None, "country code that does not exist"),
        ("+1 202 123 4567", None, "not in the numbering plan"),
        ("+1 202 555 0123 ext. 4", None, "extension"),
        ("899 123 456", "IT", "premium-rate"),
        ("0" * 61, "IT", "too long"),
    ],
)
def test_text_that_is_no_number_says_why(text: str, country: str | None, said: str) -> None:
    """A person can mend the list by what is said."""
    with pytest.raises(NumberFault, match=said):
        read_number(text, country)


def test_number_that_no_plan_has_is_taken_when_asked_for() -> None:
    """Numbering plans grow faster than programs."""
    assert read_number("+1 202 123 4567", None, takes_possible=True)[0] == "+12021234567"


@given(st.text(max_size=70))
def test_text_of_any_kind_is_a_dialable_number_or_refused(text: str) -> None:
    """What comes out is E.164 as the database checks it, in zones that exist; nothing else is raised."""
    try:
        e164, zones = read_number(text, "IT", takes_possible=True)
    except NumberFault:
        return
    assert e164[0] == "+"
    assert e164[1] in "123456789"
    assert e164[1:].isascii()
    assert e164[1:].isdigit()
    assert len(e164) <= 16
    assert not zones or set(zones.split(",")) <= available_timezones()


def test_zones_of_every_prefix_exist() -> None:
    """No lead is kept from being dialed because of a zone that our clock does not know."""
    assert {zone for zones in TIMEZONE_DATA.values() for zone in zones} <= available_timezones()


def test_geocoder_is_never_loaded() -> None:
    """It would take 190 MB in every process."""
    assert "phonenumbers.geocoder" not in sys.modules
