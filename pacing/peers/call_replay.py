"""A replay of recorded calls with another number of lines: what Impact Dialing tunes itself by.

Everything moves in steps of one second. At the start all agents are free and all calls are in the pool.
In each second: what ends, ends; free × lines - ringing lines are dialed from the pool; each call answered in
this second goes to a free agent or is abandoned. A call that is over goes back to the pool.
Source and theory: docs/algorithms/peers.md, part 7.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

REPLAY_STEPS = 6
"""Numbers of lines tried, from about one to 1 / answer ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCall:
    """One call as it was; whole seconds, each at least one."""

    ring_seconds: int
    is_live: bool  # a person answered
    talk_seconds: int = 1  # with an agent, if a person answered
    wrap_up_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOutcome:
    """What came of one replay."""

    talk_share: float  # talk seconds / (talk and idle seconds), wrap-up left out
    abandoned: int
    answered_live: int

    def is_within(self, limit_ratio: float) -> bool:
        """Whether fewer were abandoned than the limit; False if nobody answered."""
        return self.answered_live > 0 and self.abandoned < limit_ratio * self.answered_live


class _Replay:
    """The state of one replay."""

    def __init__(self, calls: Sequence[RecordedCall], agents: int, seconds: int) -> None:
        self.calls = calls
        self.seconds = seconds
        self.pool = deque(range(len(calls)))
        self.agents_free = agents
        self.lines_ringing = self.agents_talking = self.abandoned = self.answered_live = 0
        self.ring_ends: list[list[int]] = [[] for _ in range(seconds)]
        self.talk_ends = [0] * seconds
        self.wrap_up_ends: list[list[int]] = [[] for _ in range(seconds)]

    def end_what_ends(self, second: int) -> list[int]:
        """Ends of talks, wrap-ups and rings; the calls that a person has just answered."""
        self.agents_talking -= self.talk_ends[second]
        self.agents_free += len(self.wrap_up_ends[second])
        self.pool.extend(self.wrap_up_ends[second])
        ended = self.ring_ends[second]
        self.lines_ringing -= len(ended)
        self.pool.extend(call for call in ended if not self.calls[call].is_live)
        return [call for call in ended if self.calls[call].is_live]

    def dial(self, second: int, lines: int) -> None:
        """Start so many lines, or all that the pool holds."""
        for _ in range(min(lines, len(self.pool))):
            call = self.pool.popleft()
            self.lines_ringing += 1
            self._put(self.ring_ends, second + self.calls[call].ring_seconds, call)

    def answer(self, second: int, call: int) -> None:
        """Give an answered call to a free agent, or abandon it."""
        self.answered_live += 1
        if not self.agents_free:
            self.abandoned += 1
            self.pool.append(call)
            return
        self.agents_free -= 1
        self.agents_talking += 1
        talk_ends_at = second + self.calls[call].talk_seconds
        if talk_ends_at < self.seconds:
            self.talk_ends[talk_ends_at] += 1
        self._put(self.wrap_up_ends, talk_ends_at + self.calls[call].wrap_up_seconds, call)

    def _put(self, calendar: list[list[int]], second: int, call: int) -> None:
        if second < self.seconds:
            calendar[second].append(call)


def replay(
    calls: Sequence[RecordedCall], *, agents: int, lines_per_agent: float, seconds: int
) -> ReplayOutcome:
    """Replay the calls with so many agents and lines for each free one.

    One agent, one person who rings 2 s and talks 3 s, six seconds: idle 0, 1; talk 2, 3, 4; idle 5.

    >>> call = RecordedCall(ring_seconds=2, is_live=True, talk_seconds=3)
    >>> replay([call], agents=1, lines_per_agent=1.0, seconds=6).talk_share
    0.5
    """
    floor = _Replay(calls, agents, seconds)
    talked = idle = 0
    for second in range(seconds):
        answered = floor.end_what_ends(second)
        floor.dial(second, int(floor.agents_free * lines_per_agent - floor.lines_ringing))
        for call in answered:
            floor.answer(second, call)
        talked += floor.agents_talking
        idle += floor.agents_free
    return ReplayOutcome(
        talk_share=talked / max(1, talked + idle),
        abandoned=floor.abandoned,
        answered_live=floor.answered_live,
    )


def best_lines_per_agent(
    calls: Sequence[RecordedCall], *, agents: int, limit_ratio: float, seconds: int
) -> float:
    """The number of lines whose replay talks most within the limit; 1 if none keeps it.

    Tried are max(1, i / 6 / answer ratio) for i from 1 to 6.
    """
    answered = sum(call.is_live for call in calls)
    best, best_share = 1.0, 0.0
    for step in range(1, REPLAY_STEPS + 1):
        lines = max(1.0, len(calls) / answered * step / REPLAY_STEPS) if answered else 1.0
        outcome = replay(calls, agents=agents, lines_per_agent=lines, seconds=seconds)
        if outcome.is_within(limit_ratio) and outcome.talk_share > best_share:
            best, best_share = lines, outcome.talk_share
    return best
