"""The loader of `queries.sql`, and the promise that every statement is named, explained and used."""

import ast
import re
from pathlib import Path

import pytest

from dialer.adapters.errors import StatementError
from dialer.adapters.named_statements import STATEMENTS, parse_statements, sql

STORE = Path(__file__).resolve().parents[4] / "dialer" / "adapters" / "store"

GOOD = """-- a remark above the first statement
-- name: first
-- purpose: Show how it is done.
-- rows: one
select 1;

-- name: second
-- purpose: Show another.
-- rows: none
-- a remark inside
delete from there;
"""


def names_in_store() -> set[str]:
    """Names of the statements that the store runs."""
    calls = (
        node
        for path in STORE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sql"
    )
    return {
        str(argument.value) for call in calls for argument in call.args if isinstance(argument, ast.Constant)
    }


def test_statement_with_its_header_is_read_whole() -> None:
    """Name, purpose, rows and text come apart, and remarks inside stay with the text."""
    found = parse_statements(GOOD)
    assert list(found) == ["first", "second"]
    assert (found["first"].purpose, found["first"].rows) == ("Show how it is done.", "one")
    assert found["first"].text == "select 1"
    assert found["second"].text == "-- a remark inside\ndelete from there"


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("-- purpose: Show another.\n", ""),
        GOOD.replace("-- rows: none\n", ""),
        GOOD.replace("delete from there;\n", "").replace("-- a remark inside\n", ""),
        GOOD.replace("second", "first"),
        GOOD.replace("-- name: second", "-- name: Second Try"),
    ],
    ids=["no purpose", "no rows", "no text", "same name", "no identifier"],
)
def test_statement_without_a_proper_header_is_refused(text: str) -> None:
    """A statement that nobody can find or understand does not get in."""
    with pytest.raises(StatementError, match="expected"):
        parse_statements(text)


def test_statement_of_the_file_is_used_and_used_one_is_there() -> None:
    """Code and file name the same statements."""
    assert names_in_store() == set(STATEMENTS)


def test_statement_of_the_file_asks_no_clock_of_its_own() -> None:
    """Instants come from the caller: in a rehearsal the network's clock is the only clock."""
    clocks = re.compile(
        r"\b(now\(\)|current_timestamp|clock_timestamp|current_date|localtime)", re.IGNORECASE
    )
    assert not [name for name in STATEMENTS if clocks.search(sql(name))]
