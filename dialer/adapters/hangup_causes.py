"""What Asterisk's cause and SIP's status mean for an attempt: one table each, the SIP status first.

Sources: ITU-T Q.850 (causes), RFC 3261 section 21, RFC 3398 section 8.2.6 (SIP to ISUP), RFC 8197, RFC 8688;
what Asterisk 22 makes of them was measured.
Its closing "Dial" event is not used: to that, 404, 403 and 408 are all the same.
"""

from collections.abc import Mapping

from dialer.core.outcomes import EndCause

SIP_CAUSES: Mapping[int, EndCause] = {
    404: EndCause.INVALID_NUMBER,  # not found
    410: EndCause.INVALID_NUMBER,  # gone
    416: EndCause.INVALID_NUMBER,  # unsupported URI scheme
    484: EndCause.INVALID_NUMBER,  # address incomplete
    604: EndCause.INVALID_NUMBER,  # does not exist anywhere
    486: EndCause.BUSY,  # busy here
    600: EndCause.BUSY,  # busy everywhere
    403: EndCause.REJECTED,  # forbidden: a screen of the carrier or of the party
    433: EndCause.REJECTED,  # anonymity disallowed
    603: EndCause.REJECTED,  # decline
    607: EndCause.REJECTED,  # unwanted (RFC 8197)
    608: EndCause.REJECTED,  # rejected by an analytics engine (RFC 8688)
    408: EndCause.NO_ANSWER,  # the carrier heard nothing from the party
    480: EndCause.NO_ANSWER,  # temporarily unavailable: switched off, or rang to the end
    487: EndCause.NO_ANSWER,  # our own cancel
    500: EndCause.CONGESTION,
    502: EndCause.CONGESTION,
    503: EndCause.CONGESTION,
    504: EndCause.CONGESTION,
}
"""By the SIP status of the final answer; any other is judged by the cause."""

CAUSES: Mapping[int, EndCause] = {
    1: EndCause.INVALID_NUMBER,  # unallocated number
    2: EndCause.INVALID_NUMBER,  # no route to transit network
    3: EndCause.INVALID_NUMBER,  # no route to destination
    16: EndCause.NORMAL,  # normal clearing
    17: EndCause.BUSY,
    18: EndCause.NO_ANSWER,  # no user responding
    19: EndCause.NO_ANSWER,  # user alerting, no answer
    20: EndCause.NO_ANSWER,  # subscriber absent
    21: EndCause.REJECTED,
    22: EndCause.INVALID_NUMBER,  # number changed
    26: EndCause.NORMAL,  # answered elsewhere
    27: EndCause.CONGESTION,  # destination out of order
    28: EndCause.INVALID_NUMBER,  # invalid number format
    31: EndCause.NORMAL,  # normal, unspecified
    34: EndCause.CONGESTION,  # no circuit available
    38: EndCause.CONGESTION,  # network out of order
    41: EndCause.CONGESTION,  # temporary failure
    42: EndCause.CONGESTION,  # switching equipment congestion
    44: EndCause.FAILED,  # requested channel not available; also speech that stopped (rtp_timeout)
    50: EndCause.REJECTED,  # facility not subscribed
    57: EndCause.REJECTED,  # bearer capability not authorised
    58: EndCause.CONGESTION,  # bearer capability not available
}
"""By Q.850 cause, where no SIP status decides."""

TRUNK_SILENT = (18, 408)
"""Cause and status of a trunk that never said a word: pjsip's own timer, not a party who did not answer."""


def end_cause(cause: int, sip_status: int, *, was_answered: bool, has_rung: bool = True) -> EndCause:
    """What became of a leg; 0 stands for "none given".

    >>> end_cause(17, 486, was_answered=False)
    <EndCause.BUSY: 'busy'>
    >>> end_cause(0, 0, was_answered=True)
    <EndCause.NORMAL: 'normal'>
    >>> end_cause(18, 408, was_answered=False, has_rung=False)
    <EndCause.FAILED: 'failed'>
    """
    if was_answered:
        return EndCause.NORMAL  # whoever hung up, and however badly: an answered call has ended
    if (cause, sip_status) == TRUNK_SILENT and not has_rung:
        return EndCause.FAILED
    found = SIP_CAUSES.get(sip_status)
    if found is None:
        found = CAUSES.get(cause, EndCause.FAILED)
    return found
