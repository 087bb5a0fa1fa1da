"""Every process, moved at random by all kinds of people while time passes, beside a plain reading of its book.

What the book forbids never succeeds, what it allows never fails, what is offered is what is done, a refusal leaves
everything as it was, and history explains every state. `GRADUS_EXAMPLES=500` looks for longer.
"""

import os
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from wagtail.models import PageViewRestriction

from cms.catalog.models import CoursePage, LessonPage
from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM, Actor, Role
from gradus.flow.models import LimitUse, TransitionRecord
from gradus.flow.registry import governed
from tests.cms.conftest import MakeCourse, MakeLesson, catalogue, make_course, make_lesson, private_files, site
from tests.conftest import MakePerson
from tests.workflows.plain_books import PlainBook, Thing, Use, Who
from tests.workflows.requests.conftest import ANSWERS
from workflows.learning.models import CourseProgress, LessonProgress
from workflows.requests.models import Request

__all__ = ["catalogue", "make_course", "make_lesson", "private_files", "site"]

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOURS = [1, 24, 47, 48, 24 * 8, 24 * 31, 24 * 200]
# The machine of learning is code; this is what its documentation says.
LEARNING = {
    "enrol": ({""}, "enrolled"), "start": ({"enrolled"}, "in_progress"), "pause": ({"in_progress"}, "paused"),
    "resume": ({"paused"}, "in_progress"), "complete": ({"in_progress"}, "completed"),
}  # fmt: skip
KINDS = tuple(ANSWERS)
STUDENTS_FIRST = st.one_of(st.integers(0, 2), st.integers(0, 14))
SAME_TRACK = {"current_track": "saas", "desired_track": "saas"}
CODES = {flow.NotNow: "not_now", flow.Limited: "limited", flow.Stale: "stale", ValidationError: "invalid"}


def book(name: str, moves: Any = None) -> PlainBook:
    return PlainBook((Path(django.RULES_DIR) / f"{name}.toml").read_text(), moves)


@dataclass
class Someone:
    """`by` is what the verbs are given; who that is to rules is asked anew each time."""

    by: Any
    role: Role | None = None

    @property
    def who(self) -> Who:
        if isinstance(self.by, Actor):
            return Who(self.by.id, self.by.role.value)
        if not self.by.is_authenticated or not self.by.is_active:
            return Who(None, "guest")
        return Who(self.by.pk, self.role.value if self.role else "guest")


@dataclass
class World:
    """Made once: people and courses. What happens to them is undone after each example."""

    people: list[Someone]
    leaving: User  # may be switched off and on
    courses: list[CoursePage]
    lessons: dict[int, list[LessonPage]]
    insiders: set[int]  # whom the kept course is open to


@pytest.fixture
def world(make_person: MakePerson, make_course: MakeCourse, make_lesson: MakeLesson) -> World:
    ada, ben, ivo, iris = (
        make_person("Ada", Role.STUDENT), make_person("Ben", Role.STUDENT),
        make_person("Ivo", Role.INSTRUCTOR), make_person("Iris", Role.INSTRUCTOR),
    )  # fmt: skip
    both = make_person("Bo", Role.STUDENT, Role.INSTRUCTOR)
    boss = make_person("Boris", Role.ADMIN, Role.INSTRUCTOR, Role.STUDENT, is_staff=True, is_superuser=True)
    gone = make_person("Gaia", Role.INSTRUCTOR, is_active=False)
    people = [
        Someone(ada, Role.STUDENT), Someone(ben, Role.STUDENT), Someone(Actor(both, Role.STUDENT)),
        Someone(ivo, Role.INSTRUCTOR), Someone(iris, Role.INSTRUCTOR), Someone(both, Role.INSTRUCTOR),
        Someone(make_person("Alma", Role.ADMIN), Role.ADMIN), Someone(boss, Role.ADMIN),
        Someone(Actor(boss, Role.STUDENT)), Someone(make_person("Edda", Role.EDITOR), Role.EDITOR),
        Someone(make_person("Anton", Role.ANALYST), Role.ANALYST), Someone(make_person("Otto")), Someone(gone),
        Someone(AnonymousUser()), Someone(SYSTEM),
    ]  # fmt: skip
    courses = [make_course("Open"), make_course("Kept")]
    kept = PageViewRestriction.objects.create(page=courses[1], restriction_type=PageViewRestriction.GROUPS)
    kept.groups.set(ivo.groups.all())
    lessons = {course.pk: [make_lesson(course, f"{course} {n}") for n in (1, 2)] for course in courses}
    return World(people, ben, courses, lessons, {ivo.pk, iris.pk, both.pk, gone.pk, boss.pk})


class Processes(RuleBasedStateMachine):
    """`world` is set by the test."""

    world: World
    books = {**{kind: book(f"requests/{kind}") for kind in KINDS}, "": book("learning", LEARNING)}
    tally: Counter[tuple[str, str]] = Counter()

    @initialize()
    def begin(self) -> None:
        self.undone = transaction.atomic()
        self.undone._from_testcase = True  # type: ignore[attr-defined]  # as Django's own tests
        self.undone.__enter__()
        self.now, self.things, self.uses = START, list[Thing](), list[Use]()
        self.live = {course.pk: True for course in self.world.courses}
        for course in self.world.courses:
            course.live = True
        self.world.leaving.is_active = True
        self.turn = 0
        for number, kind in enumerate(KINDS):
            self._file(number % 3, kind, same=False)
        self.enrol(0, 0)

    def teardown(self) -> None:
        if hasattr(self, "undone"):
            try:
                self._counters_agree()
            finally:
                transaction.set_rollback(True)
                self.undone.__exit__(None, None, None)

    # What people do

    @rule(who=STUDENTS_FIRST, kind=st.integers(0, 3), same=st.booleans(), times=st.sampled_from([1, 1, 4]))
    def file(self, who: int, kind: int, same: bool, times: int) -> None:
        """Several at once, or no limit would ever be reached."""
        for _each in range(times):
            self._file(who, KINDS[kind], same=same)

    def _file(self, who: int, process: str, *, same: bool) -> None:
        someone = self.world.people[who]
        given = {**ANSWERS[process], **(SAME_TRACK if same and process == "track_change" else {})}
        values = {"author": someone.who.id, "claimed_by": None, "claimed_before_by": None, "claimed_at": None}
        thing = Thing(process, {**given, **values, "state_since": self.now})
        words = {"title": "Please", "text": "All of it"}
        self._create(someone, "submit", thing, Request, {"kind": process, **words, **given})

    @rule(who=st.integers(0, 14), which=st.integers(0, 1))
    def enrol(self, who: int, which: int) -> None:
        someone, course = self.world.people[who], self.world.courses[which]
        whose = someone.who.id
        if any(each.process == "" and each.values["key"] == (whose, course.pk) for each in self.things):
            return  # one for each person and course: the service sees to that
        thing = Thing("", {"user": whose, "key": (whose, course.pk), "read": set(), "state_since": self.now})
        thing.terms = {
            "course_visible": lambda viewer: which == 0 or viewer in self.world.insiders,
            "lessons_complete": lambda _viewer: self.live[course.pk] and len(thing.values["read"]) == 2,
        }
        thing.values["course.live"] = self.live[course.pk]
        self._create(someone, "enrol", thing, CourseProgress, {"course": course})

    @rule(who=st.integers(0, 14), which=st.integers(0, 30), name=st.integers(0, 30), wrong=st.integers(0, 9))
    def try_anything(self, who: int, which: int, name: int, wrong: int) -> None:
        thing = self._thing(which)
        names = [each for each, (sources, _target) in self._book(thing).moves.items() if sources != {""}]
        self._apply(self.world.people[who], thing, self._pick(names, name), silent=wrong == 0, stale=wrong == 1)

    @rule(choices=st.lists(st.integers(0, 200), min_size=3, max_size=6))
    def do_what_is_allowed(self, choices: list[int]) -> None:
        """Or chance alone would hardly leave the first states."""
        for choice in choices:
            thing = self._thing(choice)
            can: dict[str, list[Someone]] = {}
            for name, someone in product(self._book(thing).moves, self.world.people):
                if self._book(thing).verdict(name, someone.who, thing, self.now, self.uses) == "ok":
                    can.setdefault(name, []).append(someone)
            if can:
                name = self._pick(list(can), choice)
                self._apply(self._pick(can[name], choice), thing, name)

    @rule(change=st.sampled_from([*HOURS, "publish", "leave", "read", "read"]), which=st.integers(0, 30))
    def the_world_changes(self, change: Any, which: int) -> None:
        if change == "publish":
            self._publish(self.world.courses[which % 2])
        elif change == "leave":
            self._leave()
        elif change == "read":
            self._read(which)
        else:
            self.now += timedelta(hours=change)

    def _publish(self, course: CoursePage) -> None:
        """Or take it off."""
        course.live = self.live[course.pk] = not self.live[course.pk]
        CoursePage.objects.filter(pk=course.pk).update(live=course.live)

    def _leave(self) -> None:
        """Or come back."""
        leaving = self.world.leaving
        leaving.is_active = not leaving.is_active
        User.objects.filter(pk=leaving.pk).update(is_active=leaving.is_active)

    def _read(self, which: int) -> None:
        """The next lesson of somebody's course."""
        going = [thing for thing in self.things if thing.process == ""]
        thing = going[which % len(going)]
        left = [page for page in self.world.lessons[thing.values["key"][1]] if page.pk not in thing.values["read"]]
        for page in left[:1]:
            thing.values["read"].add(page.pk)
            LessonProgress.objects.create(course_progress_id=thing.pk, lesson=page, completed_at=self.now)

    @rule(who=st.integers(0, 14), name=st.integers(0, 30), learning=st.booleans())
    def queues_hold_what_is_allowed(self, who: int, name: int, learning: bool) -> None:
        model: Any = CourseProgress if learning else Request
        someone, mine = self.world.people[who], [each for each in self.things if (each.process == "") == learning]
        book = self.books["" if learning else "bug"]
        names = ["view", *(each for each, (sources, _to) in book.moves.items() if sources != {""})]
        asked = names[name % len(names)]
        right = {thing.pk for thing in mine if self._allowed(asked, someone.who, thing)}
        with time_machine.travel(self.now, tick=False):
            assert set(flow.queue(model, asked, someone.by).values_list("pk", flat=True)) == right

    def _pick(self, among: list[Any], number: int) -> Any:
        """One of these. Drawn numbers are small more often than not, and the first would be picked all the time."""
        self.turn += 7
        return among[(number + self.turn) % len(among)]

    # How it is compared

    def _thing(self, which: int) -> Thing:
        thing = self._pick(self.things, which)
        if thing.process == "":
            thing.values["course.live"] = self.live[thing.values["key"][1]]
        return thing

    def _book(self, thing: Thing) -> PlainBook:
        return self.books[thing.process]

    def _allowed(self, name: str, who: Who, thing: Thing) -> bool:
        book = self._book(thing)
        return (
            book.may("view", who, thing, self.now)
            if name == "view"
            else (book.verdict(name, who, thing, self.now, []) == "ok")
        )

    def _create(self, someone: Someone, name: str, thing: Thing, model: Any, given: dict[str, Any]) -> None:
        expected = self._book(thing).verdict(name, someone.who, thing, self.now, self.uses)
        before = model.objects.count()
        with time_machine.travel(self.now, tick=False):
            offers = [each for each in flow.creations(model, someone.by) if each.kind == thing.process]
            found, obj = outcome(lambda: flow.create(model, name, by=someone.by, **given))
        assert found == expected, f"{name} by {someone.who}: {found}, not {expected}"
        assert model.objects.count() == before + (found == "ok")
        if found != "ok":
            return
        assert [each.allowed for each in offers if each.name == name] == [True]
        thing.pk = obj.pk
        self.things.append(thing)
        self._made(someone.who, thing, name)

    def _apply(self, someone: Someone, thing: Thing, name: str, *, silent: bool = False, stale: bool = False) -> None:
        who, book = someone.who, self._book(thing)
        right = {each: book.verdict(each, who, thing, self.now, self.uses) for each in book.moves}
        asked = {"note": "Because"} if self._takes_a_note(thing, name) and not silent else {}
        expected = self._expected(right[name], who, thing, invalid=silent and book.asks(name), stale=stale)
        old = Request if thing.process else CourseProgress
        with time_machine.travel(self.now, tick=False):
            obj: Any = old._base_manager.get(pk=thing.pk)
            before = columns(obj)
            offered = {each.name: each.allowed for each in flow.offers(obj, someone.by)}
            found, _made = outcome(
                lambda: flow.apply(
                    obj, name, by=someone.by, expect_version=thing.version - 1 if stale else thing.version, **asked
                )
            )
        assert offered == {each: right[each] == "ok" for each in offered}
        assert found == expected, f"{name} by {who} in {thing.state}: {found}, not {expected}"
        fresh = old._base_manager.get(pk=thing.pk)
        if found == "ok":
            self._made(who, thing, name)
        else:
            assert columns(fresh) == before
        self._explained(fresh, thing)

    def _takes_a_note(self, thing: Thing, name: str) -> bool:
        return "note" in self._book(thing).said["transitions"][name].get("ask", {})

    def _expected(self, verdict: str, who: Who, thing: Thing, *, invalid: bool, stale: bool) -> str:
        if invalid:
            return "invalid"
        sees = who.role == "system" or self._book(thing).may("view", who, thing, self.now)
        if (stale or verdict in {"not_now", "denied"}) and not sees:
            return "hidden"
        return "stale" if stale else verdict

    def _made(self, who: Who, thing: Thing, name: str) -> None:
        self._book(thing).make(name, who, thing, self.now)
        self.uses.append(Use(thing.process, name, thing, who.id, self.now))
        values = thing.values
        if name in {"claim", "take_over"}:
            values |= {"claimed_before_by": values["claimed_by"], "claimed_by": who.id, "claimed_at": self.now}
        elif name == "release":
            values |= {"claimed_before_by": values["claimed_by"], "claimed_by": None, "claimed_at": None}
        self.tally[thing.process, name] += 1

    def _explained(self, obj: Any, thing: Thing) -> None:
        """The object is where the book says, and its history says how it came there."""
        assert (obj.state, obj.version, obj.state_since) == (thing.state, thing.version, thing.values["state_since"])
        records = list(TransitionRecord.objects.about(obj).defer("facts").order_by("version", "pk"))
        done = [each for each in records if each.outcome == TransitionRecord.DONE]
        told = [(each.transition, each.source, each.target, each.actor_id, each.role) for each in done]
        assert told == thing.log
        assert [each.version for each in done] == list(range(1, thing.version + 1))
        assert all(each.source == each.target for each in records if each.outcome != TransitionRecord.DONE)
        for name in ("claimed_by", "claimed_before_by"):
            if name in thing.values:
                assert getattr(obj, f"{name}_id") == thing.values[name]

    def _counters_agree(self) -> None:
        """What limits count beside history is what history says."""
        counted = [use for use in self.uses if self._book(use.thing).counted(use)]
        assert LimitUse.objects.count() == len(counted)
        assert TransitionRecord.objects.done().count() == len(self.uses)


def outcome(attempt: Callable[[], Any]) -> tuple[str, Any]:
    try:
        return "ok", attempt()
    except flow.Denied as refusal:
        return ("hidden" if refusal.hidden else "denied"), None
    except tuple(CODES) as refusal:
        return CODES[type(refusal)], None


def columns(obj: models.Model) -> dict[str, Any]:
    return {field.attname: deepcopy(getattr(obj, field.attname)) for field in obj._meta.concrete_fields}


LONG = int(os.environ.get("GRADUS_EXAMPLES", "12"))


def test_no_book_is_left_out() -> None:
    theirs = {(model._meta.label, kind) for model in governed() for kind in kinds(model)}
    assert theirs == {("learning.CourseProgress", ""), *(("requests.Request", kind) for kind in KINDS)}
    assert {(each.label, each.process) for each in policy.active().books if each.transitions} == theirs


def kinds(model: Any) -> list[str]:
    return [] if model.__module__.startswith("tests.") else [its.process for its in flow.machines(model)]


@pytest.mark.django_db
def test_every_process_moves_by_its_book(world: World) -> None:
    machine = type("Moves", (Processes,), {"world": world, "tally": Counter()})
    calm = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    profile = settings(max_examples=LONG, stateful_step_count=25, deadline=None, suppress_health_check=calm)
    run_state_machine_as_test(machine, settings=profile)


@pytest.mark.django_db
def test_limits_are_reached_and_end(world: World) -> None:
    """Walked by hand, because chance does not come here in every run."""
    machine: Any = type("Moves", (Processes,), {"world": world, "tally": Counter()})()
    machine.begin()
    try:
        machine.file(who=0, kind=KINDS.index("refund"), same=False, times=4)
        assert TransitionRecord.objects.filter(outcome="limited", process="refund").count() == 1
        before = machine.tally["refund", "submit"]
        machine.the_world_changes(change=24 * 31, which=0)
        machine.file(who=0, kind=KINDS.index("refund"), same=False, times=1)
        assert machine.tally["refund", "submit"] == before + 1
    finally:
        machine.teardown()
