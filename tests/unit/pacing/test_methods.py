"""The registry: names, figures and settings that are refused, and how."""

import math

import pytest

from pacing import (
    FigureError,
    PacingError,
    UnknownMethodError,
    UnknownObservationError,
    UnknownSettingError,
    create_pacer,
    list_methods,
    list_peers,
    setting_ranges,
)
from pacing.methods import PACERS
from tests.unit.pacing.snapshots import floor

FIGURES: dict[str, list[object]] = {
    "abandon_limit_ratio": [-0.01, 1.01, math.nan, "3 %", True],
    "connect_limit_seconds": [-1.0, 1000.0, math.inf],
    "ring_timeout_seconds": [0.0, -5.0, math.nan],
    "lines_max": [-1, 2.5, math.nan, "many"],
    "seed": [-1, 0.5],
}


@pytest.mark.parametrize(
    "method", ["manual", "preview", "progressive", "ratio", "erlang", "predictive", "agentless"]
)
def test_method_promised_is_listed_and_decides_without_any_observation(method: str) -> None:
    """Each method exists and gives a decision of its own name at once."""
    assert method in list_methods()
    assert create_pacer(method).decide(floor()).method == method


def test_list_of_methods_names_ours_first_and_peers_after_them() -> None:
    """Whoever chooses meets our own methods before those that are here for comparison."""
    methods, peers = list_methods(), list_peers()
    assert methods[-len(peers) :] == peers
    assert [name for name in methods if PACERS[name].is_peer] == list(peers)
    assert "predictive" not in peers


def test_method_that_does_not_exist_is_refused_with_the_list() -> None:
    """The error names what was asked for and all that there are."""
    with pytest.raises(UnknownMethodError, match=r"'telepathic'.*progressive.*predictive"):
        create_pacer("telepathic")


@pytest.mark.parametrize(("field", "came"), [(field, came) for field, row in FIGURES.items() for came in row])
def test_figure_out_of_range_is_refused_with_name_value_and_range(field: str, came: object) -> None:
    """The error names the field, what came and what is allowed."""
    with pytest.raises(FigureError) as refusal:
        create_pacer("progressive", **{field: came})  # type: ignore[arg-type]
    assert field in str(refusal.value)
    assert repr(came) in str(refusal.value)
    assert "from" in str(refusal.value)


def test_setting_out_of_range_is_refused_with_name_value_and_range() -> None:
    """Settings of a method are checked like its terms."""
    with pytest.raises(FigureError, match=r"lines_per_agent: expected a number from 0 to 20, got -2"):
        create_pacer("ratio", lines_per_agent=-2)


def test_setting_that_does_not_exist_is_refused_with_the_list() -> None:
    """A misspelt setting is not silently without effect."""
    with pytest.raises(UnknownSettingError, match=r"'lines_per_agnet'.*lines_per_agent"):
        create_pacer("ratio", lines_per_agnet=2)


@pytest.mark.parametrize("method", list_methods())
def test_default_of_each_setting_lies_in_its_range(method: str) -> None:
    """A method can be created with its own defaults and explains each of them."""
    for field, allowed in setting_ranges(method).items():
        assert allowed.check(field, allowed.default) == allowed.default
        assert allowed.meaning


def test_observation_of_unknown_kind_is_refused_with_the_list() -> None:
    """A misspelt kind is not silently lost."""
    with pytest.raises(UnknownObservationError, match=r"'answer'.*live_answer"):
        create_pacer("predictive").observe("answer", 0.0, 1.0)


@pytest.mark.parametrize("value", [math.nan, -1.0, math.inf, 1e9])
def test_observation_with_an_absurd_value_is_counted_and_ignored(value: float) -> None:
    """The world's nonsense changes nothing that was learned."""
    pacer = create_pacer("predictive")
    before = pacer.export_state()
    pacer.observe("talk_end", 0.0, value)
    assert (pacer.export_state(), pacer.observations_ignored) == (before, 1)


def test_error_of_any_kind_is_a_pacing_error() -> None:
    """One base class catches all of them."""
    for error in (UnknownMethodError, UnknownSettingError, FigureError, UnknownObservationError):
        assert issubclass(error, PacingError)
