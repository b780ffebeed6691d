"""Errors of pacing: what was expected, what came, what to do.

PacingError
├── UnknownMethodError       no pacing method has that name
├── UnknownSettingError      the method has no such setting
├── FigureError              a figure given to `create_pacer` lies outside its range
├── UnknownObservationError  `observe` was given a kind that does not exist
└── PacerStateError          bytes given to `restore_state` are not the state of this pacer

All are the caller's fault.
What the world does (odd snapshots, odd durations) never raises: the decision is safe, its constraint named.
"""

from collections.abc import Iterable


class PacingError(Exception):
    """Base of everything that this package raises on purpose."""


class UnknownMethodError(PacingError):
    """No pacing method has that name."""

    def __init__(self, method: object, existing: Iterable[str]) -> None:
        self.method = method
        self.existing = tuple(existing)
        super().__init__(f"no pacing method is named {method!r}; choose one of: {', '.join(self.existing)}")


class UnknownSettingError(PacingError):
    """The method has no setting of that name."""

    def __init__(self, method: str, setting: str, existing: Iterable[str]) -> None:
        self.setting = setting
        self.existing = tuple(existing)
        choice = f"its settings are: {', '.join(self.existing)}" if self.existing else "it has none"
        super().__init__(f"pacing method {method!r} has no setting {setting!r}; {choice}")


class FigureError(PacingError):
    """A figure lies outside what it can mean."""

    def __init__(self, *, field: str, came: object, expected: str) -> None:
        self.field = field
        self.came = came
        super().__init__(f"{field}: expected {expected}, got {came!r}; correct the setting")


class UnknownObservationError(PacingError):
    """`observe` was given a kind that does not exist."""

    def __init__(self, kind: object, existing: Iterable[str]) -> None:
        self.kind = kind
        super().__init__(f"no observation is of kind {kind!r}; the kinds are: {', '.join(existing)}")


class PacerStateError(PacingError):
    """Bytes given to `restore_state` are not the state of this pacer."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"expected bytes made by export_state of the same pacing method, but {reason}; "
            "start the pacer without them, it learns anew"
        )
