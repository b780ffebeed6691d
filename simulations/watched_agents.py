"""Judges agents: one call at a time, states that follow the table, and records that agree with the calls."""

from collections.abc import Iterable

from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.commands import RecordAgentState
from simulations.invariants import Alarm
from simulations.shadow_books import ShadowAgent, ShadowAttempt, ShadowBooks

_MOVES = frozenset(
    {
        ("offline", "idle"),
        ("offline", "wrapping_up"),
        ("idle", "reserved"),
        ("idle", "ringing"),
        ("reserved", "idle"),
        ("reserved", "ringing"),
        ("ringing", "idle"),
        ("ringing", "talking"),
        ("talking", "holding"),
        ("holding", "talking"),
        ("talking", "wrapping_up"),
        ("holding", "wrapping_up"),
        ("wrapping_up", "idle"),
        *((state.value, "offline") for state in AgentState),
    }
)
"""States that may follow each other; written down anew, so that a slip in the engine's table is noticed."""


def _is_with_client(state: AgentState | None) -> bool:
    """Asked by identity: hashing an enum member is slow."""
    return state is AgentState.TALKING or state is AgentState.HOLDING


class WatchedAgents:
    """Judges agents; their pages stand in the books."""

    __slots__ = ("_alarm", "_books", "is_restoring", "touched")

    def __init__(self, books: ShadowBooks, alarm: Alarm) -> None:
        """Take the books to read and to keep."""
        self._books = books
        self._alarm = alarm
        self.is_restoring = False  # a new engine records where it found everybody
        self.touched: set[ShadowAgent] = set()  # judged when the whole answer of the engine is known

    def assign(self, agent: ShadowAgent, attempt: ShadowAttempt, now: float) -> None:
        """Judge an offer: the agent must be free, or reserved for this very call."""
        before = agent.attempt
        if before is not None and before is not attempt:
            detail = f"{agent.agent_id} gets {attempt.attempt_id} and is on {before.attempt_id}"
            self._alarm.violated("agent_on_one_call", detail, now)
            before.agent = None
        state = agent.state
        is_free = state is AgentState.IDLE or state is AgentState.RESERVED
        if not is_free or agent.status is AgentStatus.LOGGED_OUT:
            detail = f"{agent.agent_id} gets {attempt.attempt_id} in state {state}"
            self._alarm.violated("agent_on_one_call", detail, now)
        agent.attempt = attempt
        attempt.agent = agent
        self.touched.add(agent)

    def part(self, attempt: ShadowAttempt) -> None:
        """Take the agent, if any, from a call."""
        agent = attempt.agent
        attempt.agent = None
        attempt.is_bridged = False
        if agent is not None:
            agent.attempt = None
            self.touched.add(agent)

    def recorded(self, command: RecordAgentState, now: float) -> None:
        """Judge one move, and remember it."""
        agent = self._books.agent(command.agent_id)
        before, state = agent.state, command.state
        is_move = before is not None and before is not state and not self.is_restoring
        if is_move and before is not None and (before.value, state.value) not in _MOVES:
            detail = f"{command.agent_id} moves from {before.value} to {state.value}"
            self._alarm.violated("agent_moves_on_table", detail, now)
        agent.status = command.status
        agent.state = state
        agent.recorded_attempt_id = command.attempt_id
        if command.status is AgentStatus.LOGGED_OUT:
            agent.state = None
        self.touched.add(agent)

    def judge_touched(self, now: float) -> None:
        """Judge whether the records of those who were touched agree with their calls."""
        for agent in self.touched:
            self._judge(agent, agent.attempt, now)
        self.touched.clear()

    def _judge(self, agent: ShadowAgent, attempt: ShadowAttempt | None, now: float) -> None:
        state = agent.state
        if attempt is None:
            agrees = not _is_with_client(state) and state is not AgentState.RINGING
        elif _is_with_client(state):
            agrees = attempt.is_bridged
        elif state is AgentState.RINGING:
            agrees = not attempt.is_bridged
        else:
            agrees = state is AgentState.RESERVED and attempt.for_agent is agent
        if agrees and attempt is not None:
            agrees = agent.recorded_attempt_id == attempt.attempt_id
        if not agrees:
            call = (
                f"{attempt.attempt_id} (bridged: {attempt.is_bridged})" if attempt is not None else "no call"
            )
            name = state.value if state is not None else "unknown"
            detail = f"{agent.agent_id} is recorded as {name}, with {call}"
            self._alarm.violated("agent_record_agrees", detail, now)

    def engine_restarted(self) -> None:
        """Forget where agents were: the new engine records each of them anew."""
        for agent in self._books.agents.values():
            agent.state = None
        self.is_restoring = True
        self.touched.clear()

    def finish(self, agents: Iterable[ShadowAgent], now: float) -> None:
        """Judge the end of a drained run: nobody is on a call."""
        for agent in agents:
            if agent.attempt is not None:
                detail = f"{agent.agent_id} is still with {agent.attempt.attempt_id}"
                self._alarm.violated("agent_record_agrees", detail, now)
