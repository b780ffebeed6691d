"""The simulation loop: the same bytes for the same seed, the same people for every method, named refusals."""

from dataclasses import replace

import pytest

from dialer.core.commands import Command, Dial, HangUp
from dialer.core.engine import Engine
from dialer.core.events import CallAnswered, CallEnded, Event
from dialer.core.outcomes import EndCause
from dialer.core.settings import EngineSettings
from dialer.messages import AttemptId, LeadId
from simulations.errors import FigureOutOfRange, InvariantViolated, UnknownName
from simulations.simulation import Simulation, run_simulation


@pytest.mark.parametrize(
    ("scenario", "faults"), [("medium", "none"), ("chaos", "all")], ids=["medium", "chaos with faults"]
)
def test_run_of_a_seed_gives_the_same_bytes_twice(scenario: str, faults: str) -> None:
    """And other bytes with another seed."""

    def printed(seed: int) -> str:
        result = run_simulation(scenario, method="ratio", agents=12, hours=0.3, seed=seed, faults=faults)
        return result.to_json()

    assert printed(5) == printed(5)
    assert printed(5) != printed(6)


def test_run_in_steps_is_the_run_in_one() -> None:
    """Whoever watches a run does not change it."""
    in_one = Simulation("small", method="progressive", agents=6, hours=0.3, seed=4)
    in_one.run_until(1080.0)
    in_steps = Simulation("small", method="progressive", agents=6, hours=0.3, seed=4)
    for second in range(0, 1081, 7):
        in_steps.run_until(float(second))
    in_steps.run_until(1080.0)
    assert in_steps.snapshot() == in_one.snapshot()
    in_one.drain()
    in_steps.drain()
    assert in_steps.result().to_json() == in_one.result().to_json()


class WitnessedEngine(Engine):
    """The real engine, with a note of what each lead's first attempt met and when it was dialed."""

    def __init__(self, settings: EngineSettings, met: dict[LeadId, tuple[bool, float]]) -> None:
        super().__init__(settings)
        self._met = met
        self._dialed: dict[AttemptId, tuple[LeadId, float]] = {}

    def handle(self, event: Event, now: float) -> list[Command]:
        """Note what the call met."""
        if isinstance(event, CallAnswered | CallEnded) and event.attempt_id in self._dialed:
            is_own_end = isinstance(event, CallEnded) and event.cause is EndCause.NORMAL
            lead_id, dialed_at = self._dialed.pop(event.attempt_id)
            if not is_own_end and lead_id not in self._met:
                self._met[lead_id] = (isinstance(event, CallAnswered), round(now - dialed_at, 6))
        return self._noted(super().handle(event, now), now)

    def tick(self, now: float) -> list[Command]:
        """Note what was dialed."""
        return self._noted(super().tick(now), now)

    def _noted(self, orders: list[Command], now: float) -> list[Command]:
        for order in orders:
            if isinstance(order, Dial):
                self._dialed[order.attempt_id] = (order.lead_id, now)
        return orders


def met_by(method: str) -> dict[LeadId, tuple[bool, float]]:
    """What each lead's first attempt met under a pacing method: answered or not, after how many seconds."""
    met: dict[LeadId, tuple[bool, float]] = {}
    run_simulation(
        "markov",
        method=method,
        agents=10,
        hours=0.5,
        seed=8,
        engine_factory=lambda settings: WitnessedEngine(settings, met),
    )
    return met


def test_two_methods_meet_the_same_people() -> None:
    """Common random numbers: a lead that both dialed was answered, or not, after the same time."""
    slow, fast = met_by("progressive"), met_by("ratio")
    both = slow.keys() & fast.keys()
    assert len(both) > 300
    assert len(fast) > len(slow)
    assert {lead: slow[lead] for lead in both} == {lead: fast[lead] for lead in both}


class ForgetfulEngine(Engine):
    """A broken engine: it swallows the fate of whoever waits, and hangs up."""

    def handle(self, event: Event, now: float) -> list[Command]:
        """Hang up on whoever answers."""
        orders = super().handle(event, now)
        if isinstance(event, CallAnswered):
            return [HangUp(attempt_id=event.attempt_id)]
        return orders


def test_violation_says_what_broke_and_how_to_run_it_again() -> None:
    """The message ends with the one command."""
    with pytest.raises(InvariantViolated) as violated:
        run_simulation("small", method="ratio", agents=5, hours=0.5, seed=3, engine_factory=ForgetfulEngine)
    assert violated.value.invariant == "live_answer_has_fate"
    expected = "reproduce: paceline simulate small --method ratio --agents 5 --hours 0.5 --seed 3"
    assert str(violated.value).endswith(expected)


def test_engine_without_invariants_is_not_judged() -> None:
    """For speed, or for an engine that is broken on purpose."""
    result = run_simulation(
        "small",
        method="ratio",
        agents=2,
        hours=0.05,
        seed=3,
        with_invariants=False,
    )
    assert result.invariants_checked == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"agents": -1}, "agents"),
        ({"agents": 10_001}, "agents"),
        ({"hours": 0.0}, "hours"),
        ({"hours": float("nan")}, "hours"),
        ({"seed": -5}, "seed"),
    ],
    ids=["negative agents", "too many agents", "no time", "no number", "negative seed"],
)
def test_absurd_figure_is_named_with_its_range(changes: dict[str, float], named: str) -> None:
    """Before anything runs."""
    with pytest.raises(FigureOutOfRange, match=named):
        run_simulation("small", method="ratio", **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scenario", "method", "faults"),
    [("smal", "ratio", "none"), ("small", "ratios", "none"), ("small", "ratio", "fire")],
    ids=["scenario", "method", "fault"],
)
def test_unknown_name_is_answered_with_those_that_exist(scenario: str, method: str, faults: str) -> None:
    """Scenario, method and fault alike."""
    with pytest.raises(UnknownName, match="choose one of"):
        run_simulation(scenario, method=method, faults=faults)


def test_restarted_engine_goes_on_with_what_lives() -> None:
    """Agents stay signed in and talking, and the attempts of the dead engine come to their ends."""
    simulation = Simulation("medium", method="ratio", agents=20, hours=1.0, seed=2)
    simulation.run_until(900.0)
    before = simulation.snapshot()
    assert before is not None
    assert simulation.restart_engine(2.0)
    assert not simulation.restart_engine(2.0)
    assert simulation.snapshot() is None
    simulation.run_until(903.0)
    after = simulation.snapshot()
    assert after is not None
    assert len(after.agents) == len(before.agents) == 20
    talking = {agent.agent_id for agent in before.agents if agent.state == "talking"}
    still = {agent.agent_id for agent in after.agents if agent.state == "talking"}
    assert len(talking & still) > len(talking) // 2
    simulation.run_until(1200.0)
    simulation.drain()
    assert simulation.result().attempts > 0


def test_agents_stay_at_the_end_of_the_day_for_the_lines_that_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is sent home while a called party may still answer: that answer would be abandoned."""
    simulation = Simulation("medium", method="ratio", agents=20, hours=0.25, seed=2)
    simulation.run_until(900.0)
    assert simulation.world.has_lines_to_settle
    may_still_answer: list[bool] = []
    end_shift = simulation.world.floor.end_shift

    def send_home() -> None:
        may_still_answer.append(simulation.world.has_lines_to_settle)
        end_shift()

    monkeypatch.setattr(simulation.world.floor, "end_shift", send_home)
    simulation.drain()
    assert may_still_answer == [False]


def test_thousand_agents_who_log_in_do_not_take_their_own_waves_for_a_changed_list() -> None:
    """Lines started together answer together; that is no news of the list, and few of them are lost."""
    simulation = Simulation(
        "medium", method="predictive", agents=1000, hours=0.12, seed=5, with_invariants=False
    )
    simulation.run_until(432.0)
    answers = simulation.ledger.answers
    assert len(answers) > 2_000
    assert sum(answer.is_abandoned for answer in answers) < 0.05 * len(answers)


def test_progress_is_told_from_nothing_to_all() -> None:
    """Rising shares, the last of them 1."""
    shares: list[float] = []
    run_simulation("small", method="progressive", agents=2, hours=0.05, seed=1, on_progress=shares.append)
    assert shares == sorted(shares)
    assert (len(shares) > 50, shares[-1]) == (True, 1.0)


def test_result_of_another_wall_time_is_equal() -> None:
    """Timings are no part of what a result is."""
    first = run_simulation("small", method="progressive", agents=2, hours=0.05, seed=1)
    second = run_simulation("small", method="progressive", agents=2, hours=0.05, seed=1)
    assert first == second
    assert replace(first, seed=2) != second
