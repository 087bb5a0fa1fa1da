"""Where everything of a state diagram stands: numbers only, so that nothing can meet anything else.

The layers stand side by side: every state is a column in the order of the book, with a line falling from its box, and
every transition is a row of its own between these lines, with a dot where it starts and an arrow where it leads, to the
right or back to the left, or around where the state stays. A label has the strip above its own row to itself, so that
labels cannot overlap, however many transitions there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from gradus.flow.shapes import NEW, Machine, Move

COLUMN, BOX, BOX_HEIGHT = 120, 112, 92
FIRST, START, ROW = 48, 20, 46
TOP, LABEL, EDGE = 8, 9, 8
LETTER = 7.2  # the widest a letter of a label is taken to be, on average
LOOP, HEAD = 22, 8
LINE_OF_BOX = 15  # letters


@dataclass(frozen=True, slots=True)
class Box:
    """A state: `x` is its middle."""

    state: str
    x: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A transition: a dot at each start, strokes, heads (x, y and -1 for one that points left), and its label."""

    name: str
    label: str
    text_x: int
    text_y: int
    dots: tuple[tuple[int, int], ...]
    strokes: tuple[str, ...]
    tie: str  # between loops that are one transition
    heads: tuple[tuple[int, int, int], ...]

    @property
    def width(self) -> int:
        return width_of(self.label)


@dataclass(frozen=True, slots=True)
class Layout:
    width: int
    height: int
    foot: int
    boxes: tuple[Box, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    start: int | None = None  # where things begin, for processes that create something
    columns: dict[str, int] = field(default_factory=dict)


def lay_out(its: Machine, labels: dict[str, str]) -> Layout:
    """`labels` are the arrows' by the name of their transition."""
    columns = {name: FIRST + COLUMN // 2 + COLUMN * number for number, name in enumerate(its.states)}
    columns[NEW] = START
    width = max([FIRST + COLUMN * len(its.states), *(width_of(label) + 2 * EDGE for label in labels.values())])
    begin = TOP + BOX_HEIGHT + ROW
    rows = {name: begin + ROW * number for number, name in enumerate(its.moves)}
    foot = begin + ROW * (len(rows) - 1) + 24 if rows else TOP + BOX_HEIGHT
    return Layout(
        width=width,
        height=foot + EDGE,
        foot=foot,
        boxes=tuple(Box(name, columns[name], lines_of(str(state.label))) for name, state in its.states.items()),
        arrows=tuple(_arrow(move, columns, rows[move.name], labels[move.name], width) for move in its.moves.values()),
        start=START if its.creations() else None,
        columns=columns,
    )


def width_of(label: str) -> int:
    return round(LETTER * len(label))


def lines_of(label: str, most: int = 2) -> tuple[str, ...]:
    """A label in at most two lines of a box; what does not fit is cut."""
    lines = [""]
    for word in label.split():
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= LINE_OF_BOX or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(word)
    kept = lines if len(lines) <= most else [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return tuple(line if len(line) <= LINE_OF_BOX else f"{line[: LINE_OF_BOX - 1]}…" for line in kept)


def _arrow(move: Move, columns: dict[str, int], y: int, label: str, width: int) -> Arrow:
    sources = sorted(columns[source] for source in move.sources if source in columns)
    target = columns.get(move.target) if move.target else None
    loops = [x for x in sources if target is None or x == target]
    ways = [x for x in sources if x not in loops]
    reached = [] if target is None else [target]
    strokes = [*(_loop(x, y) for x in loops), *_lines([*ways, *reached] if ways else [], y)]
    heads = [(x, y + LOOP // 2, -1) for x in loops]
    heads += [(target, y, 1 if side else -1) for side in _sides(ways, target)] if target is not None else []
    left = min([*sources, *reached], default=EDGE) + LABEL
    return Arrow(
        name=move.name,
        label=label,
        text_x=max(EDGE, min(left, width - width_of(label) - EDGE)),
        text_y=y - LABEL,
        dots=tuple((x, y) for x in sources),
        strokes=tuple(strokes),
        tie=f"M{loops[0]} {y}H{loops[-1]}" if len(loops) > 1 else "",
        heads=tuple(heads),
    )


def _sides(ways: Iterable[int], target: int) -> list[bool]:
    """From which sides the target is reached: true for from the left."""
    return sorted({x < target for x in ways})


def _lines(xs: list[int], y: int) -> list[str]:
    """One line through everything on this row, piece by piece."""
    return [f"M{one} {y}H{two}" for one, two in pairwise(sorted(xs))]


def _loop(x: int, y: int) -> str:
    """Out to the right, and back to the line below."""
    half = LOOP // 2
    return f"M{x} {y}h{LOOP - half}a{half / 2:g} {half / 2:g} 0 0 1 0 {half}H{x}"
