"""What is counted, and that its text is what Prometheus reads."""

from prometheus_client.parser import text_string_to_metric_families

from dialer.adapters.metrics import Metrics
from dialer.core.commands import HangUp, RecordAttemptEnded
from dialer.core.outcomes import EndReason, Outcome
from dialer.messages import AgentFloor, AgentId, AttemptId, CampaignFloor, CampaignId, FloorSnapshot
from rules.abandon_ledger import LedgerEntry


def values(metrics: Metrics) -> dict[str, float]:
    """Every sample by its name and labels, as a second reader sees them."""
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {
        " ".join([sample.name, *(sample.labels[name] for name in sorted(sample.labels))]): sample.value
        for family in families
        for sample in family.samples
    }


def ended(outcome: Outcome, reason: EndReason, answered: bool, bridged: bool) -> RecordAttemptEnded:
    """The end of an attempt."""
    entry = LedgerEntry(
        attempt_id="a",
        campaign_id="c",
        answered_at=1.0 if answered else None,
        bridged_at=1.5 if bridged else None,
    )
    return RecordAttemptEnded(
        attempt_id=AttemptId("a"),
        campaign_id=CampaignId("c"),
        lead_id=None,
        outcome=outcome,
        reason=reason,
        agent_id=None,
        entry=entry if answered else None,
        dialed_at=0.0,
        ended_at=2.0,
        lead_next=None,
    )


def test_end_of_an_attempt_is_counted_by_what_it_was() -> None:
    """Outcome, answer, bridge and abandonment each have a count of their own."""
    metrics = Metrics()
    metrics.recorded(ended(Outcome.BUSY, EndReason.NOT_ANSWERED, answered=False, bridged=False))
    metrics.recorded(ended(Outcome.LIVE, EndReason.CLIENT_HUNG_UP, answered=True, bridged=True))
    metrics.recorded(ended(Outcome.LIVE, EndReason.ABANDONED, answered=True, bridged=False))
    found = values(metrics)
    assert found["paceline_attempts_ended_total busy"] == 1
    assert found["paceline_attempts_ended_total live"] == 2
    assert found["paceline_attempts_ended_total fax"] == 0
    assert found["paceline_answered_total"] == 2
    assert found["paceline_connected_total"] == 1
    assert found["paceline_abandoned_total"] == 1


def test_event_and_command_are_counted_by_kind() -> None:
    """What goes in and out of the engine can be seen, with the time it took."""
    metrics = Metrics()
    for _ in range(3):
        metrics.handled("CallAnswered", 0.0002)
    metrics.commanded(HangUp(attempt_id=AttemptId("a")))
    metrics.failed("store")
    metrics.bridged(0.003)
    found = values(metrics)
    assert found["paceline_events_total CallAnswered"] == 3
    assert found["paceline_commands_total HangUp"] == 1
    assert found["paceline_attempts_begun_total"] == 0
    assert found["paceline_errors_total store"] == 1
    assert found["paceline_handling_seconds_count"] == 3
    assert found["paceline_answer_to_bridge_seconds_bucket 0.004"] == 1
    assert found["paceline_answer_to_bridge_seconds_bucket 0.002"] == 0


def test_floor_of_two_instants_shows_only_the_later() -> None:
    """A gauge says what is the case: a state that nobody is in any more falls to nought."""
    metrics = Metrics()
    for state in ("talking", "idle"):
        agent = AgentFloor(agent_id=AgentId("anna"), status="available", state=state, state_seconds=1.0)
        metrics.floor_is(
            FloorSnapshot(sequence=1, at_seconds=1.0, agents=(agent,), campaigns=(campaign(7), campaign(5)))
        )
    metrics.part_is("node", "node-1", is_up=True)
    metrics.part_is("trunk", "trunk-1", is_up=False)
    metrics.queue_is("records", 12)
    found = values(metrics)
    assert found["paceline_agents talking"] == 0
    assert found["paceline_agents idle"] == 1
    assert found["paceline_calls_up ringing"] == 12
    assert found["paceline_up node-1 node"] == 1
    assert found["paceline_up trunk-1 trunk"] == 0
    assert found["paceline_queue_depth records"] == 12


def campaign(ringing: int) -> CampaignFloor:
    """A campaign of which only the lines matter here."""
    return CampaignFloor(
        campaign_id=CampaignId("c"),
        status="running",
        pacing_method="predictive",
        lines_ringing=ringing,
        calls_waiting=0,
        calls_talking=0,
        hopper_leads=0,
        lines_decided=0,
        binding_constraint="",
        attempts=0,
        connected=0,
        abandoned=0,
    )
