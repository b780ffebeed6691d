"""Manual dialing as a pacing method."""

from pacing import create_pacer
from tests.unit.pacing.snapshots import ages, floor


def test_agent_without_a_line_gets_one_after_the_gap() -> None:
    """Two agents become idle at 100 s, a third at 103 s: they dial at 107.5 s and 110.5 s."""
    pacer = create_pacer("manual-gap")
    story = [(100.0, 2, 0), (103.0, 3, 0), (107.0, 3, 0), (107.5, 3, 0), (108.0, 3, 2), (110.5, 3, 2)]
    lines = [
        pacer.decide(floor(now=now, agents_idle=idle, ring_ages_seconds=ages(ringing))).lines
        for now, idle, ringing in story
    ]
    assert lines == [0, 0, 0, 2, 0, 1]


def test_agent_whose_line_was_not_answered_begins_another_gap() -> None:
    """His line rings from 105 s to 125 s; he dials again at 130 s."""
    pacer = create_pacer("manual-gap", gap_seconds=5.0)
    story = [(100.0, 0), (105.0, 0), (106.0, 1), (124.0, 1), (125.0, 0), (129.0, 0), (130.0, 0)]
    lines = [
        pacer.decide(floor(now=now, agents_idle=1, ring_ages_seconds=ages(ringing))).lines
        for now, ringing in story
    ]
    assert lines == [0, 1, 0, 0, 0, 0, 1]


def test_agent_who_was_given_a_waiting_call_does_not_dial() -> None:
    """Who has waited longest is the one who is gone: the other dials after his own gap."""
    pacer = create_pacer("manual-gap", gap_seconds=5.0)
    story = [(100.0, 1), (103.0, 2), (104.0, 1), (105.0, 1), (108.0, 1)]
    assert [pacer.decide(floor(now=now, agents_idle=idle)).lines for now, idle in story] == [0, 0, 0, 0, 1]


def test_manual_gap_says_that_agents_look_for_the_next_number() -> None:
    """The reason is a name of its own."""
    assert create_pacer("manual-gap").decide(floor(agents_idle=1)).binding_constraint == "dial_gap"
