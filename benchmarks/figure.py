"""One measured figure beside its goal, and what it was measured with."""

import os
import platform
import resource
from dataclasses import dataclass

BYTES_PER_MEGABYTE = 1e6
KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was asked for, what was measured, and how."""

    what: str
    goal: str
    measured: str
    is_met: bool
    conditions: str  # scenario, sizes, seeds


def machine() -> str:
    """Say what the figures were measured on, without naming the machine."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {os.cpu_count()} cores, {platform.machine()}"


def memory_megabytes_max() -> float:
    """Give the largest resident size of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB / BYTES_PER_MEGABYTE
