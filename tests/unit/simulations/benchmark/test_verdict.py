"""The plain statement: breaches, better peers, gains and half hours, each reckoned by hand."""

import json
from pathlib import Path

import pytest

from simulations.benchmark.bounds import Bound
from simulations.benchmark.conclusion import conclude, write_conclusion
from simulations.benchmark.findings import findings_of
from simulations.benchmark.rankings import best_of, common_labels, rank_overall
from simulations.benchmark.summaries import summarise
from simulations.benchmark.verdict import verdict_of
from tests.unit.simulations.benchmark.made_cells import Told, cell_of, runs_of

OURS = Told(talk=(0.70, 0.72))


def test_run_over_the_limit_is_named_with_cell_and_seed() -> None:
    """31 of 1,000 is over, 30 is not."""
    cell = cell_of({"predictive": Told(talk=(0.70, 0.72, 0.71), abandoned=(30, 31, 0))})
    verdict = verdict_of([cell], {})
    (breach,) = verdict.breaches
    assert (breach.cell, breach.seeds, breach.runs, breach.abandon_ratio_max) == ("medium 10", (2,), 3, 0.031)
    limit = findings_of(verdict)[0]
    assert limit.is_met is False
    assert limit.details == ("medium 10: seed 2, 1 of 3; worst run 3.10 %",)


def test_peer_that_breaks_the_limit_on_one_seed_is_never_better() -> None:
    """It may talk as much as it likes."""
    cell = cell_of({"predictive": OURS, "greedy": Told(talk=(0.80, 0.82), abandoned=(20, 31))})
    verdict = verdict_of([cell], {})
    assert verdict.better_peers == ()
    assert verdict.judged_peers == 0


@pytest.mark.parametrize(
    ("leads", "expected"),
    [
        ((0.0030, 0.0030), None),
        ((0.0031, 0.0031), True),
        ((0.0020, 0.0060), None),  # mean 0.4 points, interval to -2.1: may be chance
        ((0.00400, 0.00405), True),  # 0.40 ± 0.03
        ((0.0040, 0.0044), False),  # 0.42 ± 0.25: no chance, but may be less than 0.3
    ],
    ids=["at-the-margin", "beyond-it", "chance", "surely", "not-surely"],
)
def test_peer_is_better_only_beyond_the_margin_and_beyond_chance(
    leads: tuple[float, float], expected: bool | None
) -> None:
    """Student's t of two seeds is 12.706 for 95 %; half the interval is that times half the spread."""
    ours = Told(talk=(0.0, 0.0))
    found = verdict_of([cell_of({"predictive": ours, "peer": Told(talk=leads)})], {}).better_peers
    assert [peer.is_sure for peer in found] == ([] if expected is None else [expected])


def test_peer_with_one_common_seed_is_not_judged() -> None:
    """One run has no interval, so that it proves nothing; the goal is then not measured."""
    verdict = verdict_of([cell_of({"predictive": Told(talk=(0.7,)), "peer": Told(talk=(0.8,))})], {})
    assert (verdict.judged_peers, verdict.better_peers) == (0, ())
    assert findings_of(verdict)[1].state == "not measured"


def test_gain_is_averaged_over_cells_of_five_to_sixty_agents() -> None:
    """0.10 and 0.04 make 0.07; teams of 3 and 100 do not count."""
    cells = [
        cell_of(
            {"predictive": OURS, "vicidial hard-limit 3": Told(talk=(0.70 - gain, 0.72 - gain))}, agents=size
        )
        for size, gain in ((3, 0.30), (5, 0.10), (60, 0.04), (100, 0.30))
    ]
    verdict = verdict_of(cells, {})
    assert [(one.cell, round(one.gain, 9)) for one in verdict.gains_over_default] == [
        ("medium 5", 0.10),
        ("medium 60", 0.04),
    ]
    over_default = findings_of(verdict)[3]
    assert over_default.is_met is False
    assert over_default.result.startswith("7.0 points in 2 cells: from 4.0 points (medium 60)")


def test_best_vicidial_setting_is_the_best_that_keeps_the_limit() -> None:
    """The tapered one talks most but is over the limit; without any the cell is named as left out."""
    over = (40, 40)
    cell = cell_of(
        {
            "predictive": OURS,
            "vicidial hard-limit 3": Told(talk=(0.60, 0.62)),
            "vicidial ratio 2": Told(talk=(0.65, 0.67)),
            "vicidial tapered 3": Told(talk=(0.75, 0.77), abandoned=over),
        }
    )
    none = cell_of(
        {"predictive": OURS, "vicidial hard-limit 3": Told(talk=(0.6, 0.6), abandoned=over)}, agents=20
    )
    verdict = verdict_of([cell, none], {})
    (best,) = verdict.gains_over_best
    assert (best.over, round(best.gain, 9)) == ("vicidial ratio 2", 0.05)
    assert verdict.cells_without_best == ("medium 20",)


def test_room_below_a_bound_must_be_used() -> None:
    """The best peer is 3 points below the bound of one cell and 1 below that of the other."""
    cell = cell_of({"predictive": OURS, "peer": Told(talk=(0.70, 0.72))})
    (room,) = verdict_of([cell], {"medium 10": Bound(talk_ratio=0.74, is_exact=True)}).rooms
    assert (room.best, round(room.room, 9), room.is_better) == ("peer", 0.03, False)
    assert verdict_of([cell], {"medium 10": Bound(talk_ratio=0.72, is_exact=True)}).rooms == ()


def test_worst_half_hour_may_be_half_of_vicidials() -> None:
    """0.1 beside 0.2 is met, 0.11 is not."""
    cells = [
        cell_of(
            {
                "predictive": Told(talk=(0.7,), worst_half_hour=own),
                "vicidial hard-limit 3": Told(talk=(0.6,), worst_half_hour=0.2),
            },
            agents=size,
        )
        for size, own in ((5, 0.1), (10, 0.11))
    ]
    assert [pair.is_met for pair in verdict_of(cells, {}).half_hours] == [True, False]


def test_ranking_over_all_cells_counts_who_keeps_the_limit_and_who_leads() -> None:
    """Two cells: the careful one leads once, the greedy one talks more where it does not count."""
    cells = [
        cell_of({"predictive": OURS, "careful": Told(talk=(0.60, 0.62)), "greedy": Told(talk=(0.8, 0.82))}),
        cell_of(
            {
                "predictive": OURS,
                "careful": Told(talk=(0.72, 0.74)),
                "greedy": Told(talk=(0.8, 0.8), abandoned=(0, 90)),
            },
            agents=20,
        ),
    ]
    told = {
        one.label: (one.cells_kept, one.cells_best, one.cells_better, one.cells_worse)
        for one in rank_overall(cells)
    }
    assert told == {"greedy": (1, 1, 1, 0), "careful": (2, 1, 1, 1), "predictive": (2, 0, 0, 0)}
    careful = rank_overall(cells)[0]
    assert careful.label == "careful"
    assert careful.difference_kept == pytest.approx(-0.04)  # -0.10 and +0.02
    best = best_of(cells[1])
    assert best is not None
    assert best.label == "careful"


def test_method_of_few_cells_has_no_column_of_its_own() -> None:
    """One of three cells is too few; the reference comes first."""
    cells = [cell_of({"predictive": OURS, "a": OURS}, agents=size) for size in (5, 10)]
    cells.append(cell_of({"predictive": OURS, "rare": OURS}, agents=20))
    assert common_labels(cells) == ["predictive", "a"]


def test_conclusion_keeps_held_out_cells_apart_and_in_json(tmp_path: Path) -> None:
    """A breach in a held-out cell is none of the design's."""
    runs = runs_of({"predictive": OURS})
    runs += runs_of({"predictive": Told(talk=(0.7,), abandoned=(50,))}, scenario="storm", is_held_out=True)
    conclusion = conclude(summarise(runs), {})
    assert [len(part.verdict.breaches) for part in conclusion.parts] == [0, 1]
    write_conclusion(tmp_path / "verdict.json", conclusion)
    told = json.loads((tmp_path / "verdict.json").read_text())
    assert told["parts"][1]["verdict"]["breaches"][0]["seeds"] == [1]
    assert "- NOT MET: No run of predictive over the limit" in "\n".join(conclusion.lines())
