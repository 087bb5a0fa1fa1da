"""The state diagram of a book as inline SVG: no script, no style of its own; colours come from classes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gradus.core.formats import duration
from gradus.flow.shapes import Machine
from gradus.policy.books import Book
from gradus.rulebook.seeing import processes
from gradus.rulebook.seeing.layout import BOX, BOX_HEIGHT, HEAD, TOP, Arrow, Box, Layout, lay_out
from gradus.rulebook.seeing.stays import Standing, standings
from gradus.rulebook.seeing.tables import way_of

LINE = 17
START_SIZE = 9


@dataclass(frozen=True, slots=True)
class StateRow:
    name: str
    label: str
    tone: str
    standing: Standing

    @property
    def usual(self) -> str:
        return "" if self.standing.usual is None else duration(self.standing.usual)


@dataclass(frozen=True, slots=True)
class MoveRow:
    name: str
    label: str
    way: str
    roles: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """The picture, and the same in words: what stands below it."""

    svg: SafeString
    states: tuple[StateRow, ...]
    moves: tuple[MoveRow, ...]

    @property
    def standing_out(self) -> list[StateRow]:
        return [state for state in self.states if state.standing.stands_out]


def diagram_of(book: Book, now: datetime) -> Diagram | None:
    """None for a book without states."""
    its = processes.machine_of(book)
    if its is None:
        return None
    found = standings(book, its, now)
    states = tuple(StateRow(name, str(it.label), it.tone, found[name]) for name, it in its.states.items())
    moves = tuple(_move_row(book, its, name) for name in its.moves)
    labels = {move.name: f"{move.label} · {move.roles}" for move in moves}
    svg = draw(lay_out(its, labels), {state.name: state for state in states}, processes.title_of(book))
    return Diagram(svg, states, moves)


def _move_row(book: Book, its: Machine, name: str) -> MoveRow:
    rule = book.transitions.get(name)
    roles = ", ".join(role.label for role in rule.rows) if rule else ""
    return MoveRow(name, str(its.label(name)), way_of(book, rule) if rule else "", roles or _("nobody"))


def draw(layout: Layout, states: Mapping[str, StateRow], title: str) -> SafeString:
    """The picture as one element; ids are prefixed, for there is one on a page."""
    told = _("States from left to right, each with a line below it; every transition is an arrow between these lines.")
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="rb-diagram" role="img" width="{w}" height="{h}"'
        ' viewBox="0 0 {w} {h}" aria-labelledby="rb-diagram-title rb-diagram-desc">'
        '<title id="rb-diagram-title">{title}</title><desc id="rb-diagram-desc">{told}</desc>{body}</svg>',
        w=layout.width,
        h=layout.height,
        title=_("State diagram: %(title)s") % {"title": title},
        told=told,
        body=format_html_join("", "{}", ((part,) for part in _parts(layout, states))),
    )


def _parts(layout: Layout, states: Mapping[str, StateRow]) -> Iterator[SafeString]:
    below = TOP + BOX_HEIGHT
    lines = [(box.x, below) for box in layout.boxes]
    if layout.start is not None:
        middle = TOP + BOX_HEIGHT // 2
        lines.append((layout.start, middle + START_SIZE))
        yield format_html('<circle class="rb-start" cx="{}" cy="{}" r="{}"/>', layout.start, middle, START_SIZE)
    drawn = ((x, y, layout.foot) for x, y in lines)
    yield format_html_join("", '<path class="rb-lifeline" d="M{} {}V{}"/>', drawn)
    for box in layout.boxes:
        yield _box(box, states[box.state])
    for arrow in layout.arrows:
        yield _arrow(arrow)


def _box(box: Box, state: StateRow) -> SafeString:
    number = number_format(state.standing.number, force_grouping=True)
    usual = _("usually %(time)s") % {"time": state.usual} if state.usual else ""
    notes = [_("%(number)s now") % {"number": number}, usual, _("longer now") if state.standing.stands_out else ""]
    lines = [("rb-name", line) for line in box.lines] + [("rb-note", note) for note in notes if note]
    top = TOP + (BOX_HEIGHT - LINE * len(lines)) // 2 + 13
    texts = ((css, box.x, top + LINE * number, line) for number, (css, line) in enumerate(lines))
    return format_html(
        '<g class="rb-state rb-state--{}{}" data-state="{}"><title>{}</title>'
        '<rect x="{}" y="{}" width="{}" height="{}" rx="6"/>{}</g>',
        state.tone,
        " is-over" if state.standing.stands_out else "",
        state.name,
        state.label,
        box.x - BOX // 2,
        TOP,
        BOX,
        BOX_HEIGHT,
        format_html_join("", '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>', texts),
    )


def _arrow(arrow: Arrow) -> SafeString:
    heads = ((x, y, -HEAD * way, HEAD // 2, HEAD) for x, y, way in arrow.heads)
    return format_html(
        '<g class="rb-move" data-transition="{}"><path class="rb-tie" d="{}"/>{}{}{}<text x="{}" y="{}">{}</text></g>',
        arrow.name,
        arrow.tie,
        format_html_join("", '<path class="rb-way" d="{}"/>', ((stroke,) for stroke in arrow.strokes)),
        format_html_join("", '<circle class="rb-dot" cx="{}" cy="{}" r="3.5"/>', arrow.dots),
        format_html_join("", '<path class="rb-head" d="M{} {}l{} -{}v{}z"/>', heads),
        arrow.text_x,
        arrow.text_y,
        arrow.label,
    )
