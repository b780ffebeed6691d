"""Which states of pacers a starting engine is told of, and what the log says of the others."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from dialer.adapters.pacer_memory import AGE_MAX, usable_pacer_states
from dialer.adapters.store import StoredPacerState
from dialer.core.restart_events import PacerState
from dialer.core.settings import CampaignSettings, pacer_for
from dialer.messages import CampaignId

SALES = CampaignId("sales")
NOW = datetime(2031, 3, 5, 12, 0, tzinfo=UTC)
SETTINGS = CampaignSettings(campaign_id=SALES, trunk_ids=())
GOOD = PacerState(campaign_id=SALES, method="predictive", data=pacer_for(SETTINGS).export_state())


def usable(state: PacerState, age: timedelta, settings: CampaignSettings = SETTINGS) -> PacerState | None:
    """The state that the campaign's pacer would be given."""
    stored = StoredPacerState(state=state, saved_at=NOW - age)
    return usable_pacer_states([stored], {settings.campaign_id: settings}, NOW).get(SALES)


def test_state_of_the_same_method_is_used_for_a_month() -> None:
    """As it was saved."""
    assert usable(GOOD, timedelta(minutes=1)) is GOOD
    assert usable(GOOD, AGE_MAX) is GOOD


@pytest.mark.parametrize(
    ("state", "age", "said"),
    [
        (GOOD, AGE_MAX + timedelta(seconds=1), "more than 30 days ago"),
        (PacerState(campaign_id=SALES, method="ratio", data=b"{}"), timedelta(0), "it was ratio, now it is"),
        (
            PacerState(campaign_id=SALES, method="predictive", data=GOOD.data[:-9]),
            timedelta(0),
            "expected bytes made by export_state",
        ),
        (
            PacerState(campaign_id=CampaignId("gone"), method="predictive", data=GOOD.data),
            timedelta(0),
            "there is no such campaign",
        ),
    ],
    ids=["old", "another method", "damaged", "no campaign"],
)
def test_state_that_cannot_be_used_is_named_in_the_log(
    state: PacerState, age: timedelta, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The pacer begins anew, and whoever wonders why finds a sentence."""
    with caplog.at_level(logging.WARNING):
        assert usable(state, age) is None
    (record,) = caplog.records
    assert f"pacer of campaign {state.campaign_id} begins anew" in record.getMessage()
    assert said in record.getMessage()


def test_state_learned_under_another_ring_time_is_left_out() -> None:
    """Its bins are of another length."""
    other = CampaignSettings(campaign_id=SALES, trunk_ids=(), ring_timeout_seconds=35.0)

    assert usable(GOOD, timedelta(0), other) is None
