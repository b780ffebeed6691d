"""The predictor of means, against steps calculated by hand."""

import math

import pytest

from pacing import create_pacer
from pacing.peers.expected_value import (
    ExpectedValuePacer,
    agents_expected_free,
    lines_for_agents,
)
from tests.unit.pacing.snapshots import ages, floor


@pytest.mark.parametrize(
    ("idle", "busy", "free"),
    [
        (2.0, (0.0, 0.0), 2.0),
        (0.0, (10.0, 0.0), 10.0 * (1.0 - math.exp(-0.1))),  # 0.952
        (0.0, (0.0, 10.0), 10.0 * (1.0 - math.exp(-1.0))),  # 6.321
        (1.0, (6.0, 3.0), 3.4673),
    ],
)
def test_agents_expected_free_are_the_idle_and_those_freed(
    idle: float, busy: tuple[float, float], free: float
) -> None:
    """10 s to an answer, talks of 90 s, wrap-ups of 10 s: a talking agent needs both."""
    assert agents_expected_free(idle, busy, 10.0, (90.0, 10.0)) == pytest.approx(free, abs=1e-4)


@pytest.mark.parametrize(
    ("free", "ringing", "share", "lines"),
    [(2.0, 0, 1.0, 8), (2.0, 3, 1.0, 5), (2.0, 9, 1.0, 0), (2.2, 0, 0.5, 4), (-1.0, 0, 1.0, 0)],
)
def test_lines_answer_as_often_as_agents_are_free(
    free: float, ringing: int, share: float, lines: int
) -> None:
    """One answer in four: (share × free - ringing / 4) × 4, rounded down."""
    assert lines_for_agents(free, ringing, 0.25, share) == lines


def predicting(**settings: float) -> ExpectedValuePacer:
    """A pacer of the kind."""
    pacer = create_pacer("expected-value", **settings)  # type: ignore[arg-type]
    assert isinstance(pacer, ExpectedValuePacer)
    return pacer


def test_share_moves_with_each_fate_until_its_bounds() -> None:
    """0.6 + 0.05 × 0.03 for a call connected, 0.05 × 0.97 less for one abandoned, never below a tenth."""
    pacer = predicting()
    shares = []
    for fate in ("connected", "abandoned"):
        pacer.observe(fate, 0.0, 1.0)
        shares.append(pacer.share)
    assert shares == pytest.approx([0.6015, 0.553])
    for _ in range(20):
        pacer.observe("abandoned", 0.0, 1.0)
    assert pacer.share == pytest.approx(0.1)


def test_predictor_without_history_believes_in_its_priors() -> None:
    """4 idle, half of all lines live, 1 rings, share 0.6: (2.4 - 0.5) / 0.5 = 3.8 is 3."""
    snapshot = floor(agents_idle=4, ring_ages_seconds=ages(1))
    assert predicting().decide(snapshot).lines == 3


def test_predictor_counts_agents_who_leave_as_not_coming_back() -> None:
    """All ten who talk will go: nobody to dial for."""
    busy = {"talk_ages_seconds": ages(10), "agents_logged_in": 10}
    pacer = predicting(share_start=1.5, talk_seconds_prior=1.0, wrap_up_seconds_prior=0.5)
    assert pacer.decide(floor(**busy)).lines > 0
    assert pacer.decide(floor(agents_leaving=10, **busy)).lines == 0


def test_predictor_with_a_list_that_never_answers_believes_in_two_in_a_hundred() -> None:
    """One idle agent × 0.6 / 0.02 is thirty lines, not a thousand."""
    pacer = predicting(memory_calls=10.0)
    for second in range(200):
        pacer.observe("no_answer", float(second), 20.0)
    assert pacer.decide(floor(now=200.0, agents_idle=1)).lines == 30


def test_predictor_restored_decides_the_same() -> None:
    """Share and means outlive a restart."""
    pacer, restored = predicting(), predicting()
    for second in range(100):
        pacer.observe("live_answer" if second % 5 == 0 else "busy", float(second), 8.0)
        pacer.observe("connected", float(second), 1.0)
        pacer.observe("talk_end", float(second), 30.0)
    restored.restore_state(pacer.export_state())
    snapshot = floor(agents_idle=3, talk_ages_seconds=ages(7))
    assert (
        restored.decide(snapshot).lines == pacer.decide(snapshot).lines != predicting().decide(snapshot).lines
    )
