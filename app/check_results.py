"""What a self-test found: each check with what was seen and, where it failed, how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

EXIT_GOOD = 0
EXIT_WITH_FAILURES = 1


class CheckState(Enum):
    """How a check ended."""

    GOOD = "good"
    FAILED = "failed"
    SKIPPED = "skipped"  # there is nothing to check, or an earlier failure is in the way


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check."""

    name: str  # what was checked
    state: CheckState
    seen: str  # what was seen, one sentence for people
    fix: str = ""  # what to do, where it failed


def good(name: str, seen: str) -> CheckResult:
    """A check that found everything as it must be."""
    return CheckResult(name=name, state=CheckState.GOOD, seen=seen)


def failed(name: str, seen: str, fix: str) -> CheckResult:
    """A check that found a fault."""
    return CheckResult(name=name, state=CheckState.FAILED, seen=seen, fix=fix)


def skipped(name: str, why: str) -> CheckResult:
    """A check that was not made."""
    return CheckResult(name=name, state=CheckState.SKIPPED, seen=why)


def exit_code(results: Iterable[CheckResult]) -> int:
    """0 where nothing failed, else 1."""
    is_bad = any(result.state is CheckState.FAILED for result in results)
    return EXIT_WITH_FAILURES if is_bad else EXIT_GOOD


def table_rows(results: Iterable[CheckResult]) -> list[dict[str, str]]:
    """The results as JSON knows them."""
    return [
        {"name": each.name, "state": each.state.value, "seen": each.seen, "fix": each.fix} for each in results
    ]
