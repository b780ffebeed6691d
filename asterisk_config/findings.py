"""What a check found: place, what was expected, what stands there, and how to mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One thing that is wrong with the configuration."""

    file: str
    line: int  # counted from 1; 0: the file as a whole
    expected: str
    came: str  # never a secret
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: expected {self.expected}, came {self.came}; {self.fix}"
