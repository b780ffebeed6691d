"""The results file: one line of JSON for each finished run, appended as runs finish, read to resume.

A run that was killed left at most one torn line at the end, which is dropped; anything else that cannot be
read is refused, since it is not ours.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from simulations.benchmark.run_figures import RunFigures
from simulations.benchmark.run_task import RunOutcome, RunTask, RunTimings
from simulations.errors import DataFileError

FILE_NAME = "runs.jsonl"


class ResultsFile:
    """Finished runs by key, on disk after each of them."""

    def __init__(self, folder: Path, version_of: Callable[[str], str]) -> None:
        """Open the folder's results, dropping a torn last line; raises DataFileError.

        `version_of` gives the present code version of a pacing method.
        """
        self._path = folder / FILE_NAME
        self._version_of = version_of
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._outcomes = self._read()
        except OSError as error:
            raise DataFileError(self._path, expected="a folder to write to", came=str(error)) from error

    def find(self, task: RunTask) -> RunOutcome | None:
        """Find what came of a task under the present code; None: not run yet."""
        return self._outcomes.get(task.key(self._version_of(task.method)))

    def missing(self, tasks: Iterable[RunTask]) -> list[RunTask]:
        """Give the tasks that have not been run yet."""
        return [task for task in tasks if self.find(task) is None]

    def add(self, task: RunTask, outcome: RunOutcome) -> None:
        """Keep one finished run, on disk before this returns."""
        key = task.key(self._version_of(task.method))
        line = {"key": key, "figures": asdict(outcome.figures), "timings": asdict(outcome.timings)}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, allow_nan=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._outcomes[key] = outcome

    def _read(self) -> dict[str, RunOutcome]:
        if not self._path.exists():
            return {}
        text = self._path.read_bytes()
        torn = text.rpartition(b"\n")[2]
        if torn:
            with self._path.open("r+b") as file:
                file.truncate(len(text) - len(torn))
        return dict(_entries(self._path, text))


def read_finished(folder: Path, version_of: Callable[[str], str]) -> list[tuple[RunTask, RunOutcome]]:
    """Read all runs of the present code in a folder, which is left as it is; raises DataFileError.

    The tasks do not say where a replayed file stands, since the results do not.
    """
    path = folder / FILE_NAME
    try:
        text = path.read_bytes()
    except OSError as error:
        raise DataFileError(path, expected="the results of another benchmark", came=str(error)) from error
    told = ((_task_of(path, key), key, outcome) for key, outcome in dict(_entries(path, text)).items())
    return [(task, outcome) for task, key, outcome in told if task.key(version_of(task.method)) == key]


def _entries(path: Path, text: bytes) -> Iterator[tuple[str, RunOutcome]]:
    """Give the runs of a results file; a torn last line is none."""
    whole = text.rpartition(b"\n")[0]
    for number, line in enumerate(whole.splitlines(), start=1):
        yield _entry(path, number, line)


def _entry(path: Path, number: int, line: bytes) -> tuple[str, RunOutcome]:
    try:
        told = json.loads(line)
        return str(told["key"]), _outcome(told)
    except (ValueError, TypeError, KeyError) as error:
        expected = "a run as JSON, of this or an earlier version; choose another folder, or remove the file"
        raise DataFileError(path, expected=expected, came=repr(error), row=number) from error


def _task_of(path: Path, key: str) -> RunTask:
    """Give the task that a key names: `RunTask.key` the other way round."""
    try:
        told = json.loads(key)
        del told["code"]
        jumps, settings = tuple(told.pop("jumps_at_minutes")), told.pop("settings")
        settings = tuple((name, value) for name, value in settings)
        return RunTask(**told, jumps_at_minutes=jumps, settings=settings)
    except (ValueError, TypeError, KeyError) as error:
        raise DataFileError(path, expected="runs of this or an earlier version", came=repr(error)) from error


def _outcome(told: Mapping[str, Mapping[str, object]]) -> RunOutcome:
    return RunOutcome(
        figures=RunFigures(**told["figures"]),  # type: ignore[arg-type]
        timings=RunTimings(**told["timings"]),  # type: ignore[arg-type]
    )
