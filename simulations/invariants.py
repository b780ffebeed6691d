"""What the engine must never do, by name: the catalogue, and the alarm that is raised when it did.

Who watches: `invariant_watcher`. None of it shares code or memory with the engine.
"""

from collections.abc import Set
from dataclasses import dataclass

from simulations.errors import InvariantViolated, UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """One thing that always holds."""

    name: str
    meaning: str  # one sentence: what holds


INVARIANTS = (
    Invariant(name="attempt_ends_once", meaning="every attempt ends exactly once"),
    Invariant(name="agent_on_one_call", meaning="no agent is on two calls, and only a free one is offered"),
    Invariant(name="agent_on_calls_node", meaning="no call is given to an agent of another node"),
    Invariant(name="lead_in_one_attempt", meaning="no lead is in two attempts at once"),
    Invariant(name="number_in_one_attempt", meaning="no number is in two attempts at once"),
    Invariant(
        name="live_answer_has_fate",
        meaning="every live answer is bridged, hears the message, or has left by itself",
    ),
    Invariant(name="wait_within_limit", meaning="nobody who answered waits beyond the limit for that fate"),
    Invariant(name="nothing_waits_forever", meaning="every waiting state of an attempt ends by its deadline"),
    Invariant(name="calling_hours_kept", meaning="nobody is dialed outside the calling hours of his zones"),
    Invariant(name="attempt_caps_kept", meaning="no number or lead is dialed more often than the caps allow"),
    Invariant(name="rest_after_abandon_kept", meaning="a number rests after an abandoned call"),
    Invariant(name="do_not_call_kept", meaning="no withdrawn number or lead is dialed"),
    Invariant(name="lease_kept", meaning="only leads leased at that moment are dialed, at their own number"),
    Invariant(name="lead_decided_once", meaning="each reserved lead is given back or decided exactly once"),
    Invariant(name="callback_not_early", meaning="nobody is called before the time that was promised"),
    Invariant(name="campaign_limits_kept", meaning="only running campaigns dial, within their lines_max"),
    Invariant(name="trunk_channels_kept", meaning="a trunk never has more attempts than channels"),
    Invariant(name="trunk_rate_kept", meaning="a trunk's calls per second are kept in any one second"),
    Invariant(name="trunk_in_service", meaning="nothing is dialed over a trunk or node known to be lost"),
    Invariant(name="outbound_pauses", meaning="the dialer begins no line while a caller of its agents waits"),
    Invariant(name="agent_moves_on_table", meaning="agents' states only follow each other along the table"),
    Invariant(name="agent_record_agrees", meaning="the record of an agent's state agrees with his calls"),
    Invariant(name="ledger_agrees", meaning="a ledger entry holds the instants that were really heard of"),
    Invariant(name="counters_agree", meaning="counters on the floor agree with the ledger's classes"),
    Invariant(name="command_names_live_attempt", meaning="no command but HangUp names an ended attempt"),
    Invariant(name="engine_does_not_fail", meaning="the engine takes every event and every tick"),
    Invariant(name="engine_goes_on", meaning="the engine's wake-ups move on in time"),
)
"""Everything that is watched."""

_MEANINGS = {invariant.name: invariant.meaning for invariant in INVARIANTS}


class Alarm:
    """Raises what is violated; with `only`, nothing but those (a planted fault must be found by its own)."""

    __slots__ = ("_only",)

    def __init__(self, only: Set[str] | None = None) -> None:
        """Take the names that count; None: all. Raises UnknownName."""
        for name in only or ():
            if name not in _MEANINGS:
                raise UnknownName("invariant", name, _MEANINGS)
        self._only = only

    def violated(self, name: str, detail: str, now: float) -> None:
        """Raise InvariantViolated, unless this invariant is not listened for."""
        if self._only is None or name in self._only:
            raise InvariantViolated(name, _MEANINGS[name], detail, now)
