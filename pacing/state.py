"""The learned state of a pacer as bytes: JSON with a format name and a version, nothing that can run.

With it a restart of the dialer need not forget the abandon budget nor the laws of the calls; who keeps the
bytes over a restart is the runner's part (it does not do so yet).
The monotonic clock is not part of it: another process has another zero.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from pacing.errors import PacerStateError

FORMAT = "paceline-pacer-state"
VERSION = 1
NUMBER_MAX = 1e15
"""No count or weight of ours comes near it; a larger one is damage."""

StateValue: TypeAlias = float | list[float] | dict[str, "StateValue"]
State: TypeAlias = dict[str, StateValue]


def write_state(method: str, state: State) -> bytes:
    """The state as bytes; the same state always gives the same bytes."""
    document = {"format": FORMAT, "version": VERSION, "method": method, "state": state}
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read_state(data: bytes, method: str) -> "StateReader":
    """A reader of the state in `data`; raises `PacerStateError`."""
    if not isinstance(data, (bytes, bytearray)):
        raise PacerStateError(f"a {type(data).__name__} came")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PacerStateError("they are not JSON") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise PacerStateError(f"they do not carry the format {FORMAT!r}")
    if document.get("version") != VERSION:
        raise PacerStateError(f"they are of version {document.get('version')!r}, this is version {VERSION}")
    if document.get("method") != method:
        raise PacerStateError(f"they belong to method {document.get('method')!r}, this is {method!r}")
    return StateReader(document.get("state"))


class StateReader:
    """Takes checked figures out of a state; each refusal names the figure."""

    def __init__(self, state: object) -> None:
        if not isinstance(state, Mapping):
            raise PacerStateError("they hold no state")
        self._state = state

    def part(self, name: str) -> "StateReader":
        """The reader of a part of the state."""
        return StateReader(self._state.get(name))

    def number(self, name: str, *, lowest: float = 0.0, highest: float = NUMBER_MAX) -> float:
        """One figure within lowest..highest."""
        return _checked(name, self._state.get(name), lowest, highest)

    def numbers(
        self, name: str, count: int, *, lowest: float = 0.0, highest: float = NUMBER_MAX
    ) -> list[float]:
        """A row of exactly `count` figures within lowest..highest."""
        row = self._state.get(name)
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != count:
            raise PacerStateError(f"{name} is not a row of {count} numbers")
        return [_checked(name, figure, lowest, highest) for figure in row]


def _checked(name: str, figure: object, lowest: float, highest: float) -> float:
    is_number = isinstance(figure, (int, float)) and not isinstance(figure, bool)
    if not is_number or not math.isfinite(figure) or not lowest <= figure <= highest:  # type: ignore[arg-type,operator]
        raise PacerStateError(
            f"{name} holds {figure!r} where a number from {lowest:g} to {highest:g} belongs"
        )
    return float(figure)  # type: ignore[arg-type]
