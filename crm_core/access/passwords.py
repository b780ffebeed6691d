"""Passwords: the rule for new ones, and Argon2id. Hashing takes a tenth of a second: call it in a thread.

The rule follows NIST SP 800-63B: length counts, kinds of letters do not; what is easy to guess is refused.
"""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crm_core.access.errors import PasswordUnusable

LENGTH_MIN = 12
LENGTH_MAX = 1024  # longer ones only cost time
DIFFERENT_LETTERS_MIN = 5
EASY = frozenset(
    {
        "123456789012",
        "adminadminadmin",
        "changemechangeme",
        "correcthorsebatterystaple",
        "letmeinletmein",
        "passwordpassword",
        "password123456",
        "password12345",
        "password1234",
        "qwertyuiop123",
        "qwertyuiop[]",
        "qwertyuiopasdf",
    }
)


def check_password(password: str, sign_in_name: str) -> None:
    """Refuse a new password that is easy to guess.

    Raises:
        PasswordUnusable: with what to do.

    >>> check_password("three lamps and a goat", "eve")
    """
    plain = password.casefold()
    if len(password) < LENGTH_MIN:
        raise PasswordUnusable(
            "password: expected at least {count_min} characters, got {count}",
            count_min=LENGTH_MIN,
            count=len(password),
        )
    if len(password) > LENGTH_MAX:
        raise PasswordUnusable("password: expected at most {count_max} characters", count_max=LENGTH_MAX)
    if sign_in_name and sign_in_name.casefold() in plain:
        raise PasswordUnusable("the password must not contain the sign-in name")
    if len(set(plain)) < DIFFERENT_LETTERS_MIN or plain.replace(" ", "") in EASY:
        raise PasswordUnusable("this password is easy to guess: take several words")


class Passwords:
    """Hashes passwords and compares them; the costs are a setting, so that tests can be quick."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Take the hasher, by default with the costs of RFC 9106's second recommendation (64 MiB)."""
        self._hasher = hasher or PasswordHasher()
        # Compared with where there is no such user, so that the answer takes as long.
        self._nobodys = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(password.encode("utf-8", "surrogatepass"))

    def is_right(self, password: str, kept: str | None) -> bool:
        """Whether this is the password; without one it takes as long and is wrong."""
        if len(password) > LENGTH_MAX:
            password, kept = "", None
        try:
            is_equal = self._hasher.verify(kept or self._nobodys, password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
        return is_equal and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether it was made with other costs, and is to be made anew while the password is at hand."""
        return self._hasher.check_needs_rehash(kept)
