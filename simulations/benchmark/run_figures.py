"""What the benchmark measures of one run: plain figures from the run's books, one value object.

Definitions are the glossary's; each figure names its two counts. No wall time is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from simulations.agent_clock import AgentTime
from simulations.benchmark.rolling_window import HALF_HOUR_SECONDS, periods_over, worst_window
from simulations.run_ledger import SECONDS_PER_HOUR, CountedAnswer, RunLedger

SECONDS_PER_MINUTE = 60.0
SECONDS_PER_DAY = 86_400.0
RECOVERY_SINCE, RECOVERY_UNTIL = 3 * SECONDS_PER_MINUTE, 13 * SECONDS_PER_MINUTE
"""After a jump of the live ratio, answers of these minutes show whether the method has understood."""

BLIND_SECONDS = 15.0
"""Lines dialed so soon after a jump cannot know of it: hardly any answer of theirs has come yet."""

DAY_ANSWERS_MIN = 500  # fewer answers make no day that is judged


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """Figures of one run, after its warm-up unless said otherwise; ratios 0..1; None: nothing to measure."""

    talk_ratio: float | None  # talk ÷ logged-in seconds
    utilisation: float | None  # (talk + hold + wrap-up) ÷ logged-in seconds
    answers: int  # abandoned + connected
    abandoned: int  # live answers without an agent in time
    abandon_ratio: float | None  # abandoned ÷ answers
    attempts: int  # lines dialed
    limit_ratio: float  # largest abandon ratio that the campaigns' law allows
    left_early: int  # people who hung up before the time was over; whole run
    worst_half_hour_ratio: float | None  # highest abandon ratio of any half hour with 20 answers
    worst_half_hour_answers: int | None  # answers of that half hour
    hours_over: int  # clock hours over the limit
    hours_counted: int  # clock hours with 20 answers or more
    days_over: int  # days over the limit
    days_counted: int  # days with 500 answers or more
    wait_seconds_mean: float | None  # of an agent's idle waits; whole run
    wait_seconds_p95: float | None  # whole run
    wait_seconds_max: float | None  # whole run
    wait_fairness: float | None  # Jain's index of agents' wait ratios: 1 is even; whole run
    answer_to_agent_seconds_p50: float | None  # whole run
    answer_to_agent_seconds_p95: float | None  # whole run
    answer_to_agent_seconds_p99: float | None  # whole run
    calls_per_agent_hour: float | None  # connected ÷ logged-in hours
    dials_per_connect: float | None  # attempts ÷ connected
    first_half_hour_answers: int  # of the run, whatever the warm-up
    first_half_hour_abandoned: int  # among them
    first_half_hour_talk_ratio: float | None  # talk ÷ logged-in seconds of the first half hour
    later_talk_ratio: float | None  # the same of the rest of the run
    recovery_answers: int  # minutes 3 to 13 after each jump of the live ratio
    recovery_abandoned: int  # among them
    jump_answers: int  # minutes 0 to 13 after each jump
    jump_abandoned: int  # among them
    jump_blind_abandoned: int  # among them: on lines that no method could have judged better


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSpan:
    """Which part of a run counts, and what is known of it."""

    warm_up_seconds: float  # what comes before is not counted
    until: float  # s; end of the measuring
    time_at_warm_up: AgentTime
    time_at_half_hour: AgentTime  # of the run's first half hour, or of the whole of a shorter run
    time_at_end: AgentTime
    jumps_at: tuple[float, ...] = ()  # s; instants at which the live ratio jumps upwards
    limit_ratio: float = 0.03  # the campaigns' limit


def run_figures(ledger: RunLedger, span: MeasuredSpan, left_early: int) -> RunFigures:
    """Compute the figures of a run whose books are closed."""
    answers = [answer for answer in ledger.answers if answer.answered_at >= span.warm_up_seconds]
    abandoned = _abandoned(answers)
    connected = len(answers) - abandoned
    time = _between(span.time_at_warm_up, span.time_at_end)
    attempts = sum(at >= span.warm_up_seconds for at in ledger.dialed_at)
    worst = worst_window(answers)
    hours_over, hours_counted = periods_over(answers, span.limit_ratio)
    days_over, days_counted = _days_over(answers, span.limit_ratio)
    first = [answer for answer in ledger.answers if answer.answered_at < HALF_HOUR_SECONDS]
    waits = list(chain.from_iterable(ledger.clock.waits.values()))
    delays = _quantiles(ledger.answer_delays, 0.5, 0.95, 0.99)
    recovered = _after_jumps(ledger.answers, span.jumps_at, RECOVERY_SINCE)
    jumped = _after_jumps(ledger.answers, span.jumps_at, 0.0)
    return RunFigures(
        talk_ratio=time.talk_ratio,
        utilisation=time.utilisation,
        answers=len(answers),
        abandoned=abandoned,
        abandon_ratio=_ratio(abandoned, len(answers)),
        attempts=attempts,
        limit_ratio=span.limit_ratio,
        left_early=left_early,
        worst_half_hour_ratio=worst.abandon_ratio if worst else None,
        worst_half_hour_answers=worst.answers if worst else None,
        hours_over=hours_over,
        hours_counted=hours_counted,
        days_over=days_over,
        days_counted=days_counted,
        wait_seconds_mean=_ratio(sum(waits), len(waits)),
        wait_seconds_p95=_quantiles(waits, 0.95)[0],
        wait_seconds_max=max(waits, default=None),
        wait_fairness=jain_index(ledger.clock.wait_ratios(span.until)),
        answer_to_agent_seconds_p50=delays[0],
        answer_to_agent_seconds_p95=delays[1],
        answer_to_agent_seconds_p99=delays[2],
        calls_per_agent_hour=_ratio(connected, time.logged_in_seconds / SECONDS_PER_HOUR),
        dials_per_connect=_ratio(attempts, connected),
        first_half_hour_answers=len(first),
        first_half_hour_abandoned=_abandoned(first),
        first_half_hour_talk_ratio=span.time_at_half_hour.talk_ratio,
        later_talk_ratio=_between(span.time_at_half_hour, span.time_at_end).talk_ratio,
        recovery_answers=len(recovered),
        recovery_abandoned=_abandoned(recovered),
        jump_answers=len(jumped),
        jump_abandoned=_abandoned(jumped),
        jump_blind_abandoned=_abandoned([answer for answer in jumped if _is_blind(answer, span.jumps_at)]),
    )


def _days_over(answers: Sequence[CountedAnswer], limit_ratio: float) -> tuple[int, int]:
    return periods_over(answers, limit_ratio, seconds=SECONDS_PER_DAY, answers_min=DAY_ANSWERS_MIN)


def jain_index(shares: Sequence[float]) -> float | None:
    """Give Jain's index of fairness, (Σx)² ÷ (n Σx²): 1 if all are alike, 1/n if one has everything.

    None for nobody. Jain, Chiu, Hawe, "A quantitative measure of fairness and discrimination", DEC-TR-301
    (1984).

    >>> jain_index([2.0, 2.0]), jain_index([1.0, 0.0, 0.0, 0.0])
    (1.0, 0.25)
    """
    if not shares:
        return None
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 1.0


def _after_jumps(
    answers: Sequence[CountedAnswer], jumps_at: Sequence[float], since: float
) -> list[CountedAnswer]:
    """Answers between `since` seconds and 13 minutes after a jump."""
    return [
        answer
        for answer in answers
        if any(since <= answer.answered_at - jump_at < RECOVERY_UNTIL for jump_at in jumps_at)
    ]


def _is_blind(answer: CountedAnswer, jumps_at: Sequence[float]) -> bool:
    """Whether the line was dialed before the jump could be seen."""
    return any(
        answer.answered_at >= jump_at and answer.dialed_at < jump_at + BLIND_SECONDS
        for jump_at in jumps_at
        if answer.answered_at - jump_at < RECOVERY_UNTIL
    )


def _between(before: AgentTime, after: AgentTime) -> AgentTime:
    return AgentTime(
        talk_seconds=after.talk_seconds - before.talk_seconds,
        hold_seconds=after.hold_seconds - before.hold_seconds,
        wrap_up_seconds=after.wrap_up_seconds - before.wrap_up_seconds,
        wait_seconds=after.wait_seconds - before.wait_seconds,
        logged_in_seconds=after.logged_in_seconds - before.logged_in_seconds,
    )


def _abandoned(answers: Sequence[CountedAnswer]) -> int:
    return sum(answer.is_abandoned for answer in answers)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _quantiles(values: Sequence[float], *shares: float) -> list[float | None]:
    if not values:
        return [None] * len(shares)
    return [float(value) for value in np.quantile(np.array(values), shares)]
