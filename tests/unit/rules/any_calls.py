"""Calls of any kind, and definitions of any kind, for tests that hold for all of them."""

from hypothesis import strategies as st

from rules.abandon_ledger import AbandonDefinition, ClockStart, Denominator, LedgerEntry, MachineTerm
from rules.detection import DetectionVerdict

# Also instants out of order and not numbers at all: a clock may jump, a call has still taken place.
instants = st.floats(95.0, 110.0) | st.just(float("nan"))
maybe_instants = st.none() | instants
# Most calls are answered, and few are both bridged and given the message: without this weight the
# rarer ways through the classes would hardly be drawn.
mostly_instants = instants | instants | maybe_instants
seldom_instants = st.none() | st.none() | maybe_instants
entries_of_any_kind = st.builds(
    LedgerEntry,
    attempt_id=st.just("a"),
    campaign_id=st.just("c"),
    answered_at=mostly_instants,
    greeting_ended_at=maybe_instants,
    verdict=st.sampled_from(DetectionVerdict),
    verdict_at=maybe_instants,
    offered_at=maybe_instants,
    bridged_at=seldom_instants,
    client_gone_at=mostly_instants,
    message_started_at=seldom_instants,
    message_ended_at=maybe_instants,
    ended_at=maybe_instants,
    agent_declared_machine=st.none() | st.booleans(),
)
definitions = st.builds(
    AbandonDefinition,
    limit_ratio=st.just(0.03),
    agent_within_seconds=st.floats(0.0, 5.0),
    clock_start=st.sampled_from(ClockStart),
    early_hang_up_counts=st.booleans(),
    source=st.just("test"),
    denominator=st.sampled_from(Denominator),
    machine_term=st.sampled_from(MachineTerm),
    false_positive_ratio=st.sampled_from((0.0, 0.05, 1.0)),
)
