"""The index of recordings: a row for each, from its beginning, which outlives the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.named_statements import sql
from dialer.messages import AttemptId, CampaignId, NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunRecording:
    """A recording that begins, or one that should and cannot."""

    recording_id: str  # also the name of its file
    attempt_id: AttemptId
    campaign_id: CampaignId
    node_id: NodeId
    has_consent: bool  # the client was asked and agreed
    started_at: datetime
    why_not: str = ""  # empty: it is recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecording:
    """A recording whose file lies in the storage folder."""

    recording_id: str
    attempt_id: AttemptId
    node_id: NodeId
    started_at: datetime  # used where its beginning is not on record
    path: str  # below the storage folder
    seconds: float
    bytes: int  # of the file as it lies
    key_id: str  # with which it is sealed; empty: it is not
    delete_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningRecording:
    """A recording that began and is not stored."""

    recording_id: str
    attempt_id: AttemptId
    campaign_id: CampaignId
    node_id: NodeId
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedRecording:
    """What the index says of one recording."""

    recording_id: str
    state: str  # recording, stored, not_recorded, deleted
    reason: str  # why it was not recorded
    started_at: datetime
    path: str  # below the storage folder
    seconds: float
    key_id: str  # with which it is sealed; empty: it is not
    delete_after: datetime | None


async def begin_recording(connection: Connection, begun: BegunRecording) -> None:
    """Note that a recording begins, or why it does not; may be repeated."""
    await connection.execute(
        sql("begin_recording"),
        begun.recording_id,
        begun.attempt_id,
        begun.campaign_id,
        begun.node_id,
        "given" if begun.has_consent else "not_asked",
        "not_recorded" if begun.why_not else "recording",
        begun.why_not,
        begun.started_at,
    )


async def store_recording(connection: Connection, stored: StoredRecording) -> None:
    """Note where a recording lies; may be repeated, and does not need its beginning on record."""
    await connection.execute(
        sql("store_recording"),
        stored.recording_id,
        stored.attempt_id,
        stored.node_id,
        stored.started_at,
        stored.path,
        stored.seconds,
        stored.bytes,
        stored.key_id,
        stored.delete_after,
    )


async def lose_recording(connection: Connection, recording_id: str, reason: str) -> None:
    """Note why a recording came to nothing."""
    await connection.execute(sql("lose_recording"), recording_id, reason)


async def read_running_recordings(connection: Connection) -> list[RunningRecording]:
    """The recordings that began and are not stored."""
    rows = await connection.fetch(sql("running_recordings"))
    return [
        RunningRecording(
            recording_id=row["recording_id"],
            attempt_id=AttemptId(row["attempt_id"]),
            campaign_id=CampaignId(row["campaign_id"] or ""),
            node_id=NodeId(row["node_id"]),
            started_at=row["started_at"],
        )
        for row in rows
    ]


async def read_recordings_of(connection: Connection, attempt_id: AttemptId) -> list[IndexedRecording]:
    """The recordings of one call, in their order."""
    rows = await connection.fetch(sql("recordings_of_attempt"), attempt_id)
    return [IndexedRecording(**row) for row in rows]


async def find_due_recordings(connection: Connection, now: datetime, count_max: int) -> list[tuple[str, str]]:
    """Id and path of recordings that are not to be kept any longer, the oldest first."""
    rows = await connection.fetch(sql("recordings_due"), now, count_max)
    return [(row["recording_id"], row["path"]) for row in rows]


async def delete_recordings(connection: Connection, recording_ids: Sequence[str], now: datetime) -> None:
    """Note that files are gone; their rows stay."""
    await connection.execute(sql("delete_recordings"), list(recording_ids), now)


async def count_stored_bytes(connection: Connection) -> int:
    """What the stored recordings take."""
    count = await connection.fetchval(sql("stored_recording_bytes"))
    assert isinstance(count, int)
    return count
