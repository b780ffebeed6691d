"""The main job on real parts: the first clients of a real list, dialed to the end of it."""

import sys
from collections.abc import Iterator

import pytest

from tests.integration.call_centre import CallCentre
from tests.integration.list_run import bank_numbers, dial_list, lab_for_a_list

LEADS = 500
SECONDS_MAX = 360.0


@pytest.fixture
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallCentre]:
    """A call centre with twenty agents, and the bank's clients at home."""
    with lab_for_a_list(tmp_path_factory.mktemp("list")) as centre:
        yield centre


@pytest.mark.timeout(900)
async def test_real_list_is_dialed_to_its_end_and_four_records_of_it_agree(
    centre: CallCentre, capsys: pytest.CaptureFixture[str]
) -> None:
    """Program, database, Asterisk and carrier tell the same of each call, and nothing is left over."""
    run = await dial_list(centre, bank_numbers(LEADS))
    with capsys.disabled():
        sys.stdout.write(f"\n{run.summary()}\n")
    assert run.differences() == []
    assert run.seconds <= SECONDS_MAX
