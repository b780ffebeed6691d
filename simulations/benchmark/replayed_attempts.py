"""A user's own recorded attempts as a scenario: reads and checks the CSV file, row by row.

Columns and their meaning: docs/howto/replay-attempts.md. Nothing is repaired or guessed: a row that says too
little or too much is refused by row and column.
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from dialer.core.settings import DEFAULT_RETRY_RULES
from simulations.agent_behaviour import AgentBehaviour
from simulations.called_parties import PartyKind, Population, RecordedAttempt
from simulations.distributions import Constant, Lognormal, Uniform
from simulations.errors import DataFileError
from simulations.lead_list import LeadListPlan
from simulations.markov_scenarios import NEVER_CLOSED
from simulations.scenario import Scenario
from simulations.scenario_parts import campaign_settings, plain_scenario

COLUMNS = ("dialed_at", "outcome", "ring_seconds", "talk_seconds", "wrap_up_seconds")
OUTCOMES = {
    "live": PartyKind.HUMAN,
    "machine": PartyKind.MACHINE,
    "no_answer": PartyKind.NO_ANSWER,
    "busy": PartyKind.BUSY,
    "rejected": PartyKind.REJECTED,
    "failed": PartyKind.FAILED,
    "invalid_number": PartyKind.INVALID,
}
ANSWERED = ("live", "machine")
ATTEMPTS_MIN = 100  # fewer say nothing about a list
LIVE_MIN = 10
SECONDS_MAX = 86_400.0  # longer than any ring, talk or wrap-up
FIRST_ROW = 2  # row 1 is the header


def replay_scenario(path: Path) -> Scenario:
    """Make a scenario of the attempts in a file; raises DataFileError, naming row and column."""
    population = Population(
        recorded=read_attempts(path),
        post_dial_delay=Constant(0.0),  # the record's ring seconds run from the dial
        patience=Lognormal(5.0, 0.5),
    )
    no_retries = {outcome: replace(rule, is_final=True) for outcome, rule in DEFAULT_RETRY_RULES.items()}
    settings = campaign_settings(retry_rules=no_retries, ring_timeout_seconds=60.0, policy_pack=NEVER_CLOSED)
    return plain_scenario(
        "replay",
        f"{len(population.recorded):,} recorded attempts, in their order",
        population,
        settings=settings,
        leads=LeadListPlan(leads_per_agent_hour=600.0),
        behaviour=AgentBehaviour(arrives_late=Uniform(0.0, 60.0)),
    )


@lru_cache(maxsize=4)  # a process runs many tasks on one file
def read_attempts(path: Path) -> tuple[RecordedAttempt, ...]:
    """Read all attempts; raises DataFileError, naming row and column."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            attempts = _attempts(path, csv.reader(file))
    except OSError as error:
        raise DataFileError(path, expected="a readable CSV file", came=str(error)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataFileError(path, expected="CSV text in UTF-8, complete", came=str(error)) from error
    live = sum(attempt.kind is PartyKind.HUMAN for attempt in attempts)
    if len(attempts) < ATTEMPTS_MIN or live < LIVE_MIN:
        raise DataFileError(
            path,
            expected=f"{ATTEMPTS_MIN} attempts or more, {LIVE_MIN} of them live",
            came=f"{len(attempts)} attempts, {live} of them live",
        )
    return tuple(attempts)


def _attempts(path: Path, rows: Iterator[list[str]]) -> list[RecordedAttempt]:
    places = _places(path, next(rows, []))
    attempts = []
    before: datetime | None = None
    for number, row in enumerate(rows, start=FIRST_ROW):
        if not row:
            continue
        line = _Row(path, number, row, places)
        at = line.instant("dialed_at")
        if before is not None and at < before:
            raise line.error("dialed_at", f"an instant not before that of the row above ({before})", str(at))
        before = at
        attempts.append(_attempt(line))
    return attempts


def _attempt(line: "_Row") -> RecordedAttempt:
    outcome = line.text("outcome")
    if outcome not in OUTCOMES:
        raise line.error("outcome", f"one of {', '.join(OUTCOMES)}", repr(outcome))
    is_live, is_answered = outcome == "live", outcome in ANSWERED
    return RecordedAttempt(
        kind=OUTCOMES[outcome],
        ring_seconds=line.seconds("ring_seconds", is_required=is_answered),
        talk_seconds=line.seconds("talk_seconds", is_required=is_live),
        wrap_up_seconds=line.seconds("wrap_up_seconds", is_required=is_live),
    )


class _Row:
    """One row of the file, asked by column."""

    __slots__ = ("_cells", "_number", "_path", "_places")

    def __init__(self, path: Path, number: int, cells: list[str], places: dict[str, int]) -> None:
        self._path, self._number, self._cells, self._places = path, number, cells, places

    def error(self, column: str, expected: str, came: str) -> DataFileError:
        """Give the refusal of one cell."""
        return DataFileError(self._path, expected=expected, came=came, row=self._number, column=column)

    def text(self, column: str) -> str:
        """Give a cell without the blanks around it."""
        place = self._places[column]
        if place >= len(self._cells):
            raise self.error(column, f"{len(self._places)} columns", f"a row of {len(self._cells)}")
        return self._cells[place].strip()

    def instant(self, column: str) -> datetime:
        """Give an ISO 8601 instant with its offset from UTC."""
        text = self.text(column)
        expected = "an instant as 2026-03-03T09:00:00+00:00"
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise self.error(column, expected, repr(text)) from None
        if at.tzinfo is None:
            raise self.error(column, f"{expected}, with its offset from UTC", repr(text))
        return at

    def seconds(self, column: str, *, is_required: bool) -> float:
        """Give a duration; an empty cell is 0 where none is required."""
        text = self.text(column)
        if not text and not is_required:
            return 0.0
        expected = f"seconds: a number from 0 to {SECONDS_MAX:g}"
        try:
            seconds = float(text)
        except ValueError:
            raise self.error(column, expected, repr(text)) from None
        if not (math.isfinite(seconds) and 0.0 <= seconds <= SECONDS_MAX):
            raise self.error(column, expected, repr(text))
        return seconds


def _places(path: Path, header: list[str]) -> dict[str, int]:
    names = [name.strip() for name in header]
    for column in COLUMNS:
        if names.count(column) != 1:
            expected = f"a header with {', '.join(COLUMNS)}, each once"
            came = f"columns {', '.join(names)}" if names else "an empty file"
            raise DataFileError(path, expected=expected, came=came, row=1, column=column)
    return {column: names.index(column) for column in COLUMNS}
