"""Who will be free and who will answer by the time a line dialed now answers: tables and their look-up.

The tables are rebuilt every few seconds from the laws; a decision only looks ages up, so that it stays fast.
Theory: docs/algorithms/pacing.md, part 5.
"""

from dataclasses import dataclass

import numpy as np

from pacing.duration_law import EDGES, DurationCurve, ended_within, free_by
from pacing.ring_law import RingCurves
from pacing.snapshot import Floats, Snapshot

MOMENTS = 6
"""Quantiles of the new line's own live-answer time at which the balance of agents and answers is taken."""

INBOUND_TERMS_MAX = 500

_QUANTILES = (np.arange(MOMENTS) + 0.5) / MOMENTS


def _age_nodes() -> Floats:
    """Ages at which free-by tables are computed: each edge and each middle of an interval."""
    middles = (EDGES[1:] + EDGES[:-1]) / 2.0
    return np.sort(np.concatenate((EDGES, middles)))


AGE_NODES = _age_nodes()
_NODE_NUMBERS = np.arange(len(AGE_NODES), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Terms of the balance: a column each moment; rows are ringing lines, busy agents, inbound calls."""

    terms: Floats  # P(the line has answered live) resp. P(the agent is still not free)
    new_line: Floats  # P(another line dialed now has answered live), by moment
    lines_ringing: int
    agents_busy: int


class ForecastTables:
    """The laws of one moment, tabulated by age for the moments at which a line dialed now may answer."""

    def __init__(
        self,
        ring: RingCurves,
        talk: DurationCurve,
        wrap_up: DurationCurve,
        wrap_up_share: float,
        connect_limit_seconds: float,
        rest_seconds: float = 0.0,
    ) -> None:
        self.ring = ring
        self.moments_seconds = ring.answer_quantiles(_QUANTILES)
        # An agent who becomes free while the client may still wait saves the call.
        self.free_seconds = self.moments_seconds + connect_limit_seconds
        free_times = np.maximum(self.free_seconds - rest_seconds, 0.0)
        self.new_line = ring.answered_by(self.moments_seconds)
        answers = ring.answers_within(self.moments_seconds)
        talking = 1.0 - free_by(talk, wrap_up, wrap_up_share, AGE_NODES, free_times)
        wrapping = 1.0 - ended_within(wrap_up, AGE_NODES, free_times)
        self._table = np.concatenate((answers, talking, wrapping))
        self._slopes = np.diff(self._table, axis=0, append=self._table[-1:])
        self._ring_last = len(answers) - 1.0
        self._talk_start = float(len(answers))
        self._wrap_up_start = self._talk_start + len(AGE_NODES)

    def forecast(
        self, snapshot: Snapshot, answer_factor: float, rest_left_seconds: Floats | None = None
    ) -> Forecast:
        """The terms for a snapshot; `answer_factor` corrects the ring law for what happened just now.

        `rest_left_seconds`: idle agents who still rest, and how long; they count as busy until then.
        """
        rings, talks, wrap_ups = (
            snapshot.ring_ages_seconds,
            snapshot.talk_ages_seconds,
            snapshot.wrap_up_ages_seconds,
        )
        places = np.concatenate(
            (
                np.minimum(rings, self._ring_last),
                np.interp(talks, AGE_NODES, _NODE_NUMBERS) + self._talk_start,
                np.interp(wrap_ups, AGE_NODES, _NODE_NUMBERS) + self._wrap_up_start,
            )
        )
        rows = places.astype(np.intp)
        terms = self._table[rows] + (places - rows)[:, None] * self._slopes[rows]
        count = len(rings)
        if answer_factor != 1.0:
            np.minimum(terms[:count] * answer_factor, 1.0, out=terms[:count])
        if snapshot.wrap_up_factors is not None:
            wrapping = terms[count + len(talks) :]
            # Proportional hazards: who is k times slower has the k-th root of each survival.
            wrapping[:] = np.power(np.clip(wrapping, 0.0, 1.0), 1.0 / snapshot.wrap_up_factors[:, None])
        returning = snapshot.agents_busy_returning_ratio
        if returning < 1.0:
            terms[count:] = 1.0 - returning * (1.0 - terms[count:])
        if rest_left_seconds is not None:
            resting = self.free_seconds[None, :] < rest_left_seconds[:, None]
            terms = np.concatenate((terms, resting.astype(np.float64)))
        busy = len(terms) - count
        if snapshot.inbound_per_second > 0.0:
            terms = np.concatenate((terms, self._inbound(snapshot.inbound_per_second)))
        return Forecast(
            terms=terms,
            new_line=np.minimum(self.new_line * answer_factor, 1.0),
            lines_ringing=count,
            agents_busy=busy,
        )

    def _inbound(self, inbound_per_second: float) -> Floats:
        """Inbound arrivals up to each moment take agents as answers do: Poisson as some indicators."""
        expected = inbound_per_second * self.moments_seconds
        count = min(INBOUND_TERMS_MAX, 4 + int(3.0 * expected[-1]))
        return np.tile(np.minimum(expected / count, 1.0), (count, 1))
