"""Manual and preview dialing."""

import pytest

from pacing import create_pacer
from tests.unit.pacing.snapshots import floor


@pytest.mark.parametrize("method", ["manual", "preview"])
def test_agent_dialing_with_idle_agents_starts_no_line(method: str) -> None:
    """Where agents dial, the pacer never does, and says so."""
    decision = create_pacer(method).decide(floor(agents_idle=7))
    assert (decision.lines, decision.binding_constraint) == (0, "agent_dials")
