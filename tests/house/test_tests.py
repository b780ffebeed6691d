"""What every test of the project keeps to: a telling name, a sentence, no sleeping and no leaving out."""

import ast
import re

from tests.house.source_tree import PythonModule, dotted_name, modules_under, project_files
from tools.checks import ROOMS

NAME_WORDS_MIN = 4  # subject, condition and result, and mostly more
# Written in pieces, so that this file does not hold what it forbids.
WORDS = ("importor" + "sk" + "ip", "sk" + "ip", "xf" + "ail")
LEFT_OUT = re.compile(rf"(?:.*\.)?(?:pytest|mark|unittest|self)\.(?:{'|'.join(WORDS)})\w*")
REAL_TIME = "tests/integration/real_time.py"  # where tests of real parts wait
SLEEPS = frozenset({"asyncio.sleep", "sleep", "time.sleep"})
FOLDERS_BESIDE_ROOMS = frozenset({"tools"})


def functions_that_test(module: PythonModule) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All test functions of a module."""
    return [node for node in module.functions() if node.name.startswith("test_")]


def names_that_leave_out(module: PythonModule) -> list[str]:
    """Places in a test module that leave a test out or expect it to fail."""
    nodes = list(ast.walk(module.tree))
    used = [(node.lineno, dotted_name(node)) for node in nodes if isinstance(node, ast.Attribute)]
    imports = (node for node in nodes if isinstance(node, ast.ImportFrom))
    imported = [(node.lineno, f"{node.module}.{alias.name}") for node in imports for alias in node.names]
    return [f"{module.path}:{line}" for line, name in (*used, *imported) if LEFT_OUT.fullmatch(name)]


def test_name_of_any_test_tells_subject_condition_and_result() -> None:
    """A test's name alone tells what broke."""
    short = [
        f"{module.place(node)} {node.name}"
        for module in modules_under("tests/")
        for node in functions_that_test(module)
        if len(node.name.removeprefix("test_").split("_")) < NAME_WORDS_MIN
    ]
    assert not short


def test_test_of_any_kind_says_in_a_sentence_what_holds() -> None:
    """Each test has a docstring of one sentence."""
    silent = [
        f"{module.place(node)} {node.name}"
        for module in modules_under("tests/")
        for node in functions_that_test(module)
        if not (ast.get_docstring(node) or "").rstrip().endswith(".")
    ]
    assert not silent


def test_test_of_any_kind_is_never_left_out() -> None:
    """A missing part fails the tests; it never leaves one out."""
    assert not [place for module in modules_under("tests/") for place in names_that_leave_out(module)]


def test_test_of_any_kind_never_sleeps() -> None:
    """Time is an argument here, so no test waits for it; with real parts, in one place only."""
    sleeping = [
        module.place(node)
        for module in modules_under("tests/")
        if module.path != REAL_TIME
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted_name(node.func) in SLEEPS
    ]
    assert not sleeping


def test_unit_test_folder_mirrors_a_room() -> None:
    """Each folder of unit tests is named after the package it tests."""
    folders = {path.split("/")[2] for path in project_files() if re.match(r"tests/unit/\w+/", path)}
    assert folders <= {*ROOMS, *FOLDERS_BESIDE_ROOMS}
