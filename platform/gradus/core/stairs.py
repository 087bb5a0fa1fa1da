"""The geometry of the stair that progress and state are drawn as, in the units of an SVG view box."""

from dataclasses import dataclass
from typing import Literal

Part = Literal["done", "now", "ahead"]
MOST_BARS = 20


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    part: Part


def stair(done: int, total: int, *, width: float, height: float, gap: float = 2) -> list[Bar]:
    """Ascending bars: `done` of `total` are behind, the next one is now. Many steps share bars."""
    bars = max(1, min(total, MOST_BARS))
    reached = bars if total and done >= total else int(bars * max(0, done) / max(1, total))
    pitch = (width + gap) / bars
    rises = [height * (0.25 + 0.75 * (index + 1) / bars) for index in range(bars)]
    return [
        Bar(
            round(index * pitch, 2),
            round(height - rise, 2),
            round(pitch - gap, 2),
            round(rise, 2),
            _part(index, reached),
        )
        for index, rise in enumerate(rises)
    ]


def _part(index: int, reached: int) -> Part:
    if index == reached:
        return "now"
    return "done" if index < reached else "ahead"
