"""Agents, decisions and statuses on a real server, and what a new engine is told after a restart."""

import json

import numpy as np

from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.store import (
    StoredState,
    read_stored_state,
    reclaim_leads,
    record_agent_states,
    record_campaign_statuses,
    record_pacing_decisions,
    save_dispositions,
    sign_in_agent,
)
from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.commands import (
    RecordAgentState,
    RecordCampaignStatus,
    RecordDisposition,
    RecordPacingDecision,
)
from dialer.core.events import AgentLoggedIn, CampaignStatus
from dialer.messages import AgentId, AttemptId, NodeId
from pacing import BindingConstraint, PacingDecision, PacingInputs
from tests.integration.stored_floor import (
    CAMPAIGN,
    CLOCK,
    DEFINITION,
    ENGINE,
    ENGINE_NOW,
    NOW,
    StoredFloor,
    answered,
    ended,
    new_lead,
    number,
)

ANN = AgentId("ann")
BOB = AgentId("bob")


def changed(
    agent_id: AgentId,
    state: AgentState,
    attempt_id: AttemptId | None = None,
    status: AgentStatus = AgentStatus.AVAILABLE,
    reason: str = "",
) -> RecordAgentState:
    """A change of an agent's state at NOW."""
    return RecordAgentState(
        agent_id=agent_id, status=status, state=state, at=ENGINE_NOW, attempt_id=attempt_id, reason=reason
    )


async def sign_in(floor: StoredFloor, *agent_ids: AgentId) -> None:
    """Sign agents in, with a skill and a node."""
    async with floor.unit_of_work.begin() as connection:
        for agent_id in agent_ids:
            event = AgentLoggedIn(
                agent_id=agent_id,
                campaign_ids=(CAMPAIGN,),
                skills=frozenset({"polish"}),
                node_id=NodeId("node-1"),
            )
            await sign_in_agent(connection, event, NOW)


async def record(floor: StoredFloor, *commands: RecordAgentState) -> None:
    """Record changes."""
    async with floor.unit_of_work.begin() as connection:
        await record_agent_states(connection, commands, CLOCK)


async def restored(floor: StoredFloor, clock: EngineClock = CLOCK) -> StoredState:
    """What a new engine is told."""
    async with floor.unit_of_work.begin() as connection:
        return await read_stored_state(connection, ENGINE, {CAMPAIGN: DEFINITION}, NOW, clock)


async def test_changes_of_one_instant_are_kept_in_order_and_once(floor: StoredFloor) -> None:
    """A batch that is sent again adds nothing, and changes at one instant do not swallow each other."""
    await sign_in(floor, ANN)
    batch = [changed(ANN, state) for state in (AgentState.IDLE, AgentState.RESERVED, AgentState.IDLE)]
    for _ in range(2):
        await record(floor, *batch)
    kept = "select array_agg(state order by ordinal) from dialer.agent_state_changes"
    assert await floor.value(kept) == ["idle", "reserved", "idle"]
    assert await floor.value("select state from dialer.agents") == "idle"


async def test_changes_of_one_instant_in_two_batches_are_both_kept(floor: StoredFloor) -> None:
    """A second batch goes on where the first ended; sent again, neither adds anything."""
    await sign_in(floor, ANN, BOB)
    for _ in range(2):
        await record(floor, changed(ANN, AgentState.IDLE), changed(BOB, AgentState.IDLE))
        await record(floor, changed(ANN, AgentState.RESERVED), changed(ANN, AgentState.TALKING))
    kept = "select array_agg(state order by ordinal) from dialer.agent_state_changes where agent_id = 'ann'"
    assert await floor.value(kept) == ["idle", "reserved", "talking"]
    assert await floor.value("select count(*) from dialer.agent_state_changes") == 4


async def test_agent_who_signed_out_is_not_restored(floor: StoredFloor) -> None:
    """Who is signed in comes back with status, skills and place; who went does not."""
    await sign_in(floor, ANN, BOB)
    await record(
        floor,
        changed(ANN, AgentState.IDLE, status=AgentStatus.PAUSED, reason="lunch"),
        changed(BOB, AgentState.OFFLINE, status=AgentStatus.LOGGED_OUT),
    )
    (agent,) = (await restored(floor)).agents
    assert (agent.agent_id, agent.is_available, agent.pause_reason) == (ANN, False, "lunch")
    assert (agent.campaign_ids, agent.node_id) == ((CAMPAIGN,), NodeId("node-1"))
    assert agent.skills == {"polish"}


async def test_open_attempt_is_restored_with_its_lead_as_it_was_dialed(floor: StoredFloor) -> None:
    """The attempt that goes on is not counted in the lead's history, and ages hold on the new clock."""
    dial = await floor.begin_one()
    later = EngineClock(wall_offset_seconds=NOW.timestamp() - 5.0)  # the new engine's clock is at 5 s at NOW
    (attempt,) = (await restored(floor, later)).attempts
    assert (attempt.attempt_id, attempt.e164, attempt.trunk_id) == (dial.attempt_id, dial.e164, "trunk-1")
    assert attempt.dialed_at == 5.0
    assert attempt.lead is not None
    assert (attempt.lead.lead_id, attempt.lead.attempts_made) == (dial.lead_id, 0)
    assert (attempt.lead.attempts_at, attempt.lead.numbers[0].attempts_at) == ((), ())


async def test_leases_of_this_engine_are_restored_and_no_others(floor: StoredFloor) -> None:
    """What was in the hopper goes back into it; an ended attempt and another engine's leads do not come."""
    dial = await floor.begin_one()
    await floor.add(new_lead(number(2)), new_lead(number(3)))
    (mine,) = await floor.reserve(1)
    await floor.reserve(1, engine_id="engine-2")
    state = await restored(floor)
    assert [attempt.attempt_id for attempt in state.attempts] == [dial.attempt_id]
    assert state.reservations == ((CAMPAIGN, (mine,)),)


async def test_owed_disposition_is_restored_with_its_lead(floor: StoredFloor) -> None:
    """A talk that has ended and was not declared comes back to its agent, who decides the lead."""
    dial = await floor.begin_one()
    await sign_in(floor, ANN)
    await floor.end(ended(dial, None, answered(dial, 1.0), agent=ANN))
    await record(floor, changed(ANN, AgentState.WRAPPING_UP, dial.attempt_id))
    state = await restored(floor)
    assert state.attempts == ()
    (agent,) = state.agents
    assert (agent.owed_attempt_id, agent.owed_campaign_id) == (dial.attempt_id, CAMPAIGN)
    assert agent.owed_lead is not None
    assert (agent.owed_lead.lead_id, agent.owed_lead.attempts_made) == (dial.lead_id, 0)


async def test_agent_who_handed_a_call_on_owes_but_does_not_decide(floor: StoredFloor) -> None:
    """Of two who talked in one call, the last decides the lead; the first owes his own disposition."""
    dial = await floor.begin_one()
    await sign_in(floor, ANN, BOB)
    await record(floor, changed(ANN, AgentState.WRAPPING_UP, dial.attempt_id))
    await floor.end(ended(dial, None, answered(dial, 1.0), agent=BOB))
    first, last = (await restored(floor)).agents
    assert (first.owed_attempt_id, first.owed_lead) == (dial.attempt_id, None)
    assert last.owed_lead is not None


async def test_disposition_given_before_the_end_of_the_call_is_not_owed_again(floor: StoredFloor) -> None:
    """An agent who declared while the client was still on the line has nothing left to declare."""
    dial = await floor.begin_one()
    await sign_in(floor, ANN)
    given = RecordDisposition(
        attempt_id=dial.attempt_id,
        campaign_id=CAMPAIGN,
        lead_id=None,
        agent_id=ANN,
        disposition="handed_on",
        lead_next=None,
    )
    async with floor.unit_of_work.begin() as connection:
        await save_dispositions(connection, [given], NOW)
    await floor.end(ended(dial, None, answered(dial, 1.0), agent=ANN))
    (agent,) = (await restored(floor)).agents
    assert agent.owed_attempt_id is None


async def test_lead_whose_disposition_nobody_owes_comes_due_again(floor: StoredFloor) -> None:
    """An agent who is gone for good does not take the lead with him; one who is there keeps it waiting."""
    dial = await floor.begin_one()
    await sign_in(floor, ANN)
    await floor.end(ended(dial, None, answered(dial, 1.0), agent=ANN))
    async with floor.unit_of_work.begin() as connection:
        assert await reclaim_leads(connection, NOW) == 0
    await record(floor, changed(ANN, AgentState.OFFLINE, status=AgentStatus.LOGGED_OUT))
    async with floor.unit_of_work.begin() as connection:
        assert await reclaim_leads(connection, NOW) == 1
    assert len(await floor.reserve(1)) == 1


async def test_decision_is_kept_with_figures_that_are_none(floor: StoredFloor) -> None:
    """Arrays become lists, and a figure that is no number becomes null instead of an error."""
    command = RecordPacingDecision(
        campaign_id=CAMPAIGN,
        at=ENGINE_NOW,
        inputs=PacingInputs(
            now=ENGINE_NOW,
            agents_idle=2,
            agents_logged_in=3,
            calls_waiting=0,
            talk_ages_seconds=np.array([1.5, float("nan")]),
            wrap_up_ages_seconds=[],
            ring_ages_seconds=[],
        ),
        decision=PacingDecision(lines=4, binding_constraint=BindingConstraint.ABANDON_RISK),
        lines_started=3,
        binding_constraint="hopper_empty",
    )
    for _ in range(2):
        async with floor.unit_of_work.begin() as connection:
            await record_pacing_decisions(connection, [command], CLOCK)
    kept = "select inputs -> 'talk_ages_seconds' from dialer.pacing_decisions where lines_started = 3"
    assert json.loads(str(await floor.value(kept))) == [1.5, None]
    bound = "select decision ->> 'binding_constraint' from dialer.pacing_decisions"
    assert await floor.value(bound) == "abandon_risk"


async def test_status_of_a_campaign_is_the_latest_recorded(floor: StoredFloor) -> None:
    """Of several changes in one batch the last one stays."""
    statuses = (CampaignStatus.RUNNING, CampaignStatus.PAUSED)
    commands = [RecordCampaignStatus(campaign_id=CAMPAIGN, status=each, at=ENGINE_NOW) for each in statuses]
    async with floor.unit_of_work.begin() as connection:
        await record_campaign_statuses(connection, commands, CLOCK)
    assert await floor.value("select status from dialer.campaigns") == "paused"
