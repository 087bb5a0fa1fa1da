"""The state diagram: every state and transition once, nothing on top of anything, figures from history."""

import itertools
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow.params import Params
from gradus.flow.shapes import Machine, Move, State
from gradus.rulebook.seeing import processes, stays
from gradus.rulebook.seeing.drawing import StateRow, diagram_of, draw
from gradus.rulebook.seeing.layout import BOX, BOX_HEIGHT, TOP, Layout, lay_out
from gradus.rulebook.seeing.stays import Standing, standings
from tests.platform.flow.mill.models import Order
from tests.platform.rulebook.conftest import flour, orders

SVG = "{http://www.w3.org/2000/svg}"
BOOKS = [processes.key_of(book) for book in policy.load(settings.RULES_DIR).books]
Rectangle = tuple[float, float, float, float]


def labels_of(layout: Layout) -> list[Rectangle]:
    return [(arrow.text_x, arrow.text_y - 11, arrow.text_x + arrow.width, arrow.text_y + 3) for arrow in layout.arrows]


def boxes_of(layout: Layout) -> list[Rectangle]:
    return [(box.x - BOX / 2, TOP, box.x + BOX / 2, TOP + BOX_HEIGHT) for box in layout.boxes]


def meet(one: Rectangle, two: Rectangle) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def check(layout: Layout, svg: str, its: Machine) -> None:
    root = ET.fromstring(svg)
    assert sorted(each.attrib["data-state"] for each in root.iter() if "data-state" in each.attrib) == sorted(
        its.states
    )
    moves = [each.attrib["data-transition"] for each in root.iter() if "data-transition" in each.attrib]
    assert sorted(moves) == sorted(its.moves)
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
    placed = [*labels_of(layout), *boxes_of(layout)]
    assert not [pair for pair in itertools.combinations(placed, 2) if meet(*pair)]
    assert all(left >= 0 and right <= layout.width and bottom <= layout.height for left, _, right, bottom in placed)
    for arrow in layout.arrows:
        starts = [source for source in its.moves[arrow.name].sources if source in layout.columns]
        assert len(arrow.dots) == len(set(starts))
        assert bool(arrow.heads) == bool(starts)


@pytest.mark.django_db
@pytest.mark.parametrize("key", BOOKS)
def test_every_book_is_drawn_with_each_state_and_transition_once(key: str) -> None:
    book = processes.book_at(key)
    its, found = processes.machine_of(book), diagram_of(book, timezone.now())
    if its is None or found is None:
        assert key == "catalog.lessonpage"
        assert its is found is None
        return
    labels = {move.name: f"{move.label} · {move.roles}" for move in found.moves}
    check(lay_out(its, labels), found.svg, its)
    for label in labels.values():
        assert found.svg.count(f">{label}</text>") == 1
    assert [state.name for state in found.states] == list(its.states)


names = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True)
words = st.text("ab <&\"'üß—", min_size=1, max_size=40)


@st.composite
def machines(draw_: Any) -> Machine:
    states = draw_(names)
    moves = draw_(st.lists(st.sampled_from([f"move_{n}" for n in range(12)]), max_size=12, unique=True))

    def move(name: str) -> Move:
        sources = draw_(st.lists(st.sampled_from(["", *states]), min_size=1, max_size=4, unique=True))
        target = draw_(st.sampled_from(["", *states]))
        return Move(name, draw_(words), tuple(sources), target, Params(), run=lambda *_: None)

    shown = {name: State(name, draw_(words)) for name in states}
    return Machine(Order, "", "Any", shown, {name: move(name) for name in moves})


@given(machines())
def test_whatever_a_machine_is_like_its_drawing_is_in_order(its: Machine) -> None:
    layout = lay_out(its, {move.name: str(move.label) for move in its.moves.values()})
    rows = {name: StateRow(name, str(state.label), state.tone, Standing()) for name, state in its.states.items()}
    check(layout, draw(layout, rows, "<Any> & all"), its)


def test_a_transition_back_points_to_the_left_and_one_that_stays_goes_around() -> None:
    book = policy.load(settings.RULES_DIR).book("requests.Request", "bug")
    its = flow.machine(book.model, "bug")
    arrows = {arrow.name: arrow for arrow in lay_out(its, dict.fromkeys(its.moves, "x")).arrows}
    assert [way for _x, _y, way in arrows["release"].heads] == [-1]
    assert [way for _x, _y, way in arrows["claim"].heads] == [1]
    assert len(arrows["take_over"].heads) == len(arrows["take_over"].dots) == 3
    assert arrows["take_over"].tie


# Figures


def ordered(student: User, *, days: float, then: str = "approve", ended: float = 0) -> None:
    """An order that stood for so many days before something happened to it, so many days ago."""
    end = timezone.now() - timedelta(days=ended)
    steps = [
        flow.Happened("order", at=end - timedelta(days=days), by=student),
        flow.Happened("add", at=end - timedelta(days=days / 2), by=student),  # it stays ordered: no stay ends
        *([flow.Happened(then, at=end)] if then else []),
    ]
    flow.backfill(Order, [flow.Past({"title": "Bread", "author": student, "bags": 3}, steps, kind="flour")])


def standing(state: str = "ordered") -> Standing:
    book = policy.active().book("mill.Order", "flour")
    return standings(book, flow.machine(Order, "flour"), timezone.now())[state]


@pytest.mark.django_db
def test_the_usual_time_is_the_median_of_finished_stays(student: User) -> None:
    with policy.using(flour()):
        for days, then in [(1, "approve"), (2, "reject"), (30, "approve")]:
            ordered(student, days=days, then=then)
        ordered(student, days=80, then="")
        found = standing()
    assert found.stays == 3
    assert found.usual == pytest.approx(2 * 86_400, abs=60)
    assert (found.number, found.late) == (1, 1)
    assert not found.stands_out  # of three nobody can say what is usual


@pytest.mark.django_db
def test_a_state_stands_out_when_more_than_half_are_over_twice_the_usual_time(student: User) -> None:
    with policy.using(flour()):
        for _ in range(5):
            ordered(student, days=2)
        ordered(student, days=5, then="")
        ordered(student, days=3, then="")
        assert (standing().number, standing().late, standing().stands_out) == (2, 1, False)
        ordered(student, days=4.1, then="")
        assert standing().stands_out
        assert standing("approved") == Standing(number=5)


@pytest.mark.django_db
def test_stays_that_ended_long_ago_do_not_count(student: User) -> None:
    with policy.using(flour()):
        ordered(student, days=1, ended=91)
        assert standing() == Standing()


@pytest.mark.django_db
def test_a_sample_takes_no_way_out_for_longer_than_another(student: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of approvals only the newest are read: rejections from before them do not count either."""
    monkeypatch.setattr(stays, "SAMPLE", 2)
    with policy.using(flour()):
        ordered(student, days=20, then="reject", ended=9)
        for _ in range(2):
            ordered(student, days=1)
        assert standing().stays == 2
        ordered(student, days=1, then="reject")
        assert standing().stays == 3


@pytest.mark.django_db
def test_the_page_shows_picture_and_tables_and_asks_no_more_for_more(
    desk: Client, student: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with policy.using(flour()):
        for _ in range(5):
            ordered(student, days=1)
        ordered(student, days=3, then="")
        address = "/admin/rules/diagram/mill.order.flour/"
        page = desk.get(address).content.decode()
        for words_ in ("data-state=", "Longer than usual", "usually 24 h", "instructor", "Approve"):
            assert words_ in page, words_
        assert "style=" not in page[page.index("<svg xmlns") : page.index("</svg>", page.index("<svg xmlns"))]
        with django_assert_num_queries(11) as few:
            desk.get(address)
        orders(student, 12)
        with django_assert_num_queries(len(few)):
            desk.get(address)
