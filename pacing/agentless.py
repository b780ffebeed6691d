"""Agentless dialing: a broadcast that fills the lines, whatever the agents do."""

from pacing.interface import BindingConstraint
from pacing.pacer import Pacer, Wish
from pacing.snapshot import Snapshot


class AgentlessPacer(Pacer):
    """As many lines as the limits allow. With no limit at all it starts none: it must not flood a carrier."""

    method = "agentless"
    serves_agents = False

    def _wish(self, snapshot: Snapshot) -> Wish:
        if snapshot.lines_available is not None:
            return Wish(lines=snapshot.lines_available, reason=BindingConstraint.LINES_AVAILABLE)
        if self.terms.lines_max is not None:
            return Wish(lines=self.terms.lines_max, reason=BindingConstraint.LINES_MAX)
        return Wish(lines=0, reason=BindingConstraint.LINES_UNLIMITED)
