"""Imports of parties: a file's rows are kept, judged without writing anything, then taken in piece by piece.

Each piece is one transaction of the caller, so that a page can show how far it is and nothing is lost when a
browser is closed. A job is seen by whoever began it, and by nobody else.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.engine.cleaning import check_rules, clean_given, fill_defaults
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.errors import Problem, RecordAbsent, RecordRefused
from crm_core.engine.records import create_record, new_record_id
from crm_core.engine.values import PhoneNumber
from crm_core.engine.viewer import Viewer
from crm_core.quality.blocking import key_numbers, match_keys
from crm_core.quality.import_plan import PreparedRow, guess_mapping, prepare_row
from crm_core.quality.looking import PARTY, POINT, find_duplicates, profile_of
from crm_core.quality.match_profile import MatchProfile
from crm_core.quality.scoring import LIKELY_BITS, score
from crm_core.quality.sources import keep_source

ROWS_MAX = 100_000
PIECE_ROWS = 150
KEPT_DAYS = 7  # unfinished files, with what stands in them
STRONG = ("phone", "e-mail", "number")  # keys under which rows of one file are compared
SHOWN_MAX = 50


class Verdict(Enum):
    """What becomes of a row."""

    NEW = "new"
    DUPLICATE = "duplicate"  # somebody is there already, or stands further up in the file
    INVALID = "invalid"
    SUPPRESSED = "suppressed"  # new, and must not be called
    EMPTY = "empty"


TAKEN_IN = (Verdict.NEW, Verdict.SUPPRESSED)
"""Whom an import makes records of; who must not be called is marked so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJob:
    """One file on its way in."""

    id: UUID
    state: str
    file_name: str
    system: str  # where the file comes from: the source of its values
    region: str  # of numbers without a country, ISO 3166
    headers: tuple[str, ...]
    mapping: tuple[str, ...]
    rows_count: int
    rows_done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRow:
    """A row with its verdict, for the report."""

    number: int
    cells: tuple[str, ...]
    verdict: str
    detail: Mapping[str, Sequence[Mapping[str, str]]]  # changes, problems, duplicates


async def begin_job(
    connection: Connection,
    viewer: Viewer,
    *,
    file_name: str,
    system: str,
    region: str,
    headers: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    now: datetime,
) -> UUID:
    """Keep a file's rows, with a mapping guessed by its headers; old files left unfinished go."""
    job_id = new_record_id(now)
    await connection.execute("delete from crm.import_job where at < $1", now - timedelta(days=KEPT_DAYS))
    records = [(job_id, number, [cell.replace("\x00", "") for cell in cells]) for number, cells in rows]
    await connection.execute(
        """insert into crm.import_job
            (id, user_id, at, state, file_name, system, region, headers, mapping, rows_count)
        values ($1, $2, $3, 'mapping', $4, $5, $6, $7, $8, $9)""",
        job_id,
        viewer.user_id,
        now,
        file_name,
        system,
        region,
        list(headers),
        guess_mapping(headers),
        len(records),
    )
    await connection.copy_records_to_table(
        "import_row", schema_name="crm", records=records, columns=("job_id", "number", "cells")
    )
    return job_id


async def get_job(
    connection: Connection, viewer: Viewer, job_id: UUID, *, will_change: bool = False
) -> ImportJob:
    """A job of one's own.

    Raises:
        RecordAbsent: there is none.
    """
    row = await connection.fetchrow(
        """select id, state, file_name, system, region, headers, mapping, rows_count, rows_done
        from crm.import_job where id = $1 and user_id = $2"""
        + (" for update" if will_change else ""),
        job_id,
        viewer.user_id,
    )
    if row is None:
        raise RecordAbsent("there is no such import")
    return ImportJob(**{**row, "headers": tuple(row["headers"]), "mapping": tuple(row["mapping"])})


async def set_mapping(connection: Connection, job: ImportJob, mapping: Sequence[str], region: str) -> None:
    """Say what each column means; every row is judged anew."""
    await connection.execute(
        """update crm.import_job set mapping = $2, region = $3, state = 'checking', rows_done = 0
        where id = $1 and state in ('mapping', 'checking', 'checked')""",
        job.id,
        list(mapping),
        region,
    )


async def begin_taking_in(connection: Connection, job: ImportJob) -> None:
    """Go on from the report to the import itself."""
    await connection.execute(
        "update crm.import_job set state = 'importing', rows_done = 0 where id = $1 and state = 'checked'",
        job.id,
    )


async def forget_job(connection: Connection, job: ImportJob) -> None:
    """Throw a file away with everything that stands in it."""
    await connection.execute("delete from crm.import_job where id = $1", job.id)


async def go_on(
    connection: Connection, viewer: Viewer, registry: Registry, job: ImportJob, now: datetime
) -> None:
    """Judge, or take in, the next piece of a file."""
    if job.state not in ("checking", "importing"):
        return
    rows = await connection.fetch(
        """select number, cells, verdict from crm.import_row where job_id = $1
        order by number limit $2 offset $3""",
        job.id,
        PIECE_ROWS,
        job.rows_done,
    )
    if job.state == "checking":
        await _judge(connection, viewer, registry, job, {row["number"]: row["cells"] for row in rows})
    else:
        wanted = [row for row in rows if row["verdict"] in {verdict.value for verdict in TAKEN_IN}]
        for row in wanted:
            await _take_in(connection, viewer, registry, job, row["number"], row["cells"], now)
    rows_done = job.rows_done + len(rows)
    is_over = len(rows) < PIECE_ROWS or rows_done >= job.rows_count
    state = {"checking": "checked", "importing": "done"}[job.state] if is_over else job.state
    await connection.execute(
        "update crm.import_job set rows_done = $2, state = $3 where id = $1", job.id, rows_done, state
    )
    if state == "done":  # what stands in the file is in the records now, where rights and erasure reach it
        await connection.execute(
            "update crm.import_row set cells = '{}', keys = '{}', detail = '{}' where job_id = $1", job.id
        )


async def _judge(
    connection: Connection,
    viewer: Viewer,
    registry: Registry,
    job: ImportJob,
    rows: Mapping[int, Sequence[str]],
) -> None:
    prepared = {number: prepare_row(job.mapping, cells, job.region) for number, cells in rows.items()}
    suppressed = await _suppressed(connection, prepared.values())
    for number, row in prepared.items():
        problems = [*row.problems, *_problems(viewer, registry, row)]
        duplicates = [] if problems else await _duplicates(connection, viewer, registry, job, number, row)
        verdict = _verdict(row, bool(problems), bool(duplicates), bool(suppressed.intersection(row.phones())))
        detail = {
            "changes": [asdict(change) for change in row.changes],
            "problems": [
                {
                    "field": one.field,
                    "text": one.text,
                    **{f"value.{k}": str(v) for k, v in one.values.items()},
                }
                for one in problems
            ],
            "duplicates": duplicates,
        }
        await connection.execute(
            """update crm.import_row set verdict = $3, detail = $4, keys = $5
            where job_id = $1 and number = $2""",
            job.id,
            number,
            verdict.value,
            json.dumps(detail),
            _strong_keys(_profile(viewer, registry, row)) if verdict in TAKEN_IN else [],
        )


async def _suppressed(connection: Connection, rows: Iterable[PreparedRow]) -> set[str]:
    """Those of some rows' numbers that nobody may call."""
    phones = sorted({phone for row in rows for phone in row.phones()})
    found = await connection.fetch(
        "select e164 from dialer_read.suppressed_numbers where e164 = any ($1::text[])", phones
    )
    return {row["e164"] for row in found}


def _verdict(row: PreparedRow, is_wrong: bool, is_there: bool, is_suppressed: bool) -> Verdict:
    if not row.points and not any(row.party.values()):
        return Verdict.EMPTY
    if is_wrong:
        return Verdict.INVALID
    if is_there:
        return Verdict.DUPLICATE
    return Verdict.SUPPRESSED if is_suppressed else Verdict.NEW


def _problems(viewer: Viewer, registry: Registry, row: PreparedRow) -> list[Problem]:
    """What the engine would refuse, as far as it can be said without writing."""
    problems = _problems_of(viewer, registry.get(PARTY), row.party, ())
    for point in row.points:
        problems += _problems_of(viewer, registry.get(POINT), point, ("party",))
    return problems


def _problems_of(
    viewer: Viewer, entity: Entity, raw: Mapping[str, object], later: Sequence[str]
) -> list[Problem]:
    values, problems = clean_given(viewer, entity, raw)
    problems += fill_defaults(viewer, entity, values, (*raw, *later))
    if not problems:
        try:
            check_rules(viewer, entity, None, {**dict.fromkeys(later), **values})
        except RecordRefused as refused:
            problems += refused.problems
    return problems


def _profile(viewer: Viewer, registry: Registry, row: PreparedRow) -> MatchProfile:
    values, _ = clean_given(viewer, registry.get(PARTY), row.party)
    return profile_of(values, row.points)


def _strong_keys(profile: MatchProfile) -> list[int]:
    return key_numbers(key for key in match_keys(profile) if key.startswith(STRONG))


async def _duplicates(
    connection: Connection,
    viewer: Viewer,
    registry: Registry,
    job: ImportJob,
    number: int,
    row: PreparedRow,
) -> list[dict[str, str]]:
    """Whom a row repeats: somebody who is there, or an earlier row of the file."""
    profile = _profile(viewer, registry, row)
    found = await find_duplicates(connection, viewer, registry, profile, bits_min=LIKELY_BITS, limit=3)
    duplicates = [{"id": str(one.party.record.id), "title": one.party.record.title()} for one in found]
    earlier = await connection.fetch(
        """select number, cells from crm.import_row
        where keys && $3::bigint[] and job_id = $1 and number < $2 order by number limit 20""",
        job.id,
        number,
        _strong_keys(profile),
    )
    for other in earlier:
        known = _profile(viewer, registry, prepare_row(job.mapping, other["cells"], job.region))
        if score(profile, known).bits >= LIKELY_BITS:
            return [*duplicates, {"row": str(other["number"])}]
    return duplicates


async def _take_in(
    connection: Connection,
    viewer: Viewer,
    registry: Registry,
    job: ImportJob,
    number: int,
    cells: Sequence[str],
    now: datetime,
) -> None:
    row = prepare_row(job.mapping, cells, job.region)
    suppressed = await _suppressed(connection, [row])
    verdict, record_id = None, None
    try:
        async with connection.transaction():
            party = await create_record(connection, viewer, registry.get(PARTY), row.party, now)
            await keep_source(connection, party, job.system, number, now)
            for point in row.points:
                phone = point.get("phone")
                is_opted_out = isinstance(phone, PhoneNumber) and phone.e164 in suppressed
                raw = {**point, "party": party.id, **({"is_opted_out": True} if is_opted_out else {})}
                reached = await create_record(connection, viewer, registry.get(POINT), raw, now)
                await keep_source(connection, reached, job.system, number, now)
            record_id = party.id
    except RecordRefused:  # somebody changed what is allowed since the report
        verdict = Verdict.INVALID.value
    await connection.execute(
        """update crm.import_row set record_id = $3, verdict = coalesce($4, verdict)
        where job_id = $1 and number = $2""",
        job.id,
        number,
        record_id,
        verdict,
    )


async def count_verdicts(connection: Connection, job: ImportJob) -> dict[Verdict, int]:
    """How many rows there are of each verdict, among those that were judged."""
    rows = await connection.fetch(
        "select verdict, count(*) from crm.import_row where job_id = $1 and verdict <> '' group by verdict",
        job.id,
    )
    counts = Counter({Verdict(row["verdict"]): row["count"] for row in rows})
    return {verdict: counts[verdict] for verdict in Verdict}


async def judged_rows(connection: Connection, job: ImportJob, verdict: str = "") -> list[JudgedRow]:
    """The first rows of a verdict; without one, the first that were changed or are not simply new."""
    rows = await connection.fetch(
        """select number, cells, verdict, detail from crm.import_row
        where job_id = $1 and verdict <> '' and ($2 = '' or verdict = $2)
            and ($2 <> '' or verdict <> 'new' or detail -> 'changes' <> '[]'::jsonb)
        order by number limit $3""",
        job.id,
        verdict,
        SHOWN_MAX,
    )
    return [
        JudgedRow(
            number=row["number"],
            cells=tuple(row["cells"]),
            verdict=row["verdict"],
            detail=json.loads(row["detail"]),
        )
        for row in rows
    ]
