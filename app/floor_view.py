"""The floor drawn in a terminal: campaigns, agents, and why the newest lines were dialed.

It draws what a `FloorSnapshot` holds and nothing else; a colour never stands alone, each state has its sign.
"""

from collections import Counter
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dialer.messages import AgentFloor, CampaignFloor, FloorSnapshot

AGENTS_DRAWN_MAX = 120
"""More agents than this do not fit a terminal; the rest is counted."""

_STATES: dict[str, tuple[str, str]] = {
    "talking": ("●", "green"),
    "holding": ("◐", "cyan"),
    "ringing": ("◌", "bright_yellow"),
    "reserved": ("◇", "magenta"),
    "wrapping_up": ("✎", "blue"),
    "idle": ("○", "white"),
    "paused": ("‖", "bright_black"),
    "offline": ("×", "red"),
}
"""Sign and colour of each agent state, in the order of the legend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorFigures:
    """What the head of the page shows beside the snapshot; ratios 0..1, None: nothing to divide yet."""

    title: str
    clock: str  # the virtual time of day
    pace: str  # how fast virtual time runs, for people
    talk_ratio: float | None
    abandon_ratio: float | None
    abandon_limit_ratio: float
    database: str  # what it holds, or why there is none
    is_over_limit: bool  # beyond chance: the whole 95 % interval of the ratio lies above the limit
    hint: str  # which keys do what


def draw_floor(snapshot: FloorSnapshot, figures: FloorFigures) -> RenderableType:
    """Draw the whole floor."""
    return Group(
        _head(figures),
        Text(f" {figures.database}", style="dim", no_wrap=True, overflow="ellipsis"),
        Text(f" {figures.hint}", style="dim"),
        _campaign_table(snapshot.campaigns),
        *(Text(_why(campaign)) for campaign in snapshot.campaigns),
        _agent_panel(snapshot.agents),
    )


def floor_line(snapshot: FloorSnapshot, figures: FloorFigures) -> str:
    """Say the floor in one line, for a log or a terminal that cannot be redrawn."""
    states = Counter(map(_drawn_state, snapshot.agents))
    ringing = sum(campaign.lines_ringing for campaign in snapshot.campaigns)
    waiting = sum(campaign.calls_waiting for campaign in snapshot.campaigns)
    people = " ".join(f"{name} {states[name]}" for name in _STATES if states[name])
    return (
        f"{figures.clock}  lines ringing {ringing}, clients waiting {waiting}; {people or 'no agents'}; "
        f"talk {percent(figures.talk_ratio)}, abandoned {percent(figures.abandon_ratio)}; {figures.database}"
    )


def percent(ratio: float | None) -> str:
    """Write a ratio as people read it.

    >>> percent(0.0312), percent(None)
    ('3.1 %', '–')
    """
    return "–" if ratio is None else f"{100 * ratio:.1f} %"


def _drawn_state(agent: AgentFloor) -> str:
    """Name what is drawn for an agent: his state, or that he is idle because he paused."""
    return "paused" if agent.state == "idle" and agent.status == "paused" else agent.state


def _head(figures: FloorFigures) -> RenderableType:
    line = Text()
    line.append(f" {figures.title} ", style="bold reverse")
    line.append(f"  {figures.clock}  ", style="bold")
    line.append(f"{figures.pace}   ", style="dim")
    line.append("talk ", style="dim")
    line.append(percent(figures.talk_ratio), style="bold green")
    line.append("   abandoned ", style="dim")
    is_over = figures.is_over_limit
    words = percent(figures.abandon_ratio) + (" over the limit" if is_over else "")
    line.append(words, style="bold red" if is_over else "bold")
    line.append(f" (limit {percent(figures.abandon_limit_ratio)})", style="dim")
    return line


def _campaign_table(campaigns: tuple[CampaignFloor, ...]) -> RenderableType:
    table = Table(expand=True, pad_edge=False, header_style="bold", box=SIMPLE_HEAD, padding=0)
    table.add_column("campaign", no_wrap=True)
    for name in ("ringing", "waiting", "talking", "hopper", "attempts", "connected", "abandoned"):
        table.add_column(name, justify="right", no_wrap=True)
    for campaign in campaigns:
        table.add_row(
            campaign.campaign_id,
            f"{campaign.lines_ringing:,}",
            f"{campaign.calls_waiting:,}",
            f"{campaign.calls_talking:,}",
            f"{campaign.hopper_leads:,}",
            f"{campaign.attempts:,}",
            f"{campaign.connected:,}",
            f"{campaign.abandoned:,}",
        )
    return table


def _why(campaign: CampaignFloor) -> str:
    """Say in one line why the newest lines of a campaign were these and no more."""
    who = f"{campaign.campaign_id} ({campaign.status}, {campaign.pacing_method})"
    if not campaign.binding_constraint:
        return f"{who}: no pacing decision yet"
    lines = "1 line" if campaign.lines_decided == 1 else f"{campaign.lines_decided} lines"
    bound = campaign.binding_constraint.replace("_", " ")
    return f"{who}: {lines} in the newest decision, no more because of {bound}"


def _agent_panel(agents: tuple[AgentFloor, ...]) -> RenderableType:
    if not agents:
        return Panel("Nobody is signed in.", title="agents")
    states = Counter(map(_drawn_state, agents))
    legend = Text("  ").join(
        Text(f"{sign} {name.replace('_', ' ')} {states[name]}", style=colour)
        for name, (sign, colour) in _STATES.items()
        if states[name]
    )
    in_order = sorted(agents, key=lambda agent: agent.agent_id)
    cells = [_agent_cell(agent) for agent in in_order[:AGENTS_DRAWN_MAX]]
    rest = len(agents) - len(cells)
    if rest > 0:
        cells.append(Text(f"and {rest} more", style="dim"))
    return Panel(Group(legend, Text(), Columns(cells, padding=(0, 2))), title=f"{len(agents)} agents")


def _agent_cell(agent: AgentFloor) -> Text:
    sign, colour = _STATES[_drawn_state(agent)]
    return Text(f"{sign} {agent.agent_id} {_clock(agent.state_seconds):>6}", style=colour)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    return f"{minutes}:{rest:02d}"
