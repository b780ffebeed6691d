"""How agents spend their time, from the records of their states: the same that a store keeps of real agents.

Talk, hold, wrap-up and wait are glossary words; everything else that is logged in is `other` (paused,
reserved, ringing, offline).
"""

from dataclasses import dataclass

from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.commands import RecordAgentState
from dialer.messages import AgentId

TALK, HOLD, WRAP_UP, WAIT, OTHER = range(5)
"""What a second of a logged-in agent is."""

_BY_STATE = {
    AgentState.TALKING: TALK,
    AgentState.HOLDING: HOLD,
    AgentState.WRAPPING_UP: WRAP_UP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTime:
    """Seconds of all agents together."""

    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float
    wait_seconds: float  # idle and available
    logged_in_seconds: float

    @property
    def busy_seconds(self) -> float:
        """Talk, hold and wrap-up."""
        return self.talk_seconds + self.hold_seconds + self.wrap_up_seconds

    @property
    def talk_ratio(self) -> float | None:
        """Talk ÷ logged-in seconds; None while nobody was logged in."""
        return self.talk_seconds / self.logged_in_seconds if self.logged_in_seconds else None

    @property
    def utilisation(self) -> float | None:
        """(talk + hold + wrap-up) ÷ logged-in seconds."""
        return self.busy_seconds / self.logged_in_seconds if self.logged_in_seconds else None

    @property
    def occupancy(self) -> float | None:
        """(talk + hold + wrap-up) ÷ (talk + hold + wrap-up + wait); paused time is in neither."""
        worked = self.busy_seconds + self.wait_seconds
        return self.busy_seconds / worked if worked else None


class AgentClock:
    """Adds up agents' time; at any instant it can be read or cut (an hour ends)."""

    __slots__ = ("_logged_in", "_open", "_seconds", "_waiting_since", "waits")

    def __init__(self) -> None:
        """Begin with nobody logged in."""
        self._seconds = [0.0] * 5
        self._open: dict[AgentId, tuple[int, float]] = {}  # what he does, since when
        self._waiting_since: dict[AgentId, float] = {}
        self._logged_in: dict[AgentId, float] = {}  # s of each agent, without what goes on
        self.waits: dict[AgentId, list[float]] = {}  # s of each agent's waits that have ended

    def record(self, command: RecordAgentState) -> None:
        """Take one change of an agent's status or state."""
        agent_id, at = command.agent_id, command.at
        before = self._open.get(agent_id)
        if before is not None:
            self._seconds[before[0]] += at - before[1]
            self._logged_in[agent_id] = self._logged_in.get(agent_id, 0.0) + at - before[1]
        status, state = command.status, command.state
        if status is AgentStatus.LOGGED_OUT:
            self._open.pop(agent_id, None)
            self._end_wait(agent_id, at)
            return
        if state is AgentState.IDLE:
            use = WAIT if status is AgentStatus.AVAILABLE else OTHER
        else:
            use = _BY_STATE.get(state, OTHER)
        self._open[agent_id] = (use, at)
        if use != WAIT:
            self._end_wait(agent_id, at)
        elif agent_id not in self._waiting_since:
            self._waiting_since[agent_id] = at

    def _end_wait(self, agent_id: AgentId, at: float) -> None:
        since = self._waiting_since.pop(agent_id, None)
        if since is not None:
            self.waits.setdefault(agent_id, []).append(at - since)

    def wait_ratios(self, now: float) -> list[float]:
        """Give each agent's wait ÷ logged-in seconds so far, in the order of their ids."""
        ratios = []
        for agent_id in sorted({*self._logged_in, *self._open}):
            waited = sum(self.waits.get(agent_id, ()))
            waited += now - self._waiting_since.get(agent_id, now)
            open_since = self._open[agent_id][1] if agent_id in self._open else now
            logged_in = self._logged_in.get(agent_id, 0.0) + now - open_since
            if logged_in > 0.0:
                ratios.append(waited / logged_in)
        return ratios

    def time_until(self, now: float) -> AgentTime:
        """Give the time spent so far, with what goes on cut at `now`."""
        seconds = list(self._seconds)
        for use, since in self._open.values():
            seconds[use] += now - since
        return AgentTime(
            talk_seconds=seconds[TALK],
            hold_seconds=seconds[HOLD],
            wrap_up_seconds=seconds[WRAP_UP],
            wait_seconds=seconds[WAIT],
            logged_in_seconds=sum(seconds),
        )
