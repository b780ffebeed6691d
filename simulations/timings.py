"""Wall time spent in a run, part by part: the engine's two verbs, the watcher, the virtual network.

The only module here that may be given real time; what it measures never enters a result's JSON.
"""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Timings:
    """Seconds of wall time; the rest of `total_seconds` is the virtual network."""

    total_seconds: float = 0.0
    handle_seconds: float = 0.0  # Engine.handle
    tick_seconds: float = 0.0  # Engine.tick: pacing decisions, hopper, deadlines
    watch_seconds: float = 0.0  # the invariants
    network_seconds: float = 0.0  # events of the virtual world, before they reach the engine
