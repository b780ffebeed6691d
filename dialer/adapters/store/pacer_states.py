"""What pacers have learned, on record: one row for each campaign, overwritten now and then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.named_statements import sql
from dialer.core.restart_events import PacerState
from dialer.messages import CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPacerState:
    """A state as it is on record; whether it can be used, the pacer knows."""

    state: PacerState
    saved_at: datetime


async def save_pacer_states(connection: Connection, states: Sequence[PacerState], now: datetime) -> None:
    """Keep states; one of a campaign that the database does not know is left out."""
    await connection.execute(
        sql("save_pacer_states"),
        [state.campaign_id for state in states],
        [state.method for state in states],
        now,
        [state.data for state in states],
    )


async def read_pacer_states(connection: Connection) -> tuple[StoredPacerState, ...]:
    """Every state on record."""
    return tuple(
        StoredPacerState(
            state=PacerState(
                campaign_id=CampaignId(row["campaign_id"]), method=row["method"], data=row["state"]
            ),
            saved_at=row["saved_at"],
        )
        for row in await connection.fetch(sql("read_pacer_states"))
    )
