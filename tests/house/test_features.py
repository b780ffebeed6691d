"""The list of the wanted CRM features is complete, and calls none working that no acceptance test shows."""

import ast
import re
from collections import Counter
from collections.abc import Iterable

from tests.house.source_tree import ROOT, python_modules

FEATURES = ROOT / "docs" / "features.md"
ID = re.compile(r"S[0-4]-\d\d")
ROW = re.compile(r"\| (S[0-4]-\d\d) \| (core|around|beside) \| (works|partly|not yet) \| (.*) \|")
COUNTS = re.compile(r"State: (\d+) work, (\d+) partly, (\d+) not yet\.")
# How many features each of the five wishes has.
FEATURES_OF_WISH = {"S0": 38, "S1": 26, "S2": 85, "S3": 57, "S4": 45}


def features() -> list[tuple[str, str, str]]:
    """Id, state and note of each feature, as the document has them."""
    found = (ROW.fullmatch(line) for line in FEATURES.read_text("utf-8").splitlines())
    return [(row[1], row[3], row[4]) for row in found if row is not None]


def unproven(states: Iterable[tuple[str, str]], named: set[str]) -> set[str]:
    """Features said to work that no acceptance test names."""
    return {feature for feature, state in states if state == "works" and feature not in named}


def named_in_acceptance_tests() -> set[str]:
    """Ids in the docstrings of acceptance tests."""
    tests = [module.tree for module in python_modules() if module.path.startswith("tests/acceptance/test_")]
    functions = (
        node
        for tree in tests
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )
    return {found for function in functions for found in ID.findall(ast.get_docstring(function) or "")}


def test_list_of_features_has_each_of_them_once() -> None:
    """None is forgotten, none is there twice."""
    ids = Counter(feature for feature, _, _ in features())
    assert max(ids.values()) == 1
    assert Counter(feature[:2] for feature in ids) == FEATURES_OF_WISH


def test_counts_in_the_list_of_features_are_those_of_its_rows() -> None:
    """Whoever changes a row changes the sum."""
    counted = Counter(state for _, state, _ in features())
    told = COUNTS.search(FEATURES.read_text("utf-8"))
    assert told is not None
    assert [int(count) for count in told.groups()] == [counted[s] for s in ("works", "partly", "not yet")]


def test_feature_that_works_in_part_says_which_part() -> None:
    """`Partly` alone tells nobody anything."""
    assert [feature for feature, state, note in features() if state == "partly" and not note.strip()] == []


def test_feature_that_works_is_named_by_an_acceptance_test() -> None:
    """A claim without a test is no claim."""
    assert (
        unproven([(feature, state) for feature, state, _ in features()], named_in_acceptance_tests()) == set()
    )


def test_claim_without_a_test_is_found() -> None:
    """The check above can fail: of two features said to work, one is named."""
    assert unproven([("S0-01", "works"), ("S0-02", "works"), ("S0-03", "not yet")], {"S0-02"}) == {"S0-01"}
