"""Run every check of the project, stage by stage: `make test` and `make check` run this file.

Each stage is one program; its line has its name and seconds, and its output follows where it failed.
All stages run even after a failure, so that one run tells everything.
The last line counts the tests that passed and failed, over all stages.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "app",
    "agent_console",
    "simulations",
    "crm_core",
    "dialer",
    "pacing",
    "rules",
    "asterisk_config",
)
HOUSE_DOCTESTS = ("tests/house/source_tree.py", "tests/house/mutants")
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "docs")
# Two test processes: more than that only makes the slowest tests slower on the two cores of a small machine.
TEST_PROCESSES = 2
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|deselected)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One check: its name and the program that makes it."""

    name: str
    command: tuple[str, ...]  # words after the Python interpreter
    counts_tests: bool = False  # its closing line says how many tests passed
    is_quick: bool = True  # part of `make check`


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a stage ended."""

    stage: Stage
    exit_code: int
    output: str
    seconds: float

    @property
    def closing_line(self) -> str:
        """Last line that the stage printed, where test runners say what they counted."""
        lines = [line for line in self.output.splitlines() if line.strip()]
        return lines[-1].strip("= ") if lines else ""

    def count(self, *words: str) -> int:
        """Tests of the named kinds in the closing line.

        >>> stage = Stage(name="unit", command=("-m", "pytest"), counts_tests=True)
        >>> result = Result(stage=stage, exit_code=1, output="== 2 failed, 7 passed in 0.1s ==", seconds=0.1)
        >>> result.count("passed"), result.count("failed", "error", "errors")
        (7, 2)
        """
        if not self.stage.counts_tests:
            return 0
        return sum(int(number) for number, word in COUNT.findall(self.closing_line) if word in words)

    @property
    def is_good(self) -> bool:
        """Whether the program ended well and, where it counts tests, ran at least one and left none out."""
        if not self.stage.counts_tests:
            return self.exit_code == 0
        left_out = self.count("skipped", "xfailed", "xpassed", "deselected")
        return self.exit_code == 0 and self.count("passed") > 0 and left_out == 0


def pytest_stage(name: str, *arguments: str, is_quick: bool = True) -> Stage:
    """A stage that runs tests."""
    return Stage(name=name, command=("-m", "pytest", *arguments), counts_tests=True, is_quick=is_quick)


def all_stages() -> tuple[Stage, ...]:
    """Every stage, cheap ones first."""
    several = ("-n", str(TEST_PROCESSES))
    doctests = (
        "--doctest-modules",
        "--doctest-glob=*.md",
        "tools",
        *HOUSE_DOCTESTS,
        *ROOMS,
        *DOCUMENTS,
    )
    return (
        Stage(name="format", command=("-m", "ruff", "format", "--check", ".")),
        Stage(name="lint", command=("-m", "ruff", "check", ".")),
        Stage(name="types", command=("-m", "mypy")),
        Stage(
            name="contracts",
            command=("-c", "from importlinter.cli import lint_imports_command as run; run()"),
        ),
        pytest_stage("house", "tests/house"),
        pytest_stage("unit", "tests/unit", *several),
        pytest_stage("doctests", *doctests),
        pytest_stage("simulation", "tests/simulation", *several),
        pytest_stage("integration", "tests/integration", is_quick=False),
        pytest_stage("acceptance", "tests/acceptance", is_quick=False),
        Stage(name="mutants", command=("-m", "tests.house.mutants.run")),
    )


def run_stage(stage: Stage) -> Result:
    """Run one stage to its end."""
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, *stage.command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    return Result(stage=stage, exit_code=ended.returncode, output=ended.stdout, seconds=seconds)


def report(result: Result) -> None:
    """Print the line of one stage, and all that it said where it failed."""
    verdict = "ok" if result.is_good else "FAILED"
    print(f"{result.stage.name:<12} {verdict:<6} {result.seconds:7.1f} s  {result.closing_line}", flush=True)
    if not result.is_good:
        print(result.output, flush=True)


def run_stages(stages: Iterable[Stage]) -> list[Result]:
    """Run the stages one after the other, each reported as it ends."""
    results = []
    for stage in stages:
        if sys.stdout.isatty():
            print(f"{stage.name} ...", end="\r", flush=True)
        results.append(run_stage(stage))
        report(results[-1])
    return results


def closing_lines(results: Sequence[Result]) -> list[str]:
    """What failed, if anything, and the count of tests over all stages; a failed program counts as one.

    >>> closing_lines([Result(stage=Stage(name="lint", command=()), exit_code=1, output="", seconds=0.2)])
    ['failed: lint', '0 passed, 1 failed']
    """
    bad = [result for result in results if not result.is_good]
    passed = sum(result.count("passed") for result in results)
    failed = sum(max(1, result.count("failed", "error", "errors")) for result in bad)
    names = [f"failed: {', '.join(result.stage.name for result in bad)}"] if bad else []
    return [*names, f"{passed} passed, {failed} failed"]


def main(arguments: Sequence[str]) -> int:
    """Run all stages, or with `quick` those that need no other process; the result is the exit code."""
    if list(arguments) not in (["all"], ["quick"]):
        print(f"expected `all` or `quick`, got {' '.join(arguments) or 'nothing'}", file=sys.stderr)
        return 2
    began = time.monotonic()
    wants_all = arguments[0] == "all"
    results = run_stages(stage for stage in all_stages() if wants_all or stage.is_quick)
    print(f"{len(results)} stages in {time.monotonic() - began:.0f} s")
    print("\n".join(closing_lines(results)))
    return 0 if all(result.is_good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
