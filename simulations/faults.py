"""Faults as data: which kinds there are, how often they come, and the plan that one seed makes of them.

A plan is made before the run and depends on nothing that happens in it. What a fault does stands in
`fault_injector`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from simulations.errors import FigureOutOfRange, UnknownName
from simulations.random_streams import Quantity, RandomStreams

NO_FAULTS = "none"
ALL_FAULTS = "all"


class FaultKind(StrEnum):
    """What can go wrong; the value is the name that the command line takes."""

    meaning: str  # one sentence, for people

    def __new__(cls, name: str, meaning: str) -> "FaultKind":
        """Make a member out of its name and its meaning."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.meaning = meaning
        return kind

    NODE_RESTART = ("node_restart", "a node dies with its calls and comes back empty")
    STREAM_CUT = (
        "stream_cut",
        "no events come from a node for a while; they are lost, or come late in a heap",
    )
    EVENTS_LATE = ("events_late", "some events come seconds later")
    EVENTS_DOUBLED = ("events_doubled", "some events come twice")
    EVENTS_REORDERED = ("events_reordered", "some events are overtaken by later ones")
    DIALS_FAILING = ("dials_failing", "some dials are refused")
    CONNECTS_FAILING = ("connects_failing", "some connections to agents are refused")
    HANG_UPS_LOST = ("hang_ups_lost", "some hang-ups never arrive")
    AGENTS_VANISH = ("agents_vanish", "a share of the agents loses its legs at once")
    AGENTS_LOG_OUT = (
        "agents_log_out",
        "a share of the agents signs out at once, in the middle of everything",
    )
    TRUNK_CONGESTED = ("trunk_congested", "the carrier refuses a share of calls within the contract")
    TRUNK_LOST = ("trunk_lost", "a trunk is out of service")
    CLOCK_JUMP = ("clock_jump", "the wall clock is set wrong, and right again")
    ENGINE_RESTART = ("engine_restart", "the engine dies; a new one gets what store and network know")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultHabit:
    """How often one kind comes and how it looks: each fault draws within these bounds."""

    per_hour: float
    seconds_min: float = 0.0  # how long it lasts
    seconds_max: float = 0.0
    ratio_min: float = 0.0  # share of events, commands, calls or agents concerned
    ratio_max: float = 0.0


HABITS: Mapping[FaultKind, FaultHabit] = {
    FaultKind.NODE_RESTART: FaultHabit(per_hour=1.0, seconds_min=3.0, seconds_max=40.0),
    FaultKind.STREAM_CUT: FaultHabit(per_hour=2.0, seconds_min=0.5, seconds_max=30.0),
    FaultKind.EVENTS_LATE: FaultHabit(
        per_hour=2.0, seconds_min=20.0, seconds_max=120.0, ratio_min=0.05, ratio_max=0.4
    ),
    FaultKind.EVENTS_DOUBLED: FaultHabit(
        per_hour=2.0, seconds_min=20.0, seconds_max=120.0, ratio_min=0.1, ratio_max=0.6
    ),
    FaultKind.EVENTS_REORDERED: FaultHabit(
        per_hour=2.0, seconds_min=20.0, seconds_max=120.0, ratio_min=0.1, ratio_max=0.5
    ),
    FaultKind.DIALS_FAILING: FaultHabit(
        per_hour=2.0, seconds_min=10.0, seconds_max=90.0, ratio_min=0.1, ratio_max=1.0
    ),
    FaultKind.CONNECTS_FAILING: FaultHabit(
        per_hour=2.0, seconds_min=10.0, seconds_max=90.0, ratio_min=0.1, ratio_max=1.0
    ),
    FaultKind.HANG_UPS_LOST: FaultHabit(
        per_hour=2.0, seconds_min=10.0, seconds_max=90.0, ratio_min=0.2, ratio_max=1.0
    ),
    FaultKind.AGENTS_VANISH: FaultHabit(
        per_hour=1.5, seconds_min=2.0, seconds_max=120.0, ratio_min=0.1, ratio_max=0.6
    ),
    FaultKind.AGENTS_LOG_OUT: FaultHabit(
        per_hour=1.0, seconds_min=10.0, seconds_max=180.0, ratio_min=0.1, ratio_max=0.4
    ),
    FaultKind.TRUNK_CONGESTED: FaultHabit(
        per_hour=2.0, seconds_min=20.0, seconds_max=180.0, ratio_min=0.2, ratio_max=1.0
    ),
    FaultKind.TRUNK_LOST: FaultHabit(per_hour=1.5, seconds_min=5.0, seconds_max=120.0),
    FaultKind.CLOCK_JUMP: FaultHabit(
        per_hour=1.5, seconds_min=30.0, seconds_max=600.0, ratio_min=0.0, ratio_max=1.0
    ),
    FaultKind.ENGINE_RESTART: FaultHabit(per_hour=1.0, seconds_min=1.0, seconds_max=15.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault to come."""

    kind: FaultKind
    at_seconds: float  # virtual clock
    lasts_seconds: float
    ratio: float  # share of what is concerned; for a clock jump, where between back and forward
    place: float  # which node, trunk or agents: a uniform number
    is_variant: bool  # the second way of going wrong, where a kind has two


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRates:
    """How many faults an hour of each kind; what is not named does not happen."""

    per_hour: Mapping[FaultKind, float]

    def __post_init__(self) -> None:
        """Refuse rates that are none."""
        for kind, rate in self.per_hour.items():
            if not 0.0 <= rate <= 3600.0:
                raise FigureOutOfRange(f"rate of {kind}", rate, "0 to 3600 in an hour")

    def __bool__(self) -> bool:
        return any(self.per_hour.values())


_KINDS = {kind.value: kind for kind in FaultKind}


def list_faults() -> tuple[str, ...]:
    """Give the names of all kinds of faults."""
    return tuple(kind.value for kind in FaultKind)


def parse_faults(text: str) -> FaultRates:
    """Read what the command line says: `none`, `all`, or `name` and `name=rate` an hour, with commas.

    Raises UnknownName, listing those that exist, and FigureOutOfRange.

    >>> parse_faults("stream_cut=4,clock_jump").per_hour[FaultKind.STREAM_CUT]
    4.0
    """
    text = text.strip()
    if text in ("", NO_FAULTS):
        return FaultRates(per_hour={})
    if text == ALL_FAULTS:
        return FaultRates(per_hour={kind: habit.per_hour for kind, habit in HABITS.items()})
    per_hour: dict[FaultKind, float] = {}
    for part in text.split(","):
        name, separator, rate = part.strip().partition("=")
        kind = _KINDS.get(name)
        if kind is None:
            alone = (NO_FAULTS, ALL_FAULTS) if "," not in text else ()
            raise UnknownName("fault", name, (*list_faults(), *alone))
        per_hour[kind] = _rate(name, rate) if separator else HABITS[kind].per_hour
    return FaultRates(per_hour=per_hour)


def _rate(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise FigureOutOfRange(f"rate of {name}", text, "a number from 0 to 3600 in an hour") from None


def plan_faults(rates: FaultRates, hours: float, streams: RandomStreams) -> tuple[Fault, ...]:
    """Make the plan of one run: for each kind a Poisson number of faults, anywhere in its hours."""
    faults: list[Fault] = []
    for index, kind in enumerate(FaultKind):
        rate = rates.per_hour.get(kind, 0.0)
        generator = streams.generator(Quantity.FAULT_PLAN, index)
        habit = HABITS[kind]
        for _ in range(int(generator.poisson(rate * hours))):
            at, lasts, ratio, place, variant = generator.random(5).tolist()
            faults.append(
                Fault(
                    kind=kind,
                    at_seconds=at * hours * 3600.0,
                    lasts_seconds=habit.seconds_min + lasts * (habit.seconds_max - habit.seconds_min),
                    ratio=habit.ratio_min + ratio * (habit.ratio_max - habit.ratio_min),
                    place=place,
                    is_variant=variant < 0.5,
                )
            )
    return tuple(sorted(faults, key=lambda fault: (fault.at_seconds, fault.kind)))
