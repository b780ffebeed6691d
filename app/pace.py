"""How fast a shown floor goes: what the keys ask for, and what is reached."""

from dataclasses import dataclass

PACES = (1.0, 5.0, 20.0, 60.0, 240.0)  # virtual seconds for each real one
OPENING_PACE = 3  # place in PACES while the house opens
OPENING_SECONDS = 300.0  # virtual: agents come, the first calls are answered
REACHED_SECONDS = 1.0  # over so many real seconds it is measured what is reached
REACHED_RATIO = 0.8  # less than this share of what is asked for is said


@dataclass(slots=True)
class Pace:
    """How fast virtual time runs: quickly through the opening, then in real time, or as keys have set it."""

    index: int = OPENING_PACE
    is_paused: bool = False
    is_opening: bool = True  # no key has been pressed, and the house still opens
    reached: float | None = None  # virtual seconds for each real one; None: not known yet
    _since: tuple[float, float] | None = None  # virtual and real instant from which it is measured

    @property
    def factor(self) -> float:
        """Virtual seconds for each real one, as asked for."""
        return 0.0 if self.is_paused else PACES[self.index]

    def press(self, key: str) -> None:
        """Change the pace as a key asks."""
        if key == " ":
            self.is_paused = not self.is_paused
        elif key in "+=":
            self.index = min(self.index + 1, len(PACES) - 1)
        elif key in "-_":
            self.index = max(self.index - 1, 0)
        else:
            return
        self.is_opening = False
        self._since = self.reached = None

    def went(self, virtual_at: float, real_at: float) -> None:
        """Take how far the floor is, virtual and real seconds; after the opening go on in real time."""
        if self.is_opening and virtual_at >= OPENING_SECONDS:
            self.is_opening, self.index = False, 0
            self._since = self.reached = None
        if self._since is None:
            self._since = (virtual_at, real_at)
        elif real_at - self._since[1] >= REACHED_SECONDS:
            self.reached = (virtual_at - self._since[0]) / (real_at - self._since[1])
            self._since = (virtual_at, real_at)

    def describe(self) -> str:
        """Say the pace in words.

        >>> Pace(index=1).describe(), Pace(index=0, is_paused=True).describe()
        ('5 × real time', 'paused')
        """
        if self.is_paused:
            return "paused"
        if self.reached is not None and self.reached < REACHED_RATIO * self.factor:
            return f"{self.reached:.0f} × real time (asked: {self.factor:g} ×)"
        return "real time" if self.factor == 1.0 else f"{self.factor:g} × real time"
