"""Talk and wrap-up laws against durations whose law is known."""

import math

import numpy as np
import pytest

from pacing.duration_law import DurationCurve, DurationLaw, ended_within, free_by

NONE = np.empty(0)


def law(memory_ends: float = 1e6) -> DurationLaw:
    """A law that has seen nothing."""
    return DurationLaw(seconds_mean_prior=180.0, prior_ends=5.0, memory_ends=memory_ends)


def exponential(seconds_mean: float) -> DurationCurve:
    """The curve of many exponential durations."""
    taught = law()
    for quantile in (np.arange(20_000) + 0.5) / 20_000:
        taught.observe(-seconds_mean * math.log(1.0 - quantile))
    return taught.curve(NONE)


def test_duration_law_of_exponential_durations_is_flat() -> None:
    """The chance to end within 10 s is the same at every age."""
    within = ended_within(exponential(90.0), np.array([0.0, 33.0, 200.0]), np.array([10.0]))[:, 0]
    assert within == pytest.approx(np.full(3, 1.0 - math.exp(-10.0 / 90.0)), rel=0.05)


def test_duration_law_of_lognormal_durations_depends_on_age() -> None:
    """The law follows the data: P(end within 20 s | age) as counted among the durations themselves."""
    durations = np.random.default_rng(3).lognormal(4.5, 0.4, 30_000)
    taught = law()
    for seconds in durations:
        taught.observe(float(seconds))
    for age in (30.0, 90.0, 150.0):
        alive = durations[durations > age]
        within = ended_within(taught.curve(NONE), np.array([age]), np.array([20.0]))[0, 0]
        assert within == pytest.approx(float(np.mean(alive <= age + 20.0)), abs=0.03)


def test_running_durations_make_the_law_longer() -> None:
    """Short talks end first: those that still run tell that talks are longer than the ended ones."""
    taught = law()
    for _ in range(50):
        taught.observe(20.0)
    blind = ended_within(taught.curve(NONE), np.array([0.0]), np.array([25.0]))[0, 0]
    seeing = ended_within(taught.curve(np.full(150, 60.0)), np.array([0.0]), np.array([25.0]))[0, 0]
    assert blind > 0.8
    assert seeing == pytest.approx(0.25, abs=0.08)


def test_duration_law_after_a_list_change_forgets_the_old_talks() -> None:
    """A memory of 100 ends knows only the new list after 600 ends."""
    taught = law(memory_ends=100.0)
    for seconds in [200.0] * 600 + [30.0] * 600:
        taught.observe(seconds)
    assert taught.curve(NONE).ended_by(np.array([45.0]))[0] > 0.9
    assert taught.ends_weight == pytest.approx(100.0, rel=0.02)


def test_free_by_of_exponential_talk_and_wrap_up_is_their_convolution() -> None:
    """P(talk + wrap-up <= t) for rates 1/90 and 1/15, in closed form."""
    talk, wrap_up = exponential(90.0), exponential(15.0)
    times = np.array([5.0, 12.0, 24.0])
    a, b = 1.0 / 90.0, 1.0 / 15.0
    expected = 1.0 - (b * np.exp(-a * times) - a * np.exp(-b * times)) / (b - a)
    free = free_by(talk, wrap_up, 1.0, np.array([0.0, 70.0]), times)
    assert free[0] == pytest.approx(expected, abs=0.006)
    assert free[1] == pytest.approx(expected, abs=0.01)


def test_free_by_without_wrap_up_is_the_end_of_the_talk() -> None:
    """Where no talk has a wrap-up, the agent is free when the talk ends."""
    talk = exponential(90.0)
    times = np.array([6.0, 18.0])
    free = free_by(talk, exponential(15.0), 0.0, np.array([40.0]), times)[0]
    assert free == pytest.approx(ended_within(talk, np.array([40.0]), times)[0], abs=1e-9)


def test_duration_law_of_a_fixed_wrap_up_knows_when_it_ends() -> None:
    """Wrap-ups that all end at their limit of 20 s: hardly any chance before, near certainty across it."""
    taught = law()
    for _ in range(400):
        taught.observe(20.0)
    within = ended_within(taught.curve(NONE), np.array([5.0, 18.0]), np.array([5.0]))[:, 0]
    assert within[0] < 0.15
    assert within[1] > 0.7
