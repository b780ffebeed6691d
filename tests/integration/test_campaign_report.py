"""What a campaign's status says of the law: its windows with what is left of each, and its calling hours."""

from datetime import UTC, datetime, timedelta

from app.campaign_report import CampaignReport, read_report, report_json, report_lines
from dialer.adapters.store import read_campaign
from rules.abandon_ledger import LedgerEntry
from tests.integration.ledger_rows import keep_in_ledger
from tests.integration.stored_floor import CAMPAIGN, NOW, StoredFloor, new_lead, number

ROME, CHICAGO = ("Europe/Rome",), ("America/Chicago",)


async def report(floor: StoredFloor, now: datetime = NOW) -> CampaignReport:
    """The report of the campaign at an instant."""
    async with floor.unit_of_work.begin() as connection:
        return await read_report(connection, await read_campaign(connection, CAMPAIGN), now)


def call(number: int, answered: timedelta, *, is_served: bool) -> LedgerEntry:
    """A call answered so long before NOW."""
    at = (NOW - answered).timestamp()
    return LedgerEntry(
        attempt_id=f"call-{number}",
        campaign_id=CAMPAIGN,
        answered_at=at,
        bridged_at=at + 0.5 if is_served else None,
        ended_at=at + 60.0,
    )


async def test_status_shows_ratio_bound_and_what_is_left_of_each_window(floor: StoredFloor) -> None:
    """99 served and one abandoned today, three abandoned two days ago: the day has room, the month none."""
    today = [call(index, timedelta(hours=1), is_served=index > 0) for index in range(100)]
    before = [call(100 + index, timedelta(days=2), is_served=False) for index in range(3)]
    await keep_in_ledger(floor.unit_of_work, [*today, *before])
    found = await report(floor)
    lines = list(report_lines(found))

    assert (
        "  day since 2031-03-05 00:00 UTC (strict_generic): 1.0 % abandoned, 1 of 100 "
        "(95 % sure: at most 4.7 %); 2 more may be under the limit of 3.0 %"
    ) in lines
    assert any(line.startswith("  month since 2031-03-01") and "1 too many were" in line for line in lines)
    windows = report_json(found)["abandon_windows"]
    assert isinstance(windows, list)
    assert [(each["limit"], each["abandoned"], each["connected"]) for each in windows] == [
        ("day", 1, 99),
        ("24 hours", 1, 99),
        ("month", 4, 99),
        ("30 days", 4, 99),
    ]


async def test_status_without_calls_says_so(floor: StoredFloor) -> None:
    """No ratio of nothing."""
    lines = list(report_lines(await report(floor)))

    assert sum("no live answer yet; the limit is 3.0 %" in line for line in lines) == 4


async def test_status_says_when_every_due_lead_is_outside_calling_hours(floor: StoredFloor) -> None:
    """At 18:30 in Rome nobody there may be called until 9:00, while Chicago is open."""
    evening = NOW.replace(hour=17, minute=30)
    await floor.add(new_lead(number(1, ROME)), new_lead(number(2, CHICAGO), due_at=NOW + timedelta(days=9)))
    found = await report(floor, evening)
    assert (found.is_outside_hours, found.opens_at) == (True, datetime(2031, 3, 6, 8, 0, tzinfo=UTC))
    assert any("outside calling hours at every lead that is due" in line for line in report_lines(found))

    assert not (await report(floor, NOW)).is_outside_hours
    await floor.add(new_lead(number(3, CHICAGO)))
    found = await report(floor, evening)
    assert (found.is_outside_hours, found.opens_at) == (False, None)
    assert not any("outside calling hours" in line for line in report_lines(found))
