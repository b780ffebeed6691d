"""Where a lead stands in the dial queue; a closed lead has no row there."""

from enum import IntEnum


class QueueState(IntEnum):
    """The states of `dialer.dial_queue`."""

    DUE = 0  # may be reserved from its instant on
    LEASED = 1  # reserved by an engine, not dialed
    IN_ATTEMPT = 2  # an attempt has begun and not ended
    OWED = 3  # the attempt has ended; the agent's disposition decides
