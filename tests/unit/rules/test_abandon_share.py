"""What a definition makes of counted calls: worked examples from the texts, and what must always hold."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.abandon_ledger import (
    AbandonCounts,
    AbandonDefinition,
    ClockStart,
    Denominator,
    LedgerEntry,
    MachineTerm,
    abandon_counts,
)
from rules.abandon_share import (
    AbandonShare,
    abandon_ratio,
    abandon_ratio_with_machine_estimate,
    abandon_share,
)
from rules.detection import DetectionVerdict
from rules.errors import InvalidRuleError
from rules.ratio_bound import upper_bound_ratio
from tests.unit.rules.any_calls import definitions, entries_of_any_kind

FTC = AbandonDefinition(
    limit_ratio=0.03,
    agent_within_seconds=2.0,
    clock_start=ClockStart.GREETING_END,
    early_hang_up_counts=False,
    denominator=Denominator.ALL_PEOPLE,
    source="16 CFR 310.4(b)(4)(i): three percent of all calls answered by a person",
)
OFCOM = AbandonDefinition(
    limit_ratio=0.03,
    agent_within_seconds=2.0,
    clock_start=ClockStart.ANSWER,
    early_hang_up_counts=False,
    machine_term=MachineTerm.OFCOM,
    source="Ofcom, Revised statement of policy on persistent misuse, 2010, as VICIdial's document has it",
)
GARANTE = AbandonDefinition(
    limit_ratio=0.03,
    agent_within_seconds=3.0,
    clock_start=ClockStart.ANSWER,
    early_hang_up_counts=True,
    source="Garante, 20 February 2014, no. 83: three silent calls in a hundred that came through",
)
CRTC = AbandonDefinition(
    limit_ratio=0.05,
    agent_within_seconds=2.0,
    clock_start=ClockStart.ANSWER,
    early_hang_up_counts=False,
    source="CRTC Unsolicited Telecommunications Rules: five percent in a calendar month",
)

ANSWERED = LedgerEntry(attempt_id="a", campaign_id="c", answered_at=100.0, ended_at=160.0)
SERVED = replace(ANSWERED, greeting_ended_at=101.0, bridged_at=101.5)
SERVED_LATE = replace(ANSWERED, greeting_ended_at=101.0, bridged_at=102.5)  # 1.5 s after the greeting
DROPPED = replace(ANSWERED, message_started_at=102.0)
LEFT = replace(ANSWERED, client_gone_at=101.0)
DROPPED_AFTER_2_5 = replace(ANSWERED, client_gone_at=102.5)


def test_ofcom_rate_of_the_worked_example_is_64_44_percent() -> None:
    """29 drops; agents took 9 people and 7 machines: 29 × 9/16 = 16.3125 of 25.3125."""
    ratio = abandon_ratio_with_machine_estimate(abandoned=29, live_to_agents=9, machines_to_agents=7)

    assert ratio == pytest.approx(16.3125 / 25.3125)
    assert f"{ratio:.2%}" == "64.44%"


def test_ofcom_rate_with_a_detector_adds_its_false_positives() -> None:
    """2 drops and 3 people taken for machines, 95 with agents: 5 ÷ 100."""
    ratio = abandon_ratio_with_machine_estimate(
        abandoned=2, live_to_agents=95, machines_to_agents=0, false_positives_estimated=3.0
    )

    assert ratio == pytest.approx(0.05)


def test_ofcom_rate_before_any_agent_took_a_call_counts_every_drop() -> None:
    """Nothing is known of the machines' share, so none is taken off; without calls there is no rate."""
    assert abandon_ratio_with_machine_estimate(abandoned=4, live_to_agents=0, machines_to_agents=0) == 1.0
    assert abandon_ratio_with_machine_estimate(abandoned=4, live_to_agents=0, machines_to_agents=2) == 1.0
    assert abandon_ratio_with_machine_estimate(abandoned=0, live_to_agents=0, machines_to_agents=0) is None


def test_ofcom_rate_of_a_negative_count_is_refused() -> None:
    """The error names the count."""
    with pytest.raises(InvalidRuleError, match="live_to_agents"):
        abandon_ratio_with_machine_estimate(abandoned=1, live_to_agents=-1, machines_to_agents=0)


def test_ofcom_ledger_of_the_worked_example_is_64_44_percent() -> None:
    """The same 29 drops, 9 people and 7 machines as calls: an agent said of seven that a machine answered."""
    machine = replace(SERVED, agent_declared_machine=True)

    assert abandon_ratio([DROPPED] * 29 + [SERVED] * 9 + [machine] * 7, OFCOM) == pytest.approx(
        0.6444, abs=5e-5
    )


def test_ofcom_ledger_adds_the_people_whom_the_detector_took_for_machines() -> None:
    """2 drops, 95 served, 60 detected machines of which one in twenty was a person: 5 of 100."""
    detected = replace(ANSWERED, verdict=DetectionVerdict.MACHINE)
    definition = replace(OFCOM, false_positive_ratio=0.05)

    share = abandon_share(
        abandon_counts([DROPPED] * 2 + [SERVED] * 95 + [detected] * 60, definition), definition
    )

    assert share.abandoned == pytest.approx(5.0)
    assert share.live == pytest.approx(100.0)


def test_ftc_share_is_of_all_calls_that_a_person_answered() -> None:
    """3 abandoned, 87 served, 10 who left within the time: 3 of 100, and 3 of 90 where they are left out."""
    calls = [DROPPED] * 3 + [SERVED] * 87 + [LEFT] * 10

    assert abandon_ratio(calls, FTC) == 0.03
    assert abandon_ratio(calls, replace(FTC, denominator=Denominator.SERVED_OR_ABANDONED)) == 3 / 90


@pytest.mark.parametrize(
    ("definition", "abandoned"),
    [(FTC, 4), (OFCOM, 7), (GARANTE, 6), (CRTC, 7)],
    ids=["ftc", "ofcom", "garante", "crtc"],
)
def test_same_calls_are_another_ratio_under_each_regulator(
    definition: AbandonDefinition, abandoned: int
) -> None:
    """4 wait for 2.5 s in vain, 3 are served 2.5 s after answer and 1.5 s after greeting, 2 leave, 91 served.

    The FTC's clock starts at the greeting's end; the Garante allows 3 s and counts everybody who left.
    """
    calls = [DROPPED_AFTER_2_5] * 4 + [SERVED_LATE] * 3 + [LEFT] * 2 + [SERVED] * 91

    assert abandon_counts(calls, definition).abandoned == abandoned


def test_playing_the_message_saves_nobody_from_the_count() -> None:
    """16 CFR 310.4(b)(4): 3 of 100 is the limit with the message; a fourth is over it."""
    at_limit = abandon_share(abandon_counts([DROPPED] * 3 + [SERVED] * 97, FTC), FTC)
    over = abandon_share(abandon_counts([DROPPED] * 4 + [SERVED] * 96, FTC), FTC)

    assert at_limit.calls_left(FTC.limit_ratio) == pytest.approx(0.0)
    assert over.calls_left(FTC.limit_ratio) == pytest.approx(-1.0)


def test_calls_left_and_upper_bound_of_a_month() -> None:
    """CRTC: 40 of 1,000 leave 10 of the 50 allowed; the true ratio may be as high as 5.2 %."""
    share = AbandonShare(abandoned=40.0, live=1000.0)

    assert share.calls_left(CRTC.limit_ratio) == pytest.approx(10.0)
    assert share.ratio_upper() == upper_bound_ratio(40, 1000)
    assert 0.05 < share.ratio_upper() < 0.053


def test_upper_bound_of_estimates_is_rounded_against_us() -> None:
    """2.2 of 99.8 is judged as 3 of 99."""
    assert AbandonShare(abandoned=2.2, live=99.8).ratio_upper() == upper_bound_ratio(3, 99)
    assert AbandonShare(abandoned=0.0, live=0.0).ratio_upper() == 1.0


@settings(max_examples=60)
@given(st.lists(entries_of_any_kind, max_size=12), definitions)
def test_ratio_of_any_calls_is_a_share_below_its_upper_bound(
    entries: list[LedgerEntry], definition: AbandonDefinition
) -> None:
    """0..1 under each definition, whatever the clocks did."""
    counts = abandon_counts(entries, definition)
    share = abandon_share(counts, definition)
    left = counts.client_left_early if definition.denominator is Denominator.ALL_PEOPLE else 0

    assert 0.0 <= share.abandoned <= share.live
    assert share.live - share.abandoned == pytest.approx(counts.connected + left)
    assert share.ratio is None or 0.0 <= share.ratio <= share.ratio_upper() + 1e-9


@settings(max_examples=60)
@given(st.lists(entries_of_any_kind, max_size=12), definitions)
def test_one_more_abandoned_call_never_lowers_the_ratio(
    entries: list[LedgerEntry], definition: AbandonDefinition
) -> None:
    """Nor does it leave more calls to abandon; one more that was served never raises the ratio."""
    before = abandon_share(abandon_counts(entries, definition), definition)
    after = abandon_share(abandon_counts([*entries, DROPPED], definition), definition)
    served = abandon_share(
        abandon_counts([*entries, replace(ANSWERED, bridged_at=100.0)], definition), definition
    )

    assert after.ratio is not None
    assert after.ratio >= (before.ratio or 0.0) - 1e-12
    assert after.calls_left(definition.limit_ratio) <= before.calls_left(definition.limit_ratio) + 1e-12
    if definition.machine_term is MachineTerm.NONE:
        assert (served.ratio or 0.0) <= (1.0 if before.ratio is None else before.ratio) + 1e-12


@settings(max_examples=40)
@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_ofcom_estimate_of_machines_alone_is_the_plain_ratio_over_all_that_agents_took(
    abandoned: int, people: int, machines: int
) -> None:
    """Machines taken off in the same share on both sides: only false positives make Ofcom's rate another."""
    counts = AbandonCounts(abandoned=abandoned, connected=people, machines_to_agents=machines)
    ratio = abandon_share(counts, OFCOM).ratio
    if people > 0:
        assert ratio == pytest.approx(abandoned / (abandoned + people + machines))
