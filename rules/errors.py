"""Errors of the rules: what was expected, what came, what to do.

RulesError
├── UnknownZoneError      a time zone that the IANA database does not have
├── InvalidRuleError      a rule, as data, that makes no sense (an empty window, a ratio above 1)
└── UnknownPolicyPackError  a policy pack of that name does not exist

All three are the caller's fault: they say that data given to the rules are wrong.
"""

from collections.abc import Sequence


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
