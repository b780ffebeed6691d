"""What a planner does: simulate a scenario, read its figures, misspell something, watch the demo."""

import json
import os
import pty
import select
import subprocess
import sys
import time

from tests.acceptance.test_first_steps import ROOT, paceline

SHORT = ("simulate", "medium", "--agents", "10", "--hours", "0.5", "--seed", "3")
FIELDS = {
    "scenario",
    "method",
    "seed",
    "talk_ratio",
    "occupancy",
    "abandon_ratio",
    "answered_live",
    "connected",
    "abandoned",
    "attempts",
    "wait_seconds_mean",
    "answer_to_agent_seconds_p50",
    "answer_to_agent_seconds_p95",
    "answer_to_agent_seconds_p99",
    "per_hour",
}


def test_same_simulation_twice_prints_the_same_bytes() -> None:
    """Two processes, one seed: not a byte differs, and every promised figure is there."""
    first, second = (paceline(*SHORT, "--json").stdout for _ in range(2))
    assert first == second
    result = json.loads(first)
    assert result.keys() >= FIELDS
    assert result["attempts"] > 100
    assert len(first.splitlines()) == 1


def test_simulation_without_json_is_readable() -> None:
    """A person sees the figures by name, with what they are divided by."""
    shown = paceline(*SHORT).stdout
    for words in ("talk ratio", "abandon ratio", "by hour", "answer to agent", "invariants watched"):
        assert words in shown


def test_unknown_names_are_answered_with_those_that_exist() -> None:
    """Scenario, method, fault: each wrong name lists the right ones, and nothing is run."""
    for words, known in (
        (("simulate", "nope"), "medium"),
        (("simulate", "medium", "--method", "nope"), "predictive"),
        (("simulate", "medium", "--faults", "nope"), "engine_restart"),
    ):
        answer = paceline(*words)
        assert answer.returncode == 2
        assert "nope" in answer.stderr
        assert known in answer.stderr
        assert answer.stdout == ""


def test_absurd_figures_are_refused_with_the_range() -> None:
    """A negative team and an endless day are named, with what is allowed."""
    for name, value, allowed in (
        ("agents", "-3", "0 to 10000"),
        ("agents", "99999", "0 to 10000"),
        ("hours", "0", "above 0, at most 720"),
        ("hours", "nan", "above 0, at most 720"),
        ("seed", "-1", "0 to"),
    ):
        answer = paceline("simulate", "small", f"--{name}", value)
        assert answer.returncode == 2, name
        assert f"{name} is " in answer.stderr
        assert f"allowed: {allowed}" in answer.stderr


def test_method_that_a_scenario_is_not_about_is_refused() -> None:
    """A broadcast has no agents to pace: another method's name on its figures would be a lie."""
    answer = paceline("simulate", "broadcast", "--method", "predictive", "--agents", "2", "--hours", "0.1")
    assert answer.returncode == 2
    assert "agentless" in answer.stderr
    result = json.loads(paceline("simulate", "manual", "--agents", "2", "--hours", "0.1", "--json").stdout)
    assert result["method"] == "manual"


def test_catalogues_name_what_there_is() -> None:
    """Scenarios, methods and faults can be listed."""
    assert "markov" in paceline("scenarios").stdout
    assert "progressive" in paceline("methods").stdout
    assert "node_restart" in paceline("faults").stdout


def test_demo_without_a_terminal_prints_lines_and_ends_in_time() -> None:
    """A log gets the floor line by line."""
    answer = paceline("demo", "--seconds", "3", "--agents", "6")
    assert answer.returncode == 0
    assert "lines ringing" in answer.stdout
    assert "attempts on record" in answer.stdout
    assert "paceline simulate medium" in answer.stdout


def test_demo_in_a_terminal_draws_the_floor_until_a_key_ends_it() -> None:
    """The floor appears, and q leaves it."""
    reading, writing = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    program = subprocess.Popen(
        [sys.executable, "-m", "app", "demo", "--agents", "6", "--seconds", "30"],
        cwd=ROOT,
        env=environment,
        stdin=writing,
        stdout=writing,
        stderr=writing,
    )
    os.close(writing)
    seen = _read_until(reading, "6 agents", seconds=20.0)
    os.write(reading, b"q")
    seen += _read_until(reading, "into the shift: the same floor", seconds=10.0)
    assert program.wait(timeout=10) == 0
    os.close(reading)
    assert "predictive" in seen
    assert "hopper" in seen


def _read_until(descriptor: int, words: str, *, seconds: float) -> str:
    """Read a terminal until it has shown these words."""
    seen, ends_at = "", time.monotonic() + seconds
    while words not in seen and time.monotonic() < ends_at:
        ready, _, _ = select.select([descriptor], [], [], 0.2)
        if ready:
            try:
                seen += os.read(descriptor, 65536).decode(errors="replace")
            except OSError:  # the other side has closed the terminal
                break
    assert words in seen, seen[-2000:]
    return seen
