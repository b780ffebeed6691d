"""`paceline demo`: a simulated floor at work, live in the terminal, on the engine that will dial.

The virtual network runs ahead step by step; the wall clock only says how far. Nothing is dialed outside.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.live import Live

from app.floor_view import FloorFigures, draw_floor, floor_line
from app.terminal_keys import pressed_key, single_keys

if TYPE_CHECKING:
    from dialer.messages import FloorSnapshot
    from simulations.simulation import Simulation

FRAMES_PER_SECOND = 8.0
LINES_PER_SECOND = 0.5  # where the terminal cannot be redrawn
PACES = (1.0, 5.0, 20.0, 60.0, 240.0)  # virtual seconds for each real one
VIRTUAL_HOURS = 8.0
SECONDS_PER_HOUR = 3600.0
KEYS_HINT = "q quit   space pause   + faster   - slower"

ScenarioName = Annotated[str, typer.Option(help="Scenario to show; `paceline scenarios` lists them.")]
MethodName = Annotated[
    str,
    typer.Option(
        help="Pacing method; `paceline methods` lists them.", show_default="the scenario's; mostly predictive"
    ),
]
AgentCount = Annotated[int, typer.Option(help="Agents at work, 0 to 10000.")]
SeedNumber = Annotated[int, typer.Option(min=0, help="Everything random follows from it.")]
RealSeconds = Annotated[
    float | None, typer.Option(min=1.0, help="End after so many real seconds; default: when you press q.")
]


@dataclass(slots=True)
class Pace:
    """How fast virtual time runs, as the keys have set it."""

    index: int = 2
    is_paused: bool = False

    @property
    def factor(self) -> float:
        """Virtual seconds for each real one."""
        return 0.0 if self.is_paused else PACES[self.index]

    def press(self, key: str) -> None:
        """Change the pace as a key asks."""
        if key == " ":
            self.is_paused = not self.is_paused
        elif key in "+=":
            self.index = min(self.index + 1, len(PACES) - 1)
        elif key in "-_":
            self.index = max(self.index - 1, 0)

    def describe(self) -> str:
        """Say the pace in words."""
        return "paused" if self.is_paused else f"{PACES[self.index]:g} × real time"


def demo(
    scenario: ScenarioName = "medium",
    method: MethodName = "",
    agents: AgentCount = 24,
    seed: SeedNumber = 1,
    seconds: RealSeconds = None,
) -> None:
    """Watch a simulated floor at work in the terminal."""
    from simulations.errors import SimulationError
    from simulations.simulation import Simulation

    try:
        simulation = Simulation(scenario, method=method, agents=agents, hours=VIRTUAL_HOURS, seed=seed)
    except SimulationError as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from refused
    console = Console()
    with single_keys() as has_keys:
        if console.is_terminal:
            _show_live(console, simulation, seconds, has_keys=has_keys)
        else:
            _show_lines(simulation, seconds)
    typer.echo(_closing_line(simulation))


def _show_live(console: Console, simulation: "Simulation", seconds: float | None, *, has_keys: bool) -> None:
    """Redraw the floor until a key, the time or the virtual day ends it."""
    pace = Pace()
    hint = KEYS_HINT if has_keys else "Ctrl-C quits"
    with Live(console=console, screen=True, auto_refresh=False) as live:
        for _ in _frames(simulation, pace, seconds, FRAMES_PER_SECOND):
            live.update(draw_floor(_floor(simulation), _figures(simulation, pace, hint)), refresh=True)
            key = pressed_key() if has_keys else ""
            if key in ("q", "Q", "\x1b"):
                return
            if key:
                pace.press(key)


def _show_lines(simulation: "Simulation", seconds: float | None) -> None:
    """Print one line now and then, for a log."""
    pace = Pace()
    for _ in _frames(simulation, pace, seconds, LINES_PER_SECOND):
        typer.echo(floor_line(_floor(simulation), _figures(simulation, pace, "")))


def _frames(
    simulation: "Simulation", pace: Pace, seconds: float | None, frames_per_second: float
) -> Iterator[None]:
    """Let virtual time pass frame by frame, as far as the real clock and the pace say."""
    began = last = time.monotonic()
    until = VIRTUAL_HOURS * SECONDS_PER_HOUR
    try:
        while simulation.now < until:
            now = time.monotonic()
            if seconds is not None and now - began >= seconds:
                return
            simulation.run_until(min(until, simulation.now + (now - last) * pace.factor))
            last = now
            yield
            time.sleep(max(0.0, 1.0 / frames_per_second - (time.monotonic() - now)))
    except KeyboardInterrupt:
        return


def _floor(simulation: "Simulation") -> "FloorSnapshot":
    floor = simulation.snapshot()
    assert floor is not None, "the demo injects no fault, so the engine is never down"
    return floor


def _figures(simulation: "Simulation", pace: Pace, hint: str) -> FloorFigures:
    from simulations.measures import wilson_interval

    campaigns = _floor(simulation).campaigns
    abandoned = sum(campaign.abandoned for campaign in campaigns)
    connected = sum(campaign.connected for campaign in campaigns)
    interval = wilson_interval(abandoned, abandoned + connected)
    limit = simulation.scenario.campaigns[0].settings.abandon_limit_ratio
    return FloorFigures(
        title=f"Paceline · {simulation.scenario.name}",
        clock=_clock(simulation.now),
        pace=pace.describe(),
        talk_ratio=simulation.ledger.clock.time_until(simulation.now).talk_ratio,
        abandon_ratio=abandoned / (abandoned + connected) if abandoned + connected else None,
        abandon_limit_ratio=limit,
        is_over_limit=interval is not None and interval[0] > limit,
        hint=hint,
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest:02d} into the shift"


def _closing_line(simulation: "Simulation") -> str:
    name, method = simulation.scenario.name, simulation.method
    return (
        f"{_clock(simulation.now)}: the same floor, for a whole shift and with figures:\n"
        f"  paceline simulate {name} --method {method} --agents {simulation.agents} --hours 8 "
        f"--seed {simulation.seed}"
    )
