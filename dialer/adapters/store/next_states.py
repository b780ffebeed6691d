"""Write what becomes of leads after an attempt or a disposition, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import posix_instant
from dialer.adapters.named_statements import sql
from dialer.adapters.store.queue_state import QueueState
from dialer.core.leads import LeadNext, LeadStep
from dialer.messages import LeadId

Decided = tuple[LeadId, LeadNext]


async def apply_next_states(
    connection: Connection, decided: Sequence[Decided], state: QueueState, now: datetime
) -> None:
    """Move leads from `state` to their next one; a lead in another state stays as it is."""
    kept = [pair for pair in decided if pair[1].step is LeadStep.KEPT]
    closed = [pair for pair in decided if pair[1].step is LeadStep.CLOSED]
    waiting = [pair for pair in decided if pair[1].step in (LeadStep.RETRY, LeadStep.CALLBACK)]
    if kept:
        await connection.execute(
            sql("keep_leads"),
            [lead_id for lead_id, _ in kept],
            [following.number_index for _, following in kept],
            state,
        )
    if closed:
        reasons = [following.reason for _, following in closed]
        await connection.execute(
            sql("close_leads"), [lead_id for lead_id, _ in closed], reasons, now, state, None
        )
    if waiting:
        await connection.execute(
            sql("reschedule_leads"),
            [lead_id for lead_id, _ in waiting],
            [now if following.at is None else posix_instant(following.at) for _, following in waiting],
            [following.reason for _, following in waiting],
            [following.number_index for _, following in waiting],
            [following.step is LeadStep.CALLBACK for _, following in waiting],
            [following.agent_id for _, following in waiting],
            state,
        )
