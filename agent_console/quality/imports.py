"""Import of parties: a file, what its columns mean, a report of every row, then the import itself.

A file is judged and taken in a piece at a time, each piece a request, so that people see how far it is;
whoever closes the page goes on later where it stood.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from uuid import UUID

from aiohttp import BodyPartReader, web

from agent_console.doorkeeper import Route
from agent_console.errors import FileUnusable
from agent_console.forms import text_fields
from agent_console.navigation import N_, NavigationItem, Section
from agent_console.parts import parts_of
from agent_console.quality.duplicates import PATH as DUPLICATES_PATH
from agent_console.quality.duplicates import QualityPage, on_quality
from agent_console.quality.wording import TARGET_LABELS, VERDICTS_OF_ROWS
from agent_console.records.doors import UUID_TEXT, list_path, looked_at, record_path
from agent_console.rendering import done, page, text_of
from crm_core.access.connection import Connection
from crm_core.engine.declaration import Registry
from crm_core.engine.errors import VerbRefused
from crm_core.engine.rights import may_reach
from crm_core.engine.scopes import Verb
from crm_core.engine.viewer import Viewer
from crm_core.quality.import_jobs import (
    ROWS_MAX,
    ImportJob,
    JudgedRow,
    Verdict,
    begin_job,
    begin_taking_in,
    count_verdicts,
    forget_job,
    get_job,
    go_on,
    judged_rows,
    set_mapping,
)
from crm_core.quality.import_plan import TARGETS
from crm_core.quality.looking import PARTY

PATH = "/quality/imports"
FILE_BYTES_MAX = 20 * 1024 * 1024
NAME_LENGTH_MAX = 100
PIECE_BYTES = 64 * 1024
REGION = re.compile(r"[A-Z]{2}")
REGIONS = ("PL", "IT", "SK", "CZ", "DE", "AT", "FR", "ES", "GB", "US")
SAMPLE_ROWS = 3

Fields = dict[str, str]


async def show_upload(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Show the form that asks for a file."""
    _require_may_create(viewer, registry)
    return await _upload_page(request)


def _require_may_create(viewer: Viewer, registry: Registry) -> None:
    if not may_reach(viewer, registry.get(PARTY), Verb.CREATE):
        raise VerbRefused("you may not import this")


async def _upload_page(request: web.Request, error: str = "") -> web.Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return await page(request, "quality/upload.html", status, error=error, regions=REGIONS, path=PATH)


def uploading(registry: Registry) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler that reads the file before it holds a connection."""

    async def upload(request: web.Request) -> web.StreamResponse:
        read_table = parts_of(request).read_table
        if read_table is None:
            raise web.HTTPNotFound
        with TemporaryDirectory(prefix="paceline-upload-") as folder:
            path = Path(folder) / "file"
            with path.open("wb") as file:
                fields = await _received(request, file)
            if fields.get("file") is None:
                return await _upload_page(request, text_of(request, "Choose a file first."))
            try:
                table = await asyncio.to_thread(read_table, path, ROWS_MAX)
            except FileUnusable as unusable:
                reason = text_of(
                    request, "This file cannot be read as a table: {reason}", reason=str(unusable)
                )
                return await _upload_page(request, reason)
        async with looked_at(request) as (connection, viewer):
            _require_may_create(viewer, registry)
            job_id = await begin_job(
                connection,
                viewer,
                file_name=fields["file"],
                system=fields.get("system", "") or fields["file"],
                region=fields.get("region", REGIONS[0]),
                headers=table.headers,
                rows=table.rows,
                now=parts_of(request).clock(),
            )
        location = f"{PATH}/{job_id}"
        if "HX-Request" in request.headers:
            return web.Response(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": location})
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": location})

    return upload


async def _received(request: web.Request, file: BinaryIO) -> Fields:
    """The fields of the form, the file written away as it comes; a small form may have been read already.

    Raises:
        HTTPRequestEntityTooLarge: the file is larger than we take.
        HTTPBadRequest: a field is too long, or no form was sent.
    """
    if not request.content_type.startswith("multipart/"):
        raise web.HTTPBadRequest
    if "HX-Request" not in request.headers:
        form = await request.post()
        sent = form.get("file")
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        if isinstance(sent, web.FileField) and sent.filename:
            file.write(sent.file.read())
            fields["file"] = sent.filename
        return _checked(fields)
    fields = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            raise web.HTTPBadRequest
        if part.filename:
            await _write(part, file)
            fields[part.name] = part.filename
        elif part.name != "file":
            fields[part.name] = (await part.read_chunk(PIECE_BYTES)).decode(errors="replace")
    return _checked(fields)


async def _write(part: BodyPartReader, file: BinaryIO) -> None:
    bytes_count = 0
    while piece := await part.read_chunk(PIECE_BYTES):
        bytes_count += len(piece)
        if bytes_count > FILE_BYTES_MAX:
            raise web.HTTPRequestEntityTooLarge(FILE_BYTES_MAX, bytes_count)
        file.write(piece)


def _checked(fields: Mapping[str, str]) -> Fields:
    cleaned = {
        name: re.sub(r"[\x00-\x1f]", " ", text)[:NAME_LENGTH_MAX].strip() for name, text in fields.items()
    }
    if not REGION.fullmatch(cleaned.get("region", REGIONS[0])):
        raise web.HTTPBadRequest
    return cleaned


async def show_job(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Show where a file stands: its columns, how far it is, its report, or what was made of it."""
    job = await _job(request, connection, viewer)
    verdict = request.query.get("verdict", "")
    if verdict not in {"", *(one.value for one in Verdict)}:
        raise web.HTTPNotFound
    sample = await connection.fetch(
        "select cells from crm.import_row where job_id = $1 order by number limit $2", job.id, SAMPLE_ROWS
    )
    party = registry.get(PARTY)
    return await page(
        request,
        "quality/import.html",
        job=job,
        path=f"{PATH}/{job.id}",
        imports_path=PATH,
        parties_path=list_path(party),
        duplicates_path=DUPLICATES_PATH,
        columns=[
            (header, job.mapping[place], [row["cells"][place] for row in sample if place < len(row["cells"])])
            for place, header in enumerate(job.headers)
        ],
        targets=[(target, TARGET_LABELS[target]) for target in TARGETS],
        target_labels=TARGET_LABELS,
        regions=sorted({*REGIONS, job.region}),
        verdict=verdict,
        verdicts=VERDICTS_OF_ROWS,
        counts={one.value: count for one, count in (await count_verdicts(connection, job)).items()},
        rows=[_shown_row(request, registry, row) for row in await judged_rows(connection, job, verdict)],
    )


def _shown_row(request: web.Request, registry: Registry, row: JudgedRow) -> Mapping[str, object]:
    """A row of the report: what was changed, what is wrong in the reader's language, whom it repeats."""
    problems = []
    for one in row.detail.get("problems", ()):
        values = {name[6:]: value for name, value in one.items() if name.startswith("value.")}
        label, template = TARGET_LABELS.get(one["field"], one["field"]), one["text"]
        problems.append((label, text_of(request, template, **values)))
    return {
        "number": row.number,
        "verdict": row.verdict,
        "cells": [cell for cell in row.cells if cell][:4],
        "changes": row.detail.get("changes", ()),
        "problems": problems,
        "duplicates": [
            {**one, "path": record_path(registry.get(PARTY), UUID(one["id"])) if "id" in one else ""}
            for one in row.detail.get("duplicates", ())
        ],
    }


async def _job(
    request: web.Request, connection: Connection, viewer: Viewer, *, will_change: bool = False
) -> ImportJob:
    return await get_job(connection, viewer, UUID(request.match_info["job_id"]), will_change=will_change)


async def map_columns(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Take what each column means, and judge the rows by it."""
    job = await _job(request, connection, viewer, will_change=True)
    region, *mapping = await text_fields(request, "region", *(f"column.{n}" for n in range(len(job.headers))))
    if not REGION.fullmatch(region) or not {"", *TARGETS}.issuperset(mapping):
        raise web.HTTPBadRequest
    await set_mapping(connection, job, mapping, region)
    return _to_job(job)


async def advance(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Do the next piece."""
    job = await _job(request, connection, viewer, will_change=True)
    await go_on(connection, viewer, registry, job, parts_of(request).clock())
    return _to_job(job)


async def take_in(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Begin the import after its report was read."""
    job = await _job(request, connection, viewer, will_change=True)
    await begin_taking_in(connection, job)
    return _to_job(job)


async def forget(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Throw the file away."""
    await forget_job(connection, await _job(request, connection, viewer, will_change=True))
    return await done(request, PATH, text_of(request, "The file is thrown away."))


def _to_job(job: ImportJob) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": f"{PATH}/{job.id}"})


def import_routes(registry: Registry) -> tuple[Route, ...]:
    """Addresses of these pages."""
    job = f"{PATH}/{{job_id:{UUID_TEXT}}}"
    pages: Sequence[tuple[str, str, QualityPage]] = (
        ("GET", PATH, show_upload),
        ("GET", job, show_job),
        ("POST", f"{job}/columns", map_columns),
        ("POST", f"{job}/next", advance),
        ("POST", f"{job}/import", take_in),
        ("POST", f"{job}/forget", forget),
    )
    routes = [
        Route(method=method, path=path, handler=on_quality(registry, one)) for method, path, one in pages
    ]
    return (*routes, Route(method="POST", path=PATH, handler=uploading(registry)))


ITEMS = (
    NavigationItem(
        section=Section.RECORDS,
        label=N_("Import"),
        path=PATH,
        icon="plus",
        roles=frozenset(["administrator", "manager", "supervisor"]),
    ),
)
