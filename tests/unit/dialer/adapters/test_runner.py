"""The runner: order of events, commands to the right hands, and the edge that catches everything."""

import asyncio
from typing import Any

import pytest

from dialer.adapters.record_writer import Begun
from dialer.adapters.runner import Hands, Runner
from dialer.core import Engine, EngineSettings
from dialer.core.commands import ConnectToAgent, Dial, HangUp, RecordAttemptEnded, ReserveLeads
from dialer.core.events import (
    AgentBecameAvailable,
    AgentLoggedIn,
    CallAnswered,
    CallEnded,
    CampaignConfigured,
    CampaignStatus,
    CampaignStatusSet,
    DialFailed,
    LeadsReserved,
    TrunkConfigured,
    WallClockSet,
)
from dialer.core.outcomes import EndCause
from dialer.core.settings import CampaignSettings, TrunkSettings
from dialer.messages import AgentId, AttemptId, CampaignId, NodeId, TrunkId
from rules.policy_packs import get_policy_pack
from tests.unit.dialer.core.dialing_floor import NOON_AT, a_lead

ANN, SALES, NODE, TRUNK = AgentId("ann"), CampaignId("sales"), NodeId("dialer"), TrunkId("carrier")


class Listening:
    """A writer and hands that only note what they are given; dials are on record at once."""

    def __init__(self) -> None:
        self.written: list[Any] = []
        self.done: list[Any] = []
        self.begun: asyncio.Queue[Dial] = asyncio.Queue()
        self.fails_on: type | None = None

    def add(self, record: object) -> None:
        """Note a record."""
        self.written.append(record)
        if isinstance(record, Begun) and isinstance(record.what, Dial):
            self.begun.put_nowait(record.what)

    def carry_out(self, node_id: NodeId, command: Any) -> None:
        """Note a command, or fail on it."""
        if self.fails_on is not None and isinstance(command, self.fails_on):
            raise ValueError("planned")
        self.done.append((node_id, command))


@pytest.fixture
async def floor() -> "tuple[Runner, Listening]":
    """A runner with an agent, and a campaign that dials for him."""
    noted = Listening()
    hands = Hands(
        carry_out=noted.carry_out,
        hang_up_anywhere=lambda command: noted.done.append(("anywhere", command)),
        reserve=noted.done.append,
        show=noted.done.append,
        recorded=lambda command: None,
        handled=lambda kind, seconds: None,
        commanded=lambda command: None,
        stumbled=lambda: None,
    )
    runner = Runner(Engine(EngineSettings(epoch="p1")), noted, hands)  # type: ignore[arg-type]  # a stand-in
    settings = CampaignSettings(
        campaign_id=SALES,
        trunk_ids=(TRUNK,),
        pacing_method="progressive",
        policy_pack=get_policy_pack("us_federal"),
        ramp_seconds=0.0,
    )
    trunk = TrunkSettings(trunk_id=TRUNK, node_id=NODE, channels_max=10, calls_per_second_max=10.0)
    # The engine's clock is the loop's: noon is now.
    runner.tell(WallClockSet(offset_seconds=NOON_AT - asyncio.get_running_loop().time()))
    runner.tell(TrunkConfigured(settings=trunk))
    runner.tell(CampaignConfigured(settings=settings))
    runner.tell(CampaignStatusSet(campaign_id=SALES, status=CampaignStatus.RUNNING))
    runner.tell(AgentLoggedIn(agent_id=ANN, campaign_ids=(SALES,), node_id=NODE))
    runner.tell(AgentBecameAvailable(agent_id=ANN))
    return runner, noted


async def dialed(runner: Runner, noted: Listening) -> Dial:
    """Give the engine a lead, and let its clock do the rest."""
    runner.tell(LeadsReserved(campaign_id=SALES, leads=(a_lead(1, lease_seconds=1e12),)))
    return await asyncio.wait_for(noted.begun.get(), 5.0)


async def test_dial_goes_on_record_first_and_to_the_network_when_it_is_there(
    floor: "tuple[Runner, Listening]",
) -> None:
    """The engine's order alone dials nobody."""
    runner, noted = floor
    assert any(isinstance(each, ReserveLeads) for each in noted.done)
    dial = await dialed(runner, noted)
    assert not [each for each in noted.done if isinstance(each, tuple)]
    runner.dial(dial)
    assert noted.done[-1] == (NODE, dial)
    runner.stop()


async def test_dial_that_ended_before_it_was_on_record_is_not_originated(
    floor: "tuple[Runner, Listening]",
) -> None:
    """Somebody stopped the campaign meanwhile: the late word of the writer dials nobody."""
    runner, noted = floor
    dial = await dialed(runner, noted)
    runner.tell(DialFailed(attempt_id=dial.attempt_id, cause=EndCause.FAILED, reason="test"))
    runner.dial(dial)
    assert not [each for each in noted.done if isinstance(each, tuple)]
    runner.stop()


async def test_command_that_fails_is_counted_and_ends_nothing_else(
    floor: "tuple[Runner, Listening]",
) -> None:
    """One command that cannot be carried out is one call's trouble."""
    runner, noted = floor
    runner.dial(await dialed(runner, noted))
    noted.fails_on = ConnectToAgent
    runner.tell(CallAnswered(attempt_id=AttemptId("p1-1")))
    assert runner.failures == {"ConnectToAgent": 1}
    runner.tell(CallEnded(attempt_id=AttemptId("p1-1"), cause=EndCause.NORMAL))
    assert [each for each in noted.written if isinstance(each, RecordAttemptEnded)]
    runner.stop()


async def test_leg_without_an_attempt_is_hung_up_wherever_it_is(floor: "tuple[Runner, Listening]") -> None:
    """An answer of a call that nobody knows: every node is told to end it."""
    runner, noted = floor
    runner.tell(CallAnswered(attempt_id=AttemptId("p0-1")))
    assert noted.done[-1] == ("anywhere", HangUp(attempt_id=AttemptId("p0-1")))
    runner.stop()


async def test_event_that_breaks_the_engine_ends_only_its_own_attempt(
    floor: "tuple[Runner, Listening]", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edge: logged, counted, that call hung up, and the next event is heard."""
    runner, noted = floor
    dial = await dialed(runner, noted)
    runner.dial(dial)

    def break_down(self: Engine, event: object, now: float) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(Engine, "handle", break_down)
    runner.tell(CallAnswered(attempt_id=dial.attempt_id))
    monkeypatch.undo()
    assert runner.failures["CallAnswered"] == 1
    assert noted.done[-1] == (NODE, HangUp(attempt_id=dial.attempt_id))
    runner.stop()
