"""Passwords: the rule, and the hash."""

import pytest
from argon2 import PasswordHasher

from crm_core.access.errors import PasswordUnusable
from crm_core.access.passwords import LENGTH_MAX, Passwords, check_password

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.mark.parametrize(
    "password",
    ["", "eleven char", "x" * 20, "abababababab", "Password 1234", "evelyn EVELYN!!", "y" * (LENGTH_MAX + 1)],
)
def test_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    """Too short, of few letters, well known, with the name in it, or endless."""
    with pytest.raises(PasswordUnusable):
        check_password(password, "Evelyn")


def test_password_of_several_words_in_any_script_is_taken() -> None:
    """Length counts; kinds of letters do not."""
    for password in ("trzy zielone łodzie", "päť červených máp", "four small rivers"):
        check_password(password, "eve")
        kept = CHEAP.hash(password)
        assert CHEAP.is_right(password, kept)
        assert not CHEAP.is_right(password + " ", kept)


def test_password_of_nobody_is_never_right() -> None:
    """Not even the one whose hash stands in for a missing one."""
    assert not CHEAP.is_right("nobody has this password", None)
    assert not CHEAP.is_right("x" * (LENGTH_MAX + 1), CHEAP.hash("x"))
    assert not CHEAP.is_right("x", "no hash at all")


def test_hash_of_other_costs_is_outdated() -> None:
    """It is made anew at the next sign-in."""
    assert Passwords().is_outdated(CHEAP.hash("x"))
    assert not CHEAP.is_outdated(CHEAP.hash("x"))
