"""The hopper: leads leased to the engine, checked on entry, checked again just before dialing.

It is short on purpose (about two minutes of dialing), so that rules and do-not-call marks stay fresh.
A lead that may not be dialed leaves it with a named reason; a lead is never kept beyond its lease.
"""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from dialer.core.calling_checks import HouseReason, LeadRefusal
from dialer.core.commands import LeadRelease, ReleaseLeads, ReserveLeads
from dialer.core.leads import Lead
from dialer.messages import AgentId, LeadId

if TYPE_CHECKING:
    from dialer.core.campaign import Campaign
    from dialer.core.world import World

_RATE_MEMORY_SECONDS = 60.0  # over which the dialing rate is remembered


class Hopper:
    """The leads of one campaign that may be dialed next, in the order of the lead source."""

    __slots__ = (
        "_bound",
        "_leads",
        "_lease_until_min",
        "_rate_at",
        "_rate_per_second",
        "_requests_open",
        "asked_at",
        "is_asking",
        "is_exhausted",
    )

    def __init__(self) -> None:
        """Begin empty; the first request goes out with the first decision."""
        self._leads: deque[Lead] = deque()
        self._bound: dict[AgentId, deque[Lead]] = {}  # callbacks promised by one agent
        self.asked_at = float("-inf")  # engine clock of the last request, or of an empty answer
        self.is_asking = False
        self.is_exhausted = False  # the source has said that no lead will ever come due again
        self._lease_until_min = float("inf")  # no lease held ends before this
        self._requests_open: set[str] = set()  # asked, and not answered yet
        self._rate_per_second = 0.0  # recent dials per second
        self._rate_at = float("-inf")

    def __len__(self) -> int:
        """Count the leads held."""
        return len(self._leads) + sum(map(len, self._bound.values()))

    @property
    def is_dry(self) -> bool:
        """Whether nothing is held and nothing will ever come."""
        return self.is_exhausted and len(self) == 0

    @property
    def bound_agent_ids(self) -> tuple[AgentId, ...]:
        """Name the agents whose own callbacks are held."""
        return tuple(agent_id for agent_id, leads in self._bound.items() if leads)

    def ask_again(self) -> None:
        """Ask at the next decision, however the last request was answered: the list may have grown."""
        self.is_exhausted = False
        if not self.is_asking:
            self.asked_at = float("-inf")

    def add(self, world: "World", campaign: "Campaign", leads: tuple[Lead, ...]) -> int:
        """Take leads in, and count them; those that may not be dialed are released with the reason."""
        refused: list[LeadRelease] = []
        taken = 0
        held = {lead.lead_id for leads in (self._leads, *self._bound.values()) for lead in leads}
        for lead in leads:
            if lead.lead_id in held:
                world.counts["LeadsReserved: lead held already"] += 1
                continue
            refusal = world.checks.refusal(world, campaign.settings.policy_pack, lead)
            if refusal is not None:
                refused.append(_release(lead, refusal))
                continue
            held.add(lead.lead_id)
            taken += 1
            self._put(world, campaign, lead)
        self._send_back(world, campaign, refused)
        return taken

    def take(self, world: "World", campaign: "Campaign") -> Lead | None:
        """Take out the next lead that may be dialed now; those before it that may not are released."""
        return self._take_from(self._leads, world, campaign)

    def take_bound(self, world: "World", campaign: "Campaign", agent_id: AgentId) -> Lead | None:
        """Take out the next callback that this agent promised, if it may be dialed now."""
        bound = self._bound.get(agent_id)
        return self._take_from(bound, world, campaign) if bound else None

    def put_back(self, lead: Lead) -> None:
        """Give a lead its place at the front again: it was not dialed; a promise stays bound."""
        self._lease_until_min = min(self._lease_until_min, lead.lease_until)
        promise = lead.callback
        if promise is not None and promise.agent_id is not None:
            self._bound.setdefault(promise.agent_id, deque()).appendleft(lead)
        else:
            self._leads.appendleft(lead)

    def withdraw(self, world: "World", campaign: "Campaign", lead_id: LeadId) -> None:
        """Release one lead, which must not be dialed any more."""
        self._release_where(world, campaign, lambda lead: lead.lead_id == lead_id, HouseReason.WITHDRAWN)

    def release_all(self, world: "World", campaign: "Campaign") -> None:
        """Release everything: the campaign does not dial any more."""
        self._release_where(world, campaign, lambda _: True, HouseReason.CAMPAIGN_NOT_RUNNING)

    def release_expired(self, world: "World", campaign: "Campaign") -> None:
        """Release what is no longer leased to us, and hand on callbacks whose agent did not come."""
        now = world.now
        if self._lease_until_min <= now:
            self._release_where(
                world, campaign, lambda lead: lead.lease_until <= now, HouseReason.LEASE_EXPIRED
            )
            held = (lead.lease_until for leads in (self._leads, *self._bound.values()) for lead in leads)
            self._lease_until_min = min(held, default=float("inf"))
        fallback = world.wall_now - campaign.settings.callback_fallback_seconds
        for agent_id in list(self._bound):
            bound = self._bound[agent_id]
            while bound and bound[0].callback is not None and bound[0].callback.due_at <= fallback:
                self._leads.appendleft(bound.popleft())
            if not bound:
                del self._bound[agent_id]

    def count_dials(self, now: float, dials: int) -> None:
        """Remember the dialing rate, from which the wanted number of leads follows."""
        gap = min(_RATE_MEMORY_SECONDS, max(0.0, now - self._rate_at))
        self._rate_per_second += (dials / max(gap, 1.0) - self._rate_per_second) * gap / _RATE_MEMORY_SECONDS
        self._rate_at = now

    def refill(self, world: "World", campaign: "Campaign") -> None:
        """Ask the lead source for more when half of what is wanted is gone."""
        settings = campaign.settings
        pause = world.settings.lead_request_seconds if self.is_asking else world.settings.lead_pause_seconds
        is_answered_empty = not self.is_asking and self.asked_at > float("-inf")
        if (self.is_asking or is_answered_empty) and world.now - self.asked_at < pause:
            return
        wanted = max(settings.hopper_leads_min, int(self._rate_per_second * settings.hopper_seconds))
        if 2 * len(self) > wanted:
            return
        self.is_asking = True
        self.asked_at = world.now
        request = world.new_request()
        self._requests_open.add(request)
        count = wanted - len(self)
        world.outbox.append(ReserveLeads(campaign_id=settings.campaign_id, count=count, request=request))

    def expects(self, request: str | None) -> bool:
        """Tell whether an answer is new: heard twice, its leads could be dialed twice."""
        if request is None:
            return True
        if request not in self._requests_open:
            return False
        self._requests_open.remove(request)
        return True

    def hear_answer(self, now: float, leads_taken: int, is_exhausted: bool) -> None:
        """Note the lead source's answer; one that brought nothing keeps us from asking again at once.

        That includes an answer of refused leads alone: the source may offer the same ones again.
        """
        self.is_asking = False
        self.asked_at = now if leads_taken == 0 else float("-inf")
        self.is_exhausted = is_exhausted

    def _take_from(self, leads: deque[Lead], world: "World", campaign: "Campaign") -> Lead | None:
        refused: list[LeadRelease] = []
        found = None
        while leads and found is None:
            lead = leads.popleft()
            refusal = world.checks.refusal(world, campaign.settings.policy_pack, lead)
            if refusal is None:
                found = lead
            else:
                refused.append(_release(lead, refusal))
        self._send_back(world, campaign, refused)
        return found

    def _put(self, world: "World", campaign: "Campaign", lead: Lead) -> None:
        self._lease_until_min = min(self._lease_until_min, lead.lease_until)
        promise = lead.callback
        if promise is None:
            self._leads.append(lead)
            return
        fallback = world.wall_now - campaign.settings.callback_fallback_seconds
        if promise.agent_id is not None and promise.due_at > fallback:
            self._bound.setdefault(promise.agent_id, deque()).append(lead)
        else:
            self._leads.appendleft(lead)  # a promise goes before the list

    def _release_where(
        self, world: "World", campaign: "Campaign", applies: Callable[[Lead], bool], reason: HouseReason
    ) -> None:
        released: list[LeadRelease] = []
        for leads in (self._leads, *self._bound.values()):
            for _ in range(len(leads)):
                lead = leads.popleft()
                if applies(lead):
                    released.append(LeadRelease(lead_id=lead.lead_id, reason=reason.value))
                else:
                    leads.append(lead)
        self._send_back(world, campaign, released)

    def _send_back(self, world: "World", campaign: "Campaign", releases: list[LeadRelease]) -> None:
        if releases:
            world.outbox.append(
                ReleaseLeads(campaign_id=campaign.settings.campaign_id, releases=tuple(releases))
            )


def _release(lead: Lead, refusal: LeadRefusal) -> LeadRelease:
    return LeadRelease(lead_id=lead.lead_id, reason=refusal.reason, allowed_at=refusal.allowed_at)
