"""The files of the project, read once, for the house rules to look at.

In a clone the list is git's own: tracked and new files, without ignored ones.
In a copy without git, as the mutant runner makes, every file of the copy belongs to the project.
"""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.checks import ROOMS

ROOT = Path(__file__).resolve().parents[2]
# Packages that decide: no input or output, no clock, no hidden randomness.
PURE = ("dialer/core/", "dialer/messages/", "pacing/", "rules/")
MADE_BY_TOOLS = frozenset(
    {
        ".git",
        ".hypothesis",
        ".import_linter_cache",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".venv",
        "__pycache__",
        "node_modules",
    }
)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonModule:
    """One Python file with its syntax tree."""

    path: str  # relative to the root
    text: str
    tree: ast.Module

    def functions(self) -> Iterator[FunctionNode]:
        """Every function and method, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, FunctionNode))

    def place(self, node: ast.expr | ast.stmt | ast.ExceptHandler) -> str:
        """Where a node stands, as `path:line`."""
        return f"{self.path}:{node.lineno}"


def list_files(root: Path) -> list[str]:
    """Paths of all files of a checkout, relative to its root, sorted."""
    if (root / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
        return sorted({path for path in listed.split("\0") if path and (root / path).is_file()})
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not MADE_BY_TOOLS & set(path.parts))


@cache
def project_files() -> tuple[str, ...]:
    """Paths of all files of this project."""
    return tuple(list_files(ROOT))


@cache
def read_text(path: str) -> str:
    """Text of one file, or "" where it holds no text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def python_modules() -> tuple[PythonModule, ...]:
    """Every Python file of the project."""
    paths = [path for path in project_files() if path.endswith(".py")]
    texts = ((path, read_text(path)) for path in paths)
    return tuple(PythonModule(path=path, text=text, tree=ast.parse(text)) for path, text in texts)


def modules_under(*folders: str) -> list[PythonModule]:
    """Python files under the named folders; each folder ends with a slash."""
    return [module for module in python_modules() if module.path.startswith(folders)]


def product_modules() -> list[PythonModule]:
    """Python files of the program itself, without tests and tools."""
    return modules_under(*(f"{room}/" for room in ROOMS))


def dotted_name(node: ast.expr) -> str:
    """Name of an expression like `a.b.c`, or "" for any other one.

    >>> dotted_name(ast.parse("datetime.now", mode="eval").body)
    'datetime.now'
    """
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted_name(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def identifiers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names that a piece of code gives to things, each with its line: what it defines, not what it uses.

    >>> sorted(name for name, line in identifiers(ast.parse("def f(a): b = a.c")))
    ['a', 'b', 'f']
    """
    for node in ast.walk(tree):
        if isinstance(node, FunctionNode | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno
