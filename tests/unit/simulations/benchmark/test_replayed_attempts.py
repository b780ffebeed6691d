"""Recorded attempts: what the file must say, where it is wrong, and that its order is kept."""

from pathlib import Path

import pytest

from simulations.benchmark.replayed_attempts import COLUMNS, read_attempts, replay_scenario
from simulations.called_parties import PartyKind
from simulations.errors import DataFileError
from simulations.random_streams import RandomStreams
from simulations.recorded_parties import RecordedParties
from simulations.simulation import run_simulation

HEADER = ",".join(COLUMNS)


def row(index: int, outcome: str = "no_answer", ring: str = "", talk: str = "", wrap_up: str = "") -> str:
    """One attempt of a record."""
    return f"2026-03-03T09:{index // 60:02d}:{index % 60:02d}+00:00,{outcome},{ring},{talk},{wrap_up}"


def good_rows() -> list[str]:
    """120 attempts, every third answered live."""
    return [
        row(index, "live", "9.5", str(30 + index), "12") if index % 3 == 0 else row(index, "busy")
        for index in range(120)
    ]


def written(folder: Path, rows: list[str], header: str = HEADER) -> Path:
    """A file of these rows."""
    path = folder / "attempts.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_record_of_attempts_is_met_in_its_order(tmp_path: Path) -> None:
    """Neighbours of the list meet neighbours of the record; after its end it begins again."""
    scenario = replay_scenario(written(tmp_path, good_rows()))
    population = scenario.campaigns[0].population
    parties = RecordedParties(population, RandomStreams(3), 0)
    kinds = [parties.kind(lead, 1, 0.0) for lead in range(120)]
    start = kinds.index(PartyKind.HUMAN)
    assert kinds[start::3] == [PartyKind.HUMAN] * len(kinds[start::3])
    talks = [parties.talk.value(lead, 1) for lead in range(start, start + 7, 3)]
    assert talks[1] - talks[0] == talks[2] - talks[1] == 3.0
    assert kinds == [parties.kind(lead + 120, 1, 0.0) for lead in range(120)]


def test_replayed_record_runs_with_all_invariants(tmp_path: Path) -> None:
    """A third of the attempts is answered, as recorded."""
    scenario = replay_scenario(written(tmp_path, good_rows()))
    result = run_simulation(scenario, method="progressive", agents=5, hours=0.5, seed=1)
    assert result.answered_live / result.attempts == pytest.approx(1 / 3, abs=0.05)
    assert result.invariants_checked > 20


@pytest.mark.parametrize(
    ("index", "line", "place"),
    [
        (4, row(4, "lively"), "row 6, column 'outcome': expected one of live"),
        (4, row(4, "live", "", "5", "1"), "row 6, column 'ring_seconds': expected seconds"),
        (4, row(4, "live", "5", "-5", "1"), "row 6, column 'talk_seconds'"),
        (4, row(4, "live", "5", "nan", "1"), "row 6, column 'talk_seconds'"),
        (4, row(4, "live", "5", "5", "x"), "row 6, column 'wrap_up_seconds'"),
        (4, row(1), "row 6, column 'dialed_at': expected an instant not before"),
        (4, "yesterday,busy,,,", "row 6, column 'dialed_at': expected an instant as"),
        (4, "2026-03-03T09:00:04,busy,,,", "with its offset from UTC"),
        (4, "2026-03-03T09:00:04+00:00", "row 6, column 'outcome': expected 5 columns"),
    ],
)
def test_record_with_a_wrong_cell_is_refused_by_row_and_column(
    tmp_path: Path, index: int, line: str, place: str
) -> None:
    """Nothing is repaired or guessed."""
    rows = good_rows()
    rows[index] = line
    with pytest.raises(DataFileError) as refused:
        read_attempts(written(tmp_path, rows))
    assert place in str(refused.value)


def test_record_without_a_column_or_with_too_few_attempts_is_refused(tmp_path: Path) -> None:
    """The header is checked first, and ten attempts say nothing of a list."""
    with pytest.raises(DataFileError, match="row 1, column 'wrap_up_seconds'"):
        read_attempts(written(tmp_path, good_rows(), header="dialed_at,outcome,ring_seconds,talk_seconds"))
    (tmp_path / "few").mkdir()
    with pytest.raises(DataFileError, match="100 attempts or more"):
        read_attempts(written(tmp_path / "few", good_rows()[:10]))
    with pytest.raises(DataFileError, match="a readable CSV file"):
        read_attempts(tmp_path / "none.csv")
