"""Keeping a part alive: when it is started again, and when it is waited with."""

import math

from app.errors import PartFailed
from app.keeping import OBSTACLE_POLL_SECONDS, QUIET_SECONDS, RESTART_SECONDS, KeptPart


class ScriptedPart:
    """A part that does what a test says."""

    name = "engine"

    def __init__(self) -> None:
        """It lives and is ready as soon as it is started."""
        self.done: list[str] = []
        self.end: str | None = None
        self.is_ready_now = True
        self.is_hung_at = math.inf
        self.waits_for: str | None = None
        self.refusal: str | None = None

    def obstacle(self) -> str | None:
        """What keeps it from being started."""
        return self.waits_for

    def begin(self) -> None:
        """Note it, or refuse."""
        self.done.append("begin")
        self.end = None
        if self.refusal is not None:
            raise PartFailed(self.refusal)

    def is_ready(self) -> bool:
        """As the test says."""
        return self.is_ready_now

    def ended(self) -> str | None:
        """As the test says."""
        return self.end

    def hung_at(self) -> float:
        """As the test says."""
        return self.is_hung_at

    def process_id(self) -> int:
        """Any."""
        return 1

    def stop(self) -> None:
        """Note it."""
        self.done.append("stop")

    def kill(self) -> None:
        """Note it."""
        self.done.append("kill")


def settled(kept: KeptPart, now: float) -> float:
    """Look until nothing is due at this instant any more; gives the next one."""
    for _ in range(5):
        at = kept.look(now)
        if at > now:
            return at
    raise AssertionError("it never comes to rest")


def test_part_that_ends_again_and_again_is_started_with_growing_pauses() -> None:
    """At once the first time, then later and later, and never less often than every half minute."""
    part, now, pauses = ScriptedPart(), 100.0, []
    kept = KeptPart(part)
    settled(kept, now)
    for _ in range(len(RESTART_SECONDS) + 2):
        part.end = "was ended by SIGKILL"
        at = kept.look(now)
        pauses.append(at - now)
        now = at
        settled(kept, now)
    assert pauses == [*RESTART_SECONDS, 30.0, 30.0]
    assert part.done.count("begin") == len(pauses) + 1
    assert kept.restarts == len(pauses)


def test_part_that_lived_for_a_quiet_minute_is_started_at_once_again() -> None:
    """A crash a day is no row of crashes."""
    part, now = ScriptedPart(), 100.0
    kept = KeptPart(part)
    settled(kept, now)
    for lived in (1.0, QUIET_SECONDS, QUIET_SECONDS - 0.1):
        now += lived
        part.end = "ended with exit code 1"
        pause = kept.look(now) - now
        assert pause == (0.0 if lived != QUIET_SECONDS - 0.1 else 0.5)
        now += pause
        settled(kept, now)


def test_part_that_shows_no_life_is_killed_and_started_again() -> None:
    """It is not asked to end, since it would not hear."""
    part = ScriptedPart()
    kept = KeptPart(part)
    settled(kept, 100.0)
    part.is_hung_at = 105.0
    assert settled(kept, 104.9) == 105.0
    part.done.clear()
    kept.look(105.0)
    part.is_hung_at = math.inf
    settled(kept, 105.0)
    assert part.done == ["kill", "stop", "begin"]


def test_part_that_waits_for_a_person_is_asked_again_and_not_started() -> None:
    """What is missing is no failure: nothing is started until it is there, and then at once."""
    part, now = ScriptedPart(), 100.0
    part.waits_for = "no Asterisk is set"
    kept = KeptPart(part)
    for _ in range(10):
        at = settled(kept, now)
        assert at == now + OBSTACLE_POLL_SECONDS
        now = at
    assert part.done == []
    assert kept.obstacle == "no Asterisk is set"
    part.waits_for = None
    settled(kept, now)
    assert part.done == ["begin"]
    assert (kept.restarts, kept.is_ready) == (0, True)


def test_part_whose_start_is_refused_is_tried_again_later() -> None:
    """A port that is taken for a moment does not end the keeping."""
    part = ScriptedPart()
    part.refusal = "port 54329 cannot be used"
    kept = KeptPart(part)
    assert settled(kept, 100.0) == 100.5
    assert kept.trouble == "port 54329 cannot be used"
    part.refusal = None
    settled(kept, 100.5)
    assert kept.is_ready


def test_part_that_is_stopped_for_good_is_never_started_again() -> None:
    """At the end the order of stopping is kept: nothing comes back behind it."""
    part = ScriptedPart()
    kept = KeptPart(part)
    settled(kept, 100.0)
    kept.stop()
    assert kept.look(1e9) == math.inf
    assert part.done == ["begin", "stop"]
