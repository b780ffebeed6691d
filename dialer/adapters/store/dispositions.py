"""Dispositions: what an agent declared, and what becomes of the lead, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.named_statements import sql
from dialer.adapters.store.campaigns import campaign_numbers
from dialer.adapters.store.next_states import apply_next_states
from dialer.adapters.store.queue_state import QueueState
from dialer.core.commands import RecordDisposition
from dialer.core.events import DoNotCallAdded

DO_NOT_CALL = "do_not_call"  # the disposition by which a person asks not to be called again


async def save_dispositions(
    connection: Connection, commands: Sequence[RecordDisposition], now: datetime
) -> list[DoNotCallAdded]:
    """Write dispositions with their leads' next states; gives the numbers not to be called any more.

    One that is on record already changes nothing.
    """
    numbers = await campaign_numbers(connection, {command.campaign_id for command in commands})
    by_key = {(command.attempt_id, command.agent_id): command for command in commands}
    given = list(by_key.values())
    rows = await connection.fetch(
        sql("save_dispositions"),
        [command.attempt_id for command in given],
        [command.agent_id for command in given],
        [numbers[command.campaign_id] for command in given],
        [command.lead_id for command in given],
        [command.disposition for command in given],
        now,
    )
    saved = [by_key[row["attempt_id"], row["agent_id"]] for row in rows]
    await connection.execute(
        sql("clear_owed"),
        [command.agent_id for command in given],
        [command.attempt_id for command in given],
    )
    decided = [
        (command.lead_id, command.lead_next)
        for command in saved
        if command.lead_id is not None and command.lead_next is not None
    ]
    await apply_next_states(connection, decided, QueueState.OWED, now)
    refused = [command.attempt_id for command in given if command.disposition == DO_NOT_CALL]
    if not refused:
        return []
    suppressed = await connection.fetch(sql("suppress_dialed_numbers"), refused, now)
    return [DoNotCallAdded(e164=row["e164"]) for row in suppressed]
