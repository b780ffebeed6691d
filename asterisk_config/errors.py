"""Errors of Asterisk's configuration: what was expected, what came, what to do.

AsteriskConfigError
├── InvalidSettingError    a setting that makes no sense or could break a file (the caller's)
├── SettingsFileError      the settings file is missing, unreadable or holds unknown names (the caller's)
├── UnreadableFileError    a line that Asterisk's file format does not know (the file's)
├── WriteError             the folder of the files cannot be written (the machine's)
├── AsteriskMissingError   no Asterisk 22 is there, or it cannot be fetched (the machine's)
├── AsteriskStartError     Asterisk was started and did not become ready (Asterisk's)
└── TelephonesError        the laboratory's carrier or phones do not answer (the laboratory's)

A message never holds a secret: of a refused one it says only what is wrong with it.
"""


class AsteriskConfigError(Exception):
    """Base of everything that this package raises on purpose."""


class InvalidSettingError(AsteriskConfigError):
    """A setting lies outside what Asterisk or safety allows."""

    def __init__(self, *, field: str, expected: str, came: str) -> None:
        self.field = field
        self.expected = expected
        super().__init__(f"{field}: expected {expected}, got {came}; correct the setting")


class SettingsFileError(AsteriskConfigError):
    """The settings file cannot be used."""

    def __init__(self, *, place: str, expected: str, came: str) -> None:
        super().__init__(f"{place}: expected {expected}, got {came}; correct the settings file")


class UnreadableFileError(AsteriskConfigError):
    """A line of a configuration file cannot be read."""

    def __init__(self, *, path: str, line: int, expected: str, came: str) -> None:
        self.path = path
        self.line = line
        self.expected = expected
        self.came = came
        super().__init__(f"{path}:{line}: expected {expected}, got {came!r}; render the file again")


class WriteError(AsteriskConfigError):
    """The files could not be put into their folder; what stood there still stands."""

    def __init__(self, folder: object, reason: object) -> None:
        super().__init__(
            f"expected a folder that can be written at {folder}, got: {reason}; "
            "nothing was changed, give another folder or the rights to this one"
        )


class AsteriskMissingError(AsteriskConfigError):
    """There is no Asterisk that can be run."""

    def __init__(self, *, expected: str, came: str, fix: str) -> None:
        super().__init__(f"expected {expected}, got {came}; {fix}")


class AsteriskStartError(AsteriskConfigError):
    """Asterisk did not become ready."""

    def __init__(self, *, name: str, expected: str, came: str, log: str = "") -> None:
        self.log = log
        tail = f"\n{log}" if log else ""
        super().__init__(f"Asterisk {name!r}: expected {expected}, got {came}; its last words follow{tail}")


class TelephonesError(AsteriskConfigError):
    """The laboratory's carrier or phones do not do what they should."""

    def __init__(self, *, expected: str, came: str, log: str = "") -> None:
        tail = f"\n{log}" if log else ""
        super().__init__(
            f"the laboratory's telephones: expected {expected}, got {came}; start them anew{tail}"
        )
