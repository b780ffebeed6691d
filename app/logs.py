"""Structured logs: one JSON object a line on standard error, or lines for people; nothing personal in either.

Every record of the program and of its libraries passes one formatter. It masks whatever looks like a
telephone number, the credentials of a URL, and the values of keys that name something personal or secret.
It would rather mask too much: who needs the number finds it in the database, by the attempt id in the log.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.settings import LogSettings

MASK = "[masked]"
TELEPHONE_NUMBERS = re.compile(
    r"""
      \+[\s(]*\d(?:[\s().\-/]{0,2}\d){4,}                         # with its plus, however it is written
    | \d{9,}                                                      # a plain row of digits
    | (?<![A-Za-z0-9.\-])\(?\d{2,5}\)?(?:[\s\-/.]{1,2}\d{2,6}){2,5}(?![\d.])   # grouped, as people write it
    """,
    re.VERBOSE,
)
CREDENTIALS = re.compile(r"(?<=://)[^\s/@]+@")
INSTANTS = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?|\d{1,3}(?:\.\d{1,3}){3}")
"""A day, with its hour perhaps, and an IPv4 address: rows of digits that are no numbers to call."""
PRIVATE_WORDS = frozenset(
    """
    e164 e164s number numbers phone telephone mobile email address street city birthday surname
    firstname lastname password secret token cookie authorization credentials dsn callerid
    """.split()  # noqa: SIM905 - a list of twenty quoted words hides the words
)
NUMBER_MIN = 100_000_000  # whole numbers from here on may be telephone numbers
COUNTING_ENDS = ("_id", "_bytes", "_at", "_seconds", "_count")  # keys of whole numbers that are none


def start_logging(settings: LogSettings, process: str, stream: TextIO = sys.stderr) -> None:
    """Send every record of this process, ours and the libraries', to the stream.

    Args:
        settings: how and from which level on.
        process: name of this process, in every line.
        stream: where to.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(settings, process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level)
    for library in ("aiohttp.access", "alembic.runtime.plugins", "asyncio", "nats", "panoramisk"):
        logging.getLogger(library).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def formatter(settings: LogSettings, process: str) -> logging.Formatter:
    """What turns a record into a line."""

    def name_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.UnicodeDecoder(),
            mask_private,
            name_process,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            last,
        ],
        foreign_pre_chain=[structlog.stdlib.ExtraAdder()],
    )


def mask_private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Processor: leave nothing personal and no secret in a record."""
    return {key: _masked(key, value) for key, value in event.items()}


def _masked(key: str, value: object) -> object:
    if not PRIVATE_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", key.lower())) and value is not None:
        return MASK
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int):
        return MASK if abs(value) >= NUMBER_MIN and not key.endswith(COUNTING_ENDS) else value
    if isinstance(value, Mapping | MutableMapping):
        return {str(name): _masked(str(name), part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(key, part) for part in value]
    return masked_text(str(value))


def masked_text(text: str) -> str:
    """A text without telephone numbers and credentials.

    >>> masked_text("dialing +1 (555) 010-0123 for p12-345 at 2026-11-23 10:15")
    'dialing [masked] for p12-345 at 2026-11-23 10:15'
    >>> masked_text("no server at nats://paceline:hush@127.0.0.1:54222")
    'no server at nats://[masked]@127.0.0.1:54222'
    """
    kept: list[str] = []
    end = 0
    for known in INSTANTS.finditer(text):
        kept += [_without_numbers(text[end : known.start()]), known.group()]
        end = known.end()
    kept.append(_without_numbers(text[end:]))
    return "".join(kept)


def _without_numbers(text: str) -> str:
    return TELEPHONE_NUMBERS.sub(MASK, CREDENTIALS.sub(f"{MASK}@", text))
