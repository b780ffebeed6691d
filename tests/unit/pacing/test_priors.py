"""Cold-start beliefs out of wider levels."""

import pytest

from pacing import create_pacer, setting_ranges
from pacing.priors import LevelEvidence, prior_settings


def level(name: str, lines: float, live_ratio: float, talks: float = 0.0, talk: float = 0.0) -> LevelEvidence:
    """Evidence with rings of 10 s and talks of `talk` seconds."""
    return LevelEvidence(
        name=name,
        lines=lines,
        live_answers=live_ratio * lines,
        ring_seconds=10.0 * lines,
        talks=talks,
        talk_seconds=talks * talk,
    )


def test_priors_without_evidence_are_the_careful_ones_of_the_pacer() -> None:
    """Nobody knows anything: exactly the defaults."""
    defaults = {name: allowed.default for name, allowed in setting_ranges("predictive").items()}
    settings = prior_settings([])
    assert settings == {name: defaults[name] for name in settings}


def test_prior_of_a_narrow_level_is_shrunk_towards_the_wider_one() -> None:
    """Ten lines of a list say little beside a thousand of all; a thousand say nearly all."""
    everything = level("all", 1000.0, 0.30)
    little, much = (
        prior_settings([everything, level("list", lines, 0.10)])["live_ratio_prior"]
        for lines in (10.0, 10_000.0)
    )
    # (1 + 200 × 0.3023..) / 210 by hand: what is known of all counts as 200 lines at most.
    assert little == pytest.approx((1.0 + 200.0 * (306.0 / 1012.0)) / 210.0)
    assert much == pytest.approx(0.10, abs=0.005)


def test_level_without_evidence_leaves_the_prior_but_never_strengthens_it() -> None:
    """An hour in which nobody dialed says nothing."""
    levels = [level("all", 500.0, 0.2, talks=50.0, talk=60.0)]
    assert prior_settings([*levels, level("hour 17", 0.0, 0.0)]) == prior_settings(levels)


def test_priors_are_settings_that_the_pacer_takes() -> None:
    """Even from strange evidence."""
    strange = level("list", 5000.0, 0.0, talks=1e6, talk=50_000.0)
    settings: dict[str, object] = dict(prior_settings([strange, level("campaign", 3.0, 1.0)]))
    create_pacer("predictive", **settings)  # type: ignore[arg-type]
