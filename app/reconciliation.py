"""Compares what a rehearsal did with what the database says, attempt by attempt and lead by lead.

What was done is taken from the network and from the engine's commands, never from the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from app.rehearsal import Rehearsal
from dialer.adapters import store
from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.core.commands import Dial, RecordAttemptEnded
from dialer.core.events import InboundCallArrived
from dialer.messages import AttemptId
from rules.abandon_ledger import AbandonClass, abandon_class

NAMED_MAX = 3  # of the attempts that differ, so many are named
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))

ATTEMPTS = """select attempt_id, c.campaign_id, lead_id, e164, ended_at, outcome, a.reason
    from dialer.attempts a join dialer.campaigns c using (campaign_number)"""
COUNTS: Mapping[str, str] = {
    "attempts open": "select count(*) from dialer.open_attempts",
    "dispositions": "select count(*) from dialer.dispositions",
    "agent state changes": "select count(*) from dialer.agent_state_changes",
    "pacing decisions": "select count(*) from dialer.pacing_decisions",
    "leads": "select count(*) from dialer.leads",
    "leads closed or in the queue, one of both": """select count(*)
        from dialer.leads l left join dialer.dial_queue q using (lead_id)
        where (l.closed_at is null) = (q.lead_id is not null)""",
    "leads held for a call": "select count(*) from dialer.dial_queue where state in (2, 3)",
    "leads leased": "select count(*) from dialer.dial_queue where state = 1",
    "attempts counted at their leads": "select coalesce(sum(attempts_made), 0)::bigint from dialer.leads",
    "leads with another count of attempts": """select count(*) from dialer.leads l where l.attempts_made <>
        (select count(*) from dialer.attempts a where a.lead_id = l.lead_id)""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One figure, on both sides."""

    name: str
    done: int  # by the program
    on_record: int  # in the database
    differing: tuple[str, ...] = ()  # names of what differs, though the figures may be the same

    @property
    def agrees(self) -> bool:
        """Whether both sides say the same."""
        return self.done == self.on_record and not self.differing


async def reconcile(rehearsal: Rehearsal, connection: Connection) -> tuple[Comparison, ...]:
    """Compare everything; meant for a rehearsal that has drained, while the database holds it alone."""
    rows = {AttemptId(row["attempt_id"]): row for row in await connection.fetch(ATTEMPTS)}
    found = {name: int(await connection.fetchval(statement)) for name, statement in COUNTS.items()}
    books, leads = rehearsal.books, rehearsal.leads
    outbound = len(leads.dialed)
    return (
        _attempts(rehearsal, rows),
        _ends(rehearsal, rows),
        *await _ledger(rehearsal, connection),
        _compared("attempts open", rehearsal.attempts_going_on, found),
        _compared("dispositions", len(books.dispositions), found),
        _compared("agent state changes", books.agent_changes, found),
        _compared("pacing decisions", len(books.decisions), found),
        _compared("leads", leads.leads_loaded, found),
        _compared("leads closed or in the queue, one of both", leads.leads_loaded, found),
        _compared("leads held for a call", 0, found),
        _compared("leads leased", sum(each.hopper_leads for each in rehearsal.snapshot().campaigns), found),
        _compared("attempts counted at their leads", outbound, found),
        _compared("leads with another count of attempts", 0, found),
        Comparison(name="mistakes of the engine", done=sum(rehearsal.runner.failures.values()), on_record=0),
    )


def _compared(name: str, done: int, found: Mapping[str, int]) -> Comparison:
    return Comparison(name=name, done=done, on_record=found[name])


def _attempts(rehearsal: Rehearsal, rows: Mapping[AttemptId, asyncpg.Record]) -> Comparison:
    """What the network dialed or brought, against the rows."""
    begun: dict[AttemptId, Dial | InboundCallArrived] = {**rehearsal.leads.dialed, **rehearsal.books.callers}
    done = {attempt_id: _begun_row(what) for attempt_id, what in begun.items()}
    on_record = {
        attempt_id: (row["campaign_id"], row["lead_id"], row["e164"]) for attempt_id, row in rows.items()
    }
    return Comparison(
        name="attempts begun", done=len(done), on_record=len(on_record), differing=_differing(done, on_record)
    )


def _begun_row(what: Dial | InboundCallArrived) -> tuple[str, int | None, str]:
    if isinstance(what, Dial):
        return what.campaign_id, what.lead_id, what.e164
    return what.campaign_id, None, what.caller_id_number


def _ends(rehearsal: Rehearsal, rows: Mapping[AttemptId, asyncpg.Record]) -> Comparison:
    """Each end that the engine gave, once, against the rows."""
    begun = rehearsal.leads.dialed.keys() | rehearsal.books.callers.keys()
    clock = EngineClock(wall_offset_seconds=rehearsal.world.wall_offset_seconds)
    ends = {attempt_id: given for attempt_id, given in rehearsal.books.ends.items() if attempt_id in begun}
    done = {
        attempt_id: (len(given), clock.wall_at(given[-1].ended_at), *_words(given[-1]))
        for attempt_id, given in ends.items()
    }
    on_record = {
        attempt_id: (1, row["ended_at"], row["outcome"], row["reason"])
        for attempt_id, row in rows.items()
        if row["ended_at"] is not None
    }
    return Comparison(
        name="attempts ended, each once",
        done=len(done),
        on_record=len(on_record),
        differing=_differing(done, on_record),
    )


def _words(end: RecordAttemptEnded) -> tuple[str, str]:
    return end.outcome.value, end.reason.value


async def _ledger(rehearsal: Rehearsal, connection: Connection) -> list[Comparison]:
    """Answered calls by class: the engine's entries against the rows, both under each campaign's own law."""
    on_record = dict.fromkeys(AbandonClass, 0)
    for campaign_id, settings in rehearsal.campaigns.items():
        definition = settings.policy_pack.abandon_definition
        for entry in await store.read_ledger(connection, campaign_id, *EVER):
            if entry.attempt_id not in rehearsal.books.callers:
                on_record[abandon_class(entry, definition)] += 1
    compared = [
        Comparison(name=f"ledger: {_said(each)}", done=rehearsal.ledger.entries[each], on_record=count)
        for each, count in on_record.items()
    ]
    return [*compared, *_engine_counts(rehearsal, on_record)]


def _engine_counts(rehearsal: Rehearsal, on_record: Mapping[AbandonClass, int]) -> list[Comparison]:
    """What the engine itself counts and shows, where nobody called us (its counts take callers in)."""
    if rehearsal.books.callers:
        return []
    campaigns = rehearsal.snapshot().campaigns
    shown = {
        AbandonClass.CONNECTED: sum(each.connected for each in campaigns),
        AbandonClass.ABANDONED: sum(each.abandoned for each in campaigns),
    }
    return [
        Comparison(name=f"engine's count: {_said(each)}", done=count, on_record=on_record[each])
        for each, count in shown.items()
    ]


def _said(kind: AbandonClass) -> str:
    return str(kind.value).replace("_", " ")


def _differing(done: Mapping[AttemptId, object], on_record: Mapping[AttemptId, object]) -> tuple[str, ...]:
    """The first of those that are not the same on both sides."""
    different = [
        attempt_id
        for attempt_id in sorted(done.keys() | on_record.keys())
        if done.get(attempt_id) != on_record.get(attempt_id)
    ]
    return tuple(
        f"{attempt_id}: done {done.get(attempt_id)}, on record {on_record.get(attempt_id)}"
        for attempt_id in different[:NAMED_MAX]
    )
