"""What a starting engine is told of what pacers had learned: only what today's pacer can go on from.

Everything else is left on record and named in the log, and the pacer begins anew: it is safe without.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from dialer.adapters.store import StoredPacerState
from dialer.core.restart_events import PacerState
from dialer.core.settings import CampaignSettings, pacer_for
from dialer.messages import CampaignId
from pacing import PacerStateError

AGE_MAX = timedelta(days=30)
"""What was learned longer ago was learned of other lists and other agents (own measure)."""

_log = logging.getLogger(__name__)


def usable_pacer_states(
    stored: Iterable[StoredPacerState], campaigns: Mapping[CampaignId, CampaignSettings], now: datetime
) -> Mapping[CampaignId, PacerState]:
    """The states by campaign that can be used; the log names why others cannot."""
    usable: dict[CampaignId, PacerState] = {}
    for each in stored:
        reason = _why_not(each, campaigns.get(each.state.campaign_id), now)
        if reason is None:
            usable[each.state.campaign_id] = each.state
        else:
            _log.warning("pacer of campaign %s begins anew: %s", each.state.campaign_id, reason)
    return usable


def _why_not(stored: StoredPacerState, settings: CampaignSettings | None, now: datetime) -> str | None:
    if settings is None:
        return "there is no such campaign any more"
    if stored.state.method != settings.pacing_method:
        return f"it was {stored.state.method}, now it is {settings.pacing_method}"
    if now - stored.saved_at > AGE_MAX:
        return f"what it knew is of {stored.saved_at:%Y-%m-%d}, more than {AGE_MAX.days} days ago"
    try:
        pacer_for(settings).restore_state(stored.state.data)
    except PacerStateError as error:
        return str(error)
    return None
