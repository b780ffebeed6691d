"""The self-test against a real Asterisk that is right, and against one thing wrong at a time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.check_call import HEARING, SENDING, SIGNALLING, TestCall, check_call
from app.check_results import CheckResult, CheckState
from app.checking import check_asterisk
from app.node_wiring import ari_address
from asterisk_config.lab.laboratory import new_secret, running
from asterisk_config.lab.network import NetworkKind
from asterisk_config.lab.program import AsteriskProgram
from asterisk_config.lab.sip_laboratory import SipLaboratory, prepare_sip_laboratory
from asterisk_config.settings import AsteriskSettings

PATIENT, BUSY, UNKNOWN = "+999555003", "+999555005", "+999555007"


@pytest.fixture(scope="module")
def lab(
    network: NetworkKind, program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SipLaboratory]:
    """An Asterisk whose trunk signs in, and people by the last digits of their numbers."""
    with running(prepare_sip_laboratory(tmp_path_factory.mktemp("check"), program, registers=True)) as lab:
        yield lab


def by_name(results: list[CheckResult]) -> dict[str, CheckResult]:
    """The results by what was checked."""
    return {result.name: result for result in results}


async def called(settings: AsteriskSettings, number: str, trunk: str = "carrier") -> tuple[CheckResult, ...]:
    """The results of one test call."""
    return await check_call(ari_address(settings), TestCall(trunk=trunk, number=number))


async def test_check_of_a_good_asterisk_passes_everything_and_both_parties_hear_each_other(
    lab: SipLaboratory,
) -> None:
    """Signalling, packets both ways, our tone at the carrier, the client's voice at ours."""
    call = TestCall(trunk="carrier", number=PATIENT)
    results = by_name(await check_asterisk(lab.dialer_settings, call))
    assert [name for name, result in results.items() if result.state is CheckState.FAILED] == []
    assert results["dialer: trunk carrier"].seen == "signed in, its carrier answers"
    assert "with sound" in results[f"dialer: {HEARING}"].seen
    assert results[f"dialer: {SENDING}"].state is CheckState.GOOD
    (party,) = [each for each in lab.telephones.truth() if each.number == PATIENT]
    assert party.first_sound_at is not None
    assert lab.telephones.calls_up() == 0


@pytest.mark.parametrize(
    ("number", "trunk", "seen", "fix"),
    [
        (BUSY, "carrier", "SIP status 486", "busy"),
        (UNKNOWN, "carrier", "SIP status 404", "in the form that it expects"),
        (PATIENT, "nowhere", "Asterisk did not place the call", "the trunk nowhere"),
    ],
    ids=["busy", "unknown number", "unknown trunk"],
)
async def test_call_that_fails_says_why_and_how_to_mend_it(
    lab: SipLaboratory, number: str, trunk: str, seen: str, fix: str
) -> None:
    """A refusal of the carrier, and one of Asterisk."""
    (result,) = await called(lab.dialer_settings, number, trunk)
    assert (result.name, result.state) == (SIGNALLING, CheckState.FAILED)
    assert seen in result.seen
    assert fix in result.fix


async def test_call_with_a_wrong_password_or_port_says_so_without_the_password(lab: SipLaboratory) -> None:
    """ARI refuses, or is not there."""
    settings, secret = lab.dialer_settings, new_secret()
    (refused,) = await called(replace(settings, ari=replace(settings.ari, password=secret)), PATIENT)
    assert "401" in refused.seen
    (away,) = await called(replace(settings, http_port=1024), PATIENT)
    assert "cannot be reached" in away.seen
    assert secret not in repr((refused, away))


async def test_node_that_is_away_is_named_and_nothing_behind_it_is_asked(lab: SipLaboratory) -> None:
    """One failure, not ten that follow from it."""
    away = replace(lab.dialer_settings, ami_port=1024)
    first, rest = await check_asterisk(away, None)
    assert (first.state, rest.state) == (CheckState.FAILED, CheckState.SKIPPED)
    assert "start Asterisk" in first.fix


async def test_trunk_whose_carrier_is_silent_fails_with_what_to_compare(
    lab: SipLaboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trunk of the settings that Asterisk does not have is as silent as a dead one."""
    monkeypatch.setattr("app.checking.TRUNK_SECONDS_MAX", 0.2)
    (trunk,) = lab.dialer_settings.trunks
    other = replace(trunk, name="other", host="192.0.2.1")
    results = by_name(await check_asterisk(replace(lab.dialer_settings, trunks=(other,)), None))
    assert results["dialer: trunk other"].state is CheckState.FAILED
    assert "192.0.2.1" in results["dialer: trunk other"].fix
