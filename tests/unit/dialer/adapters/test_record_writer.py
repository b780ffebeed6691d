"""The writer keeps order, never dials late, and loses nothing while the database is away."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from dialer.adapters import record_writer
from dialer.adapters.connection import Connection
from dialer.adapters.errors import AdapterError, StoreLost
from dialer.adapters.record_writer import Begun, Record, RecordWriter, WriterListener, segments_of
from dialer.core.commands import Dial, RecordAttemptEnded, RecordCampaignStatus
from dialer.core.events import CampaignStatus, DoNotCallAdded
from dialer.core.outcomes import EndReason, Outcome
from dialer.messages import AttemptId, CampaignId, LeadId, NodeId, TrunkId

SALES = CampaignId("sales")


def dial(number: int, lead: int = 1) -> Dial:
    """A dial of a lead."""
    return Dial(
        attempt_id=AttemptId(f"p1-{number}"),
        campaign_id=SALES,
        lead_id=LeadId(lead),
        e164="+999",
        number_index=0,
        trunk_id=TrunkId("t"),
        node_id=NodeId("n"),
        caller_id_number="+999",
        ring_timeout_seconds=20.0,
    )


def ended(number: int, lead: int = 1) -> RecordAttemptEnded:
    """The end of an attempt of a lead."""
    return RecordAttemptEnded(
        attempt_id=AttemptId(f"p1-{number}"),
        campaign_id=SALES,
        lead_id=LeadId(lead),
        outcome=Outcome.NO_ANSWER,
        reason=EndReason.NOT_ANSWERED,
        agent_id=None,
        entry=None,
        dialed_at=0.0,
        ended_at=1.0,
        lead_next=None,
    )


def status() -> RecordCampaignStatus:
    """A record that has nothing to do with a call."""
    return RecordCampaignStatus(campaign_id=SALES, status=CampaignStatus.RUNNING, at=0.0)


def test_end_of_a_lead_is_written_before_its_next_attempt_begins() -> None:
    """A lead whose next number is dialed at once is cut in two; other leads are not."""
    records: list[Record] = [ended(1), Begun(what=dial(2), at=0.0), Begun(what=dial(3, lead=9), at=0.0)]
    first, second = segments_of(records)
    assert first.ended == [ended(1)]
    assert not first.begun
    assert [begun.what for begun in second.begun] == [dial(2), dial(3, lead=9)]
    assert len(segments_of([Begun(what=dial(1), at=0.0), ended(1)])) == 1


class NoTransactions:
    """Nothing is ever begun: the test stands in for the write itself."""

    def begin(self, *, may_be_lost: bool = False) -> AbstractAsyncContextManager[Connection]:
        """Never called."""
        raise AssertionError


class ScriptedWriter(RecordWriter):
    """A writer whose database fails as told."""

    def __init__(self, faults: list[Exception | None]) -> None:
        self.said: list[object] = []
        self.written: list[Record] = []
        self.faults = faults
        listener = WriterListener(
            may_dial=lambda command: self.said.append(("dial", command.attempt_id)),
            dial_refused=lambda command, reason: self.said.append(("refused", command.attempt_id)),
            suppressed=self.said.append,
            database_lost=lambda: self.said.append("lost"),
            database_back=lambda: self.said.append("back"),
            committed=lambda seconds, records: None,
        )
        super().__init__(NoTransactions(), listener, "engine-1", lambda: 0.0)

    async def _write(self, batch: Sequence[Record]) -> tuple[frozenset[AttemptId], list[DoNotCallAdded]]:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.written += batch
        begun = (record.what for record in batch if isinstance(record, Begun))
        return frozenset(what.attempt_id for what in begun), []


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is gathered and nothing is waited for."""
    monkeypatch.setattr(record_writer, "GATHER_SECONDS", 0.0)
    monkeypatch.setattr(record_writer, "RETRY_SECONDS", (0.0,))


async def write(writer: RecordWriter, *records: Any) -> None:
    """Let the writer write these."""
    running = asyncio.create_task(writer.run())
    for record in records:
        writer.add(record)
    await asyncio.wait_for(writer.drain(), 5.0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_dial_on_record_is_originated_and_one_that_is_late_is_not() -> None:
    """A dial that took too long to be put on record was decided for another floor."""
    writer = ScriptedWriter([])
    now = asyncio.get_running_loop().time()
    await write(writer, Begun(what=dial(1), at=now), Begun(what=dial(2, lead=2), at=now - 60.0))
    assert writer.said == [("dial", "p1-1"), ("refused", "p1-2")]


async def test_database_away_refuses_dials_and_keeps_everything_else() -> None:
    """What was decided while it was away is not dialed when it is back; ends are written then."""
    writer = ScriptedWriter([StoreLost("away"), StoreLost("away")])
    now = asyncio.get_running_loop().time()
    await write(writer, Begun(what=dial(1), at=now), ended(7, lead=7), status())
    assert writer.said == ["lost", ("refused", "p1-1"), "back"]
    assert writer.written == [ended(7, lead=7), status()]


async def test_record_that_cannot_be_kept_does_not_hold_up_the_others() -> None:
    """The batch is halved until the one is alone; a dial that cannot be recorded is refused."""
    poison = AdapterError("no such campaign")
    writer = ScriptedWriter([poison, None, poison])
    now = asyncio.get_running_loop().time()
    await write(writer, ended(1), Begun(what=dial(2, lead=2), at=now))
    assert writer.written == [ended(1)]
    assert writer.said == [("refused", "p1-2")]
