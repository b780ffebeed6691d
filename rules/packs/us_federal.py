"""United States, federal law: the FTC's Telemarketing Sales Rule and the FCC's TCPA rules.

States may be stricter (Florida, Oklahoma, Rhode Island …); their overlays are packs of their own.
Federal law sets no attempt cap for telemarketing and closes no holidays.
"""

from datetime import time

from rules.abandon_ledger import AbandonDefinition, ClockStart
from rules.abandon_limit import AbandonLimit
from rules.abandon_window import AbandonWindow
from rules.calling_hours import DailyWindow, every_day
from rules.policy_pack import PolicyPack

ABANDONED = AbandonDefinition(
    limit_ratio=0.03,
    agent_within_seconds=2.0,
    clock_start=ClockStart.GREETING_END,
    early_hang_up_counts=False,
    source="16 CFR 310.4(b)(1)(iv) and (b)(4)(i); 47 CFR 64.1200(a)(7)",
)

US_FEDERAL = PolicyPack(
    name="us_federal",
    calling_hours=every_day(
        DailyWindow(opens=time(8), closes=time(21)),
        source="16 CFR 310.4(c); 47 CFR 64.1200(c)(1): 8 a.m. to 9 p.m. at the called party's location",
    ),
    attempt_caps=(),
    abandon_definition=ABANDONED,
    # Per calling campaign; the whole campaign where it lasts less than 30 days.
    abandon_limits=(
        AbandonLimit(name="30 days", window=AbandonWindow.CAMPAIGN_THIRTY_DAYS, definition=ABANDONED),
    ),
    # Or four rings: we cannot count rings, so the seconds are what we keep.
    ring_seconds_min=15.0,
    message_required=True,
    rest_after_abandon_seconds=0.0,
    rest_after_abandon_source="",
    sources=(
        "16 CFR 310.4(b)(1)(iv), (b)(4), (c)",
        "47 CFR 64.1200(a)(6), (a)(7), (c)(1)",
    ),
)
