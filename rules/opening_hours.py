"""Opening hours as a person writes them, such as `mo-fr 09:00-18:00, sa 09:00-12:00`."""

import re
from datetime import time

from rules.calling_hours import DAYS_PER_WEEK, CallingHours, DailyWindow
from rules.errors import InvalidRuleError

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
EXPECTED = "days and times such as 'mo-fr 09:00-18:00, sa 09:00-12:00'"
PART = re.compile(r"(?P<first>[a-z]{2})(?:-(?P<last>[a-z]{2}))?\s+(?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)")


def opening_hours(text: str) -> CallingHours:
    """Read opening hours; an empty text is always open.

    Days are mo, tu, we, th, fr, sa, su; `fr-mo` goes over the weekend; a time that closes at or before it
    opens closes on the day after; 00:00-00:00 is the whole day.
    Raises InvalidRuleError.

    >>> [len(windows) for windows in opening_hours("mo-fr 09:00-18:00, sa 09:00-12:00").windows_by_weekday]
    [1, 1, 1, 1, 1, 1, 0]
    """
    by_day: list[list[DailyWindow]] = [[] for _ in range(DAYS_PER_WEEK)]
    for part in (text.strip() or "mo-su 00:00-00:00").lower().split(","):
        match = PART.fullmatch(part.strip())
        if match is None:
            raise InvalidRuleError(field="opening hours", expected=EXPECTED, came=part.strip())
        window = DailyWindow(opens=_time(match["opens"]), closes=_time(match["closes"]))
        first, last = _day(match["first"]), _day(match["last"] or match["first"])
        for step in range((last - first) % DAYS_PER_WEEK + 1):
            by_day[(first + step) % DAYS_PER_WEEK].append(window)
    return CallingHours(windows_by_weekday=tuple(map(tuple, by_day)), source="the number's opening hours")


def _day(word: str) -> int:
    if word not in DAYS:
        raise InvalidRuleError(field="opening hours", expected=EXPECTED, came=word)
    return DAYS.index(word)


def _time(word: str) -> time:
    try:
        return time.fromisoformat(word)
    except ValueError:
        raise InvalidRuleError(field="opening hours", expected=EXPECTED, came=word) from None
