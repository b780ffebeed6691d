"""What answering-machine detection uses up of the client's wait makes the pacer more careful."""

from dataclasses import replace

from dialer.core import Engine, EngineSettings
from dialer.core.dialing import pacing_inputs
from pacing import PacingInputs, create_pacer
from rules.policy_packs import get_policy_pack
from simulations.scenarios import get_scenario
from simulations.simulation import Simulation

STRICT = get_policy_pack("strict_generic")
"""Its clock starts at the answer."""


def test_detection_of_a_second_makes_the_next_line_riskier_where_the_clock_starts_at_the_answer() -> None:
    """The same floor and the same knowledge: once as the engine tells it, once without the delay."""
    scenario = get_scenario("machines")
    (plan,) = scenario.campaigns
    settings = replace(plan.settings, policy_pack=STRICT)
    scenario = replace(scenario, campaigns=(replace(plan, settings=settings),))
    engines: list[Engine] = []

    def start(settings: EngineSettings) -> Engine:
        engines.append(Engine(settings))
        return engines[-1]

    run = Simulation(scenario, method="predictive", agents=10, hours=0.5, engine_factory=start)
    run.run_until(1200.0)
    (campaign,) = engines[0]._world.campaigns.values()
    told = replace(pacing_inputs(engines[0]._world, campaign), agents_idle=0, calls_waiting=0)

    def next_risk(inputs: PacingInputs) -> float:
        pacer = create_pacer("predictive", abandon_limit_ratio=campaign.settings.abandon_limit_ratio)
        pacer.restore_state(campaign.pacer.export_state())
        risk = pacer.decide(inputs).next_line_risk_ratio
        assert risk is not None
        return risk

    assert 0.8 < told.connect_seconds_spent < 1.8  # the detector needs 1.15 s on average
    assert next_risk(told) > next_risk(replace(told, connect_seconds_spent=0.0))


def test_detector_that_decides_late_keeps_nobody_waiting_beyond_the_limit() -> None:
    """One line for each idle agent: who was abandoned, the detector had kept waiting."""
    run = Simulation("machines_late", method="progressive", agents=10, hours=1.0, with_invariants=False)
    run.run_until(3600.0)
    run.drain()
    ratio = run.result().abandon_ratio
    assert ratio is not None
    assert ratio < 0.01
