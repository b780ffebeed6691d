"""What follows while a caller waits for an agent: other agents are asked, or he wants to be called back.

Every function here is called with an attempt in a state in which `call_attempt.HEARD_IN` admits the event.
"""

from dialer.core import events
from dialer.core.call_attempt import CallAttempt
from dialer.core.connecting import give_up_waiting, seek_agent
from dialer.core.ending import end_drain
from dialer.core.outcomes import EndReason
from dialer.core.world import World


def caller_moved(world: World, attempt: CallAttempt, event: events.CallerMoved) -> None:
    """Let a waiting caller wait for another campaign's agents; raises UnknownCampaign."""
    campaign = world.get_campaign(event.campaign_id)
    if not attempt.is_inbound:
        world.counts["CallerMoved: he was called by us"] += 1
        return
    before = attempt.campaign
    before.waiting.pop(attempt.attempt_id, None)
    before.attempts_in_progress -= 1
    end_drain(world, before)
    attempt.campaign = campaign
    campaign.attempts_in_progress += 1
    world.deadlines.cancel(attempt)
    seek_agent(world, attempt)


def callback_requested(world: World, attempt: CallAttempt, event: events.CallbackRequested) -> None:
    """Thank a waiting caller who wants to be called back, and hang up; the promise itself is the store's."""
    if not attempt.is_inbound:
        world.counts["CallbackRequested: he was called by us"] += 1
        return
    give_up_waiting(world, attempt)
    attempt.end_reason = EndReason.CALLBACK_PROMISED
