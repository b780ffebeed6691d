"""Progressive dialing: one line for each idle agent. It abandons next to nothing and wastes the ring time."""

from pacing.interface import BindingConstraint
from pacing.pacer import Pacer, Wish
from pacing.snapshot import Snapshot


def progressive_lines(agents_idle: int, lines_ringing: int, calls_waiting: int) -> int:
    """Lines to start so that each idle agent has one, ringing or waiting.

    >>> progressive_lines(agents_idle=5, lines_ringing=2, calls_waiting=1)
    2
    """
    return max(0, agents_idle - lines_ringing - calls_waiting)


class ProgressivePacer(Pacer):
    """One line for each idle agent, less those that ring or wait."""

    method = "progressive"

    def _wish(self, snapshot: Snapshot) -> Wish:
        lines = progressive_lines(
            snapshot.agents_idle, len(snapshot.ring_ages_seconds), snapshot.calls_waiting
        )
        return Wish(lines=lines, reason=BindingConstraint.IDLE_AGENTS)
