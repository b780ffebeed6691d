"""Agents: who is signed in, every change of status and state, and who owes a disposition meanwhile."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.named_statements import sql
from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.commands import RecordAgentState
from dialer.core.events import AgentLoggedIn


async def sign_in_agent(connection: Connection, event: AgentLoggedIn, now: datetime) -> None:
    """Write a session, so that a restart finds it."""
    await connection.execute(
        sql("sign_in_agents"), event.agent_id, event.campaign_ids, sorted(event.skills), event.node_id, now
    )


async def record_agent_states(
    connection: Connection, commands: Sequence[RecordAgentState], clock: EngineClock
) -> None:
    """Keep changes, in the order in which they came, and the latest of each agent.

    Of one agent's changes and the ends of his attempts, the earlier must be written first or together.
    """
    instants: Counter[tuple[str, float]] = Counter()
    ordinals: list[int] = []
    for command in commands:
        ordinals.append(instants[command.agent_id, command.at])
        instants[command.agent_id, command.at] += 1
    await connection.execute(
        sql("write_agent_state_changes"),
        [command.agent_id for command in commands],
        [clock.wall_at(command.at) for command in commands],
        ordinals,
        [command.status.value for command in commands],
        [command.state.value for command in commands],
        [command.attempt_id for command in commands],
        [command.reason for command in commands],
    )
    latest = {command.agent_id: command for command in commands}
    await _keep_latest(connection, list(latest.values()), clock)


async def _keep_latest(
    connection: Connection, latest: Sequence[RecordAgentState], clock: EngineClock
) -> None:
    here = [command for command in latest if command.status is not AgentStatus.LOGGED_OUT]
    await connection.execute(
        sql("update_agents"),
        [command.agent_id for command in here],
        [clock.wall_at(command.at) for command in here],
        [command.status.value for command in here],
        [command.state.value for command in here],
        [command.attempt_id for command in here],
        [command.reason for command in here],
    )
    wrapping_up = [command for command in here if command.state is AgentState.WRAPPING_UP]
    if wrapping_up:
        await connection.execute(
            sql("owe_wrap_ups"),
            [command.agent_id for command in wrapping_up],
            [command.attempt_id for command in wrapping_up],
        )
    gone = [command.agent_id for command in latest if command.status is AgentStatus.LOGGED_OUT]
    if gone:
        await connection.execute(sql("sign_out_agents"), gone)
