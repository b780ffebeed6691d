"""Tell the engine process, where one runs, what was changed in the database."""

from app.bus import open_bus
from app.errors import BusDown
from dialer.messages import BusError, NobodyAnswered
from dialer.messages.requests import CampaignChanged, LeadsWithdrawn, NumbersSuppressed
from dialer.messages.subjects import ENGINE_REQUESTS

ANSWER_SECONDS_MAX = 5.0
LATER = "It takes effect when `paceline serve` runs."

Told = CampaignChanged | LeadsWithdrawn | NumbersSuppressed


async def tell_engine(message: Told) -> str:
    """Tell the engine; gives a sentence for the person: what the engine said, or that none runs.

    The database says so already, so that an engine which cannot be told reads it at its next start.
    """
    try:
        async with open_bus(name="paceline command") as bus:
            await bus.ask(ENGINE_REQUESTS, message, ANSWER_SECONDS_MAX)
    except (BusDown, NobodyAnswered):
        return LATER
    except BusError as error:
        return f"The engine refused to take it: {error}. It stands in the database."
    return "The engine was told."
