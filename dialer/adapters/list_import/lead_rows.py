"""Rows of a list become leads, as the text that PostgreSQL's COPY takes; what cannot becomes a fault."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dialer.adapters.list_import.columns import Columns, Role
from dialer.adapters.list_import.faults import Fault, FaultKind
from dialer.adapters.list_import.phone_numbers import NumberFault, read_number
from dialer.adapters.list_import.table import RowChunk
from dialer.adapters.store.lists import PRIORITY_DEFAULT

VALUE_LENGTH_MAX = 80  # of a cell in a report
TEXT_LENGTH_MAX = 200  # of an owner or a skill
PRIORITY_MAX = 8
NUL = "\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlan:
    """How the rows of one list are read; goes to every worker process."""

    columns: Columns
    country: str | None  # ISO 3166 code of numbers without one
    takes_possible: bool = False  # numbers of a right length are taken though no plan has them


@dataclass(slots=True, kw_only=True)
class PreparedChunk:
    """A chunk that is ready for the database."""

    rows: int = 0  # read
    good_rows: int = 0  # with at least one number
    leads: bytes = b""  # lines for COPY into the staged leads
    numbers: bytes = b""  # the same for the staged numbers
    faults: list[Fault] = field(default_factory=list)
    done_ratio: float = 0.0  # of the file


class _BadRow(Exception):
    """A row cannot be loaded; the arguments are column, value and reason."""


def prepare_chunk(plan: RowPlan, chunk: RowChunk) -> PreparedChunk:
    """Turn a chunk of rows into lines for COPY and faults."""
    leads: list[str] = []
    numbers: list[str] = []
    faults = list(chunk.faults)
    for row_number, cells in chunk.rows:
        try:
            lead, of_lead = _prepare_row(plan, row_number, cells, faults)
        except _BadRow as bad:
            column, value, reason = bad.args
            faults.append(_fault(FaultKind.BAD_ROW, row_number, column, value, reason))
            continue
        leads.append(lead)
        numbers += of_lead
    return PreparedChunk(
        rows=len(chunk.rows) + len(chunk.faults),
        good_rows=len(leads),
        leads="".join(leads).encode(),
        numbers="".join(numbers).encode(),
        faults=faults,
        done_ratio=chunk.done_ratio,
    )


def _prepare_row(
    plan: RowPlan, row_number: int, cells: list[str], faults: list[Fault]
) -> tuple[str, list[str]]:
    """One row's line for the leads and lines for its numbers; bad cells beside good ones go to `faults`."""
    columns = plan.columns
    width = len(columns.headers)
    if len(cells) > width:
        raise _BadRow(
            "", cells[-1], f"expected {width} cells as in the header: is the delimiter another one?"
        )
    if len(cells) < width:
        cells = cells + [""] * (width - len(cells))
    if any(NUL in cell for cell in cells):
        raise _BadRow("", "", "holds a NUL byte: the file is damaged, or not text")
    found: dict[str, tuple[str, str]] = {}
    bad: list[Fault] = []
    for index in columns.numbers:
        text = cells[index].strip()
        if not text:
            continue
        try:
            e164, zones = read_number(text, plan.country, takes_possible=plan.takes_possible)
        except NumberFault as fault:
            bad.append(_fault(FaultKind.BAD_CELL, row_number, columns.headers[index], text, str(fault)))
            continue
        found.setdefault(e164, (text, zones))
    if not found:
        if not bad:
            raise _BadRow(columns.headers[columns.numbers[0]], "", "no telephone number")
        worst = bad[0]
        faults += bad[1:]
        raise _BadRow(worst.column, worst.value, worst.reason)
    lead = _lead_line(columns, row_number, cells)
    faults += bad
    return lead, [
        f"{row_number}\t{place}\t{e164}\t{_escaped(raw)}\t{zones}\n"
        for place, (e164, (raw, zones)) in enumerate(found.items())
    ]


def _lead_line(columns: Columns, row_number: int, cells: Sequence[str]) -> str:
    values = dict(_role_values(columns, cells))
    kept = {columns.headers[index]: cells[index] for index in columns.fields if cells[index]}
    fields = _escaped(json.dumps(kept, ensure_ascii=False)) if kept else "\\N"
    return "\t".join((str(row_number), *(values.get(role, "\\N") for role in _IN_ORDER), fields)) + "\n"


_IN_ORDER = (Role.PRIORITY, Role.OWNER, Role.SKILL, Role.LIVE_PROBABILITY)


def _role_values(columns: Columns, cells: Sequence[str]) -> Iterator[tuple[Role, str]]:
    yield Role.PRIORITY, str(PRIORITY_DEFAULT)
    for role, index in columns.roles.items():
        text = cells[index].strip()
        if not text:
            continue
        header = columns.headers[index]
        if role is Role.PRIORITY:
            if not (text.isascii() and text.isdigit() and int(text[:3]) <= PRIORITY_MAX):
                raise _BadRow(header, text, f"expected a priority from 0 to {PRIORITY_MAX}")
            yield role, text
        elif role is Role.LIVE_PROBABILITY:
            yield role, repr(_probability(header, text))
        else:
            if len(text) > TEXT_LENGTH_MAX:
                raise _BadRow(header, text, f"longer than {TEXT_LENGTH_MAX} characters")
            yield role, _escaped(text)


def _probability(header: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise _BadRow(header, text, "expected a number from 0 to 1")
    return value


def _escaped(text: str) -> str:
    """A text as COPY's text format has it."""
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text


def _fault(kind: FaultKind, row_number: int, column: str, value: str, reason: str) -> Fault:
    shown = value if len(value) <= VALUE_LENGTH_MAX else value[:VALUE_LENGTH_MAX] + "…"
    return Fault(kind=kind, row_number=row_number, column=column, value=shown, reason=reason)
