"""The inbound desk: who is greeted, queued, moved, promised a call or told that we are closed."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from dialer.adapters.ari_commands import NodePlaces
from dialer.adapters.ari_messages import AriAnswer, AriRequest
from dialer.adapters.asterisk_node import AsteriskNode
from dialer.adapters.errors import StoreLost
from dialer.adapters.inbound import InboundDesk
from dialer.adapters.node_news import CallerArrived, CallerHeardSound, KeyPressed
from dialer.adapters.store import InboundNumber, KnownCaller
from dialer.core.commands import ConnectToAgent, HangUp, NetworkCommand, PlaySafeHarbourMessage
from dialer.core.events import (
    CallbackRequested,
    CallEnded,
    CallerMoved,
    Event,
    InboundCallArrived,
)
from dialer.core.outcomes import EndCause
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId

NODE = NodeId("node-1")
CALL = AttemptId("1700.5")
ANN = AgentId("ann")
SERVICE, NIGHT = CampaignId("service"), CampaignId("night")
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
TOLD = CallerArrived(attempt_id=CALL, caller_id_number="+12125550001", dialed_number="800100")
NUMBER = InboundNumber(number="800100", campaign_id=SERVICE)
KNOWN = KnownCaller(lead_id=LeadId(7), agent_id=ANN)


class FakeNode:
    """Takes down what it is asked."""

    def __init__(self) -> None:
        self.places = NodePlaces(application="paceline", endpoints={})
        self.asked: list[str] = []
        self.ordered: list[NetworkCommand] = []
        self.status = 200

    def send(self, request: AriRequest, on_answer: object = None) -> None:
        """Take a request, and answer it."""
        self.asked.append(f"{request.method} {request.uri} {' '.join(request.query.values())}".strip())
        if callable(on_answer):
            on_answer(AriAnswer(status=self.status))

    def carry_out(self, command: NetworkCommand) -> None:
        """Take an order."""
        self.ordered.append(command)


class FakeBook:
    """Knows one number and one caller, unless the database is away."""

    def __init__(self) -> None:
        self.number: InboundNumber | None = NUMBER
        self.known: KnownCaller | None = KNOWN
        self.is_lost = False
        self.promised: list[KnownCaller] = []
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def look_up(self, told: CallerArrived) -> tuple[InboundNumber | None, KnownCaller | None]:
        """The one number and the one caller."""
        self.is_asked.set()
        await self.may_answer.wait()
        if self.is_lost:
            raise StoreLost("away")
        return self.number, self.known

    async def promise(self, known: KnownCaller, due_at: datetime) -> bool:
        """Keep any promise."""
        self.promised.append(known)
        return True


class House:
    """A desk, its node and book, and what the engine was told; tests say what the engine orders."""

    def __init__(self) -> None:
        self.node, self.book = FakeNode(), FakeBook()
        self.told: list[Event] = []
        self.answers: dict[type, NetworkCommand] = {}  # what the engine orders upon an event
        self.tasks: list[asyncio.Task[object]] = []
        self.desk = InboundDesk(
            self.book,
            {NODE: cast(AsteriskNode, self.node)},
            self._tell,
            lambda: MONDAY_NOON,
            {SERVICE, NIGHT},
            self._start,
        )

    def _tell(self, event: Event) -> None:
        self.told.append(event)
        if type(event) in self.answers:
            self.desk.ordered(self.answers[type(event)])

    def _start(self, work: Coroutine[object, object, object]) -> None:
        self.tasks.append(asyncio.ensure_future(work))

    async def call_in(self) -> None:
        """Let the caller arrive, and everything that follows at once happen."""
        self.desk.caller_arrived(NODE, TOLD)
        await self.settle()

    async def settle(self) -> None:
        """Let every task end."""
        await asyncio.gather(*self.tasks)

    async def turn(self) -> None:
        """Let every timer that is due now go off."""
        loop = asyncio.get_running_loop()
        is_over = loop.create_future()
        loop.call_later(0.0, is_over.set_result, None)
        await is_over

    def press(self, key: str = "1") -> None:
        """Let the caller press a key."""
        self.desk.key_pressed(KeyPressed(attempt_id=CALL, key=key))


@pytest.fixture
async def house() -> House:
    """A house whose number is open and plain."""
    return House()


async def test_caller_is_answered_taken_in_hand_and_queued_for_whoever_called_him(house: House) -> None:
    """The dialplan's own message is called off, music plays, the engine is told."""
    await house.call_in()
    assert house.node.asked == [
        f"POST channels/{CALL}/answer",
        f"POST channels/{CALL}/variable TIMEOUT(absolute) 0",
        f"POST channels/{CALL}/moh",
    ]
    assert house.node.places.on_hold == {CALL}
    (event,) = house.told
    assert isinstance(event, InboundCallArrived)
    assert (event.campaign_id, event.node_id, event.agent_id) == (SERVICE, NODE, ANN)


async def test_caller_hears_the_greeting_before_he_is_queued(house: House) -> None:
    """The engine hears of him when it is over."""
    house.book.number = replace(NUMBER, greeting_sound="hello")
    await house.call_in()
    assert house.node.asked[-1].endswith(f"play sound:hello desk.{CALL}")
    assert house.told == []
    house.desk.heard_sound(CallerHeardSound(attempt_id=CALL))
    assert len(house.told) == 1


async def test_caller_whose_greeting_cannot_be_played_is_queued_at_once(house: House) -> None:
    """A missing recording keeps nobody from an agent."""
    house.book.number = replace(NUMBER, greeting_sound="missing")
    house.node.status = 404
    await house.call_in()
    assert isinstance(house.told[0], InboundCallArrived)


async def test_caller_out_of_hours_is_told_so_and_hung_up(house: House) -> None:
    """The engine does not hear of him."""
    house.book.number = replace(NUMBER, open_hours="tu 09:00-17:00", closed_sound="closed")
    await house.call_in()
    assert house.node.asked[-1].endswith(f"play sound:closed desk.{CALL}")
    assert house.node.ordered == []
    house.desk.heard_sound(CallerHeardSound(attempt_id=CALL))
    assert house.node.ordered == [HangUp(attempt_id=CALL)]
    assert house.told == []


@pytest.mark.parametrize("what", ["no number", "no campaign", "no database"])
async def test_caller_for_whom_nothing_is_set_is_hung_up(house: House, what: str) -> None:
    """Unanswered: it costs him nothing."""
    house.book.is_lost = what == "no database"
    house.book.number = None if what == "no number" else replace(NUMBER, campaign_id=CampaignId("gone"))
    await house.call_in()
    assert (house.node.ordered, house.node.asked, house.told) == ([HangUp(attempt_id=CALL)], [], [])


async def test_hours_that_cannot_be_read_keep_nobody_out(house: House) -> None:
    """Whoever wrote them is told in the log; the caller is not to blame."""
    house.book.number = replace(NUMBER, open_hours="whenever")
    await house.call_in()
    assert isinstance(house.told[0], InboundCallArrived)


async def test_caller_who_hangs_up_while_he_is_looked_up_is_forgotten(house: House) -> None:
    """Nothing is asked of a call that is gone."""
    house.book.may_answer.clear()
    house.desk.caller_arrived(NODE, TOLD)
    await house.book.is_asked.wait()
    house.desk.heard(CallEnded(attempt_id=CALL, cause=EndCause.NORMAL))
    house.book.may_answer.set()
    await house.settle()
    assert (house.node.asked, house.node.ordered, house.told) == ([], [], [])


@pytest.mark.parametrize("is_taken", [False, True])
async def test_caller_who_waits_too_long_is_moved_and_one_who_is_taken_is_not(
    house: House, is_taken: bool
) -> None:
    """Other agents are asked after the number's seconds."""
    house.book.number = replace(NUMBER, overflow_seconds=0.0, overflow_campaign_id=NIGHT)
    if is_taken:
        house.answers[InboundCallArrived] = ConnectToAgent(
            attempt_id=CALL, agent_id=ANN, campaign_id=SERVICE, lead_id=None
        )
    await house.call_in()
    await house.turn()
    moved = [event for event in house.told if isinstance(event, CallerMoved)]
    assert moved == ([] if is_taken else [CallerMoved(attempt_id=CALL, campaign_id=NIGHT)])


async def test_caller_who_presses_the_key_is_promised_a_call(house: House) -> None:
    """Once the engine lets him go, with the number's own thanks; a second press changes nothing."""
    house.book.number = replace(NUMBER, offers_callback=True, callback_sound="thanks")
    house.answers[CallbackRequested] = PlaySafeHarbourMessage(attempt_id=CALL)
    await house.call_in()
    house.press()
    house.press()
    await house.settle()
    assert house.told[1:] == [CallbackRequested(attempt_id=CALL)]
    assert house.book.promised == [KNOWN]
    assert house.node.places.last_words == {CALL: "thanks"}


async def test_caller_whom_an_agent_takes_at_that_moment_is_promised_nothing(house: House) -> None:
    """The engine ignored the wish: he talks."""
    house.book.number = replace(NUMBER, offers_callback=True)
    await house.call_in()
    house.press()
    await house.settle()
    assert house.book.promised == []


@pytest.mark.parametrize("what", ["another key", "not offered", "not known"])
async def test_key_means_nothing_where_no_call_back_is_offered(house: House, what: str) -> None:
    """Other keys, other numbers, callers whom we never called."""
    house.book.number = replace(NUMBER, offers_callback=what != "not offered")
    house.book.known = None if what == "not known" else KNOWN
    await house.call_in()
    house.press("2" if what == "another key" else "1")
    assert len(house.told) == 1
