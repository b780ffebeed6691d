"""How the agents of a scenario behave, as data: shifts, breaks, previews, turns of a talk, dispositions."""

from dataclasses import dataclass

from simulations.distributions import Constant, Distribution, Exponential, Uniform
from simulations.errors import FigureOutOfRange

ON_TIME = Constant(0.0)
CALLBACK_AFTER = Exponential(1800.0)
BREAK_SECONDS = Constant(600.0)
PREVIEW_SECONDS = Exponential(12.0)
MANUAL_GAP_SECONDS = Uniform(5.0, 10.0)
"""A manual agent's time between two calls (dialers.md part 7, baseline B0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupBreak:
    """A share of the team goes at once, and comes back at once."""

    at_seconds: float
    lasts_seconds: float
    share_ratio: float = 1.0


DAYS_PER_WEEK, WORKING_DAYS_PER_WEEK = 7, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingWeek:
    """Shifts on the working days of a run of many days; each day's begins 24 h after the one before.

    Campaigns are paused a minute before a shift ends, and started again with the next one.
    """

    shift_seconds: float
    first_weekday: int = 0  # of the run's first day; 0: Monday

    def works_on(self, day: int) -> bool:
        """Whether the team comes on that day of the run, counted from 0."""
        return (self.first_weekday + day) % DAYS_PER_WEEK < WORKING_DAYS_PER_WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionShare:
    """One code that agents declare after a talk with a person."""

    ratio: float
    code: str


PLAIN_DISPOSITIONS = (
    DispositionShare(ratio=0.08, code="sale"),
    DispositionShare(ratio=0.80, code="not_interested"),
    DispositionShare(ratio=0.12, code="unreachable"),
)
"""Of talks with people; `unreachable` is the usual retry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentBehaviour:
    """Ratios are shares of talks, unless said otherwise."""

    arrives_late: Distribution = ON_TIME  # s after the shift's beginning
    break_every: Distribution | None = None  # s of work between two breaks of one agent
    break_seconds: Distribution = BREAK_SECONDS
    group_breaks: tuple[GroupBreak, ...] = ()
    working_week: WorkingWeek | None = None  # None: one shift, as long as the run
    hold_ratio: float = 0.0  # talks with a hold
    transfer_ratio: float = 0.0  # talks handed to another agent
    consultation_ratio: float = 0.0  # talks in which a third party is called
    saves_early_ratio: float = 0.0  # dispositions saved while the client is still there
    forgets_ratio: float = 0.0  # dispositions never saved: the time limit ends the wrap-up
    preview_seconds: Distribution = PREVIEW_SECONDS
    preview_skip_ratio: float = 0.1  # previews not wanted
    preview_ignore_ratio: float = 0.0  # previews neither dialed nor skipped
    manual_gap: Distribution = MANUAL_GAP_SECONDS
    dispositions: tuple[DispositionShare, ...] = PLAIN_DISPOSITIONS
    callback_after: Distribution = CALLBACK_AFTER  # s until a promised callback (disposition `callback`)
    callback_mine_ratio: float = 0.5  # callbacks that bind the agent
    skill_ratio: float = 0.0  # agents who have the skill below
    skill: str = ""

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        for name in _RATIOS:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise FigureOutOfRange(name, getattr(self, name), "0 to 1")
        turns = self.hold_ratio + self.transfer_ratio + self.consultation_ratio
        declared = sum(share.ratio for share in self.dispositions)
        if turns > 1.0:
            raise FigureOutOfRange("turns of a talk", turns, "at most 1 in sum")
        if abs(declared - 1.0) > 1e-9:
            raise FigureOutOfRange("dispositions", declared, "1 in sum")


_RATIOS = (
    "hold_ratio",
    "transfer_ratio",
    "consultation_ratio",
    "saves_early_ratio",
    "forgets_ratio",
    "preview_skip_ratio",
    "preview_ignore_ratio",
    "callback_mine_ratio",
    "skill_ratio",
)
