"""The predictive pacer beside its goals.

`python -m benchmarks.pacer_figures [--seeds 1-20] [--rows FILE] [WORD ...]`

Words choose scenarios by the beginning of their names (`pacer_runs.SCENARIOS`).
With `--rows` each run is kept in that file as it ends and is not made again.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure
from benchmarks.pacer_runs import SCENARIOS, Row

LIMIT_RATIO = 0.03
SIGMAS_95 = 1.96
OPTIMUM_RATIOS: Mapping[str, float] = {"markov-5": 0.702, "markov-10": 0.735, "markov-20": 0.772}
NO_WRAP_UP_OPTIMUM_RATIO = 0.967
COST_GOALS_SECONDS: Mapping[str, float] = {"cost-25": 3e-4, "cost-300": 1e-3, "cost-1000": 3e-3}
OWED_FACTOR_MAX = 1.5
COLD_ABANDON_RATIO_MAX = 0.04
COLD_TALK_SHARE_LEAST = 0.85

Rows = Sequence[Row]


def main(words: Sequence[str]) -> int:
    """Run, print each figure beside its goal; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-20", help="first-last")
    parser.add_argument("--rows", type=Path, help="file that keeps the runs")
    parser.add_argument("names", nargs="*", help="beginnings of scenario names")
    told = parser.parse_args(words)
    first, last = (int(word) for word in told.seeds.split("-"))
    seeds = range(first, last + 1)
    chosen = [name for name in SCENARIOS if not told.names or name.startswith(tuple(told.names))]
    is_met = True
    for name in chosen:
        figure = _figure(name, _rows(name, seeds, told.rows), told.seeds)
        is_met = is_met and figure.is_met
        verdict = "met" if figure.is_met else "MISSED"
        print(f"{figure.what}\n  goal {figure.goal}\n  {verdict}: {figure.measured}", flush=True)
        print(f"  {figure.conditions}", flush=True)
    return 0 if is_met else 1


def _rows(name: str, seeds: Sequence[int], kept: Path | None) -> list[Row]:
    """A row for each seed, those of the file included."""
    known: dict[int, Row] = {}
    if kept is not None and kept.exists():
        for line in kept.read_text().splitlines():
            entry = json.loads(line)
            if entry["scenario"] == name:
                known[entry["seed"]] = entry["row"]
    for seed in seeds:
        if seed not in known:
            known[seed] = SCENARIOS[name].count(SCENARIOS[name], seed)
            if kept is not None:
                with kept.open("a") as file:
                    file.write(json.dumps({"scenario": name, "seed": seed, "row": known[seed]}) + "\n")
    return [known[seed] for seed in seeds]


def _figure(name: str, rows: Rows, seeds: str) -> Figure:
    scenario = SCENARIOS[name]
    kind = name.split("-")[0]
    goal, measured, is_met = JUDGES[kind](name, rows)
    return Figure(
        what=f"{name}: {scenario.agents} agents, {scenario.hours:.2f} h",
        goal=goal,
        measured=measured,
        is_met=is_met,
        conditions=f"{scenario.method}, cold start, seeds {seeds}, ± is 95 %",
    )


def _judge_talk(name: str, rows: Rows) -> tuple[str, str, bool]:
    goal_ratio = 0.995 * NO_WRAP_UP_OPTIMUM_RATIO if name.startswith("no") else 0.99 * OPTIMUM_RATIOS[name]
    mean, half_width = _mean(rows, lambda row: row["talk_ratio"])
    worst = max(row["abandoned"] / row["answered"] for row in rows)
    return (
        f"talk >= {100 * goal_ratio:.2f} %, abandoned <= 3 % in each run",
        f"talk {100 * mean:.2f} ± {100 * half_width:.2f} % {_talks(rows)}, {_abandons(rows)}",
        mean >= goal_ratio and worst <= LIMIT_RATIO,
    )


def _judge_day(name: str, rows: Rows) -> tuple[str, str, bool]:
    mean, half_width = _mean(rows, lambda row: row["talk_ratio"])
    over = sum(row["whole_abandon_ratio"] > LIMIT_RATIO for row in rows)
    worst = max(row["whole_abandon_ratio"] for row in rows)
    return (
        "no whole day over 3 %",
        f"{over} of {len(rows)} days over, worst {100 * worst:.2f} %; "
        f"talk {100 * mean:.2f} ± {100 * half_width:.2f} %, {_abandons(rows)}",
        over == 0,
    )


def _judge_jump(name: str, rows: Rows) -> tuple[str, str, bool]:
    abandoned, answered = _sum(rows, "late_abandoned"), _sum(rows, "late_answered")
    ratio = abandoned / answered
    half_width = SIGMAS_95 * math.sqrt(ratio * (1 - ratio) / answered)
    excess = _sum(rows, "abandoned") - LIMIT_RATIO * _sum(rows, "answered")
    owed = _sum(rows, "owed") - LIMIT_RATIO * _sum(rows, "owed_answered")
    worst = max(row["whole_abandon_ratio"] for row in rows)
    return (
        "minutes 3 to 13 <= 3 % pooled; excess <= 1.5 x owed to lines ringing at the jump",
        f"{100 * ratio:.2f} ± {100 * half_width:.2f} %; excess {excess / len(rows):.2f} a run, "
        f"owed {owed / len(rows):.2f}; talk {100 * _mean(rows, lambda row: row['talk_ratio'])[0]:.1f} %; "
        f"whole run at worst {100 * worst:.2f} %",
        ratio <= LIMIT_RATIO and excess <= max(0.0, OWED_FACTOR_MAX * owed),
    )


def _judge_cold(name: str, rows: Rows) -> tuple[str, str, bool]:
    over = sum(row["abandoned"] > _cold_abandons_max(row["answered"]) for row in rows)
    ratio = _sum(rows, "abandoned") / _sum(rows, "answered")
    share = _sum(rows, "talk_ratio") / _sum(rows, "later_talk_ratio")
    return (
        "30 min: abandoned <= 0.03 n + 2 sqrt(0.03 n) in each run, <= 4 % pooled; talk >= 85 % of later",
        f"{over} of {len(rows)} runs over, {100 * ratio:.2f} % pooled, talk {100 * share:.1f} % of later",
        over == 0 and ratio <= COLD_ABANDON_RATIO_MAX and share >= COLD_TALK_SHARE_LEAST,
    )


def _judge_cost(name: str, rows: Rows) -> tuple[str, str, bool]:
    goal = COST_GOALS_SECONDS[name]
    cost = max(row["decide_seconds"] for row in rows)
    return (
        f"<= {1e6 * goal:.0f} µs for a decision and its observations",
        f"{1e6 * cost:.0f} µs in the worst run's mean",
        cost <= goal,
    )


JUDGES: Mapping[str, Callable[[str, Rows], tuple[str, str, bool]]] = {
    "markov": _judge_talk,
    "no": _judge_talk,
    "day": _judge_day,
    "jump": _judge_jump,
    "cold": _judge_cold,
    "cost": _judge_cost,
}


def _cold_abandons_max(answered: float) -> float:
    return LIMIT_RATIO * answered + 2.0 * math.sqrt(LIMIT_RATIO * answered)


def _abandons(rows: Rows) -> str:
    ratios = [row["abandoned"] / row["answered"] for row in rows]
    worst = 100 * max(row["worst_half_hour_ratio"] for row in rows)
    return (
        f"abandoned {100 * sum(ratios) / len(ratios):.2f} %, worst run {100 * max(ratios):.2f} %, "
        f"worst half hour {worst:.1f} %"
    )


def _talks(rows: Rows) -> str:
    mean, half_width = _mean(rows, lambda row: row["talk_seconds_mean"])
    return f"(talks came out at {mean:.1f} ± {half_width:.1f} s)"


def _mean(rows: Rows, figure: Callable[[Row], float]) -> tuple[float, float]:
    """Mean over the runs and half the width of its 95 % interval."""
    values = np.array([figure(row) for row in rows])
    spread = float(values.std(ddof=1)) if len(values) > 1 else math.inf
    return float(values.mean()), SIGMAS_95 * spread / math.sqrt(len(values))


def _sum(rows: Rows, name: str) -> float:
    return sum(row[name] for row in rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
