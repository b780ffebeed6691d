"""The tables of the engine, walked whole: every state, every event, every pair of the two."""

from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args

import pytest

from dialer.core import commands, events
from dialer.core.agent_session import (
    AGENT_TRANSITIONS,
    WAITING_AGENT_STATES,
    AgentSession,
    AgentState,
    AgentTrigger,
)
from dialer.core.call_attempt import (
    ATTEMPT_TRANSITIONS,
    HEARD_IN,
    IGNORED_BECAUSE,
    AttemptState,
    AttemptTrigger,
    CallAttempt,
)
from dialer.core.campaign import Campaign
from dialer.core.commands import RecordAttemptEnded
from dialer.core.engine import AGENT_HANDLERS, ATTEMPT_HANDLERS, HOUSE_HANDLERS
from dialer.core.errors import TransitionError
from dialer.core.events import AgentEvent, CallRequest, Event, HouseEvent, NetworkEvent
from dialer.core.outcomes import EndCause
from dialer.core.settings import CampaignSettings, MachineAction
from dialer.messages import AgentId, AttemptId, CampaignId
from rules.detection import DetectionVerdict
from tests.unit.dialer.core.dialing_floor import NODE, Floor, some_leads

ANN, SUE = AgentId("ann"), AgentId("sue")
ATTEMPT_EVENTS = sorted(HEARD_IN, key=lambda kind: kind.__name__)


def reachable(start: Enum, table: dict[Any, Any]) -> set[Enum]:
    """Every state that moves of the table lead to from `start`."""
    found, todo = {start}, [start]
    while todo:
        state = todo.pop()
        for (before, _), after in table.items():
            if before is state and after not in found:
                found.add(after)
                todo.append(after)
    return found


def fields_of(kind: type) -> tuple[str, ...]:
    """Names of the fields of an event."""
    return tuple(getattr(kind, "__slots__", ()))


# --- the tables --------------------------------------------------------------------------------------------


def test_attempt_table_reaches_every_state_and_ends_in_one() -> None:
    """From DIALING everything is reached, and every state leads to ENDED, which leads nowhere."""
    assert reachable(AttemptState.DIALING, ATTEMPT_TRANSITIONS) == set(AttemptState)
    assert AttemptState.ENDED not in {before for before, _ in ATTEMPT_TRANSITIONS}
    for state in AttemptState:
        assert AttemptState.ENDED in reachable(state, ATTEMPT_TRANSITIONS)


def test_agent_table_reaches_every_state_and_always_leads_back() -> None:
    """No state of an agent is a trap: from each one all are reached."""
    for state in AgentState:
        assert reachable(state, AGENT_TRANSITIONS) == set(AgentState)


def test_every_trigger_of_both_tables_moves_something() -> None:
    """A trigger that is in no row is a leftover."""
    assert {trigger for _, trigger in ATTEMPT_TRANSITIONS} == set(AttemptTrigger)
    assert {trigger for _, trigger in AGENT_TRANSITIONS} == set(AgentTrigger)


def test_every_attempt_can_be_hung_up_until_it_is() -> None:
    """The end can be ordered in any state but the last two."""
    hung_up = {before for before, trigger in ATTEMPT_TRANSITIONS if trigger is AttemptTrigger.HANG_UP_ORDERED}
    assert hung_up == set(AttemptState) - {AttemptState.HANGING_UP, AttemptState.ENDED}


def an_attempt(state: AttemptState) -> CallAttempt:
    """An attempt that is in this state since 3 s."""
    campaign = Campaign(CampaignSettings(campaign_id=CampaignId("sales"), trunk_ids=()))
    attempt = CallAttempt(AttemptId("e1-1"), campaign, None, "+12125550001", NODE, None, 3.0)
    attempt.state = state
    return attempt


def test_illegal_move_of_an_attempt_raises_and_changes_nothing() -> None:
    """Every pair that is not in the table, one after the other; those that are move as it says."""
    for state in AttemptState:
        for trigger in AttemptTrigger:
            attempt = an_attempt(state)
            if (state, trigger) in ATTEMPT_TRANSITIONS:
                attempt.move(trigger, 9.0)
                assert (attempt.state, attempt.state_since) == (ATTEMPT_TRANSITIONS[state, trigger], 9.0)
            else:
                with pytest.raises(TransitionError, match="not in the table"):
                    attempt.move(trigger, 9.0)
                assert (attempt.state, attempt.state_since) == (state, 3.0)


def test_illegal_move_of_an_agent_raises_and_changes_nothing() -> None:
    """The same for agents; idle time is not counted by a move that was refused."""
    for state in AgentState:
        for trigger in AgentTrigger:
            agent = AgentSession(ANN, (), frozenset(), NODE, 1, 3.0)
            agent.state = state
            if (state, trigger) in AGENT_TRANSITIONS:
                agent.move(trigger, 9.0)
                assert (agent.state, agent.state_since) == (AGENT_TRANSITIONS[state, trigger], 9.0)
            else:
                with pytest.raises(TransitionError, match="not in the table"):
                    agent.move(trigger, 9.0)
                assert (agent.state, agent.state_since, agent.idle_seconds) == (state, 3.0, 0.0)


# --- the handlers ------------------------------------------------------------------------------------------


def test_handlers_cover_every_event_once() -> None:
    """Each member of the union has one handler, and no handler waits for an event that does not exist."""
    tables = (set(ATTEMPT_HANDLERS), set(AGENT_HANDLERS), set(HOUSE_HANDLERS))
    assert set().union(*tables) == set(get_args(Event))
    assert sum(map(len, tables)) == len(get_args(Event))


def test_handlers_stand_in_the_table_of_their_union() -> None:
    """Attempt events carry an attempt id; agent events an agent id, but for signing in."""
    assert set(ATTEMPT_HANDLERS) == set(get_args(NetworkEvent)) | set(get_args(CallRequest))
    assert set(AGENT_HANDLERS) == set(get_args(AgentEvent)) - {events.AgentLoggedIn}
    assert set(HOUSE_HANDLERS) == set(get_args(HouseEvent)) | {events.AgentLoggedIn}
    assert all("attempt_id" in fields_of(kind) for kind in ATTEMPT_HANDLERS)
    assert all("agent_id" in fields_of(kind) for kind in AGENT_HANDLERS)


def test_every_attempt_event_says_where_it_is_heard_and_why_not_elsewhere() -> None:
    """HEARD_IN, IGNORED_BECAUSE and the handlers are about the same events."""
    assert set(HEARD_IN) == set(IGNORED_BECAUSE) == set(ATTEMPT_HANDLERS)
    assert not [kind for kind, states in HEARD_IN.items() if AttemptState.ENDED in states or not states]


def test_every_command_is_in_exactly_one_group() -> None:
    """Network, lead source, screen, store."""
    groups = (
        commands.NetworkCommand,
        commands.LeadCommand,
        commands.ScreenCommand,
        commands.RecordCommand,
    )
    members = [kind for group in groups for kind in get_args(group)]
    assert len(members) == len(set(members))
    assert set(members) == set(get_args(commands.Command))


# --- every state with every event --------------------------------------------------------------------------


def bring_to(state: AttemptState) -> tuple[Floor, AttemptId]:
    """A floor with an attempt in this state, brought there by events and time alone."""
    floor = Floor()
    floor.trunk()
    floor.campaign(
        answer_detection=True,
        machine_action=MachineAction.LEAVE_MESSAGE,
        method="ratio",
        pacing_settings={"lines_per_agent": 1.0},
    )
    floor.agent("ann")
    (attempt_id,) = floor.ring(1)
    for step in STEPS_TO[state]:
        take_step(floor, attempt_id, step)
    floor.agent("sue", wants_calls=False)
    if state is not AttemptState.ENDED:
        assert floor.attempt(attempt_id).state is state
    return floor, attempt_id


_TALK = ("answer", "human", "connect")
STEPS_TO: dict[AttemptState, tuple[str, ...]] = {
    AttemptState.DIALING: (),
    AttemptState.RINGING: ("ring",),
    AttemptState.DETECTING: ("answer",),
    AttemptState.AWAITING_BEEP: ("answer", "machine"),
    AttemptState.WAITING: ("pause", "answer", "human"),
    AttemptState.CONNECTING: ("answer", "human"),
    AttemptState.TALKING: _TALK,
    AttemptState.HOLDING: (*_TALK, "hold"),
    AttemptState.CONSULTING: (*_TALK, "consult"),
    AttemptState.THREE_WAY: (*_TALK, "consult", "third", "join"),
    AttemptState.TRANSFERRED: (*_TALK, "consult", "third", "leave"),
    AttemptState.PLAYING_MESSAGE: ("answer", "machine", "beep"),
    AttemptState.HANGING_UP: (*_TALK, "hang up"),
    AttemptState.ENDED: (*_TALK, "end"),
}


def take_step(floor: Floor, attempt_id: AttemptId, step: str) -> None:
    """One step towards a state."""
    ours: Any = {"agent_id": ANN, "attempt_id": attempt_id}
    step_events: dict[str, Event] = {
        "pause": events.AgentPaused(agent_id=ANN, reason="lunch"),
        "ring": events.CallRinging(attempt_id=attempt_id),
        "answer": events.CallAnswered(attempt_id=attempt_id),
        "human": events.AnswerClassified(attempt_id=attempt_id, verdict=DetectionVerdict.HUMAN),
        "machine": events.AnswerClassified(attempt_id=attempt_id, verdict=DetectionVerdict.MACHINE),
        "connect": events.CallConnected(**ours),
        "hold": events.AgentHeldCall(**ours),
        "consult": events.AgentStartedConsultation(**ours, e164="+12125551111"),
        "third": events.ThirdPartyAnswered(attempt_id=attempt_id),
        "join": events.AgentJoinedParties(**ours),
        "leave": events.AgentLeftParties(**ours),
        "beep": events.BeepHeard(attempt_id=attempt_id),
        "hang up": events.AgentHungUp(**ours),
        "end": events.CallEnded(attempt_id=attempt_id, cause=EndCause.NORMAL),
    }
    floor.tell(step_events[step])


def event_about(kind: type, attempt_id: AttemptId) -> Any:
    """An event of this kind about the attempt, from whoever may send it."""
    values: dict[str, object] = {
        "attempt_id": attempt_id,
        "agent_id": ANN,
        "supervisor_id": SUE,
        "verdict": DetectionVerdict.HUMAN,
        "cause": EndCause.NORMAL,
        "reason": "test",
        "seconds": 0.6,
        "campaign_id": CampaignId("sales"),
        "e164": "+12125552222",
    }
    needed = {name: values[name] for name in fields_of(kind) if name in values}
    return kind(**needed)


def all_pairs() -> Iterator[tuple[AttemptState, type]]:
    """Every state with every event about an attempt."""
    return ((state, kind) for state in AttemptState for kind in ATTEMPT_EVENTS)


def books(floor: Floor) -> object:
    """What the engine shows and will do: the board without its number, and the next wake-up."""
    snapshot = floor.engine.snapshot(floor.now)
    return snapshot.agents, snapshot.campaigns, floor.engine.next_wakeup()


@pytest.mark.parametrize("state", AttemptState, ids=lambda state: state.value)
def test_event_in_any_state_is_heard_or_counted_and_changes_nothing(state: AttemptState) -> None:
    """Walk all pairs: heard where the table says so, ignored with its reason everywhere else."""
    for kind in ATTEMPT_EVENTS:
        floor, attempt_id = bring_to(state)
        before, count_before = books(floor), sum(floor.engine.ignored_counts().values())
        orders = floor.tell(event_about(kind, attempt_id))
        counts = floor.engine.ignored_counts()
        if state in HEARD_IN[kind]:
            reason = f"{kind.__name__}: {IGNORED_BECAUSE[kind]}"
            assert reason not in counts, f"{kind.__name__} is heard in {state}"
            continue
        assert sum(counts.values()) > count_before, f"{kind.__name__} in {state} is counted"
        assert books(floor) == before, f"{kind.__name__} in {state} changes nothing"
        strays = [order for order in orders if not isinstance(order, commands.HangUp)]
        assert strays == [], f"{kind.__name__} in {state} orders nothing"


@pytest.mark.parametrize("kind", ATTEMPT_EVENTS, ids=lambda kind: kind.__name__)
def test_event_about_an_attempt_that_never_was_is_counted_and_ignored(kind: type) -> None:
    """An unknown id changes nothing; a leg that lives behind it is hung up."""
    floor, _ = bring_to(AttemptState.TALKING)
    before = books(floor)
    orders = floor.tell(event_about(kind, AttemptId("nobody-1")))
    assert floor.engine.ignored_counts()[f"{kind.__name__}: no such attempt in progress"] == 1
    assert books(floor) == before
    assert [type(order) for order in orders] in ([], [commands.HangUp])


# --- silence from any state on -----------------------------------------------------------------------------

OPEN_STATES = [state for state in AttemptState if state is not AttemptState.ENDED]
AGENTS_WAIT_IN = [
    state for state in AgentState if state in WAITING_AGENT_STATES or state is AgentState.OFFLINE
]
WITH_AN_AGENT = {
    AttemptState.TALKING,
    AttemptState.HOLDING,
    AttemptState.CONSULTING,
    AttemptState.THREE_WAY,
}


@pytest.mark.parametrize("state", OPEN_STATES, ids=lambda state: state.value)
def test_silence_from_any_state_on_ends_the_call_or_is_asked_about(state: AttemptState) -> None:
    """Every waiting state has a deadline: the engine gets out of it, or asks again and again."""
    floor, attempt_id = bring_to(state)
    floor.set_status(events.CampaignStatus.DRAINING)
    floor.pass_time(5 * 3600.0)
    ended = [record for record in floor.ordered(RecordAttemptEnded) if record.attempt_id == attempt_id]
    asked = [check for check in floor.ordered(commands.CheckCall) if check.attempt_id == attempt_id]
    is_with_agent = state in WITH_AN_AGENT
    assert (len(ended), bool(asked)) == ((0, True) if is_with_agent else (1, False))
    if is_with_agent:
        asked_before = len(asked)
        floor.pass_time(121.0)
        asked = [check for check in floor.ordered(commands.CheckCall) if check.attempt_id == attempt_id]
        assert len(asked) >= asked_before + 2
        floor.end(attempt_id)
    floor.pass_time(600.0)
    assert floor.channels_used() == 0
    assert floor.state_of("ann") in ("idle", "offline")
    assert floor.engine.next_wakeup() is None


@pytest.mark.parametrize("state", AGENTS_WAIT_IN, ids=lambda state: state.value)
def test_silence_from_any_waiting_state_of_an_agent_on_frees_him(state: AgentState) -> None:
    """Reserved, ringing, wrapping up, gone: each ends by itself."""
    floor = Floor()
    floor.trunk()
    floor.campaign(method="preview" if state is AgentState.RESERVED else "progressive")
    floor.agent("ann")
    floor.give(*some_leads(1))
    floor.pass_time(1.0)
    if state is not AgentState.RESERVED:
        floor.answer(floor.dials()[0].attempt_id)
    if state is AgentState.WRAPPING_UP:
        floor.connect(floor.dials()[0].attempt_id)
        floor.end(floor.dials()[0].attempt_id)
    if state is AgentState.OFFLINE:
        floor.tell(events.AgentVanished(agent_id=ANN))
    assert floor.state_of() == state.value
    floor.set_status(events.CampaignStatus.STOPPED)
    floor.pass_time(600.0)
    agents = floor.engine.snapshot(floor.now).agents
    assert [agent.state for agent in agents] == ([] if state is AgentState.OFFLINE else ["idle"])
