"""The dial modes: who begins a call, how many lines, and what an agent's preview comes to."""

from typing import Any

import pytest

from dialer.core.commands import (
    PlayCampaignMessage,
    RecordPacingDecision,
    RefuseRequest,
    ReleaseLeads,
    ReserveLeads,
    ShowPreview,
)
from dialer.core.events import (
    AgentPaused,
    AgentRequestedDial,
    CampaignStatus,
    DispositionSaved,
    DoNotCallAdded,
    MessageEnded,
    PreviewAccepted,
    PreviewSkipped,
    WallClockSet,
)
from dialer.core.outcomes import EndCause, EndReason, Outcome
from dialer.core.settings import PreviewTimeoutAction
from dialer.messages import AgentId, CampaignId, LeadId
from pacing.pacer import Pacer
from tests.unit.dialer.core.dialing_floor import NOON_AT, Floor, a_lead, of_kind, some_leads

ANN, BOB = AgentId("ann"), AgentId("bob")
SALES = CampaignId("sales")


@pytest.fixture
def floor() -> Floor:
    """A floor with one trunk."""
    floor = Floor()
    floor.trunk()
    return floor


def preview_floor(floor: Floor, **wishes: Any) -> Floor:
    """A preview campaign with Ann at work and two leads."""
    floor.campaign(method="preview", **wishes)
    floor.agent()
    floor.give(*some_leads(2))
    return floor


def released(floor: Floor) -> list[tuple[int, str]]:
    """Leads given back so far, with the reason."""
    return [(one.lead_id, one.reason) for command in floor.ordered(ReleaseLeads) for one in command.releases]


# --- manual ------------------------------------------------------------------------------------------------


def test_manual_campaign_without_a_request_dials_nothing(floor: Floor) -> None:
    """In manual mode only an agent begins a call."""
    floor.campaign(method="manual")
    floor.agent()
    floor.give(*some_leads(5))
    floor.pass_time(60.0)
    assert floor.dials() == []


def test_manual_request_of_a_ready_agent_dials_the_next_lead_for_him(floor: Floor) -> None:
    """The line belongs to the agent who asked, and its answer goes to him at once."""
    floor.campaign(method="manual")
    floor.agent("ann")
    floor.agent("bob")
    floor.give(*some_leads(2))
    floor.tell(AgentRequestedDial(agent_id=BOB, campaign_id=SALES))
    (dial,) = floor.dials()
    assert (dial.lead_id, dial.agent_id) == (1, BOB)
    assert floor.state_of("bob") == "reserved"
    floor.answer(dial.attempt_id)
    assert floor.offered_to(dial.attempt_id) == BOB


def test_manual_line_that_comes_to_nothing_frees_its_agent(floor: Floor) -> None:
    """Nobody answered: the agent is idle again and owes no disposition."""
    floor.campaign(method="manual")
    floor.agent()
    floor.give(a_lead(1))
    floor.tell(AgentRequestedDial(agent_id=ANN, campaign_id=SALES))
    floor.end(floor.dials()[0].attempt_id, EndCause.NO_ANSWER)
    assert floor.state_of() == "idle"


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("paused", "available and idle"),
        ("stopped", "must run"),
        ("no lead", "No lead"),
        ("no line", "No line"),
        ("not his campaign", "signed in"),
    ],
)
def test_manual_request_that_cannot_be_met_is_refused_with_the_reason(
    floor: Floor, trouble: str, reason: str
) -> None:
    """The agent is told what was expected and what is the case; nothing is dialed."""
    floor.campaign(method="manual")
    floor.campaign("other", method="manual")
    floor.agent(wants_calls=trouble != "paused")
    if trouble != "no lead":
        floor.give(a_lead(1))
        floor.give(a_lead(2), campaign="other")
    if trouble == "stopped":
        floor.set_status(CampaignStatus.PAUSED)
    if trouble == "no line":
        floor.trunk(channels=0)
    wanted = CampaignId("other") if trouble == "not his campaign" else SALES
    floor.tell(AgentRequestedDial(agent_id=ANN, campaign_id=wanted))
    (refusal,) = floor.ordered(RefuseRequest)
    assert reason in refusal.reason
    assert floor.dials() == []


def test_manual_request_refused_for_want_of_a_line_keeps_the_lead(floor: Floor) -> None:
    """The same lead is dialed when a line is free."""
    floor.campaign(method="manual")
    floor.agent()
    floor.give(a_lead(7))
    floor.trunk(channels=0)
    floor.tell(AgentRequestedDial(agent_id=ANN, campaign_id=SALES))
    floor.trunk(channels=1)
    floor.tell(AgentRequestedDial(agent_id=ANN, campaign_id=SALES))
    assert [dial.lead_id for dial in floor.dials()] == [7]


# --- preview -----------------------------------------------------------------------------------------------


def test_preview_for_a_ready_agent_shows_one_lead_and_dials_nothing(floor: Floor) -> None:
    """The lead waits on the screen until the agent says so."""
    preview_floor(floor)
    (shown,) = floor.ordered(ShowPreview)
    assert (shown.agent_id, shown.lead_id, shown.seconds_max) == (ANN, 1, 60.0)
    assert floor.state_of() == "reserved"
    assert floor.dials() == []


def test_preview_accepted_is_dialed_for_its_agent(floor: Floor) -> None:
    """The accepted lead is dialed once, for the agent who saw it."""
    preview_floor(floor)
    floor.tell(PreviewAccepted(agent_id=ANN, lead_id=LeadId(1)))
    floor.tell(PreviewAccepted(agent_id=ANN, lead_id=LeadId(1)))
    (dial,) = floor.dials()
    assert (dial.lead_id, dial.agent_id) == (1, ANN)


def test_preview_skipped_is_released_and_the_next_lead_is_shown(floor: Floor) -> None:
    """A skip gives the lead back by name and goes on."""
    preview_floor(floor)
    floor.tell(PreviewSkipped(agent_id=ANN, lead_id=LeadId(1)))
    assert released(floor) == [(1, "preview_skipped")]
    assert [shown.lead_id for shown in floor.ordered(ShowPreview)] == [1, 2]


def test_preview_answer_about_another_lead_is_counted_and_ignored(floor: Floor) -> None:
    """A late click on the lead before this one does nothing."""
    preview_floor(floor)
    floor.tell(PreviewAccepted(agent_id=ANN, lead_id=LeadId(2)))
    floor.tell(PreviewSkipped(agent_id=ANN, lead_id=LeadId(2)))
    assert floor.dials() == []
    assert released(floor) == []
    assert sum(floor.engine.ignored_counts().values()) == 2


@pytest.mark.parametrize(
    ("action", "dialed", "given_back", "status"),
    [
        (PreviewTimeoutAction.DIAL, [1], [], "available"),
        (PreviewTimeoutAction.SKIP, [], [(1, "preview_timed_out")], "available"),
        (PreviewTimeoutAction.PAUSE, [], [(1, "preview_timed_out")], "paused"),
    ],
)
def test_preview_without_an_answer_ends_as_the_campaign_says(
    floor: Floor,
    action: PreviewTimeoutAction,
    dialed: list[int],
    given_back: list[tuple[int, str]],
    status: str,
) -> None:
    """After the preview's time the campaign's action happens, once."""
    preview_floor(floor, preview_seconds_max=20.0, preview_timeout_action=action)
    floor.pass_time(19.9)
    assert (floor.dials(), released(floor)) == ([], [])
    floor.pass_time(0.2)
    assert [dial.lead_id for dial in floor.dials()] == dialed
    assert released(floor) == given_back
    assert floor.agent_floor().status == status


@pytest.mark.parametrize("trouble", ["hours", "do not call", "lease"])
def test_preview_accepted_when_rules_have_closed_is_refused_and_released(floor: Floor, trouble: str) -> None:
    """The check just before dialing counts, not the one before the preview."""
    floor.campaign(method="preview")
    floor.agent()
    floor.give(a_lead(1, lease_seconds=30.0))
    if trouble == "hours":
        floor.tell(WallClockSet(offset_seconds=NOON_AT + 12 * 3600.0))
    if trouble == "do not call":
        floor.tell(DoNotCallAdded(e164=a_lead(1).numbers[0].e164))
    if trouble == "lease":
        floor.pass_time(31.0)
    floor.tell(PreviewAccepted(agent_id=ANN, lead_id=LeadId(1)))
    assert floor.dials() == []
    assert [lead for lead, _ in released(floor)] == [1]
    assert len(floor.ordered(RefuseRequest)) == 1
    assert floor.state_of() == "idle"


def test_preview_accepted_in_a_paused_campaign_is_released(floor: Floor) -> None:
    """A campaign that does not run dials nothing, whatever is on a screen."""
    preview_floor(floor)
    floor.set_status(CampaignStatus.PAUSED)
    floor.tell(PreviewAccepted(agent_id=ANN, lead_id=LeadId(1)))
    assert floor.dials() == []
    assert released(floor) == [(1, "campaign_not_running")]
    assert floor.state_of() == "idle"


def test_preview_of_an_agent_who_pauses_is_released(floor: Floor) -> None:
    """A break ends a preview."""
    preview_floor(floor)
    floor.tell(AgentPaused(agent_id=ANN, reason="lunch"))
    assert released(floor) == [(1, "preview_skipped")]
    assert floor.state_of() == "idle"


def test_preview_without_a_free_line_keeps_the_lead_and_says_so(floor: Floor) -> None:
    """The lead comes back to the screen; it is neither lost nor dialed twice."""
    preview_floor(floor)
    floor.trunk(channels=0)
    floor.tell(PreviewAccepted(agent_id=ANN, lead_id=LeadId(1)))
    assert "No line" in floor.ordered(RefuseRequest)[0].reason
    assert [shown.lead_id for shown in floor.ordered(ShowPreview)] == [1, 1]
    floor.trunk(channels=1)
    floor.tell(PreviewAccepted(agent_id=ANN, lead_id=LeadId(1)))
    assert [dial.lead_id for dial in floor.dials()] == [1]


def test_preview_for_two_agents_shows_two_leads(floor: Floor) -> None:
    """No lead is on two screens."""
    floor.campaign(method="preview")
    floor.agent("ann")
    floor.agent("bob")
    floor.give(*some_leads(5))
    assert [(shown.agent_id, shown.lead_id) for shown in floor.ordered(ShowPreview)] == [(ANN, 1), (BOB, 2)]


def test_campaign_switched_to_preview_shows_leads_to_those_who_are_idle(floor: Floor) -> None:
    """A change of method reaches agents who already stand in line."""
    floor.campaign(hopper_leads_min=1)
    floor.trunk(channels=0)
    floor.agent()
    floor.give(*some_leads(5))
    floor.pass_time(5.0)
    floor.campaign(method="preview", hopper_leads_min=1, starts=False)
    assert [shown.lead_id for shown in floor.ordered(ShowPreview)] == [1]


def test_preview_campaign_keeps_the_agents_reserved_for_callers_idle(floor: Floor) -> None:
    """With one agent reserved for inbound, one of two ready agents gets no preview."""
    floor.campaign(method="preview", inbound_agents_reserved=1)
    floor.agent("ann")
    floor.agent("bob")
    floor.give(*some_leads(5))
    assert len(floor.ordered(ShowPreview)) == 1
    caller = floor.call_in()
    assert floor.offered_to(caller) is not None


# --- paced -------------------------------------------------------------------------------------------------


def test_progressive_campaign_dials_one_line_for_each_idle_agent(floor: Floor) -> None:
    """Two idle agents, one paused: two lines, and no more while they ring."""
    floor.campaign()
    for name in ("ann", "bob"):
        floor.agent(name)
    floor.agent("cyd", wants_calls=False)
    floor.give(*some_leads(20))
    floor.pass_time(10.0)
    assert len(floor.dials()) == 2


def test_ratio_campaign_dials_its_lines_for_each_idle_agent(floor: Floor) -> None:
    """Two agents at 2.5 lines each: five lines."""
    floor.campaign(method="ratio", pacing_settings={"lines_per_agent": 2.5})
    floor.agent("ann")
    floor.agent("bob")
    floor.give(*some_leads(20))
    floor.pass_time(10.0)
    assert len(floor.dials()) == 5


def test_paced_campaign_without_agents_dials_nothing(floor: Floor) -> None:
    """Nobody is there to talk."""
    floor.campaign(method="ratio")
    floor.give(*some_leads(20))
    floor.pass_time(10.0)
    assert floor.dials() == []


def test_predictive_campaign_decides_on_what_happens_on_the_floor(floor: Floor) -> None:
    """The pacer gets the team, the ages of rings, talks and wrap-ups, and the trunks."""
    floor.campaign(method="predictive")
    for name in ("ann", "bob", "cyd"):
        floor.agent(name)
    floor.give(*some_leads(20))
    floor.pass_time(1.0)
    first, second, *_ = [dial.attempt_id for dial in floor.dials()]
    floor.answer(first)
    floor.connect(first)
    floor.answer(second)
    floor.connect(second)
    floor.pass_time(30.0)
    floor.end(second)
    floor.pass_time(12.0)
    newest = floor.ordered(RecordPacingDecision)[-1]
    inputs = newest.inputs
    assert newest.decision.method == "predictive"
    assert inputs.agents_logged_in == 3
    assert len(inputs.talk_ages_seconds) + len(inputs.wrap_up_ages_seconds) + inputs.agents_idle == 3
    assert inputs.wrap_up_ages_seconds == pytest.approx([inputs.now - 31.0], abs=1.0)
    assert inputs.lines_available == 100 - floor.channels_used()


def test_pacer_hears_of_every_answer_and_ending_with_its_seconds(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rings, answers, talks and wrap-ups are learned from; each is told once."""
    heard: list[tuple[str, float]] = []
    monkeypatch.setattr(Pacer, "_learn", lambda self, kind, now, value: heard.append((kind, round(value, 6))))
    floor.campaign(method="ratio", pacing_settings={"lines_per_agent": 3.0})
    floor.agent()
    floor.give(*some_leads(3))
    floor.pass_time(5.0)
    busy, silent, live = [dial.attempt_id for dial in floor.dials()]
    floor.end(busy, EndCause.BUSY)
    floor.answer(live)
    floor.pass_time(1.0)
    floor.connect(live)
    floor.pass_time(17.0)
    floor.end(silent, EndCause.NO_ANSWER)
    floor.pass_time(40.0)
    floor.end(live)
    floor.pass_time(30.0)
    floor.tell(DispositionSaved(agent_id=ANN, attempt_id=live, disposition="sale"))
    assert heard == [
        ("agents_on", 1.0),
        ("busy", 5.0),
        ("live_answer", 5.0),
        ("connected", 1.0),
        ("no_answer", 23.0),
        ("talk_end", 57.0),
        ("wrap_up_end", 30.0),
    ]


def test_agentless_campaign_plays_its_message_to_whoever_answers(floor: Floor) -> None:
    """A broadcast needs no agent: message, then hang-up, and nobody is abandoned."""
    floor.campaign(method="agentless", lines_max=2)
    floor.give(*some_leads(5))
    floor.pass_time(1.0)
    first = floor.dials()[0].attempt_id
    floor.answer(first)
    assert [command.attempt_id for command in floor.ordered(PlayCampaignMessage)] == [first]
    floor.pass_time(20.0)
    floor.tell(MessageEnded(attempt_id=first))
    floor.end(first)
    record = floor.end_of(first)
    assert (record.outcome, record.reason, record.entry) == (Outcome.LIVE, EndReason.MESSAGE_LEFT, None)
    assert floor.engine.snapshot(floor.now).campaigns[0].abandoned == 0


def test_agentless_campaign_never_uses_an_agent_who_is_there(floor: Floor) -> None:
    """Who is signed in to a broadcast campaign stays free for callers."""
    floor.campaign(method="agentless", lines_max=2)
    floor.agent()
    floor.give(*some_leads(5))
    floor.pass_time(1.0)
    floor.answer(floor.dials()[0].attempt_id)
    assert floor.state_of() == "idle"


def test_empty_hopper_is_filled_by_asking_for_leads(floor: Floor) -> None:
    """A running campaign asks for what it will dial soon, and asks again when nobody answers."""
    floor.campaign(hopper_leads_min=30)
    (asked,) = floor.ordered(ReserveLeads)
    assert asked.count == 30
    assert of_kind(floor.pass_time(4.0), ReserveLeads) == []
    assert len(of_kind(floor.pass_time(2.0), ReserveLeads)) == 1
