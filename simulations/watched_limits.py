"""Judges every dial by the limits of trunks and campaigns, and by callers who wait."""

from dialer.core.commands import Dial
from dialer.core.events import CampaignStatus
from simulations.invariants import Alarm
from simulations.shadow_books import ShadowAttempt, ShadowBooks, ShadowCampaign, ShadowTrunk

SAME_SECOND = 1.0 - 1e-9  # two instants this far apart are not within one second


class WatchedLimits:
    """Judges limits; the counts stand in the books."""

    __slots__ = ("_alarm", "_books")

    def __init__(self, books: ShadowBooks, alarm: Alarm) -> None:
        """Take the books to read."""
        self._books = books
        self._alarm = alarm

    def judge(self, dial: Dial, campaign: ShadowCampaign, trunk: ShadowTrunk, now: float) -> None:
        """Judge one dial, before it is counted."""
        settings = campaign.settings
        lines_max = settings.lines_max
        if campaign.status is not CampaignStatus.RUNNING:
            detail = f"{dial.attempt_id} is dialed for a campaign that is {campaign.status.value}"
            self._alarm.violated("campaign_limits_kept", detail, now)
        if lines_max is not None and campaign.open_attempts >= lines_max:
            detail = f"{dial.attempt_id} is one more than lines_max {lines_max}"
            self._alarm.violated("campaign_limits_kept", detail, now)
        if dial.agent_id is None:
            self._judge_callers(dial, campaign, now)
        self._judge_trunk(dial, trunk, now)

    def _judge_callers(self, dial: Dial, campaign: ShadowCampaign, now: float) -> None:
        waiting = campaign.callers_waiting
        for campaign_id in campaign.settings.blended_campaign_ids:
            blended = self._books.campaigns.get(campaign_id)
            waiting += blended.callers_waiting if blended is not None else 0
        if waiting:
            detail = f"{dial.attempt_id} is dialed while {waiting} callers wait"
            self._alarm.violated("outbound_pauses", detail, now)

    def _judge_trunk(self, dial: Dial, trunk: ShadowTrunk, now: float) -> None:
        settings = trunk.settings
        if not trunk.is_in_service or dial.node_id in self._books.lost_nodes:
            detail = f"{dial.attempt_id} goes over {settings.trunk_id}, which is lost"
            self._alarm.violated("trunk_in_service", detail, now)
        if trunk.open_attempts >= settings.channels_max:
            detail = f"{dial.attempt_id} is one more than {settings.channels_max} on {settings.trunk_id}"
            self._alarm.violated("trunk_channels_kept", detail, now)
        rate = settings.calls_per_second_max
        allowed, period = (int(rate), SAME_SECOND) if rate >= 1.0 else (1, SAME_SECOND / rate)
        dials_at = trunk.dials_at
        while dials_at and now - dials_at[0] >= period:
            dials_at.popleft()
        dials_at.append(now)
        if len(dials_at) > allowed:
            detail = f"{dial.attempt_id} is call {len(dials_at)} in {period:.3f} s on {settings.trunk_id}"
            self._alarm.violated("trunk_rate_kept", detail, now)

    @staticmethod
    def begin(attempt: ShadowAttempt) -> None:
        """Count an attempt."""
        attempt.campaign.open_attempts += 1
        if attempt.trunk is not None:
            attempt.trunk.open_attempts += 1

    @staticmethod
    def end(attempt: ShadowAttempt) -> None:
        """Count an attempt's end."""
        attempt.campaign.open_attempts -= 1
        if attempt.trunk is not None:
            attempt.trunk.open_attempts -= 1
