"""What holds for every peer: long stories, restarts in the middle of them, and floors without agents."""

import numpy as np
import pytest

from pacing import ObservationKind, Pacer, PacerStateError, create_pacer, list_peers
from tests.unit.pacing.snapshots import ages, floor

KINDS = [kind.value for kind in ObservationKind]
SECONDS = 150


def told(pacer: Pacer, seed: int, began_at: float = 0.0) -> list[int]:
    """Lines started in a random story: a floor of ten on which something changes every ten seconds."""
    draws = np.random.default_rng(seed)
    lines = []
    for second in range(SECONDS):
        now = began_at + second
        for kind in draws.choice(KINDS, size=draws.integers(0, 4)):
            pacer.observe(str(kind), now, float(draws.uniform(0.0, 90.0)))
        if second % 10 == 0:
            idle, talking = sorted(draws.integers(0, 11, size=2).tolist())
            ringing = int(draws.integers(0, 6))
        snapshot = floor(
            now=now,
            agents_idle=idle,
            talk_ages_seconds=draws.uniform(0.0, 300.0, size=talking - idle),
            ring_ages_seconds=draws.uniform(0.0, 20.0, size=ringing),
            calls_waiting=int(draws.integers(0, 3)),
            lines_available=25,
        )
        lines.append(pacer.decide(snapshot).lines)
    return lines


@pytest.mark.parametrize("method", list_peers())
def test_peer_in_a_long_story_dials_within_the_trunks(method: str) -> None:
    """It dials at times, never more than there are lines, and never fewer than none."""
    lines = told(create_pacer(method), seed=3)
    assert max(lines) > 0
    assert set(lines) <= set(range(26))


@pytest.mark.parametrize("method", list_peers())
def test_peer_restored_in_the_middle_of_a_story_exports_the_same_again(method: str) -> None:
    """A restart loses nothing that is learned, and the new clock may begin at zero."""
    pacer, restored = create_pacer(method), create_pacer(method)
    told(pacer, seed=2, began_at=5000.0)
    exported = pacer.export_state()
    restored.restore_state(exported)
    assert restored.export_state() == exported
    assert sum(told(restored, seed=3)) > 0


@pytest.mark.parametrize("method", list_peers())
def test_peer_without_agents_dials_nothing_whatever_it_has_learned(method: str) -> None:
    """Nobody is logged in: none of the known bugs of the field is worth having here."""
    pacer = create_pacer(method)
    told(pacer, seed=4)
    decision = pacer.decide(
        floor(now=float(SECONDS), agents_logged_in=0, agents_idle=3, talk_ages_seconds=ages(2))
    )
    assert (decision.lines, decision.binding_constraint) == (0, "no_agents")


@pytest.mark.parametrize("method", list_peers())
def test_peer_given_the_state_of_another_method_refuses_it(method: str) -> None:
    """It says so and goes on as it was."""
    pacer = create_pacer(method)
    before = pacer.export_state()
    with pytest.raises(PacerStateError):
        pacer.restore_state(create_pacer("predictive").export_state())
    assert pacer.export_state() == before
