"""Who takes longer over the wrap-up than the team, as far as his own wrap-ups tell.

Few wrap-ups tell little: each agent's mean is drawn towards the team's. It knows no law and no lines.
Theory: docs/algorithms/pacing.md, part 4.
"""

TEAM_WEIGHT_WRAP_UPS = 15.0
"""The team's mean counts as much as so many wrap-ups of the agent's own."""

MEMORY_WRAP_UPS = 200.0


class AgentWrapUps:
    """Decayed means of wrap-up seconds, of the team and of each agent."""

    def __init__(self) -> None:
        self._team = _Mean()
        self._agents: dict[str, _Mean] = {}

    def observe(self, agent_id: str, seconds: float) -> None:
        """One wrap-up of this agent ended."""
        self._team.add(seconds)
        self._agents.setdefault(agent_id, _Mean()).add(seconds)

    def factor(self, agent_id: str) -> float:
        """His mean wrap-up ÷ the team's, shrunk towards one.

        >>> wrap_ups = AgentWrapUps()
        >>> for _ in range(15):
        ...     wrap_ups.observe("quick", 10.0)
        ...     wrap_ups.observe("thorough", 30.0)
        >>> [round(wrap_ups.factor(agent), 2) for agent in ("quick", "thorough", "new")]
        [0.75, 1.24, 1.0]
        """
        own = self._agents.get(agent_id)
        if own is None or self._team.total <= 0.0:
            return 1.0
        team_mean = self._team.total / self._team.weight
        return (own.total / team_mean + TEAM_WEIGHT_WRAP_UPS) / (own.weight + TEAM_WEIGHT_WRAP_UPS)


class _Mean:
    __slots__ = ("total", "weight")

    def __init__(self) -> None:
        self.total = self.weight = 0.0

    def add(self, seconds: float) -> None:
        """Count one wrap-up; older ones lose a little."""
        kept = 1.0 - 1.0 / MEMORY_WRAP_UPS
        self.total = kept * self.total + seconds
        self.weight = kept * self.weight + 1.0
