"""Whose runs a change makes new: all of them, or one method's alone."""

from pathlib import Path

import pytest

from simulations.benchmark.code_version import FIXED_METHODS, code_version, version_of
from simulations.scenarios import get_scenario, list_scenarios

TREE = {
    "pacing/__init__.py": "from pacing.methods import create_pacer\nfrom pacing.snapshot import Snapshot\n",
    "pacing/methods.py": "import pacing.predictive\nimport pacing.peers.servo\n",
    "pacing/snapshot.py": "",
    "pacing/ring_law.py": "",
    "pacing/predictive.py": "from pacing.ring_law import RingLaw\nfrom pacing import Snapshot\n",
    "pacing/peers/__init__.py": "",
    "pacing/peers/servo.py": "from .cadence import Cadence\n",
    "pacing/peers/cadence.py": "",
    "rules/__init__.py": "",
    "rules/caps.py": "from rules.clock import now\n",
    "rules/clock.py": "",
    "rules/conditions.py": "",
    "dialer/core/engine.py": "from pacing import Snapshot, create_pacer\nfrom rules.caps import Cap\n",
    "simulations/world.py": "",
    "simulations/benchmark/run_task.py": "",
    "simulations/benchmark/report.py": "",
}


def changed_by(tmp_path: Path, name: str) -> set[str]:
    """The methods whose runs are new when a line is added to that file."""
    for path, text in TREE.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    modules = {"predictive": "pacing.predictive", "servo": "pacing.peers.servo"}
    before = {method: version_of(tmp_path, [module]) for method, module in modules.items()}
    (tmp_path / name).write_text(TREE[name] + "# another line\n")
    return {method for method, module in modules.items() if version_of(tmp_path, [module]) != before[method]}


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("dialer/core/engine.py", {"predictive", "servo"}),
        ("simulations/world.py", {"predictive", "servo"}),
        ("simulations/benchmark/run_task.py", {"predictive", "servo"}),
        ("pacing/snapshot.py", {"predictive", "servo"}),
        ("pacing/predictive.py", {"predictive"}),
        ("pacing/ring_law.py", {"predictive"}),
        ("pacing/peers/servo.py", {"servo"}),
        ("pacing/peers/cadence.py", {"servo"}),
        ("rules/clock.py", {"predictive", "servo"}),
        ("rules/conditions.py", set()),
        ("pacing/methods.py", set()),
        ("simulations/benchmark/report.py", set()),
    ],
)
def test_change_of_a_file_makes_only_those_runs_new_that_can_reach_it(
    tmp_path: Path, name: str, methods: set[str]
) -> None:
    """A method's module, and what it or the engine imports; never the list of all methods."""
    assert changed_by(tmp_path, name) == methods


def test_methods_of_this_program_have_versions_of_their_own() -> None:
    """Two methods in different modules differ, two in one module do not."""
    assert code_version("predictive") != code_version("issabel")
    assert code_version("vicidial-tapered") == code_version("vicidial-average")


def test_methods_that_scenarios_fix_count_for_every_run() -> None:
    """A campaign beside the measured one runs its own method's code."""
    fixed = {plan.fixed_method for name in list_scenarios() for plan in get_scenario(name).campaigns}
    assert fixed - {""} <= set(FIXED_METHODS)
