"""The worst half hour, found by trying every window, and periods over the limit."""

from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.benchmark.rolling_window import ANSWERS_MIN, periods_over, worst_window
from simulations.run_ledger import CountedAnswer

FEW = 3  # answers of a window, so that small examples have many
CALLS = st.lists(
    st.builds(
        CountedAnswer,
        st.floats(0.0, 9000.0),
        st.just(0.0),
        st.booleans(),
    ),
    max_size=80,
)


def slow_worst(calls: list[CountedAnswer]) -> float | None:
    """Try every window that ends with an answer, one by one."""
    ratios = []
    for last in calls:
        window = [call for call in calls if last.answered_at - 1800.0 < call.answered_at <= last.answered_at]
        if len(window) >= FEW:
            ratios.append(sum(call.is_abandoned for call in window) / len(window))
    return max(ratios, default=None)


@settings(max_examples=40)
@given(CALLS)
def test_worst_window_of_any_calls_is_that_of_all_windows_tried(calls: list[CountedAnswer]) -> None:
    """The quick way finds what trying each window finds."""
    found = worst_window(calls, answers_min=FEW)
    assert (None if found is None else found.abandon_ratio) == slow_worst(calls)


def test_window_with_few_answers_makes_no_ratio() -> None:
    """One abandoned call of three is bad luck, not a third."""
    calls = [CountedAnswer(float(second), 0.0, second == 0) for second in range(ANSWERS_MIN - 1)]
    assert worst_window(calls) is None
    assert periods_over(calls, 0.03) == (0, 0)


def test_period_exactly_at_the_limit_is_not_over() -> None:
    """Three of a hundred are allowed."""
    calls = [CountedAnswer(float(second), 0.0, second < 3) for second in range(100)]
    assert periods_over(calls, 0.03) == (0, 1)
    assert periods_over(calls, 0.029) == (1, 1)
