"""Plant every fault in a copy of the tree, one at a time, and require that its check fails.

Run it with `python -m tests.house.mutants.run`, and words from the names of faults to plant only those.
Two workers share the faults; each has a copy of its own.
A fault counts as caught only for the right reason: the named test failed, or the named contract broke.
A test that cannot even be collected, or a text that is not there exactly once, is a fault of the list itself.
The tests pass without the faults, or an earlier stage of `make test` has said so.
"""

import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from queue import SimpleQueue

import tests.house.mutants as package
from tests.conftest import PROFILE_VARIABLE
from tests.house.mutants.mutant import Mutant
from tests.house.source_tree import ROOT, list_files

WORKERS = 2
CHECK_SECONDS_MAX = 180.0
OUTPUT_LINES_SHOWN = 15
PYTEST_SOME_FAILED = 1  # pytest's exit code; collection errors and unknown tests have others
WARM_START = Path(__file__).with_name("warm_start.py")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"
FAILED_TESTS = re.compile(r"^\d+ failed\b|\b\d+ failed\b.* in ", re.MULTILINE)
BROKEN_CONTRACT = re.compile(r"\bBROKEN\b")


class MutantError(Exception):
    """A fault that cannot be planted as its entry says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one planted fault."""

    mutant: Mutant
    is_caught: bool
    reason: str  # why it does not count as caught, with the end of what the check said


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A copy of the source tree in which one worker plants faults."""

    root: Path
    tests: "WarmTests"
    output: Path  # what the last run of tests said
    instants: Iterator[int]  # file times, always new: a compiled module is told from its source by them

    def close(self) -> None:
        """End the process that runs its tests."""
        self.tests.close()

    def write(self, path: str, text: str) -> None:
        """Write a file so that Python cannot take it for the one it compiled before."""
        (self.root / path).write_text(text, encoding="utf-8")
        instant = next(self.instants)
        os.utime(self.root / path, (instant, instant))

    @contextmanager
    def planted(self, mutant: Mutant) -> Iterator[None]:
        """The tree with one fault in it, and whole again afterwards."""
        file = self.root / mutant.path
        is_new = not file.is_file()
        if is_new and mutant.before:
            raise MutantError(f"there is no file {mutant.path}")
        original = "" if is_new else file.read_text(encoding="utf-8")
        file.parent.mkdir(parents=True, exist_ok=True)
        self.write(mutant.path, faulty_text(original, mutant))
        try:
            yield
        finally:
            if is_new:
                file.unlink()
            else:
                self.write(mutant.path, original)


def faulty_text(original: str, mutant: Mutant) -> str:
    """Text of a file with the fault in it.

    Raises:
        MutantError: if the text to replace is not there exactly once, or nothing would change.
    """
    if not mutant.before:
        return original + mutant.after
    occurrences = original.count(mutant.before)
    if occurrences != 1:
        raise MutantError(f"expected once in {mutant.path}, found {occurrences} times: {mutant.before!r}")
    if mutant.before == mutant.after:
        raise MutantError(f"changes nothing in {mutant.path}: {mutant.before!r}")
    return original.replace(mutant.before, mutant.after)


def collect_mutants() -> list[Mutant]:
    """All faults of all modules of this package, in a fixed order."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    lists = (getattr(import_module(f"{package.__name__}.{name}"), "MUTANTS", ()) for name in names)
    return [mutant for mutants in lists for mutant in mutants]


def copy_tree(source: Path, target: Path) -> Tree:
    """Copy the project's own files, new ones too, to a folder of a worker."""
    for path in list_files(source):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / path, target / path)
    output = target.with_name(f"{target.name}.out")
    return Tree(root=target, tests=WarmTests(target), output=output, instants=count(int(time.time())))


def pytest_arguments(mutant: Mutant) -> list[str]:
    """The test that must fail, in a fixed order and without a cache: the same fault meets the same check."""
    plain = ["-q", "-x", "--tb=line", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
    # Libraries loaded before pytest cannot have their assertions rewritten, and need not.
    return [*plain, "-W", "ignore:Module already imported so cannot be rewritten", mutant.catches]


def is_right_reason(mutant: Mutant, exit_code: int, output: str) -> bool:
    """Whether the check failed because it noticed the fault, and not because it could not run."""
    if mutant.contract_id:
        return exit_code != 0 and BROKEN_CONTRACT.search(output) is not None
    return exit_code == PYTEST_SOME_FAILED and FAILED_TESTS.search(output) is not None


def check(mutant: Mutant, tree: Tree) -> Verdict:
    """Plant one fault, run the check that must notice it, and take the fault out again."""
    try:
        with tree.planted(mutant):
            exit_code, output = (_check_contract if mutant.contract_id else _check_test)(mutant, tree)
    except MutantError as error:
        return Verdict(mutant=mutant, is_caught=False, reason=str(error))
    except subprocess.TimeoutExpired:
        reason = f"the check did not end within {CHECK_SECONDS_MAX:.0f} s"
        return Verdict(mutant=mutant, is_caught=False, reason=reason)
    is_caught = is_right_reason(mutant, exit_code, output)
    end_of_output = "\n".join(output.splitlines()[-OUTPUT_LINES_SHOWN:])
    noticed = "did not fail" if exit_code == 0 else "failed for another reason"
    reason = "" if is_caught else f"the check {noticed} (exit code {exit_code})\n{end_of_output}"
    return Verdict(mutant=mutant, is_caught=is_caught, reason=reason)


def _check_contract(mutant: Mutant, tree: Tree) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache", "--no-logo", "--contract", mutant.contract_id],
        cwd=tree.root,
        env=_environment(tree.root),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=CHECK_SECONDS_MAX,
        check=False,
    )
    return ended.returncode, ended.stdout


def _check_test(mutant: Mutant, tree: Tree) -> tuple[int, str]:
    answer = tree.tests.run(pytest_arguments(mutant), tree.output)
    if answer == "timeout":
        raise subprocess.TimeoutExpired(mutant.catches, CHECK_SECONDS_MAX)
    return int(answer), tree.output.read_text(errors="replace")


def _environment(root: Path) -> dict[str, str]:
    return {
        **os.environ,
        # The copy comes before everything installed, so that no installed file answers in its place.
        "PYTHONPATH": str(root),
        PROFILE_VARIABLE: "planted-fault",
        "NO_COLOR": "1",
    }


class WarmTests:
    """Runs of pytest in a tree, each a fork of one process that has the libraries loaded (warm_start.py)."""

    def __init__(self, root: Path) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", WARM_START],  # -P: modules beside the script are not libraries
            cwd=root,
            env=_environment(root),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, arguments: Sequence[str], output: Path) -> str:
        """Exit code of a run, or `timeout`; what it said is in `output`."""
        assert self._process.stdin
        assert self._process.stdout
        wanted = {"arguments": list(arguments), "output": str(output), "seconds_max": CHECK_SECONDS_MAX}
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def check_all(mutants: Sequence[Mutant], source: Path) -> list[Verdict]:
    """Verdicts on all faults, in their order; each worker has a copy of the tree."""
    with tempfile.TemporaryDirectory(prefix="paceline-mutants-") as folder:
        trees: SimpleQueue[Tree] = SimpleQueue()
        for number in range(WORKERS):
            trees.put(copy_tree(source, Path(folder) / str(number)))

        def check_in_a_free_tree(mutant: Mutant) -> Verdict:
            tree = trees.get()
            try:
                return check(mutant, tree)
            finally:
                trees.put(tree)

        try:
            with ThreadPoolExecutor(max_workers=WORKERS) as workers:
                return list(workers.map(check_in_a_free_tree, mutants))
        finally:
            while not trees.empty():
                trees.get().close()


def describe(verdict: Verdict) -> str:
    """All that is needed to look at a fault that nobody noticed."""
    mutant = verdict.mutant
    return "\n".join(
        [
            f"NOT CAUGHT {mutant.name}",
            f"  in {mutant.path}: {mutant.before!r} -> {mutant.after!r}",
            f"  must be caught by {mutant.catches}",
            f"  {verdict.reason.replace(chr(10), chr(10) + '  ')}",
        ]
    )


def main(words: Sequence[str]) -> int:
    """Check all faults, or those whose name has one of the words in it; the result is the exit code."""
    mutants = [
        mutant for mutant in collect_mutants() if not words or any(word in mutant.name for word in words)
    ]
    verdicts = check_all(mutants, ROOT)
    missed = [verdict for verdict in verdicts if not verdict.is_caught]
    for verdict in missed:
        print(describe(verdict))
    print(f"mutants: {len(mutants) - len(missed)} of {len(mutants)} caught")
    return 0 if mutants and not missed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
