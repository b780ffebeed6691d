"""Engines that die and are built anew count in the law's windows what the ledger of the whole run holds."""

from dialer.core import Engine, EngineSettings
from simulations.simulation import Simulation


def test_last_of_several_engines_has_counted_every_call_of_the_run_once() -> None:
    """Everything that happens in a house, with engines killed: bucket by bucket as the store counts it."""
    engines: list[Engine] = []

    def start(settings: EngineSettings) -> Engine:
        engines.append(Engine(settings))
        return engines[-1]

    run = Simulation("chaos", agents=10, seed=4, engine_factory=start)
    for minute in (6, 10, 15):
        run.run_until(minute * 60.0)
        talking = sum(each.calls_talking for each in engines[-1].snapshot(run.now).campaigns)
        assert run.restart_engine(3.0)
    run.run_until(20 * 60.0)
    run.drain()
    counted = 0
    for campaign_id, campaign in engines[-1]._world.campaigns.items():
        histories = campaign.windows.histories()
        assert histories == run._recorded._windows[campaign_id].histories()
        counted += sum(bucket.counts.connected for history in histories for bucket in history.buckets)

    assert len(engines) == 4
    assert talking > 0, "no call lived over the last restart"
    assert counted > 50
