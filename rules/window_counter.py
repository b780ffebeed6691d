"""How often one campaign's calls were abandoned in each window of its law, kept up call by call.

Counts stand in buckets of a quarter of an hour, so that 62 days are some thousand small lists; sums are
kept beside them, so that a question costs one look at each window. Windows that begin where a bucket
does are exact; a rolling one counts the bucket that it begins in against us.
It reads no clock and holds no call: what a call was, `abandon_ledger` says.
Theory: docs/algorithms/calling-rules.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from math import floor, inf

from rules.abandon_ledger import (
    AbandonClass,
    AbandonCounts,
    AbandonDefinition,
    Denominator,
    LedgerEntry,
    MachineTerm,
    abandon_class,
    is_machine_of_agent,
    is_machine_of_detector,
)
from rules.abandon_limit import AbandonLimit
from rules.abandon_share import AbandonShare, abandon_share

BUCKET_SECONDS = 900.0
"""Every zone's midnight is on a quarter of an hour of UTC (the IANA database, since 1972)."""

BUCKETS_MAX = 6_000  # 62 days with calls around the clock; the oldest are dropped.

_CONNECTED, _ABANDONED, _LEFT_EARLY, _NOT_LIVE, _TO_AGENTS, _DETECTED = range(6)
_COLUMN_OF = {
    AbandonClass.CONNECTED: _CONNECTED,
    AbandonClass.ABANDONED: _ABANDONED,
    AbandonClass.CLIENT_LEFT_EARLY: _LEFT_EARLY,
    AbandonClass.NOT_LIVE: _NOT_LIVE,
}
_AGAINST_US = (_ABANDONED, _DETECTED)
"""All that counts of a bucket which a rolling window holds in part: what makes its ratio larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonBucket:
    """The calls that were answered in one quarter of an hour."""

    number: int  # POSIX seconds ÷ BUCKET_SECONDS, rounded down.
    counts: AbandonCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonHistory:
    """A campaign's counts under one definition."""

    definition: AbandonDefinition
    buckets: tuple[AbandonBucket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCount:
    """What was counted in the window of one limit."""

    limit: AbandonLimit
    since_at: float  # POSIX seconds at which the window began.
    counts: AbandonCounts

    @property
    def share(self) -> AbandonShare:
        """Numerator and denominator by the limit's definition."""
        return abandon_share(self.counts, self.limit.definition)


def bucket_number(at: float) -> int:
    """The bucket of an instant, POSIX seconds."""
    return floor(at / BUCKET_SECONDS)


class _Window:
    """The window of one limit as it lies now, with its sums."""

    __slots__ = (
        "after",
        "first",
        "from_at",
        "is_first_partial",
        "is_plain",
        "limit",
        "since_at",
        "sums",
        "until_at",
    )

    def __init__(self, limit: AbandonLimit) -> None:
        self.limit = limit
        self.since_at = 0.0
        self.from_at = self.until_at = inf  # It lies so from this instant until before that one.
        self.first = 0  # Buckets from here …
        self.after = 0.0  # … to before this one.
        self.is_first_partial = False
        self.sums = [0] * 6
        self.is_plain = (limit.definition.machine_term, limit.definition.denominator) == (
            MachineTerm.NONE,
            Denominator.SERVED_OR_ABANDONED,
        )

    def share(self) -> tuple[float, float]:
        """Numerator and denominator as `abandon_share` gives them; asked at each decision."""
        if self.is_plain:
            abandoned = float(self.sums[_ABANDONED])
            return abandoned, abandoned + self.sums[_CONNECTED]
        share = abandon_share(_as_counts(self.sums), self.limit.definition)
        return share.abandoned, share.live

    def lay(self, now: float, started_at: float) -> None:
        """Lay the window around an instant."""
        start, end = self.limit.bounds(now, started_at)
        self.first = bucket_number(start)
        if self.limit.rolling_hours is None:
            self.is_first_partial = self.first * BUCKET_SECONDS < start
            self.after, self.since_at, self.from_at, self.until_at = end / BUCKET_SECONDS, start, start, end
            return
        # A call dated later than now (a clock was set back) counts too.
        self.is_first_partial, self.after, self.since_at = True, inf, self.first * BUCKET_SECONDS
        self.from_at = self.since_at + (now - start)
        self.until_at = self.from_at + BUCKET_SECONDS

    def add(self, number: int, columns: Sequence[int]) -> None:
        """Add calls of one bucket, if they are of this window."""
        if not self.first <= number < self.after:
            return
        sums = self.sums
        if number == self.first and self.is_first_partial:
            for column in _AGAINST_US:
                sums[column] += columns[column]
            return
        for column, count in enumerate(columns):
            sums[column] += count


class WindowCounter:
    """One campaign's calls, by the limits of its law."""

    __slots__ = ("_books", "_from_at", "_shares", "_started_at", "_until_at", "_windows")

    def __init__(self, limits: Sequence[AbandonLimit]) -> None:
        """Begin without calls."""
        self._windows = tuple(_Window(limit) for limit in limits)
        self._books: dict[AbandonDefinition, dict[int, list[int]]] = {
            limit.definition: {} for limit in limits
        }
        self._started_at: float | None = None
        self._shares: tuple[tuple[float, float], ...] | None = None
        self._from_at, self._until_at = inf, -inf

    def add(self, entry: LedgerEntry, answered_at: float) -> None:
        """Count an answered call whose fate is certain; `answered_at` in POSIX seconds.

        One that is still pending is not counted: it is to be added when it is decided.
        """
        number = bucket_number(answered_at)
        self.begin(answered_at)
        for definition, book in self._books.items():
            kind = abandon_class(entry, definition)
            if kind is AbandonClass.PENDING:
                continue
            columns = [0] * 6
            columns[_COLUMN_OF[kind]] = 1
            if kind is AbandonClass.NOT_LIVE:
                columns[_TO_AGENTS] = int(is_machine_of_agent(entry))
                columns[_DETECTED] = int(is_machine_of_detector(entry))
            self._add(definition, book, number, columns)

    @property
    def started_at(self) -> float | None:
        """The campaign's beginning, POSIX seconds: of its first answered call's bucket; None: no call."""
        return self._started_at

    def begin(self, at: float) -> None:
        """Take note that the campaign's first answered call was not later than `at`, POSIX seconds."""
        started_at = bucket_number(at) * BUCKET_SECONDS
        if self._started_at is None or started_at < self._started_at:
            self._started_at = started_at
            self._lay_anew()

    def take(self, histories: Iterable[AbandonHistory]) -> None:
        """Add what was counted elsewhere under the same definitions; others are left out."""
        for history in histories:
            book = self._books.get(history.definition)
            if book is None:
                continue
            for bucket in history.buckets:
                counted = astuple(bucket.counts)
                self._add(history.definition, book, bucket.number, [*counted[:4], *counted[5:]])

    def histories(self) -> tuple[AbandonHistory, ...]:
        """Everything that is counted, for another counter to `take`."""
        return tuple(
            AbandonHistory(
                definition=definition,
                buckets=tuple(
                    AbandonBucket(number=number, counts=_as_counts(columns))
                    for number, columns in sorted(book.items())
                ),
            )
            for definition, book in self._books.items()
        )

    def under(self, limits: Sequence[AbandonLimit]) -> "WindowCounter":
        """The same calls under other limits.

        A definition that was not counted before gets the counts of the first one: the calls themselves
        are not here any more. A restart counts them anew.
        """
        counter = WindowCounter(limits)
        counter._started_at = self._started_at
        known = next(iter(self._books.values()))
        for definition, book in counter._books.items():
            book |= {number: list(columns) for number, columns in self._books.get(definition, known).items()}
        return counter

    def shares(self, now: float) -> tuple[tuple[float, float], ...]:
        """Numerator and denominator of each limit at `now` (POSIX seconds), in the order of the limits.

        It is the same object as long as nothing changes, so that whoever asks at each decision can tell.
        """
        if self._shares is None or not self._from_at <= now < self._until_at:
            self._lay_where_over(now)
            self._shares = tuple([window.share() for window in self._windows])
        return self._shares

    def counts(self, now: float) -> tuple[WindowCount, ...]:
        """What the window of each limit holds at `now` (POSIX seconds), in the order of the limits."""
        self._lay_where_over(now)
        return tuple(
            WindowCount(limit=window.limit, since_at=window.since_at, counts=_as_counts(window.sums))
            for window in self._windows
        )

    def _add(
        self, definition: AbandonDefinition, book: dict[int, list[int]], number: int, columns: Sequence[int]
    ) -> None:
        bucket = book.get(number)
        if bucket is None:
            if len(book) >= BUCKETS_MAX:
                del book[min(book)]
            bucket = book[number] = [0] * 6
        for column, count in enumerate(columns):
            bucket[column] += count
        for window in self._windows:
            if window.limit.definition is definition or window.limit.definition == definition:
                window.add(number, columns)
        self._shares = None

    def _lay(self, window: _Window, now: float) -> None:
        started_at = self._started_at
        window.lay(now, bucket_number(now) * BUCKET_SECONDS if started_at is None else started_at)
        window.sums = [0] * 6
        for number, columns in self._books[window.limit.definition].items():
            window.add(number, columns)

    def _lay_where_over(self, now: float) -> None:
        if self._from_at <= now < self._until_at:
            return
        for window in self._windows:
            if not window.from_at <= now < window.until_at:
                self._lay(window, now)
        self._from_at = max(window.from_at for window in self._windows)
        self._until_at = min(window.until_at for window in self._windows)
        self._shares = None

    def _lay_anew(self) -> None:
        for window in self._windows:
            window.from_at = window.until_at = inf
        self._from_at, self._until_at, self._shares = inf, -inf, None


def _as_counts(columns: Sequence[int]) -> AbandonCounts:
    connected, abandoned, left_early, not_live, to_agents, detected = columns
    return AbandonCounts(
        connected=connected,
        abandoned=abandoned,
        client_left_early=left_early,
        not_live=not_live,
        machines_to_agents=to_agents,
        machines_detected=detected,
    )
