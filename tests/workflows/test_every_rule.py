"""Every row of every book decides real objects: one it allows, one it refuses; and what forbids, forbids everybody.

A declared process gets its objects from its states; a book whose conditions read more needs its own here: MAKERS.
Whoever adds a row for which there is no object that it allows, or none that it refuses, is told so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from cms.catalog.models import LessonPage
from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role
from gradus.flow.params import Kind, Params
from gradus.policy.books import Book, Condition, Right
from gradus.policy.evaluate import compile_check
from gradus.policy.process import Limit
from gradus.policy.ruleset import permission_name
from tests.cms.conftest import MakeCourse, MakeLesson, catalogue, make_course, make_lesson, private_files, site
from tests.conftest import MakePerson
from tests.workflows.requests.conftest import ANSWERS
from workflows.learning.models import CourseProgress, LessonProgress
from workflows.requests.models import Request

__all__ = ["catalogue", "make_course", "make_lesson", "private_files", "site"]

pytestmark = pytest.mark.django_db
BOOKS = policy.active().books
WITHOUT_PERSON = {Role.GUEST, Role.SYSTEM}


@dataclass
class Stage:
    """Somebody who asks, somebody else, and the means to make courses."""

    me: User
    other: User
    make_course: MakeCourse
    make_lesson: MakeLesson
    made: dict[str, list[models.Model]] = field(default_factory=dict)

    def objects(self, book: Book) -> list[models.Model]:
        """Real objects in every situation the book tells apart; unsaved ones are proposals."""
        if book.file not in self.made:
            self.made[book.file] = MAKERS.get(book.label, declared)(self, book)
        return self.made[book.file]

    def actor(self, role: Role) -> Actor:
        return Actor(None if role in WITHOUT_PERSON else self.me, role)


@pytest.fixture
def stage(make_person: MakePerson, make_course: MakeCourse, make_lesson: MakeLesson) -> Stage:
    """Whoever asks holds every role and is a superuser besides: nothing but the rule is in the way."""
    held = [role for role in Role if role not in WITHOUT_PERSON]
    return Stage(make_person("Mia", *held, is_superuser=True), make_person("Olga", *held), make_course, make_lesson)


def requests(stage: Stage, book: Book) -> list[models.Model]:
    people, now = (stage.me, stage.other), timezone.now()
    answers = [ANSWERS[book.process], dict.fromkeys(("current_track", "desired_track"), "agency")]
    rows = [
        Request(
            kind=book.process,
            state=state,
            author=author,
            claimed_by=reviewer,
            claimed_at=since if reviewer else None,
            state_since=since,
            answers=given,
        )
        for state, author, reviewer, since, given in product(
            ["", *flow.machine(Request, book.process).states],
            people,
            (None, *people),
            (now, now - timedelta(days=3)),
            answers,
        )
    ]
    saved = Request.objects.bulk_create([row for row in rows if row.state])
    return [*saved, *(row for row in rows if not row.state)]


def declared(stage: Stage, book: Book) -> list[models.Model]:
    """Mine and somebody else's in every state, and proposals, with what is asked at the beginning filled in."""
    assert book.definition, f"{book.file}: no objects to decide on; add a function that makes some to MAKERS"
    its, author = flow.machine(book.model, book.process), book.model.author_field
    given = filled(its.creations()[0].params)
    columns = {name: given[name] for name in book.model.asked if name in given}
    return [
        row
        for state, person in product(["", *its.states], (stage.me, stage.other))
        for row in [book.model(kind=book.process, state=state, **{author: person}, **columns)]
        if not state or book.model._base_manager.bulk_create([row])
    ]


SAMPLES: dict[Kind, Any] = {
    Kind.TEXT: "Words", Kind.LONG_TEXT: "More words", Kind.FLAG: True, Kind.MONEY: 100, Kind.EMAIL: "a@example.org",
    Kind.URL: "https://example.org/", Kind.DATE: "2026-03-01", Kind.DATETIME: "2026-03-01 12:00",
}  # fmt: skip


def filled(params: Params) -> dict[str, Any]:
    """An answer to everything that has to be answered."""
    given: dict[str, Any] = {}
    for param in params:
        if param.kind is Kind.CHOICE and param.required:
            given[param.name] = param.choices[0][0]
        elif param.kind is Kind.NUMBER and param.required:
            given[param.name] = param.least or 1
        elif param.required:
            given[param.name] = SAMPLES[param.kind]
    return given


def progresses(stage: Stage, _book: Book) -> list[models.Model]:
    found: list[models.Model] = []
    for live, complete in product((True, False), repeat=2):
        for state in CourseProgress.states:
            course = stage.make_course(f"{state} {live} {complete}")
            lesson = stage.make_lesson(course, "Only")
            found += [CourseProgress(user=user, course=course) for user in (stage.me, stage.other)]
            for user in (stage.me, stage.other):
                [row] = CourseProgress.objects.bulk_create([CourseProgress(user=user, course=course, state=state)])
                if complete:
                    LessonProgress.objects.create(course_progress=row, lesson=lesson, completed_at=timezone.now())
                found.append(row)
            if not live:
                course.unpublish()
    return [type(row)._base_manager.get(pk=row.pk) if row.pk else row for row in found]


def lessons(stage: Stage, _book: Book) -> list[models.Model]:
    found: list[models.Model] = []
    for state in ("", "in_progress", "paused"):
        course = stage.make_course(f"Course {state}")
        if state:
            CourseProgress.objects.bulk_create([CourseProgress(user=stage.me, course=course, state=state)])
        for live, preview in product((True, False), repeat=2):
            found.append(stage.make_lesson(course, f"{live} {preview}", live=live, is_preview=preview))
    return [LessonPage.objects.get(pk=lesson.pk) for lesson in found]


MAKERS: dict[str, Callable[[Stage, Book], list[models.Model]]] = {
    "requests.Request": requests,
    "learning.CourseProgress": progresses,
    "catalog.LessonPage": lessons,
}


def rows(book: Book) -> Iterator[tuple[Right, Role, Condition]]:
    for rule in book.rules.values():
        for role, row in rule.rows.items():
            yield rule, role, row


def in_words(book: Book) -> str:
    return book.file


def test_objects_are_made_for_books_that_there_are() -> None:
    assert set(MAKERS) <= {book.label for book in BOOKS}


@pytest.mark.parametrize("book", BOOKS, ids=in_words)
def test_every_row_allows_one_object_and_refuses_another(stage: Stage, book: Book) -> None:
    objects, missing = stage.objects(book), []
    for rule, role, row in rows(book):
        decisions = [policy.decide(stage.actor(role), rule.name, obj) for obj in objects]
        if not any(decision.allowed and decision.rule == row.origin for decision in decisions):
            missing.append(f"{row.origin}: allows nothing")
        if not refuses(rule, row, decisions):
            missing.append(f"{row.origin}: refuses nothing")
    assert not missing, "\n".join(missing)


def refuses(rule: Right, row: Condition, decisions: list[policy.Decision]) -> bool:
    """By its condition; a row that says always, by the state or to the roles that have no row."""
    if row.text == "always" and rule.forbids is None:
        return any(decision.wrong_state for decision in decisions) or set(rule.rows) < set(Role)
    return not all(decision.allowed for decision in decisions if not decision.wrong_state)


@pytest.mark.parametrize("book", BOOKS, ids=in_words)
def test_whoever_has_no_row_is_refused_everywhere(stage: Stage, book: Book) -> None:
    objects = stage.objects(book)
    for rule in book.rules.values():
        for role in set(Role) - set(rule.rows):
            actor = stage.actor(role)
            assert not any(policy.decide(actor, rule.name, obj) for obj in objects), f"{rule.key}: {role}"


@pytest.mark.parametrize("book", BOOKS, ids=in_words)
def test_what_is_forbidden_is_refused_to_every_role_that_would_be_allowed(stage: Stage, book: Book) -> None:
    objects, now = stage.objects(book), timezone.now()
    for rule, role, row in rows(book):
        if rule.forbids is None:
            continue
        actor, alone = stage.actor(role), compile_check(row.node)
        forbidden = [
            obj
            for obj in objects
            if rule.forbids(obj, actor.id, actor.user, now) and alone(obj, actor.id, actor.user, now)
        ]
        assert forbidden, f"{row.origin}: nothing it would allow is forbidden"
        decisions = [policy.decide(actor, rule.name, obj) for obj in forbidden]
        assert not any(decisions), row.origin
        assert f"{rule.key}.forbid" in {decision.rule for decision in decisions}


@pytest.mark.parametrize("book", BOOKS, ids=in_words)
def test_a_superuser_is_bound_by_what_is_forbidden(stage: Stage, book: Book) -> None:
    """Asked by has_perm, as everything of Django's asks."""
    assert stage.me.is_superuser
    for rule in book.rules.values():
        if rule.forbids is None:
            continue
        for role in set(rule.rows) - WITHOUT_PERSON:
            stage.me.act_as = role
            name = permission_name(book.model, rule.name)
            forbidden = [obj for obj in stage.objects(book) if rule.forbids(obj, stage.me.pk, stage.me, timezone.now())]
            assert forbidden
            assert not any(stage.me.has_perm(name, obj) for obj in forbidden), f"{rule.key}: {role}"


@pytest.mark.parametrize("book", [book for book in BOOKS if book.transitions], ids=in_words)
def test_the_protocol_does_what_the_row_says(stage: Stage, book: Book) -> None:
    """`apply` moves what the row allows, and leaves what it refuses as it was."""
    objects = [obj for obj in stage.objects(book) if obj.pk]
    for rule, role, _row in rows(book):
        if rule.name not in book.transitions:
            continue
        its = flow.machine(book.model, book.process).move(rule.name)
        if its.creates:
            continue
        actor, asked = stage.actor(role), filled(its.params)
        allowed = next((obj for obj in objects if policy.decide(actor, rule.name, obj)), None)
        refused = next((obj for obj in objects if not policy.decide(actor, rule.name, obj)), None)
        assert allowed, f"{rule.key}: {role} may not do it to any of {len(objects)}"
        assert refused, f"{rule.key}: {role} may do it to all {len(objects)}"
        before = refused.state
        with pytest.raises(flow.FlowError):
            flow.apply(refused, rule.name, by=actor, **asked)
        refused.refresh_from_db()
        assert refused.state == before, f"{rule.key}: {role}"
        moved = flow.apply(allowed, rule.name, by=actor, **asked)
        assert moved.state == (its.target or allowed.state), f"{rule.key}: {role}"
        objects = [type(obj)._base_manager.get(pk=obj.pk) for obj in objects]


LIMITS = [pytest.param(book, limit, id=limit.id) for book in BOOKS for limit in book.limits]


@pytest.mark.parametrize(("book", "limit"), LIMITS)
def test_every_limit_lets_so_many_through_and_no_more(stage: Stage, book: Book, limit: Limit) -> None:
    its = flow.machine(book.model, book.process)
    given = {**filled(its.move(limit.on).params), **ANSWERS.get(book.process, {})}

    def file() -> flow.Stateful:
        return flow.create(book.model, limit.on, by=Actor(stage.me, Role.STUDENT), kind=book.process, **given)

    for _time in range(limit.allow):
        filed = file()
        if limit.count != limit.on:
            approved = flow.apply(filed, "approve", by=Actor(stage.other, Role.INSTRUCTOR))
            flow.apply(approved, limit.count, by=Actor(stage.other, Role.INSTRUCTOR))
    with pytest.raises(flow.Limited) as refused:
        file()
    assert str(refused.value.reasons[0]) == limit.say
