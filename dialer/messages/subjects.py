"""The subjects on the bus: who says what where."""

ENGINE_REQUESTS = "paceline.engine.requests"
"""Questions to the engine process: the messages of `requests`, and the core's agent events and call requests.
The answer is `Accepted`, or a refusal with its reason."""

FLOOR = "paceline.floor"
"""`FloorSnapshot`, numbered, once a second."""

ALARMS = "paceline.alarms"
"""`Alarm`, as they begin and end."""


def agent_screen(agent_id: str) -> str:
    """Subject of what one agent's screen is to show: a preview, a refusal, his call, his state."""
    return f"paceline.agents.{agent_id.encode().hex()}"
