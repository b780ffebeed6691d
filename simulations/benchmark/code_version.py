"""Which code a run measured: one digest of every module that its figures can depend on.

A result is used again only by the code that made it; reports may change without a new run. Of the pacing
methods and the rules only what the run's own method or the measured modules import counts: who changes one
method repeats its runs alone, and who adds a rule that no run asks repeats none.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.util import resolve_name
from pathlib import Path

from pacing import create_pacer, list_methods

ROOT = Path(__file__).resolve().parents[2]
MEASURED = ("dialer/core", "dialer/messages", "simulations")
FOLLOWED = ("pacing", "rules")
"""Of these packages only what is imported counts."""
FOLDER = "simulations/benchmark"
MEASURING = frozenset({"replayed_attempts.py", "rolling_window.py", "run_figures.py", "run_task.py"})
"""Of the benchmark's own modules those that make figures; the others only choose, keep and show them."""
PACING = "pacing"
LISTS = frozenset({"pacing/__init__.py", "pacing/methods.py"})
"""They name every method and would make each depend on all."""
FIXED_METHODS = ("progressive", "manual", "preview", "agentless")
"""What a campaign of a scenario may be dialed with whatever the run's method: part of every run."""
DIGITS = 12  # enough that two versions never share them


@lru_cache
def code_version(method: str | None = None) -> str:
    """Give the digest of the code as it stands on disk, in hexadecimal digits.

    It is that of one method's runs, or (None) of all; raises UnknownMethodError.
    """
    return version_of(ROOT, [method_module(name) for name in (*FIXED_METHODS, *_chosen(method))])


def version_of(root: Path, modules: Iterable[str]) -> str:
    """Give the digest of what is measured below `root` when the pacers stand in these modules of `pacing`."""
    measured = list(_measured_files(root))
    digest = hashlib.sha256()
    for path in sorted({*measured, *_reached(root, measured, modules)}):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:DIGITS]


def method_module(method: str) -> str:
    """Name the module that a method's class stands in; raises UnknownMethodError."""
    return type(create_pacer(method)).__module__


def _chosen(method: str | None) -> tuple[str, ...]:
    return list_methods() if method is None else (method,)


def _measured_files(root: Path) -> Iterator[Path]:
    """Find what every run depends on, whatever its method."""
    for folder in MEASURED:
        for path in (root / folder).rglob("*.py"):
            is_of_benchmark = path.relative_to(root).as_posix().startswith(f"{FOLDER}/")
            if not is_of_benchmark or path.name in MEASURING:
                yield path


def _reached(root: Path, measured: Iterable[Path], modules: Iterable[str]) -> set[Path]:
    """Follow the imports of `FOLLOWED` packages, from these modules and from whatever is measured."""
    listed = _imports(root, root / PACING / "__init__.py")
    pending = [file for name in modules for file in _files(root, name)]
    pending += [file for path in measured for file in _followed_imports(root, path, listed)]
    reached: set[Path] = set()
    while pending:
        path = pending.pop()
        if path not in reached and path.relative_to(root).as_posix() not in LISTS:
            reached.add(path)
            pending += _followed_imports(root, path, listed)
    return reached


def _followed_imports(root: Path, path: Path, listed: dict[str, str]) -> list[Path]:
    """Give the files of `FOLLOWED` that a file imports; names of `pacing` stand where they are defined."""
    return [
        file
        for module in _imports(root, path).values()
        if module.partition(".")[0] in FOLLOWED
        for file in _files(root, listed.get(module.removeprefix(f"{PACING}."), module))
    ]


def _imports(root: Path, path: Path) -> dict[str, str]:
    """Give what a file imports: under each imported name the module, or the name in a module, that it is."""
    package = ".".join(path.relative_to(root).parent.parts)
    names: dict[str, str] = {}
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update({alias.name: alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            names.update({alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names})
    return names


def _files(root: Path, name: str) -> list[Path]:
    """Give the file of a module (or of the module that a name stands in) and those of its packages."""
    parts = name.split(".")
    found = []
    for length in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:length])
        found += [path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()]
    return found
