"""The demo's floor on the screen: the run goes on in one task, another draws it.

With a database the run is a rehearsal; without one it is a simulation, and the screen says why.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TypeAlias

import typer
from rich.console import Console
from rich.live import Live

from app.floor_view import FloorFigures, draw_floor, floor_line
from app.pace import Pace
from app.rehearsal import Holdings, Rehearsal, RehearsalPlan, rehearsing
from app.terminal_keys import pressed_key
from app.unit_of_work import UnitOfWork, open_pool
from dialer.messages import FloorSnapshot
from simulations.measures import wilson_interval
from simulations.run_ledger import SECONDS_PER_HOUR
from simulations.simulation import Simulation

FRAMES_PER_SECOND = 8.0
LINES_PER_SECOND = 0.5  # where the terminal cannot be redrawn
STEP_SECONDS = 1.0 / FRAMES_PER_SECOND
STEP_SECONDS_MAX = 0.25  # real time that one step makes up for: a slow database slows the floor down
ASK_SECONDS = 1.0  # the database is asked so often what it holds
KEYS_HINT = "q quit   space pause   + faster   - slower"

Run: TypeAlias = Rehearsal | Simulation
"""What can be shown."""


@dataclass(slots=True, kw_only=True)
class Show:
    """What is shown, and how far it is to go."""

    plan: RehearsalPlan
    seconds: float | None = None  # real ones, after which it ends; None: at a key
    no_database_reason: str = ""  # why there is no database; empty: there is one
    pace: Pace = field(default_factory=Pace)
    run: Run | None = None  # None: not built yet
    holdings: Holdings | None = None  # what the database held when it was last asked

    @property
    def until(self) -> float:
        """The end of the virtual day, s."""
        return self.plan.hours * SECONDS_PER_HOUR

    @property
    def is_database_away(self) -> bool:
        """Whether there is a database that does not answer."""
        return isinstance(self.run, Rehearsal) and self.run.is_database_away

    @property
    def database(self) -> str:
        """What the database holds, or why there is none, in one line."""
        if self.no_database_reason:
            return f"no database, nothing is kept: {self.no_database_reason.splitlines()[0]}"
        if self.is_database_away:
            return "the database is away: nobody is dialed until it is back"
        return "database: not asked yet" if self.holdings is None else holdings_line(self.holdings)


def holdings_line(held: Holdings) -> str:
    """Say what the database holds.

    >>> holdings_line(Holdings(open_leads=38_210, attempts=1204, commit_seconds=0.0021))
    'database: 38,210 leads open, 1,204 attempts on record, last commit 2.1 ms'
    """
    return (
        f"database: {held.open_leads:,} leads open, {held.attempts:,} attempts on record, "
        f"last commit {1000.0 * held.commit_seconds:.1f} ms"
    )


def closing_line(run: Run) -> str:
    """Say where to look after the demo."""
    arguments = f"{run.scenario.name} --method {run.method} --agents {run.agents} --hours 8 --seed {run.seed}"
    return (
        f"{_clock(run.now)}: the same floor, for a whole shift and with figures:\n"
        f"  paceline simulate {arguments}\n"
        f"and with the database, reconciled call by call:\n"
        f"  paceline rehearse {arguments}"
    )


async def show_floor(show: Show, url: str | None, *, has_keys: bool) -> None:
    """Build the floor, on the database where there is one, and show it until it ends.

    Raises:
        StoreLost: the database went away where nothing could wait for it.
    """
    if url is None:
        plan = show.plan
        show.run = Simulation(
            plan.scenario, method=plan.method, agents=plan.agents, hours=plan.hours, seed=plan.seed
        )
        await _show_run(show, show.run, has_keys=has_keys)
        return
    async with open_pool(url) as pool, rehearsing(show.plan, UnitOfWork(pool)) as rehearsal:
        show.run = rehearsal
        await _show_run(show, rehearsal, has_keys=has_keys)


async def _show_run(show: Show, run: Run, *, has_keys: bool) -> None:
    """Let the run go on beside the drawing, so that a slow commit never freezes the screen."""
    console = Console()
    try:
        async with asyncio.TaskGroup() as tasks:
            going = tasks.create_task(_go_on(show, run))
            if console.is_terminal:
                await _show_live(console, show, run, has_keys=has_keys)
            else:
                await _show_lines(show, run)
            going.cancel()
    except BaseExceptionGroup as group:  # the run's own error, wrapped by the task group
        raise group.exceptions[0] from group


async def _show_live(console: Console, show: Show, run: Run, *, has_keys: bool) -> None:
    """Redraw the floor until a key, the time or the virtual day ends it."""
    hint = KEYS_HINT if has_keys else "Ctrl-C quits"
    with Live(console=console, screen=True, auto_refresh=False) as live:
        async for _ in _frames(show, run, FRAMES_PER_SECOND):
            live.update(draw_floor(_floor(run), figures(show, run, hint)), refresh=True)
            key = pressed_key() if has_keys else ""
            if key in ("q", "Q", "\x1b"):
                return
            if key:
                show.pace.press(key)


async def _show_lines(show: Show, run: Run) -> None:
    """Print one line now and then, for a log."""
    async for _ in _frames(show, run, LINES_PER_SECOND):
        typer.echo(floor_line(_floor(run), figures(show, run, "")))


async def _frames(show: Show, run: Run, frames_per_second: float) -> AsyncIterator[None]:
    """Come round so many times a second, until the time or the virtual day is over."""
    began = time.monotonic()
    while run.now < show.until:
        if show.seconds is not None and time.monotonic() - began >= show.seconds:
            return
        yield
        await asyncio.sleep(1.0 / frames_per_second)


async def _go_on(show: Show, run: Run) -> None:
    """Let virtual time pass step by step, as far as real clock and pace say and the sinks allow."""
    last = ask_at = time.monotonic()
    while True:
        now = time.monotonic()
        passed, last = min(now - last, STEP_SECONDS_MAX), now
        until = min(show.until, run.now + passed * show.pace.factor)
        if isinstance(run, Simulation):
            run.run_until(until)
        else:
            await run.run_until(until)
            if now >= ask_at:
                show.holdings = await run.holdings()
                ask_at = now + ASK_SECONDS
        show.pace.went(run.now, time.monotonic())
        await asyncio.sleep(max(0.0, STEP_SECONDS - (time.monotonic() - now)))


def _floor(run: Run) -> FloorSnapshot:
    floor = run.snapshot()
    assert floor is not None, "the demo injects no fault, so the engine is never down"
    return floor


def figures(show: Show, run: Run, hint: str) -> FloorFigures:
    """Gather what stands at the head of the page."""
    campaigns = _floor(run).campaigns
    abandoned = sum(campaign.abandoned for campaign in campaigns)
    connected = sum(campaign.connected for campaign in campaigns)
    interval = wilson_interval(abandoned, abandoned + connected)
    limit = run.scenario.campaigns[0].settings.abandon_limit_ratio
    return FloorFigures(
        title=f"Paceline · {run.scenario.name}",
        clock=_clock(run.now),
        pace="waiting" if show.is_database_away else show.pace.describe(),
        talk_ratio=run.ledger.clock.time_until(run.now).talk_ratio,
        abandon_ratio=abandoned / (abandoned + connected) if abandoned + connected else None,
        abandon_limit_ratio=limit,
        database=show.database,
        is_over_limit=interval is not None and interval[0] > limit,
        hint=hint,
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest:02d} into the shift"
