"""Where a point's name may stand without covering another name or another point."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

CHARACTER_PIXELS = 4.6  # mean width of a character of the charts' small type
LINE_PIXELS = 9.0
GAP_PIXELS = 7.0

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a name stands."""

    offset: tuple[float, float]  # from the point, pixels
    side: Literal["left", "right"]  # which end of the text stands there
    box: Box


def free_place(
    point: Sequence[float], characters: int, taken: Sequence[Box], frame: Sequence[float]
) -> Place | None:
    """Find a place beside a point for so many characters: right of it, left of it, then up and down.

    `frame` is what must not be left: left, bottom, right, top. None: there is no room.

    >>> place = free_place((10.0, 50.0), 5, [], (0.0, 0.0, 200.0, 100.0))
    >>> place.offset, place.side
    ((7.0, 0.0), 'left')
    """
    width = CHARACTER_PIXELS * characters
    for rise in (0.0, 8.0, -8.0, 14.0, -14.0, 21.0, -21.0):
        for side in ("left", "right"):
            left = point[0] + GAP_PIXELS if side == "left" else point[0] - GAP_PIXELS - width
            bottom = point[1] + rise - LINE_PIXELS / 2
            box = (left, bottom, left + width, bottom + LINE_PIXELS)
            is_inside = (
                box[0] >= frame[0] and box[2] <= frame[2] and box[1] >= frame[1] and box[3] <= frame[3]
            )
            if is_inside and not any(_overlap(box, other) for other in taken):
                sign = 1.0 if side == "left" else -1.0
                return Place(offset=(sign * GAP_PIXELS, rise), side=side, box=box)
    return None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _is_inside(box: Box, frame: Sequence[float]) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]
