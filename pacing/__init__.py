"""How many lines to start now, and why.

    pacer = create_pacer("predictive")
    pacer.observe("live_answer", now, seconds_since_dial)
    decision = pacer.decide(PacingInputs(...))

Theory, formulas and sources: docs/algorithms/pacing.md.
"""

from pacing.agent_wrap_ups import AgentWrapUps
from pacing.errors import (
    FigureError,
    PacerStateError,
    PacingError,
    UnknownMethodError,
    UnknownObservationError,
    UnknownSettingError,
)
from pacing.interface import (
    BindingConstraint,
    BudgetLeft,
    ObservationKind,
    PacingDecision,
    PacingInputs,
    WindowBudget,
)
from pacing.methods import create_pacer, list_methods, list_peers, setting_ranges
from pacing.pacer import Pacer
from pacing.priors import LevelEvidence, prior_settings

__all__ = [
    "AgentWrapUps",
    "BindingConstraint",
    "BudgetLeft",
    "FigureError",
    "LevelEvidence",
    "ObservationKind",
    "Pacer",
    "PacerStateError",
    "PacingDecision",
    "PacingError",
    "PacingInputs",
    "UnknownMethodError",
    "UnknownObservationError",
    "UnknownSettingError",
    "WindowBudget",
    "create_pacer",
    "list_methods",
    "list_peers",
    "prior_settings",
    "setting_ranges",
]
