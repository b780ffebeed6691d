"""The floor in the terminal: what it shows of agents and campaigns."""

from dataclasses import replace

import pytest
from rich.console import Console

from app.floor_view import AGENTS_DRAWN_MAX, FloorFigures, draw_floor, floor_line
from dialer.core.agent_session import AgentState
from dialer.messages import AgentFloor, AgentId, CampaignFloor, CampaignId, FloorSnapshot


def an_agent(name: str, state: str = "idle", status: str = "available") -> AgentFloor:
    """Build an agent of the floor."""
    return AgentFloor(agent_id=AgentId(name), status=status, state=state, state_seconds=65.0)


def a_floor(*agents: AgentFloor) -> FloorSnapshot:
    """Build a floor with one campaign."""
    campaign = CampaignFloor(
        campaign_id=CampaignId("sales"),
        status="running",
        pacing_method="predictive",
        lines_ringing=7,
        calls_waiting=1,
        calls_talking=3,
        hopper_leads=40,
        lines_decided=2,
        binding_constraint="abandon_risk",
        attempts=1200,
        connected=300,
        abandoned=9,
    )
    return FloorSnapshot(sequence=1, at_seconds=100.0, agents=agents, campaigns=(campaign,))


def figures(abandon_ratio: float | None = 0.02, *, is_over_limit: bool = False) -> FloorFigures:
    """Build the figures of the head."""
    return FloorFigures(
        title="Paceline",
        clock="00:01:40",
        pace="20 × real time",
        talk_ratio=0.75,
        abandon_ratio=abandon_ratio,
        abandon_limit_ratio=0.03,
        database="database: 5 leads open",
        is_over_limit=is_over_limit,
        hint="q quit",
    )


def drawn(floor: FloorSnapshot, shown: FloorFigures) -> str:
    """Draw a floor on a terminal of 130 columns and give its text."""
    console = Console(width=130, record=True, file=None, force_terminal=False)
    with console.capture() as capture:
        console.print(draw_floor(floor, shown))
    return capture.get()


def test_floor_shows_each_campaign_with_the_reason_of_its_newest_decision() -> None:
    """Why there are no more lines stands beside how many there are."""
    text = " ".join(drawn(a_floor(an_agent("anna")), figures()).split())
    assert "sales" in text
    assert "1,200" in text
    assert "2 lines in the newest decision, no more because of abandon risk" in text


@pytest.mark.parametrize("state", list(AgentState))
def test_every_agent_state_of_the_engine_can_be_drawn(state: AgentState) -> None:
    """A new state without a sign would break the page."""
    assert state.value.replace("_", " ") in drawn(a_floor(an_agent("anna", state.value)), figures())


def test_agent_who_paused_is_not_drawn_as_idle() -> None:
    """An agent on a break is not one who waits for a call."""
    text = drawn(a_floor(an_agent("anna", "idle", "paused")), figures())
    assert "paused 1" in text
    assert "idle" not in text


def test_abandon_ratio_over_the_limit_is_said_in_words() -> None:
    """Colour is never the only signal."""
    assert "over the limit" in drawn(a_floor(), figures(abandon_ratio=0.06, is_over_limit=True))
    assert "over the limit" not in drawn(a_floor(), figures(abandon_ratio=0.031))


def test_floor_without_agents_says_so() -> None:
    """An empty floor is not an empty page."""
    assert "Nobody is signed in" in drawn(a_floor(), figures(abandon_ratio=None))


def test_more_agents_than_fit_are_counted() -> None:
    """Nobody is dropped in silence."""
    agents = [an_agent(f"agent-{index:04d}") for index in range(AGENTS_DRAWN_MAX + 5)]
    assert "and 5 more" in drawn(a_floor(*agents), figures())


def test_what_the_database_holds_stands_on_the_page_and_in_the_line() -> None:
    """Nobody has to guess whether anything is kept."""
    assert "database: 5 leads open" in drawn(a_floor(), figures())
    assert floor_line(a_floor(), figures()).endswith("; database: 5 leads open")


def test_line_of_the_database_never_takes_more_than_one_row() -> None:
    """A long reason must not push the agents off an 80 × 24 terminal."""
    long = replace(figures(), database="no database: " + "because " * 40)
    assert len(drawn(a_floor(), long).splitlines()) == len(drawn(a_floor(), figures()).splitlines())


def test_floor_line_counts_people_and_lines() -> None:
    """A log gets the same floor in one line."""
    line = floor_line(a_floor(an_agent("anna", "talking"), an_agent("bert")), figures())
    assert "lines ringing 7, clients waiting 1" in line
    assert "talking 1" in line
    assert "idle 1" in line
    assert "abandoned 2.0 %" in line
