"""Called parties: who answers, by hour and attempt, as a share of many."""

from collections import Counter
from dataclasses import replace

import pytest

from simulations.called_parties import CalledParties, PartyKind, Population
from simulations.errors import FigureOutOfRange
from simulations.random_streams import RandomStreams

LEADS = 20_000
MIXED = Population(
    live_ratio=0.25,
    machine_ratio=0.20,
    busy_ratio=0.10,
    rejected_ratio=0.05,
    failed_ratio=0.02,
    invalid_ratio=0.04,
    profile=((0.0, 1.0), (3600.0, 0.5)),
    retry_factor=0.8,
)


def kinds(population: Population, attempt_number: int = 1, at: float = 0.0) -> Counter[PartyKind]:
    """How many of many leads are what, on one attempt at one instant."""
    parties = CalledParties(population, RandomStreams(3), 0)
    return Counter(parties.kind(lead, attempt_number, at) for lead in range(LEADS))


@pytest.mark.parametrize(
    ("kind", "ratio"),
    [
        (PartyKind.HUMAN, 0.25),
        (PartyKind.MACHINE, 0.20),
        (PartyKind.BUSY, 0.10),
        (PartyKind.REJECTED, 0.05),
        (PartyKind.FAILED, 0.02),
    ],
)
def test_kind_of_valid_numbers_has_its_share(kind: PartyKind, ratio: float) -> None:
    """Shares are shares of attempts to numbers that exist."""
    found = kinds(MIXED)
    valid = LEADS - found[PartyKind.INVALID]
    assert found[kind] / valid == pytest.approx(ratio, abs=0.01)


def test_invalid_number_stays_invalid() -> None:
    """A number does not begin to exist with the second attempt."""
    parties = CalledParties(MIXED, RandomStreams(3), 0)
    first = {lead for lead in range(LEADS) if parties.kind(lead, 1, 0.0) is PartyKind.INVALID}
    second = {lead for lead in range(LEADS) if parties.kind(lead, 2, 0.0) is PartyKind.INVALID}
    assert first == second
    assert len(first) / LEADS == pytest.approx(0.04, abs=0.005)


def test_hour_with_fewer_people_turns_answers_into_silence_alone() -> None:
    """In a worse hour some people are away; machines and busy lines are the same ones."""
    parties = CalledParties(MIXED, RandomStreams(3), 0)
    changed = Counter(
        (good, bad)
        for lead in range(LEADS)
        if (good := parties.kind(lead, 1, 0.0)) is not (bad := parties.kind(lead, 1, 4000.0))
    )
    assert set(changed) == {(PartyKind.HUMAN, PartyKind.NO_ANSWER)}
    assert changed.total() / LEADS == pytest.approx(0.125 * 0.96, abs=0.01)


def test_later_attempts_meet_fewer_people() -> None:
    """Who did not answer answers less: the factor holds once for each earlier attempt."""
    found = kinds(MIXED, attempt_number=3)
    valid = LEADS - found[PartyKind.INVALID]
    assert found[PartyKind.HUMAN] / valid == pytest.approx(0.25 * 0.8**2, abs=0.01)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"live_ratio": 1.2}, "live_ratio"),
        ({"machine_ratio": 0.7}, "shares of one hour"),
        ({"profile": ((0.0, 1.0), (10.0, 3.5))}, "shares of one hour"),
        ({"profile": ((5.0, 1.0),)}, "profile"),
        ({"profile": ((0.0, 1.0), (9.0, 0.5), (4.0, 0.5))}, "profile"),
    ],
    ids=["share above one", "too many machines", "hour above one", "no beginning", "wrong order"],
)
def test_population_that_cannot_be_is_named(changes: dict[str, object], named: str) -> None:
    """The error names the share or the profile."""
    with pytest.raises(FigureOutOfRange, match=named):
        replace(MIXED, **changes)  # type: ignore[arg-type]
