"""What can go wrong in the deciding engine, by whose fault it is.

EngineError
├── SettingsError      the caller's: a setting is outside its range
├── UnknownCampaign    the caller's: a campaign that was never configured is named
└── TransitionError    ours: a state machine was asked for a move that its table does not have
"""


class EngineError(Exception):
    """Anything the deciding engine refuses."""


class SettingsError(EngineError):
    """A setting is outside its allowed range; the message names it, the value and the range."""


class UnknownCampaign(EngineError):
    """A campaign is named that was never configured; the message lists those that exist."""


class TransitionError(EngineError):
    """A move that the transition table does not have: a mistake of ours, never of the network."""
