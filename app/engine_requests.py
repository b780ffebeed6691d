"""What others ask of the engine process, answered: each kind of request in one table."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, get_args

from dialer.core.events import (
    AgentEvent,
    AgentLoggedIn,
    AgentLoggedOut,
    CallRequest,
    DoNotCallAdded,
    LeadWithdrawn,
)
from dialer.messages import (
    Accepted,
    CampaignChanged,
    FloorRequested,
    LeadsWithdrawn,
    NumbersSuppressed,
    RecordingAsked,
    Refused,
    SignInRequested,
    SignOutRequested,
)

if TYPE_CHECKING:
    from app.engine_process import EngineProcess

# `Any`: each function takes its own kind of request.
_Answer = Callable[[Any], Awaitable[object]]

PASSED_ON = frozenset(get_args(AgentEvent) + get_args(CallRequest)) - {AgentLoggedIn}
"""Events that go to the engine as they are; an agent is signed in by his leg, not by his word."""


class EngineRequests:
    """Answers requests for one engine process."""

    def __init__(self, process: "EngineProcess") -> None:
        """Take the process."""
        self._process = process
        self._answers: Mapping[type, _Answer] = {
            FloorRequested: self._give_floor,
            CampaignChanged: self._read_campaign,
            LeadsWithdrawn: self._withdraw,
            NumbersSuppressed: self._suppress,
            RecordingAsked: self._record,
            SignInRequested: self._sign_in,
            SignOutRequested: self._sign_out,
        }

    async def answer(self, request: object) -> object:
        """Do what is asked; raises Refused where it cannot be done."""
        kind = type(request)
        if kind in PASSED_ON:
            self._process.runner.tell(request)  # type: ignore[arg-type]  # the set says so
            return Accepted()
        answer = self._answers.get(kind)
        if answer is None:
            raise Refused(f"expected a request to the engine, got {kind.__name__}")
        return await answer(request)

    async def _give_floor(self, request: FloorRequested) -> object:
        return self._process.floor()

    async def _read_campaign(self, request: CampaignChanged) -> object:
        await self._process.read_campaign(request.campaign_id)
        return Accepted()

    async def _withdraw(self, request: LeadsWithdrawn) -> object:
        for lead_id in request.lead_ids:
            event = LeadWithdrawn(campaign_id=request.campaign_id, lead_id=lead_id, reason=request.reason)
            self._process.runner.tell(event)
        return Accepted()

    async def _suppress(self, request: NumbersSuppressed) -> object:
        for e164 in request.e164s:
            self._process.runner.tell(DoNotCallAdded(e164=e164))
        return Accepted()

    async def _record(self, request: RecordingAsked) -> object:
        self._process.recording.ask(request)
        return Accepted()

    async def _sign_in(self, request: SignInRequested) -> object:
        await self._process.legs.sign_in(request)
        return Accepted()

    async def _sign_out(self, request: SignOutRequested) -> object:
        self._process.runner.tell(AgentLoggedOut(agent_id=request.agent_id))
        return Accepted()
