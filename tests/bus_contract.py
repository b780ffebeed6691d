"""What every transport of the bus must do; a test module per transport runs all of it."""

import asyncio
from dataclasses import dataclass, field

import pytest

from dialer.adapters.errors import WireError
from dialer.core.agent_events import AgentLoggedOut, AgentPaused
from dialer.messages import (
    Accepted,
    AgentId,
    Alarm,
    BusError,
    CampaignChanged,
    CampaignId,
    EventBus,
    NobodyAnswered,
    Refused,
)

SUBJECT = "paceline.engine.requests"
OTHER_SUBJECT = "paceline.alarms"
SECONDS_MAX = 5.0


def paused(number: int) -> AgentPaused:
    """One of many messages that can be told apart."""
    return AgentPaused(agent_id=AgentId(f"agent-{number}"), reason="lunch")


@dataclass(slots=True)
class Ear:
    """Hears and remembers."""

    wanted: int  # how many messages are waited for
    heard: list[object] = field(default_factory=list)
    is_complete: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, message: object) -> None:
        """Take one message."""
        self.heard.append(message)
        if len(self.heard) >= self.wanted:
            self.is_complete.set()

    async def all_heard(self) -> list[object]:
        """Wait for the wanted messages."""
        await asyncio.wait_for(self.is_complete.wait(), SECONDS_MAX)
        return self.heard


class BusContract:
    """Run by a class of each transport, whose fixture `buses` gives two parties on one bus."""

    async def test_message_said_is_heard_by_all_in_its_order(self, buses: tuple[EventBus, EventBus]) -> None:
        """Two who listen hear each message once, one after the other as they were said."""
        here, there = buses
        ears = [Ear(wanted=300), Ear(wanted=300)]
        for bus, ear in zip(buses, ears, strict=True):
            await bus.subscribe(SUBJECT, ear.hear)
        for number in range(300):
            await here.publish(SUBJECT, paused(number))
        for ear in ears:
            assert await ear.all_heard() == [paused(number) for number in range(300)]
        assert there is not None

    async def test_message_on_another_subject_is_not_heard(self, buses: tuple[EventBus, EventBus]) -> None:
        """Who listens on one subject hears nothing of another."""
        here, there = buses
        ear = Ear(wanted=1)
        await there.subscribe(SUBJECT, ear.hear)
        await here.publish(OTHER_SUBJECT, paused(1))
        await here.publish(f"{SUBJECT}.more", paused(2))
        await here.publish(SUBJECT, paused(3))
        assert await ear.all_heard() == [paused(3)]

    async def test_message_is_heard_one_at_a_time(self, buses: tuple[EventBus, EventBus]) -> None:
        """The next message waits until the one before has been dealt with."""
        here, there = buses
        deep, deepest = 0, 0
        ear = Ear(wanted=20)

        async def hear(message: object) -> None:
            nonlocal deep, deepest
            deep += 1
            deepest = max(deepest, deep)
            await asyncio.get_running_loop().run_in_executor(None, int)  # others may go on
            deep -= 1
            await ear.hear(message)

        await there.subscribe(SUBJECT, hear)
        for number in range(20):
            await here.publish(SUBJECT, paused(number))
        await ear.all_heard()
        assert deepest == 1

    async def test_error_while_hearing_does_not_end_the_hearing(
        self, buses: tuple[EventBus, EventBus]
    ) -> None:
        """A message that its hearer cannot deal with is one message lost, not all that follow."""
        here, there = buses
        ear = Ear(wanted=1)

        async def hear(message: object) -> None:
            if message == paused(1):
                raise KeyError("agent-1")
            await ear.hear(message)

        await there.subscribe(SUBJECT, hear)
        await here.publish(SUBJECT, paused(1))
        await here.publish(SUBJECT, paused(2))
        assert await ear.all_heard() == [paused(2)]

    async def test_question_gets_the_answer_to_itself(self, buses: tuple[EventBus, EventBus]) -> None:
        """Answers given in another order still reach the askers they are for."""
        here, there = buses
        first_may_end = asyncio.Event()

        async def reply(question: object) -> object:
            if question == paused(0):
                await first_may_end.wait()
            else:
                first_may_end.set()
            assert isinstance(question, AgentPaused)
            return CampaignChanged(campaign_id=CampaignId(question.agent_id))

        await there.answer(SUBJECT, reply)
        answers = await asyncio.gather(*(here.ask(SUBJECT, paused(number), SECONDS_MAX) for number in (0, 1)))
        assert answers == [CampaignChanged(campaign_id=CampaignId(f"agent-{number}")) for number in (0, 1)]

    async def test_question_that_nobody_can_answer_fails_at_once(
        self, buses: tuple[EventBus, EventBus]
    ) -> None:
        """Where nobody listens there is nothing to wait for."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        with pytest.raises(NobodyAnswered, match=SUBJECT):
            await buses[0].ask(SUBJECT, paused(1), 30.0)
        assert loop.time() - began_at < SECONDS_MAX

    async def test_question_without_answer_fails_after_its_time(
        self, buses: tuple[EventBus, EventBus]
    ) -> None:
        """One who listens and says nothing keeps nobody waiting beyond the time given."""
        here, there = buses
        is_over = asyncio.Event()

        async def reply(question: object) -> object:
            await is_over.wait()
            return question

        await there.answer(SUBJECT, reply)
        with pytest.raises(NobodyAnswered, match=r"within 0\.05 s"):
            await here.ask(SUBJECT, paused(1), 0.05)
        is_over.set()

    async def test_refusal_reaches_the_asker_with_its_reason(self, buses: tuple[EventBus, EventBus]) -> None:
        """A refusal, and any error of the one who answers, is told; the next question is answered."""
        here, there = buses

        async def reply(question: object) -> object:
            if question == paused(1):
                raise Refused("agent-1 is not signed in: żaden")
            if question == paused(2):
                raise KeyError("agent-2")
            return Accepted()

        await there.answer(SUBJECT, reply)
        with pytest.raises(Refused, match=r"^agent-1 is not signed in: żaden$"):
            await here.ask(SUBJECT, paused(1), SECONDS_MAX)
        with pytest.raises(Refused, match=r"KeyError.*agent-2"):
            await here.ask(SUBJECT, paused(2), SECONDS_MAX)
        assert await here.ask(SUBJECT, paused(3), SECONDS_MAX) == Accepted()

    async def test_answer_that_cannot_be_said_is_a_refusal(self, buses: tuple[EventBus, EventBus]) -> None:
        """The asker hears of it instead of waiting for nothing."""
        here, there = buses

        async def reply(question: object) -> object:
            return {"not": "a message"}

        await there.answer(SUBJECT, reply)
        with pytest.raises(Refused, match="got dict"):
            await here.ask(SUBJECT, paused(1), SECONDS_MAX)

    async def test_thing_that_is_no_message_cannot_be_said(self, buses: tuple[EventBus, EventBus]) -> None:
        """The one who says it hears of it."""
        with pytest.raises(WireError, match="got str"):
            await buses[0].publish(SUBJECT, "hello")
        with pytest.raises(WireError, match="got object"):
            await buses[0].ask(SUBJECT, object(), SECONDS_MAX)

    @pytest.mark.parametrize(
        "subject", ["", "paceline..floor", "paceline.*", "paceline.>", "a b", "a\r\nPUB b"]
    )
    async def test_subject_that_is_none_is_refused(
        self, buses: tuple[EventBus, EventBus], subject: str
    ) -> None:
        """No subject says more than its words; none reaches into the protocol beneath."""
        with pytest.raises(ValueError, match="expected words"):
            await buses[0].publish(subject, paused(1))

    async def test_message_said_before_closing_is_delivered(self, buses: tuple[EventBus, EventBus]) -> None:
        """Goodbye comes after everything else, and after it nothing can be said."""
        here, there = buses
        ear = Ear(wanted=100)
        await there.subscribe(SUBJECT, ear.hear)
        for number in range(99):
            await here.publish(SUBJECT, paused(number))
        goodbye = Alarm(name="engine", is_on=True, text="goodbye")
        await here.publish(SUBJECT, goodbye)
        await here.close()
        assert (await ear.all_heard())[-1] == goodbye
        await here.close()  # a second time is no mistake
        with pytest.raises(BusError, match="closed"):
            await here.publish(SUBJECT, AgentLoggedOut(agent_id=AgentId("anna")))
