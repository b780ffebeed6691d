"""The engine in the virtual network against what is known: Erlang's formulas and an independent simulator.

Inbound calls make the pair a textbook queue: Poisson arrivals, exponential talk, no wrap-up, n agents.
Tolerances are four standard errors of a run of that length, or more; seeds are fixed: no luck is needed.
"""

from dataclasses import replace

import ciw
import pytest

from dialer.core.settings import CampaignSettings
from dialer.messages import CampaignId, NodeId, TrunkId
from simulations.agent_behaviour import AgentBehaviour
from simulations.called_parties import NEVER, Population
from simulations.distributions import Constant, Exponential
from simulations.erlang import erlang_b, erlang_c, mean_wait_seconds, service_level_ratio
from simulations.inbound_callers import InboundPlan
from simulations.lead_list import LeadListPlan
from simulations.network_plan import NetworkPlan
from simulations.scenario import CampaignPlan, Scenario, TeamPlan, TrunkPlan
from simulations.simulation import Simulation
from tests.simulation.queue_witness import QueueWitness

SERVICE, TRUNK, NODE = CampaignId("service"), TrunkId("trunk"), NodeId("node")
TALK_SECONDS = 60.0
AGENTS = 8
HOURS = 60.0


def textbook_queue(*, load_erlangs: float, agents: int, channels: int | None = None) -> Scenario:
    """Build an M/M/n queue: callers who never leave, agents who never pause; `channels` makes it M/M/n/n."""
    callers = Population(
        talk=Exponential(TALK_SECONDS), wrap_up=Constant(0.0), queue_patience=NEVER, agent_hangs_up_ratio=0.0
    )
    settings = CampaignSettings(
        campaign_id=SERVICE, trunk_ids=(TRUNK,), pacing_method="manual", inbound_wait_seconds_max=86_400.0
    )
    calls_per_agent_hour = load_erlangs / TALK_SECONDS * 3600.0 / agents
    return Scenario(
        name="textbook",
        summary="a textbook queue",
        campaigns=(
            CampaignPlan(
                settings=settings,
                population=callers,
                leads=LeadListPlan(leads_per_agent_hour=0.0, leads_min=0),
                fixed_method="manual",
            ),
        ),
        trunks=(
            TrunkPlan(
                trunk_id=TRUNK,
                node_id=NODE,
                channels_min=channels or 1000,
                channels_per_agent=0.0,
                calls_per_second_min=1000.0,
            ),
        ),
        teams=(TeamPlan(share_ratio=1.0, campaign_ids=(SERVICE,)),),
        behaviour=AgentBehaviour(saves_early_ratio=1.0),
        network=NetworkPlan(connect_seconds=0.0, hang_up_seconds=0.0),
        inbound=(
            InboundPlan(
                campaign_id=SERVICE,
                callers=callers,
                calls_per_agent_hour=calls_per_agent_hour,
                node_id=NODE,
                trunk_id=TRUNK if channels else None,
            ),
        ),
    )


def witnessed_queue(load_erlangs: float) -> QueueWitness:
    """Run the textbook queue and give what its callers went through."""
    witness = QueueWitness()
    scenario = textbook_queue(load_erlangs=load_erlangs, agents=AGENTS)
    simulation = Simulation(
        scenario, method="manual", agents=AGENTS, hours=HOURS, seed=11, engine_factory=witness.engine
    )
    simulation.run_until(HOURS * 3600.0)
    return witness


@pytest.mark.parametrize("load_erlangs", [4.0, 6.4])
def test_waits_of_callers_agree_with_erlang_c(load_erlangs: float) -> None:
    """Share of those who wait, mean wait and service level are those of M/M/n."""
    witness = witnessed_queue(load_erlangs)
    arrivals_per_second = load_erlangs / TALK_SECONDS
    assert witness.calls > 10_000
    assert witness.waiting_ratio == pytest.approx(erlang_c(load_erlangs, AGENTS), rel=0.08)
    mean = mean_wait_seconds(arrivals_per_second, TALK_SECONDS, AGENTS)
    assert witness.wait_seconds_mean == pytest.approx(mean, rel=0.15)
    level = service_level_ratio(arrivals_per_second, TALK_SECONDS, AGENTS, 20.0)
    assert witness.service_level_ratio(20.0) == pytest.approx(level, abs=0.015)


def test_waits_of_callers_agree_with_an_independent_simulator() -> None:
    """Ciw, which shares no line with us, finds the same waits for the same queue."""
    load_erlangs = 6.4
    ciw.seed(5)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=load_erlangs / TALK_SECONDS)],
        service_distributions=[ciw.dists.Exponential(rate=1.0 / TALK_SECONDS)],
        number_of_servers=[AGENTS],
    )
    second_opinion = ciw.Simulation(network)
    second_opinion.simulate_until_max_time(HOURS * 3600.0)
    waits = [record.waiting_time for record in second_opinion.get_all_records()]
    witness = witnessed_queue(load_erlangs)
    assert len(waits) > 10_000
    waiting_ratio = sum(wait > 0.0 for wait in waits) / len(waits)
    assert witness.waiting_ratio == pytest.approx(waiting_ratio, rel=0.1)
    assert witness.wait_seconds_mean == pytest.approx(sum(waits) / len(waits), rel=0.2)


@pytest.mark.parametrize("channels", [5, 9])
def test_blocked_callers_agree_with_erlang_b(channels: int) -> None:
    """With as many agents as channels nobody waits, and the carrier loses what Erlang B says."""
    load_erlangs = 6.0
    scenario = textbook_queue(load_erlangs=load_erlangs, agents=channels, channels=channels)
    simulation = Simulation(scenario, method="manual", agents=channels, hours=HOURS, seed=7)
    simulation.run_until(HOURS * 3600.0)
    offered = simulation.world.inbound_offered
    assert offered > 10_000
    blocked_ratio = simulation.world.inbound_blocked / offered
    assert blocked_ratio == pytest.approx(erlang_b(load_erlangs, channels), rel=0.07)


def test_queue_with_one_agent_fewer_is_told_apart() -> None:
    """The tolerances are tight enough to see one agent: a comparison that accepts anything proves nothing."""
    witness = witnessed_queue(6.4)
    assert witness.waiting_ratio != pytest.approx(erlang_c(6.4, AGENTS - 1), rel=0.08)
    assert witness.waiting_ratio != pytest.approx(erlang_c(6.4, AGENTS + 1), rel=0.08)


def test_talk_time_of_a_service_law_does_not_change_erlang_b() -> None:
    """Erlang B holds for any law of the same mean (insensitivity): constant talks lose as many."""
    scenario = textbook_queue(load_erlangs=6.0, agents=6, channels=6)
    plan = scenario.inbound[0]
    constant = replace(plan, callers=replace(plan.callers, talk=Constant(TALK_SECONDS)))
    simulation = Simulation(
        replace(scenario, inbound=(constant,)), method="manual", agents=6, hours=HOURS, seed=7
    )
    simulation.run_until(HOURS * 3600.0)
    blocked_ratio = simulation.world.inbound_blocked / simulation.world.inbound_offered
    assert blocked_ratio == pytest.approx(erlang_b(6.0, 6), rel=0.07)
