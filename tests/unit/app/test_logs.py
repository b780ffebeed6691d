"""What is logged: one object a line, and nothing personal or secret in it, wherever it came from."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from app.logs import MASK, masked_text, start_logging
from app.settings import LogSettings

PLANTED = (
    "+15550100123",
    "+1 (555) 010-0123",
    "+44 20 7946 0958",
    "0048 600 700 800",
    "15550100123",
    "(555) 010-0123",
    "555-010-0123",
    "PJSIP/15550100123@trunk-1",
    "sip:+390612345678@carrier.example",
    "tel:15550100123",
)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged; the loggers are afterwards as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    start_logging(LogSettings(), "engine", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    """The logged objects."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


def digits_of(text: str) -> str:
    """A text's digits, one after the other."""
    return "".join(filter(str.isdigit, text))


def test_record_of_any_logger_is_one_object_a_line(log: io.StringIO) -> None:
    """Our own records, a library's, and those with structured fields all look the same."""
    logging.getLogger("some.library").warning("two\nlines of %s", "text")
    structlog.get_logger("ours").info("node is up", node_id="node-1", calls=3)
    first, second = lines(log)
    assert (first["process"], first["level"], first["logger"]) == ("engine", "warning", "some.library")
    assert first["event"] == "two\nlines of text"
    assert (second["event"], second["node_id"], second["calls"]) == ("node is up", "node-1", 3)
    assert second["at"].endswith("Z")


@pytest.mark.parametrize("number", PLANTED)
def test_telephone_number_is_nowhere_in_the_log(log: io.StringIO, number: str) -> None:
    """In a message, in its arguments, in a field, in a list, in an error's text: it is masked."""
    logger = logging.getLogger("ours")
    logger.info(f"dialing {number} now")
    logger.info("dialing %s now", number)
    logger.info("dialing", extra={"told": [number, {"inner": number}]})
    structlog.get_logger("ours").info("dialing", told=number)
    try:
        raise ValueError(f"Key (e164)=({number}) already exists.")
    except ValueError:
        logger.exception("not written")
    text = log.getvalue()
    assert len(lines(log)) == 5
    assert number not in text
    assert digits_of(number) not in text
    assert text.count(MASK) >= 6


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("e164", "+1555"),
        ("caller_id_number", "112"),
        ("password", "hush"),
        ("api_token", "hush"),
        ("email", "anna@example.org"),
        ("numbers", [1, 2]),
        ("dialed", 15550100123),
    ],
)
def test_field_that_names_something_private_is_masked(log: io.StringIO, key: str, value: object) -> None:
    """The name of a field is enough, whatever its value looks like."""
    structlog.get_logger("ours").info("something", **{key: value})
    assert lines(log)[0][key] == MASK


def test_secret_of_an_url_is_nowhere_in_the_log(log: io.StringIO) -> None:
    """Where a URL is logged, in an error of a library too, its credentials are not."""
    try:
        raise OSError("cannot reach postgresql://paceline:hush@db.example/paceline")
    except OSError:
        logging.getLogger("library").exception("nats://paceline:hush@127.0.0.1:54222")
    assert "hush" not in log.getvalue()
    assert "127.0.0.1:54222" in log.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "attempt p1234-12345 ended after 12.345 s",
        "listening on 127.0.0.1:54321 and 192.168.100.200",
        "at 2026-11-23 10:15:30 the clock jumped",
        "process 123456 ended with 137",
        "commit 0.004 s, 1200 rows, 99 %",
    ],
)
def test_text_without_a_number_to_call_stays_readable(text: str) -> None:
    """Attempt ids, addresses, instants and measures are what a log is read for."""
    assert masked_text(text) == text


def test_lines_for_people_are_masked_too(log: io.StringIO) -> None:
    """The other form of the log goes the same way."""
    stream = io.StringIO()
    start_logging(LogSettings(form="console", level="WARNING"), "engine", stream)
    logging.getLogger("ours").info("not shown")
    logging.getLogger("ours").warning("dialing +15550100123")
    assert MASK in stream.getvalue()
    assert "5550100123" not in stream.getvalue()
    assert "not shown" not in stream.getvalue()
