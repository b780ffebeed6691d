"""How long a number rests after a call to it was abandoned.

Some regulators let the rest end early when an agent is guaranteed to be there; whether one is,
only the engine knows, so it then simply does not ask.
"""

from rules.local_time import utc_datetime_not_before
from rules.refusals import Refusal, RefusalReason


def rest_after_abandon_refusal(
    rest_seconds: float, abandoned_at: float | None, now_at: float, source: str
) -> Refusal | None:
    """Return why a number must still rest at `now_at`, None if it need not.

    `abandoned_at` is the POSIX second of the latest abandoned call to the number, None if there
    is none. `rest_seconds` of 0 means that there is no such rule.

    >>> rest_after_abandon_refusal(72 * 3600.0, 0.0, 72 * 3600.0, "example") is None
    True
    """
    if abandoned_at is None or rest_seconds == 0.0 or abandoned_at + rest_seconds <= now_at:
        return None
    return Refusal(
        reason=RefusalReason.REST_AFTER_ABANDON,
        allowed_at=utc_datetime_not_before(abandoned_at + rest_seconds),
        source=source,
        window_seconds=rest_seconds,
    )
