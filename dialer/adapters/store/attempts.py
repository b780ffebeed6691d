"""Call attempts: written before they are originated, ended once, whatever is repeated or lost."""

from collections.abc import Sequence
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.named_statements import sql
from dialer.adapters.store.campaigns import campaign_numbers
from dialer.adapters.store.ledger import write_ledger
from dialer.adapters.store.next_states import apply_next_states
from dialer.adapters.store.queue_state import QueueState
from dialer.core.commands import Dial, RecordAttemptEnded
from dialer.core.events import InboundCallArrived
from dialer.messages import AttemptId

Begun = tuple[Dial | InboundCallArrived, float]
"""What began an attempt, and when, on the engine's clock: the `now` of the call that gave or took it."""


async def begin_attempts(
    connection: Connection, begun: Sequence[Begun], engine_id: str, clock: EngineClock
) -> frozenset[AttemptId]:
    """Write attempts, and give those that may be originated once this is committed.

    Missing in the answer are attempts whose lead the engine has not leased (any more) and those that have
    ended already. The commit must be a durable one: what is originated must be on record.
    """
    if not begun:
        return frozenset()
    lead_ids = [what.lead_id for what, _ in begun if isinstance(what, Dial)]
    assert len(set(lead_ids)) == len(lead_ids), "one lead has one attempt at a time"
    numbers = await campaign_numbers(connection, {what.campaign_id for what, _ in begun})
    await connection.execute(
        sql("begin_attempts"),
        [what.attempt_id for what, _ in begun],
        [clock.wall_at(at) for _, at in begun],
        [numbers[what.campaign_id] for what, _ in begun],
        [what.lead_id if isinstance(what, Dial) else None for what, _ in begun],
        [what.e164 if isinstance(what, Dial) else what.caller_id_number for what, _ in begun],
        [what.number_index if isinstance(what, Dial) else None for what, _ in begun],
        [what.trunk_id if isinstance(what, Dial) else None for what, _ in begun],
        [what.node_id for what, _ in begun],
        [what.caller_id_number if isinstance(what, Dial) else what.dialed_number for what, _ in begun],
        [what.agent_id for what, _ in begun],
        engine_id,
    )
    attempt_ids = [what.attempt_id for what, _ in begun]
    rows = await connection.fetch(sql("which_attempts_are_open"), attempt_ids)
    return frozenset(AttemptId(row["attempt_id"]) for row in rows)


async def end_attempts(
    connection: Connection, commands: Sequence[RecordAttemptEnded], now: datetime, clock: EngineClock
) -> frozenset[AttemptId]:
    """Write ends: attempt, ledger and the lead's next state together; gives the attempts ended by this call.

    An attempt that is not open (ended before, or never begun) is left alone and missing in the answer.
    """
    by_id = {command.attempt_id: command for command in commands}
    rows = await connection.fetch(sql("close_open_attempts"), list(by_id))
    ended = [(by_id[AttemptId(row["attempt_id"])], row["dialed_at"]) for row in rows]
    if not ended:
        return frozenset()
    numbers = await campaign_numbers(connection, {command.campaign_id for command, _ in ended})
    instants = [dialed_at for _, dialed_at in ended]
    written = await connection.fetch(
        sql("end_attempts"),
        [command.attempt_id for command, _ in ended],
        instants,
        [clock.wall_at(command.ended_at) for command, _ in ended],
        [command.outcome.value for command, _ in ended],
        [command.reason.value for command, _ in ended],
        [command.agent_id for command, _ in ended],
        min(instants),
        max(instants),
    )
    assert len(written) == len(ended), "every open attempt has its row"
    await write_ledger(connection, ended, numbers, clock)
    await _decide_leads(connection, ended, now)
    return frozenset(command.attempt_id for command, _ in ended)


async def _decide_leads(
    connection: Connection, ended: Sequence[tuple[RecordAttemptEnded, datetime]], now: datetime
) -> None:
    """Apply the next states; where an agent talked, the lead waits for his disposition."""
    decided = [
        (command.lead_id, command.lead_next)
        for command, _ in ended
        if command.lead_id is not None and command.lead_next is not None
    ]
    await apply_next_states(connection, decided, QueueState.IN_ATTEMPT, now)
    # The last agent to talk decides the lead; whoever talked before him still owes, and decides nothing.
    await connection.execute(
        sql("settle_owed"),
        [command.attempt_id for command, _ in ended],
        [command.agent_id if command.lead_next is None else None for command, _ in ended],
    )
    owing = [(command, at) for command, at in ended if command.lead_next is None]
    if not owing:
        return
    await connection.execute(
        sql("owe_leads"), [command.lead_id for command, _ in owing if command.lead_id is not None]
    )
    talked = [(command, at) for command, at in owing if command.agent_id is not None]
    await connection.execute(
        sql("owe_dispositions"),
        [command.agent_id for command, _ in talked],
        [command.attempt_id for command, _ in talked],
        [at for _, at in talked],
        [command.lead_id for command, _ in talked],
    )
