"""Errors of the rules: what was expected, what came, what to do.

RulesError
├── UnknownZoneError      a time zone that the IANA database does not have
├── InvalidRuleError      a rule, as data, that makes no sense (an empty window, a ratio above 1)
├── UnknownPolicyPackError  a policy pack of that name does not exist
└── InvalidConditionError a condition that is none, or that does not fit its catalogue

All of them are the caller's fault: they say that data given to the rules are wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CAME_LETTERS_MAX = 60  # of what came, repeated in a message


class RulesError(Exception):
    """Base of everything that this package raises on purpose."""


class UnknownZoneError(RulesError):
    """A called party's time zone is missing or is not an IANA zone name."""

    def __init__(self, zones: Sequence[str]) -> None:
        self.zones = tuple(zones)
        came = ", ".join(repr(zone) for zone in self.zones) if self.zones else "no zone at all"
        super().__init__(
            f"expected IANA time zone names such as 'America/New_York', got {came}; "
            "correct the zone of the number or of the address, until then it cannot be dialed"
        )


class InvalidRuleError(RulesError):
    """A rule given as data lies outside what the rule can mean."""

    def __init__(self, *, field: str, expected: str, came: object) -> None:
        self.field = field
        super().__init__(f"{field}: expected {expected}, got {came!r}; correct the rule")


class UnknownPolicyPackError(RulesError):
    """No policy pack has that name."""

    def __init__(self, name: str, existing: Sequence[str]) -> None:
        self.name = name
        self.existing = tuple(existing)
        super().__init__(f"no policy pack is named {name!r}; choose one of: {', '.join(self.existing)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a condition, and where."""

    place: str  # as in "condition.all[1].values[0]"
    expected: str
    came: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.place}: expected {self.expected}, got {self.came}"


class InvalidConditionError(RulesError):
    """A condition cannot be read, or does not fit the catalogue it is to be used with."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(map(str, problems)) + "; correct the condition")


def shown(came: object) -> str:
    """Return what came, as a message may repeat it: short, whatever it is.

    >>> shown("Rome"), shown([1] * 9), shown("x" * 999)[-6:]
    ("'Rome'", 'a list of 9', 'xxxxx…')
    """
    if isinstance(came, list | tuple | dict | set | frozenset):
        return f"a {type(came).__name__} of {len(came)}"
    if came is None or isinstance(came, bool | float):
        return repr(came)
    if isinstance(came, int):
        return repr(came) if came.bit_length() <= CAME_LETTERS_MAX else "a huge number"
    if not isinstance(came, str):
        return f"a {type(came).__name__}"
    text = repr(came[:CAME_LETTERS_MAX])
    return text if len(came) <= CAME_LETTERS_MAX else f"{text[:-1]}…"
