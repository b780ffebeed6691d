"""The virtual network, driven by hand: what each command does, and what it says."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dialer.core.commands import (
    CheckCall,
    ConnectToAgent,
    DetectAnswer,
    Dial,
    DialThirdParty,
    HangUp,
    JoinParties,
    LeaveVoicemailMessage,
    PlaySafeHarbourMessage,
    ReleaseAgent,
    ResumeCall,
)
from dialer.core.events import (
    AnswerClassified,
    BeepHeard,
    CallAnswered,
    CallConnected,
    CallEnded,
    CallRinging,
    CallStillUp,
    ConnectFailed,
    Event,
    MessageEnded,
    ThirdPartyAnswered,
)
from dialer.core.outcomes import EndCause
from dialer.core.settings import TrunkSettings
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId
from rules.detection import DetectionVerdict
from simulations.answer_detection import DetectorQuality
from simulations.call_leg import CallLeg
from simulations.called_parties import CalledParties, Population
from simulations.carrier import Carrier
from simulations.distributions import Constant
from simulations.event_list import EventList
from simulations.network_plan import HANG_UP_SLACK_SECONDS, MACHINE_NOTICE_SECONDS, NetworkPlan
from simulations.random_streams import RandomStreams
from simulations.third_parties import ThirdParties
from simulations.virtual_agent import VirtualAgent
from simulations.virtual_network import VirtualNetwork

NODE, TRUNK, CALL, ANNA, BEN = (
    NodeId("node"),
    TrunkId("trunk"),
    AttemptId("call"),
    AgentId("anna"),
    AgentId("ben"),
)

PERSON = Population(
    live_ratio=1.0,
    busy_ratio=0.0,
    post_dial_delay=Constant(2.0),
    ring=Constant(6.0),
    talk=Constant(60.0),
    talk_again=Constant(30.0),
    patience=Constant(5.0),
    queue_patience=Constant(20.0),
    message_patience=Constant(100.0),
    agent_hangs_up_ratio=0.0,
    detector=DetectorQuality(false_machine_ratio=0.0, unsure_ratio=0.0),
)
MACHINE = replace(PERSON, live_ratio=0.0, machine_ratio=1.0)


class Line:
    """A network with two agents, and what it said and to whom it gave talks."""

    def __init__(self, population: Population = PERSON, channels: int = 10) -> None:
        self.events = EventList()
        self.said: list[tuple[float, Event]] = []
        self.talks: list[tuple[str, str]] = []
        self.agents = {
            agent_id: VirtualAgent(agent_id, index, (CampaignId("sales"),), frozenset(), NODE)
            for index, agent_id in enumerate((ANNA, BEN))
        }
        for agent in self.agents.values():
            agent.has_leg = True
        settings = TrunkSettings(
            trunk_id=TRUNK, node_id=NODE, channels_max=channels, calls_per_second_max=100.0
        )
        parties = CalledParties(population, RandomStreams(1), 0)
        self.carrier = Carrier((settings,))

        def emit(event: Event, node_id: NodeId) -> None:
            self.said.append((round(self.events.now, 6), event))

        self.network = VirtualNetwork(
            NetworkPlan(), self.events, self.carrier, self.agents, lambda dial: (parties, 0, 1), emit
        )
        self.network.talks = self
        self.third_parties = ThirdParties(self.network, self.events, emit)

    def talk_began(self, agent: VirtualAgent, leg: CallLeg, seconds: float, agent_ends: bool) -> None:
        """Hear of a talk."""
        agent.leg = leg
        self.talks.append(("began", agent.agent_id))

    def talk_ended(self, agent: VirtualAgent, leg: CallLeg) -> None:
        """Hear of its end."""
        agent.leg = None
        self.talks.append(("ended", agent.agent_id))

    def until(self, at: float) -> list[tuple[float, Event]]:
        """Let everything happen up to `at`; give what was said meanwhile."""
        already = len(self.said)
        while (next_at := self.events.next_at()) is not None and next_at <= at:
            self.events.step()
        self.events.advance(at)
        return self.said[already:]

    def dial(self) -> None:
        """Dial the one party there is."""
        self.network.dial(
            Dial(
                attempt_id=CALL,
                campaign_id=CampaignId("sales"),
                lead_id=LeadId(1),
                e164="+99900000000",
                number_index=0,
                trunk_id=TRUNK,
                node_id=NODE,
                caller_id_number="",
                ring_timeout_seconds=22.0,
            )
        )

    def connect(self, agent_id: AgentId) -> None:
        """Order the bridge with an agent."""
        command = ConnectToAgent(
            attempt_id=CALL, agent_id=agent_id, campaign_id=CampaignId("sales"), lead_id=None
        )
        self.network.connect(command)


def answered(population: Population = PERSON) -> Line:
    """A line whose party has just gone off-hook, 8 s (machine: 17 s) after the dial."""
    line = Line(population)
    line.dial()
    line.until(8.0 if population.live_ratio else 17.0)
    assert line.said[-1][1] == CallAnswered(attempt_id=CALL)
    return line


def talking() -> Line:
    """A line whose party talks with Anna since 8.08 s."""
    line = answered()
    line.connect(ANNA)
    line.until(8.1)
    return line


def ended(cause: EndCause = EndCause.NORMAL) -> CallEnded:
    """The end of the one call there is."""
    return CallEnded(attempt_id=CALL, cause=cause)


def test_person_rings_answers_and_leaves_when_nobody_speaks() -> None:
    """Post-dial delay, ring time and patience follow each other."""
    line = Line()
    line.dial()
    assert line.until(60.0) == [
        (2.0, CallRinging(attempt_id=CALL)),
        (8.0, CallAnswered(attempt_id=CALL)),
        (13.0, ended()),
    ]


@pytest.mark.parametrize(
    ("population", "at", "cause"),
    [
        (replace(PERSON, live_ratio=0.0, busy_ratio=1.0), 2.0, EndCause.BUSY),
        (replace(PERSON, live_ratio=0.0, failed_ratio=1.0), 2.0, EndCause.FAILED),
        (replace(PERSON, invalid_ratio=1.0), 2.0, EndCause.INVALID_NUMBER),
        (replace(PERSON, live_ratio=0.0, rejected_ratio=1.0), 5.0, EndCause.REJECTED),
        (replace(PERSON, live_ratio=0.0), 24.0, EndCause.NO_ANSWER),
        (replace(PERSON, ring=Constant(30.0)), 24.0, EndCause.NO_ANSWER),
    ],
    ids=["busy", "failed", "invalid", "rejected", "nobody there", "slower than the ring timeout"],
)
def test_call_that_nobody_answers_ends_with_its_cause(
    population: Population, at: float, cause: EndCause
) -> None:
    """Each cause at its own time, and the channel is free again."""
    line = Line(population)
    line.dial()
    assert line.until(60.0)[-1] == (at, ended(cause))
    assert line.carrier.trunks[TRUNK].channels_used == 0


def test_call_that_the_carrier_refuses_ends_in_congestion() -> None:
    """It never rings."""
    line = Line(channels=0)
    line.dial()
    assert line.until(60.0) == [(2.0, ended(EndCause.CONGESTION))]


def test_client_and_agent_talk_as_long_as_the_party_does() -> None:
    """Patience is forgotten with the bridge; the party hangs up after its talk."""
    line = answered()
    line.connect(ANNA)
    assert line.until(100.0) == [
        (8.08, CallConnected(attempt_id=CALL, agent_id=ANNA)),
        (68.08, ended()),
    ]
    assert line.talks == [("began", "anna"), ("ended", "anna")]


def test_agent_who_is_to_hang_up_and_does_not_is_left_by_the_party() -> None:
    """A lost hang-up does not keep a party on the line for ever."""
    line = answered(replace(PERSON, agent_hangs_up_ratio=1.0))
    line.connect(ANNA)
    assert line.until(200.0)[-1] == (68.08 + HANG_UP_SLACK_SECONDS, ended())


@pytest.mark.parametrize("trouble", ["no leg", "another call"])
def test_agent_who_cannot_be_bridged_is_said_so(trouble: str) -> None:
    """The client stays, and loses patience as before."""
    line = answered()
    anna = line.agents[ANNA]
    anna.has_leg = trouble != "no leg"
    if trouble == "another call":
        anna.leg = CallLeg(AttemptId("other"), line.network.legs[CALL].parties, 1, 1, NODE, 0)  # type: ignore[arg-type]
    line.connect(ANNA)
    failed, end = line.until(60.0)
    assert isinstance(failed[1], ConnectFailed)
    assert end == (13.0, ended())


def test_client_without_agent_waits_and_talks_again_with_another() -> None:
    """A released client has the patience of a queue; the second talk is shorter."""
    line = talking()
    line.network.release_agent(ReleaseAgent(attempt_id=CALL, agent_id=ANNA))
    assert line.until(20.0) == []
    line.connect(BEN)
    assert line.until(200.0) == [
        (20.08, CallConnected(attempt_id=CALL, agent_id=BEN)),
        (50.08, ended()),
    ]
    assert line.talks[1:3] == [("ended", "anna"), ("began", "ben")]


def test_release_of_an_agent_who_is_not_there_changes_nothing() -> None:
    """A late order for the agent before does not part the client from the present one."""
    line = talking()
    line.network.release_agent(ReleaseAgent(attempt_id=CALL, agent_id=BEN))
    assert line.network.legs[CALL].agent is line.agents[ANNA]


def test_hang_up_ends_a_leg_once_and_is_answered_for_one_that_is_gone() -> None:
    """As Asterisk's 404 is, by an end."""
    line = talking()
    line.network.hang_up(HangUp(attempt_id=CALL))
    assert line.until(9.0) == [(8.12, ended())]
    line.network.hang_up(HangUp(attempt_id=CALL))
    assert line.until(10.0) == [(9.02, ended())]


def test_check_says_whether_a_leg_is_there() -> None:
    """Still up, or ended."""
    line = talking()
    line.network.check(CheckCall(attempt_id=CALL))
    assert line.until(9.0) == [(8.12, CallStillUp(attempt_id=CALL))]
    line.network.check(CheckCall(attempt_id=AttemptId("unknown")))
    assert line.until(10.0) == [(9.02, CallEnded(attempt_id=AttemptId("unknown"), cause=EndCause.NORMAL))]


def test_person_is_classified_after_the_detectors_delay() -> None:
    """The verdict comes later than the answer."""
    line = answered()
    line.network.detect(DetectAnswer(attempt_id=CALL))
    verdict = AnswerClassified(attempt_id=CALL, verdict=DetectionVerdict.HUMAN)
    assert line.until(10.0) == [(9.6, verdict)]


def test_machine_beeps_records_and_hangs_up() -> None:
    """With the detector on, the beep is heard of."""
    line = answered(MACHINE)
    line.network.detect(DetectAnswer(attempt_id=CALL))
    assert [event for _, event in line.until(200.0)][1:] == [BeepHeard(attempt_id=CALL), ended()]
    assert line.said[-1][0] == 17.0 + 9.0 + 60.0


def test_machine_takes_a_message_to_its_end() -> None:
    """Its own end does not cut the message."""
    line = answered(MACHINE)
    line.network.leave_voicemail(LeaveVoicemailMessage(attempt_id=CALL))
    assert line.until(38.0) == [(37.0, MessageEnded(attempt_id=CALL))]


def test_agent_with_a_machine_ends_it_after_some_seconds() -> None:
    """Without a detector machines reach agents."""
    line = answered(MACHINE)
    planned: list[float] = []
    line.talk_began = lambda agent, leg, seconds, agent_ends: planned.append(seconds)  # type: ignore[method-assign]
    line.connect(ANNA)
    line.until(18.0)
    assert planned == [MACHINE_NOTICE_SECONDS]


@pytest.mark.parametrize(
    ("patience", "last"),
    [(100.0, (16.0, MessageEnded(attempt_id=CALL))), (3.0, (11.0, ended()))],
    ids=["hears it out", "leaves"],
)
def test_person_hears_a_message_out_or_leaves(patience: float, last: tuple[float, Event]) -> None:
    """By its own patience with messages."""
    line = answered(replace(PERSON, message_patience=Constant(patience)))
    line.network.play_safe_harbour(PlaySafeHarbourMessage(attempt_id=CALL))
    assert line.until(20.0) == [last]


def test_third_party_answers_joins_and_stays_with_the_client() -> None:
    """When the agent leaves, client and third party go on for a while."""
    line = talking()
    line.network.plan = replace(line.network.plan, third_party_ratio=1.0)
    dial = DialThirdParty(attempt_id=CALL, agent_id=ANNA, e164="+99911111111", ring_timeout_seconds=22.0)
    line.third_parties.dial(dial)
    assert line.until(17.0) == [(16.1, ThirdPartyAnswered(attempt_id=CALL))]
    line.third_parties.join(JoinParties(attempt_id=CALL))
    line.network.release_agent(ReleaseAgent(attempt_id=CALL, agent_id=ANNA))
    assert line.until(100.0) == [(47.0, ended())]


def test_client_taken_back_drops_a_third_party_that_still_rings() -> None:
    """It never answers into an empty room."""
    line = talking()
    dial = DialThirdParty(attempt_id=CALL, agent_id=ANNA, e164="+99911111111", ring_timeout_seconds=22.0)
    line.third_parties.dial(dial)
    line.third_parties.resume(ResumeCall(attempt_id=CALL))
    assert line.until(60.0) == []


@pytest.mark.parametrize(
    "order",
    [
        lambda network: network.play_broadcast(PlaySafeHarbourMessage(attempt_id=CALL)),
        lambda network: network.hang_up(HangUp(attempt_id=CALL)),
        lambda network: network.check(CheckCall(attempt_id=CALL)),
    ],
    ids=["message", "hang-up", "check"],
)
def test_order_for_a_leg_that_is_gone_is_answered_with_its_end(
    order: Callable[[VirtualNetwork], None],
) -> None:
    """The engine is never left without an answer."""
    line = Line()
    order(line.network)
    assert [event for _, event in line.until(1.0)] == [ended()]
