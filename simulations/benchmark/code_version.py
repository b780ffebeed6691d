"""Which code a run measured: one digest of every module that its figures can depend on.

A result is used again only by the code that made it; reports may change without a new run.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEASURED = ("dialer/core", "dialer/messages", "pacing", "rules", "simulations")
FOLDER = "simulations/benchmark"
MEASURING = frozenset({"replayed_attempts.py", "rolling_window.py", "run_figures.py", "run_task.py"})
"""Of the benchmark's own modules those that make figures; the others only choose, keep and show them."""
DIGITS = 12  # enough that two versions never share them


@lru_cache(maxsize=1)
def code_version() -> str:
    """Give the digest of the code as it stands on disk, in hexadecimal digits."""
    digest = hashlib.sha256()
    for folder in MEASURED:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith(f"{FOLDER}/") and path.name not in MEASURING:
                continue
            digest.update(f"{name}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:DIGITS]
