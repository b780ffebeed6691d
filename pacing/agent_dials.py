"""Manual and preview dialing: the agent starts each call, so the pacer starts none.

They exist as methods so that every campaign has a pacer and every decision a reason.
"""

from pacing.interface import BindingConstraint
from pacing.pacer import Pacer, Wish
from pacing.snapshot import Snapshot


class ManualPacer(Pacer):
    """The agent chooses a lead and dials it."""

    method = "manual"

    def _wish(self, snapshot: Snapshot) -> Wish:
        return Wish(lines=0, reason=BindingConstraint.AGENT_DIALS)


class PreviewPacer(ManualPacer):
    """The agent sees the lead first, then dials it."""

    method = "preview"
