"""Each contract, invariant and property test has a planted fault to catch; the runner judges fairly."""

import ast
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from simulations.invariants import INVARIANTS
from tests.house.mutants.mutant import Mutant
from tests.house.mutants.run import (
    MutantError,
    check,
    collect_mutants,
    copy_tree,
    faulty_text,
    is_right_reason,
)
from tests.house.source_tree import ROOT, PythonModule, dotted_name, modules_under, project_files
from tests.house.test_locks import configuration


def test_every_planted_fault_still_has_its_place() -> None:
    """A text that has changed since is found here within a second, not at the end of a whole run."""
    stale = [
        mutant.name
        for mutant in collect_mutants()
        if mutant.before and (ROOT / mutant.path).read_text(encoding="utf-8").count(mutant.before) != 1
    ]
    assert not stale


def contract_ids() -> set[str]:
    """Ids of all import contracts."""
    contracts = configuration("tool", "importlinter")["contracts"]
    assert isinstance(contracts, list)
    return {str(contract["id"]) for contract in contracts}


def property_tests(module: PythonModule) -> Iterator[str]:
    """Node ids of the module's property tests: functions with `@given` and state machines as test cases."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef) and has_given(node):
            yield f"{module.path}::{node.name}"
        elif isinstance(node, ast.ClassDef):
            methods = (
                inner for inner in node.body if isinstance(inner, ast.FunctionDef) and has_given(inner)
            )
            yield from (f"{module.path}::{node.name}::{method.name}" for method in methods)
        elif isinstance(node, ast.Assign) and dotted_name(node.value).endswith(".TestCase"):
            yield f"{module.path}::{dotted_name(node.targets[0])}::runTest"


def has_given(node: ast.FunctionDef) -> bool:
    """Whether hypothesis chooses the arguments of a function."""
    calls = (decorator for decorator in node.decorator_list if isinstance(decorator, ast.Call))
    return any(dotted_name(call.func).split(".")[-1] == "given" for call in calls)


def test_import_contract_of_any_kind_has_a_mutant() -> None:
    """Each import contract is broken once on purpose."""
    assert contract_ids() == {mutant.contract_id for mutant in collect_mutants() if mutant.contract_id}


def test_invariant_of_the_simulation_has_a_mutant() -> None:
    """Each invariant watched in simulation is violated once on purpose."""
    covered = {mutant.invariant for mutant in collect_mutants() if mutant.invariant}
    assert {invariant.name for invariant in INVARIANTS} == covered


def test_property_test_of_any_room_has_a_mutant() -> None:
    """Each property test meets a fault that it must find."""
    caught_by = {mutant.catches.split("[")[0] for mutant in collect_mutants()}
    tests = {node_id for module in modules_under("tests/") for node_id in property_tests(module)}
    unproven = tests - caught_by
    assert not unproven


def test_mutant_of_any_area_names_what_exists() -> None:
    """Names of faults are unique, and each names files that are there."""
    mutants = collect_mutants()
    assert len({mutant.name for mutant in mutants}) == len(mutants)
    named = {mutant.path for mutant in mutants if mutant.before}
    named |= {mutant.catches.split("::")[0] for mutant in mutants if not mutant.contract_id}
    missing = named - set(project_files())
    assert not missing


def fault(before: str, after: str, catches: str = "tests/test_sum.py::test_sum") -> Mutant:
    """A fault in the little program of the tests below."""
    return Mutant(name="little: sum", catches=catches, path="little.py", before=before, after=after)


@pytest.fixture
def little_program(tmp_path: Path) -> Path:
    """A program of one function with one good test and one blind one."""
    (tmp_path / "source" / "tests").mkdir(parents=True)
    (tmp_path / "source" / "little.py").write_text("def total(a, b):\n    return a + b\n")
    (tmp_path / "source" / "tests" / "test_sum.py").write_text(
        "from little import total\n\n"
        "def test_sum():\n    assert total(2, 3) == 5\n\n"
        "def test_blind():\n    assert total\n"
    )
    return tmp_path / "source"


def test_runner_with_fault_that_a_test_notices_counts_it_as_caught(
    little_program: Path, tmp_path: Path
) -> None:
    """The named test fails, and the copy is whole again afterwards."""
    with closing(copy_tree(little_program, tmp_path / "copy")) as tree:
        assert check(fault("a + b", "a - b"), tree).is_caught
        assert "a + b" in (tree.root / "little.py").read_text()


@pytest.mark.parametrize(
    ("mutant", "reason"),
    [
        (fault("a + b", "b + a"), "did not fail"),
        (fault("a + b", "a - b", "tests/test_sum.py::test_blind"), "did not fail"),
        (fault("a + b", "a + b +"), "failed for another reason"),
        (fault("a + b", "a - b", "tests/test_sum.py::test_gone"), "failed for another reason"),
        (fault("a * b", "a - b"), "found 0 times"),
    ],
    ids=["same sum", "blind test", "cannot be imported", "unknown test", "text not there"],
)
def test_runner_with_fault_that_no_test_notices_says_why(
    little_program: Path, tmp_path: Path, mutant: Mutant, reason: str
) -> None:
    """A fault that nobody noticed is not counted as caught, nor one that was never planted."""
    with closing(copy_tree(little_program, tmp_path / "copy")) as tree:
        verdict = check(mutant, tree)
    assert not verdict.is_caught
    assert reason in verdict.reason


def test_fault_whose_text_occurs_twice_is_refused() -> None:
    """A fault is planted in one place, or it is not known what was tested."""
    with pytest.raises(MutantError, match="found 2 times"):
        faulty_text("a\na\n", fault("a", "b"))


def test_fault_that_changes_nothing_is_refused() -> None:
    """A fault differs from the text it replaces."""
    with pytest.raises(MutantError, match="changes nothing"):
        faulty_text("a\n", fault("a", "a"))


def test_failure_of_the_linter_itself_is_not_a_broken_contract() -> None:
    """Only the linter's own word that the contract broke counts."""
    mutant = fault("a", "b", "contract:layers")
    assert is_right_reason(mutant, 1, "Imports point downwards only BROKEN")
    assert not is_right_reason(mutant, 1, "Could not read configuration")
