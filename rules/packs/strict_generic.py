"""The strict generic pack: for a place whose law nobody has coded yet.

Each figure is the strictest among the places named beside it, so that what it allows, those
places' rules of the same kind allow too. Consent and registers are not covered by it.
"""

from datetime import time

from rules.abandon_ledger import AbandonDefinition, ClockStart
from rules.abandon_limit import AbandonLimit
from rules.abandon_window import AbandonWindow
from rules.attempt_caps import AttemptCap, CapScope
from rules.calling_hours import CallingHours, DailyWindow
from rules.policy_pack import PolicyPack

WORKING_DAY = (DailyWindow(opens=time(9), closes=time(18)),)
SATURDAY = (DailyWindow(opens=time(10), closes=time(17)),)
SUNDAY: tuple[DailyWindow, ...] = ()

SECONDS_PER_DAY = 86_400.0
ATTEMPTS_SOURCE = "Fla. Stat. 501.616(6)(b); Okla. Stat. tit. 15, 775C.4: three in 24 hours"
REST_SOURCE = "Garante per la protezione dei dati personali, 20 February 2014, no. 83: five days of rest"

ABANDONED = AbandonDefinition(
    limit_ratio=0.03,
    agent_within_seconds=2.0,
    clock_start=ClockStart.ANSWER,
    early_hang_up_counts=False,
    source="16 CFR 310.4(b)(4)(i), with the clock started at the answer instead of after the greeting",
)

STRICT_GENERIC = PolicyPack(
    name="strict_generic",
    calling_hours=CallingHours(
        windows_by_weekday=(WORKING_DAY,) * 5 + (SATURDAY, SUNDAY),
        source="R.I. Gen. Laws 5-61-3.6: weekdays 9 to 18, Saturdays 10 to 17, no Sundays",
    ),
    attempt_caps=(
        AttemptCap(
            scope=CapScope.NUMBER, attempts_max=3, window_seconds=SECONDS_PER_DAY, source=ATTEMPTS_SOURCE
        ),
        AttemptCap(
            scope=CapScope.LEAD, attempts_max=3, window_seconds=SECONDS_PER_DAY, source=ATTEMPTS_SOURCE
        ),
    ),
    abandon_definition=ABANDONED,
    # Whose day it is, we do not know: at the end of a day in any zone, the last 24 hours are that day.
    abandon_limits=(
        AbandonLimit(name="day", window=AbandonWindow.CALENDAR_DAY, definition=ABANDONED),
        AbandonLimit(name="24 hours", window=AbandonWindow.ROLLING, rolling_hours=24.0, definition=ABANDONED),
        AbandonLimit(name="month", window=AbandonWindow.CALENDAR_MONTH, definition=ABANDONED),
        AbandonLimit(name="30 days", window=AbandonWindow.CAMPAIGN_THIRTY_DAYS, definition=ABANDONED),
    ),
    ring_seconds_min=15.0,
    message_required=True,
    rest_after_abandon_seconds=5.0 * SECONDS_PER_DAY,
    rest_after_abandon_source=REST_SOURCE,
    sources=(
        "R.I. Gen. Laws 5-61-3.6 (hours)",
        "Fla. Stat. 501.616(6)(b); Okla. Stat. tit. 15, 775C.4 (attempts)",
        "16 CFR 310.4(b)(4); 47 CFR 64.1200(a)(6) and (a)(7) (limit, ring, message, 30 days)",
        "Ofcom, Revised statement of policy on persistent misuse, 2010 (calendar day)",
        "CRTC Unsolicited Telecommunications Rules (calendar month)",
        REST_SOURCE,
    ),
)
