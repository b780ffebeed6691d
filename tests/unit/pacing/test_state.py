"""Exported state: goes on exactly where it stopped, and refuses what is not its own."""

import json

import pytest

from pacing import Pacer, PacerStateError, create_pacer, list_methods
from tests.unit.pacing.snapshots import ages, floor

LEARNING = ("erlang", "predictive", "expected-value")


def taught(method: str) -> Pacer:
    """A pacer that has seen some of everything."""
    pacer = create_pacer(method)
    pacer.decide(floor(agents_logged_in=40))
    for second in range(300):
        now = float(second)
        pacer.observe(("live_answer", "busy", "no_answer")[second % 3], now, 2.0 + second % 17)
        pacer.observe("abandoned" if second % 150 == 149 else "connected", now, 0.5)
        pacer.observe("talk_end", now, 20.0 + second % 90)
        pacer.observe("wrap_up_end", now, 5.0 + second % 20)
    return pacer


def decisions(pacer: Pacer) -> list[int]:
    """What it decides on some floors."""
    return [
        pacer.decide(
            floor(
                now=1000.0 + step,
                agents_logged_in=40,
                agents_idle=step,
                talk_ages_seconds=ages(30 - step, 40.0),
                ring_ages_seconds=ages(2 * step),
            )
        ).lines
        for step in range(12)
    ]


@pytest.mark.parametrize("method", LEARNING)
def test_restored_pacer_decides_like_the_one_exported(method: str) -> None:
    """A restart changes no decision, and without the state decisions differ."""
    pacer, restored, forgetful = taught(method), create_pacer(method), create_pacer(method)
    restored.restore_state(pacer.export_state())
    expected = decisions(pacer)
    assert decisions(restored) == expected
    assert decisions(forgetful) != expected


@pytest.mark.parametrize("method", list_methods())
def test_exported_state_survives_its_own_restoring(method: str) -> None:
    """What is restored exports the same bytes."""
    pacer = taught(method)
    restored = create_pacer(method)
    restored.restore_state(pacer.export_state())
    original, again = json.loads(pacer.export_state()), json.loads(restored.export_state())
    assert again["state"].pop("abandons") == original["state"].pop("abandons")
    assert flat(again) == pytest.approx(flat(original))


def flat(document: object) -> list[float]:
    """All numbers of a document in order."""
    if isinstance(document, dict):
        return [number for key in sorted(document) for number in flat(document[key])]
    if isinstance(document, list):
        return [number for item in document for number in flat(item)]
    return [float(document)] if isinstance(document, (int, float)) else []


def test_restored_pacer_goes_on_with_another_clock() -> None:
    """Another process starts its clock at zero: no decision is lost to it."""
    pacer = taught("predictive")
    pacer.decide(floor(now=5000.0, agents_idle=1))
    pacer.restore_state(pacer.export_state())
    assert pacer.decide(floor(now=0.0, agents_idle=1)).binding_constraint != "clock_backwards"


def damaged() -> dict[str, bytes]:
    """States that must be refused, by what is wrong with them."""
    document = json.loads(taught("predictive").export_state())
    learned = document["state"]["learned"]

    def with_learned(**parts: object) -> bytes:
        return json.dumps(
            {**document, "state": {**document["state"], "learned": {**learned, **parts}}}
        ).encode()

    return {
        "empty": b"",
        "pickle": b"\x80\x04K\x01.",
        "not utf-8": b"\xff\xfe\x00",
        "deep": b"[" * 100_000,
        "no object": b"[1, 2]",
        "foreign": b"{}",
        "cut": taught("predictive").export_state()[:-40],
        "later version": json.dumps({**document, "version": 99}).encode(),
        "other method": taught("erlang").export_state(),
        "no state": json.dumps({**document, "state": None}).encode(),
        "part missing": with_learned(ring=None),
        "row too short": with_learned(talk={**learned["talk"], "ends": [1.0, 2.0]}),
        "negative count": with_learned(
            talk={**learned["talk"], "ends": [-1.0] * len(learned["talk"]["ends"])}
        ),
        "text for a number": with_learned(threshold={**learned["threshold"], "balance": "much"}),
        "NaN": with_learned(threshold={**learned["threshold"], "centre": float("nan")}),
        "log-odds out of range": with_learned(threshold={**learned["threshold"], "centre": 5.0}),
        "more abandoned than answered": json.dumps(
            {**document, "state": {**document["state"], "abandons": {"abandoned": 9, "answered_live": 2}}}
        ).encode(),
    }


@pytest.mark.parametrize("fault", sorted(damaged()))
def test_damaged_state_is_refused_and_changes_nothing(fault: str) -> None:
    """A named error says what is wrong; the pacer goes on as it was, not half restored."""
    pacer = create_pacer("predictive")
    before = pacer.export_state()
    with pytest.raises(PacerStateError, match="expected bytes made by export_state"):
        pacer.restore_state(damaged()[fault])
    assert pacer.export_state() == before
