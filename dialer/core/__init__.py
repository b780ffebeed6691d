"""The deciding engine: events in, commands out; pure (no I/O, no clock, no chance, no logging)."""

from dialer.core.engine import Engine
from dialer.core.settings import CampaignSettings, EngineSettings, TrunkSettings

__all__ = ["CampaignSettings", "Engine", "EngineSettings", "TrunkSettings"]
