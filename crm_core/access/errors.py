"""What can go wrong at the door.

AccessError
├── NameTaken          the caller's: somebody has this sign-in name already
├── UserUnusable       the caller's: a name, locale, theme or role that cannot be used
├── ParameterUnusable  the caller's: a parameter that is not there, or a figure out of its range
├── PasswordUnusable   the caller's: the password does not keep to the rule; the message says which
├── LinkUnusable       the caller's: a set-up link that is unknown, used or too old
├── TeamUnusable       the caller's: a team that is not there, in use, or in a place where it cannot be
├── UnknownUser        the caller's: there is no such user
├── TokenRefused       the caller's: an access token without a name, or one too many
└── LastAdministrator  the caller's: nobody could let anybody in any more
"""


class AccessError(Exception):
    """Anything that the door refuses; the message is for a person.

    It is kept as a text with names in braces and their values, so that a page can show it translated.

    >>> str(AccessError("expected {count_min} letters", count_min=2))
    'expected 2 letters'
    """

    def __init__(self, text: str, **values: str | int) -> None:
        """Take the English text and what stands for the names in it."""
        super().__init__(text.format(**values) if values else text)
        self.text = text
        self.values = values


class NameTaken(AccessError):
    """Somebody has this sign-in name already."""


class UserUnusable(AccessError):
    """A name, locale, theme or role that cannot be used."""


class ParameterUnusable(AccessError):
    """A parameter that is not there, or a figure out of its range."""


class PasswordUnusable(AccessError):
    """The password does not keep to the rule."""


class LinkUnusable(AccessError):
    """A set-up link that is unknown, used already or too old."""


class TeamUnusable(AccessError):
    """A team that is not there, that is in use, or that cannot stand where it is put."""


class UnknownUser(AccessError):
    """There is no such user."""


class TokenRefused(AccessError):
    """An access token without a name, or one too many."""


class LastAdministrator(AccessError):
    """The only active administrator cannot be disabled."""
