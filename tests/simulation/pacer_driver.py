"""A small event simulator that drives a pacer with `observe` and `decide` alone, without the engine.

It is independent of `simulations` on purpose: two programs that agree are evidence, one is not.
Every called party carries its own answer, ring, talk and wrap-up, drawn from one stream for each quantity.
So the n-th party dialed is the same person for every pacing method (common random numbers).
"""

import heapq
import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from pacing import Pacer, PacingInputs

BLOCK = 4096  # draws made at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Who is called: means in seconds; `spread_sigma` 0 is exponential, else lognormal with that sigma."""

    live_ratio: Callable[[float], float] = lambda now: 0.3
    ring_seconds_mean: float = 10.0
    talk_seconds_mean: float = 90.0
    wrap_up_seconds_mean: float = 15.0
    spread_sigma: float = 0.0
    talk_factor: Callable[[float], float] = lambda now: 1.0
    is_ratio_of_answer: bool = False  # `live_ratio` holds at the end of the ring, not at the dial


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one run."""

    talk_ratio: float
    abandon_ratio: float
    dials: int
    connected: int
    abandoned: int
    fates: tuple[tuple[float, bool], ...]  # instant of each live answer's fate, and whether it was abandoned
    decisions: int
    decide_seconds: float  # time spent in observe and decide (0 unless measured)
    agents: int
    talks: tuple[tuple[float, float], ...]  # begin and end of each talk, the end of the run at most

    def talk_ratio_between(self, begin: float, end: float) -> float:
        """Talk seconds / agent seconds from `begin` to `end`, s since the start."""
        talked = sum(max(0.0, min(end, last) - max(begin, first)) for first, last in self.talks)
        return talked / (self.agents * (end - begin))

    def fates_between(self, begin: float, end: float) -> tuple[int, int]:
        """Calls abandoned and live answers, by the instant of their fate."""
        fates = [is_abandoned for instant, is_abandoned in self.fates if begin <= instant < end]
        return sum(fates), len(fates)


class Floor:
    """Agents, lines and called parties; `run` plays them against one pacer."""

    def __init__(
        self, pacer: Pacer, *, agents: int, hours: float, seed: int, population: Population,
        connect_limit_seconds: float = 2.0, decide_after_events: bool = True, is_measured: bool = False,
        dial_until_seconds: float = math.inf,
    ) -> None:  # fmt: skip
        self.pacer, self.population, self.agents = pacer, population, agents
        self.end, self.limit = hours * 3600.0, connect_limit_seconds
        self.decide_after_events, self.is_measured = decide_after_events, is_measured
        self.dial_until = dial_until_seconds
        streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4)]
        self.answer_draws = self._draws(streams[0], lambda rng: rng.random(BLOCK))
        self.ring_draws = self._draws(streams[1], lambda rng: self._durations(rng, 0.0))
        self.talk_draws = self._draws(streams[2], lambda rng: self._durations(rng, population.spread_sigma))
        self.wrap_up_draws = self._draws(
            streams[3], lambda rng: self._durations(rng, population.spread_sigma)
        )
        self.events: list[tuple[float, int, str, int]] = []
        self.sequence = self.dials = self.decisions = self.idle = 0
        self.rings: dict[int, float] = {}  # line -> dialed at
        self.talks: dict[int, float] = {}
        self.wrap_ups: dict[int, float] = {}
        self.durations: dict[int, tuple[float, float]] = {}  # line -> talk, wrap-up seconds
        self.waiting: deque[tuple[int, float]] = deque()
        self.fates: list[tuple[float, bool]] = []
        self.talked: list[tuple[float, float]] = []
        self.spent = 0.0
        self.parties: list[tuple[bool, float, float, float]] = []  # each party dialed, for comparisons

    @staticmethod
    def _draws(
        rng: np.random.Generator,
        block: Callable[[np.random.Generator], "np.ndarray[tuple[int], np.dtype[np.float64]]"],
    ) -> Iterator[float]:
        while True:
            yield from block(rng).tolist()

    @staticmethod
    def _durations(rng: np.random.Generator, sigma: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        return (
            np.exp(sigma * rng.standard_normal(BLOCK) - sigma * sigma / 2)
            if sigma
            else rng.exponential(1.0, BLOCK)
        )

    def run(self) -> Outcome:
        """Play the whole run."""
        self._observe("agents_on", 0.0, float(self.agents))
        self.idle = self.agents
        self._at(0.0, "tick", 0)
        while self.events[0][0] < self.end:
            now, _, kind, line = heapq.heappop(self.events)
            getattr(self, f"_on_{kind}")(now, line)
            while self.waiting and self.idle:
                self._connect(now)
            if kind == "tick" or self.decide_after_events:
                self._decide(now)
        abandoned = sum(is_abandoned for _, is_abandoned in self.fates)
        talks = (*self.talked, *((since, self.end) for since in self.talks.values()))
        talked = sum(last - first for first, last in talks)
        return Outcome(
            talk_ratio=talked / (self.agents * self.end), abandon_ratio=abandoned / max(1, len(self.fates)),
            dials=self.dials, connected=len(self.fates) - abandoned, abandoned=abandoned,
            fates=tuple(self.fates), decisions=self.decisions, decide_seconds=self.spent,
            agents=self.agents, talks=talks,
        )  # fmt: skip

    def _decide(self, now: float) -> None:
        inputs = PacingInputs(
            now=now, agents_idle=self.idle, agents_logged_in=self.agents, calls_waiting=len(self.waiting),
            talk_ages_seconds=now - np.fromiter(self.talks.values(), float),
            wrap_up_ages_seconds=now - np.fromiter(self.wrap_ups.values(), float),
            ring_ages_seconds=now - np.fromiter(self.rings.values(), float),
        )  # fmt: skip
        started = time.perf_counter() if self.is_measured else 0.0
        lines = self.pacer.decide(inputs).lines if now < self.dial_until else 0
        self.spent += time.perf_counter() - started if self.is_measured else 0.0
        self.decisions += 1
        for _ in range(lines):
            self._dial(now)

    def _dial(self, now: float) -> None:
        self.dials += 1
        people, factor = self.population, self.population.talk_factor(now)
        answer, ring = next(self.answer_draws), next(self.ring_draws) * people.ring_seconds_mean
        is_live = answer < people.live_ratio(now + ring if people.is_ratio_of_answer else now)
        talk = next(self.talk_draws) * people.talk_seconds_mean * factor
        wrap_up = next(self.wrap_up_draws) * people.wrap_up_seconds_mean
        self.parties.append((is_live, ring, talk, wrap_up))
        self.rings[self.dials] = now
        self.durations[self.dials] = (talk, wrap_up)
        self._at(now + ring, "live" if is_live else "no_answer", self.dials)

    def _on_tick(self, now: float, line: int) -> None:
        self._at(now + 1.0, "tick", 0)

    def _on_no_answer(self, now: float, line: int) -> None:
        self._observe("no_answer", now, now - self.rings.pop(line))

    def _on_live(self, now: float, line: int) -> None:
        self._observe("live_answer", now, now - self.rings.pop(line))
        self.waiting.append((line, now))
        self._at(now + self.limit, "patience_end", line)

    def _on_patience_end(self, now: float, line: int) -> None:
        if self.waiting and self.waiting[0][0] == line:
            self.waiting.popleft()
            self.fates.append((now, True))
            self._observe("abandoned", now, self.limit)

    def _connect(self, now: float) -> None:
        line, since = self.waiting.popleft()
        self.idle -= 1
        self.talks[line] = now
        self.fates.append((now, False))
        self._observe("connected", now, now - since)
        self._at(now + self.durations[line][0], "talk_end", line)

    def _on_talk_end(self, now: float, line: int) -> None:
        since = self.talks.pop(line)
        self.talked.append((since, now))
        self._observe("talk_end", now, now - since)
        self.wrap_ups[line] = now
        self._at(now + self.durations[line][1], "wrap_up_end", line)

    def _on_wrap_up_end(self, now: float, line: int) -> None:
        self._observe("wrap_up_end", now, now - self.wrap_ups.pop(line))
        self.idle += 1

    def _observe(self, kind: str, now: float, value: float) -> None:
        started = time.perf_counter() if self.is_measured else 0.0
        self.pacer.observe(kind, now, value)
        self.spent += time.perf_counter() - started if self.is_measured else 0.0

    def _at(self, now: float, kind: str, line: int) -> None:
        self.sequence += 1
        heapq.heappush(self.events, (now, self.sequence, kind, line))
