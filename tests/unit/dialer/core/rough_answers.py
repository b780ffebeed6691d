"""What an order of a rough day may be answered with, where the day itself need not be asked."""

from dialer.core import commands, events
from dialer.core.events import Event
from dialer.core.outcomes import EndCause


def of_connection(day: object, order: commands.ConnectToAgent, choice: int) -> Event | None:
    """Client and agent are bridged, or not."""
    if choice % 4 == 0:
        return events.ConnectFailed(attempt_id=order.attempt_id, agent_id=order.agent_id, reason="rough")
    return events.CallConnected(attempt_id=order.attempt_id, agent_id=order.agent_id)


def of_preview(day: object, order: commands.ShowPreview, choice: int) -> Event | None:
    """The agent takes or skips the lead."""
    if choice % 3 == 0:
        return events.PreviewSkipped(agent_id=order.agent_id, lead_id=order.lead_id)
    return events.PreviewAccepted(agent_id=order.agent_id, lead_id=order.lead_id)


def of_check(day: object, order: commands.CheckCall, choice: int) -> Event | None:
    """The leg lives, or it is gone."""
    if choice % 3 == 0:
        return events.CallEnded(attempt_id=order.attempt_id, cause=EndCause.NORMAL)
    return events.CallStillUp(attempt_id=order.attempt_id)


def of_third_party(day: object, order: commands.DialThirdParty, choice: int) -> Event | None:
    """The third party answers, or does not."""
    if choice % 3 == 0:
        return events.ThirdPartyEnded(attempt_id=order.attempt_id)
    return events.ThirdPartyAnswered(attempt_id=order.attempt_id)


def of_hang_up(day: object, order: commands.HangUp, choice: int) -> Event | None:
    """The leg ends, or nothing is heard of it."""
    return events.CallEnded(attempt_id=order.attempt_id, cause=EndCause.NORMAL) if choice % 4 else None


def of_message(day: object, order: commands.PlayCampaignMessage, choice: int) -> Event | None:
    """The message ends, or nothing is heard of it."""
    return events.MessageEnded(attempt_id=order.attempt_id) if choice % 4 else None
