"""Agentless broadcast."""

from pacing import create_pacer
from tests.unit.pacing.snapshots import ages, floor


def test_agentless_lines_without_any_agent_fill_lines_max() -> None:
    """No agent is needed; ringing lines count against the cap."""
    pacer = create_pacer("agentless", lines_max=30)
    decision = pacer.decide(floor(agents_logged_in=0, ring_ages_seconds=ages(12)))
    assert (decision.lines, decision.binding_constraint) == (18, "lines_max")


def test_agentless_lines_with_few_trunks_fill_what_is_free() -> None:
    """The trunks' free lines bind when they are fewer."""
    pacer = create_pacer("agentless", lines_max=30)
    decision = pacer.decide(floor(lines_available=7, inbound_waiting=3))
    assert (decision.lines, decision.binding_constraint) == (7, "lines_available")


def test_agentless_dialing_without_any_limit_is_refused_by_name() -> None:
    """A broadcast that nothing bounds starts nothing."""
    decision = create_pacer("agentless").decide(floor())
    assert (decision.lines, decision.binding_constraint) == (0, "lines_unlimited")
