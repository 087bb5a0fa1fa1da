"""A kind with a field of every type: filed on the site, seen and exported, read by the API, decided and filtered by."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.catalog.models import CoursePage
from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow import registry
from gradus.flow.models import TransitionRecord
from gradus.policy.process import types
from gradus.policy.recorded import Recorded
from gradus.policy.ruleset import texts
from tests.cms.conftest import MakeCourse, catalogue, make_course, private_files, site
from tests.conftest import MakePerson
from workflows.requests.models import Request

__all__ = ["catalogue", "make_course", "private_files", "site"]
pytestmark = pytest.mark.both_databases

NEW = "/requests/new/everything/"
QUEUE = "/admin/requests/?scope=all&kind=bug"
FORMS: dict[str, str] = {  # what else stands at a field of each type, `many` where it is allowed
    "text": "max = 20",
    "long text": "min = 2",
    "choice": 'choices = { red = "Crimson", blue = "Azure" }',
    "number": "min = 1\nmax = 9",
    "money": "min = 100\nmax = 100000",
    "flag": "",
    "date": "",
    "email": "",
    "url": "",
    "person": "",
    "file": "many = 2\nmax = 1000",
    "course": "",
}
CONDITIONS = {
    "text": "obj.a_text == 'Words'",
    "long_text": "obj.a_long_text is not None",
    "choice": "obj.a_choice in ['red']",
    "number": "obj.a_number > 2",
    "money": "obj.a_money == 1250",
    "flag": "obj.a_flag",
    "date": "obj.a_date < obj.later",
    "email": "obj.a_email == 'ada@example.com'",
    "url": "obj.a_url is not None",
    "person": "obj.a_person == user",
    "course": "obj.a_course == obj.other_course and obj.a_course is not None",
}
FIELD = """
[process.fields.a_{name}]
type     = "{type}"
label    = "A {type}"
help     = "Help for a {type}."
required = {required}
when     = "obj.all_of_it == 'yes'"
show     = ["instructor"]
{more}
"""
BOOK = """
[process]
name  = "requests.everything"
title = "Everything"

[process.fields]
all_of_it    = { type = "choice", choices = ["yes", "no"], required = true }
later        = "date"
other_course = "course"
colours      = { type = "choice", choices = { red = "Crimson", blue = "Azure" }, many = 2, when = "obj.a_flag" }
"""
REST = """
[process.states]
submitted = "Submitted"
decided   = "Decided"

[permissions.view]
student    = "always"
instructor = "always"

[transitions.submit]
label   = "Send"
from    = [""]
to      = "submitted"
student = "always"
"""
DECIDE = """
[transitions.decide_{name}]
label      = "Decide by {name}"
from       = ["submitted"]
instructor = "{condition}"
"""


def written() -> str:
    fields = [
        FIELD.format(name=form.replace(" ", "_"), type=form, required=str(form != "flag").lower(), more=more)
        for form, more in FORMS.items()
    ]
    moves = [DECIDE.format(name=name, condition=condition) for name, condition in CONDITIONS.items()]
    return "\n".join([BOOK, *fields, REST, *moves])


@pytest.fixture(autouse=True)
def _rules(private_files: Any) -> Iterator[None]:
    books = {**texts(Path(settings.RULES_DIR)), "requests/everything.toml": written()}
    with policy.using(policy.load_texts(books)):
        yield


@pytest.fixture
def course(make_course: MakeCourse) -> CoursePage:
    return make_course("Counterpoint")


@pytest.fixture
def helper(make_person: MakePerson) -> User:
    return make_person("Hal", Role.INSTRUCTOR)


def filled(course: CoursePage, helper: User, **more: Any) -> dict[str, Any]:
    proof = SimpleUploadedFile("proof.txt", b"It is so.")
    return {
        "title": "All of it", "text": "See below.", "all_of_it": "yes", "later": "2030-01-01",
        "other_course": f"Counterpoint ({course.pk})", "colours": ["red", "blue"],
        "a_text": "Words", "a_long_text": "Many words", "a_choice": "red", "a_number": "3", "a_money": "12.50",
        "a_flag": "on", "a_date": "2026-03-01", "a_email": "ada@example.com", "a_url": "https://example.com/",
        "a_person": helper.email, "a_file": proof, "a_course": f"Counterpoint ({course.pk})", **more,
    }  # fmt: skip


def test_every_type_there_is_has_its_field_here() -> None:
    assert set(FORMS) == set(types())
    assert {name.replace("_", " ") for name in CONDITIONS} == set(types()) - {"file"}


def test_from_the_form_to_the_decision(
    client: Client, student: User, instructor: User, helper: User, course: CoursePage
) -> None:
    client.force_login(student)
    page = client.get(NEW).content.decode()
    assert all(f"Help for a {form}." in page for form in FORMS)
    answer = client.post(NEW, filled(course, helper))
    assert answer.status_code == 302, answer.context["form"].errors
    made = Request.objects.get(kind="everything")
    assert made.answers == {
        "all_of_it": "yes", "later": "2030-01-01", "other_course": course.pk, "colours": ["red", "blue"],
        "a_text": "Words", "a_long_text": "Many words", "a_choice": "red", "a_number": 3, "a_money": 1250,
        "a_flag": True, "a_date": "2026-03-01", "a_email": "ada@example.com", "a_url": "https://example.com/",
        "a_person": helper.pk, "a_course": course.pk, "a_file": made.answers["a_file"],
    }  # fmt: skip
    _is_seen(client, instructor, made, course)
    _is_exported(client)
    _is_decided(helper, instructor, made)


def _is_seen(client: Client, instructor: User, made: Request, course: CoursePage) -> None:
    link = f'<a href="{course.url}">Counterpoint</a>'
    for page, who in ((f"/requests/{made.pk}/", made.author), (f"/admin/requests/{made.pk}/", instructor)):
        client.force_login(who)
        shown = client.get(page).content.decode()
        for words in ("Words", "Many words", "Crimson", "12.50", "Hal", "proof.txt", "https://example.com/", link):
            assert words in shown, (page, words)
    told = client.get(f"/api/v1/requests/{made.pk}").json()
    assert told["answers"] == json.loads(json.dumps(made.answers))
    words = {one["name"]: (one["text"], one["urls"]) for one in told["answers_in_words"]}
    assert words["a_course"] == ("Counterpoint", [course.url])
    assert words["a_date"][0] == "2026-03-01"
    assert words["colours"][0] == "Crimson, Azure"


def _is_exported(client: Client) -> None:
    rows = b"".join(client.get("/admin/requests/?scope=all&kind=everything&export=csv").streaming_content)  # type: ignore[attr-defined]
    (row,) = csv.DictReader(io.StringIO(rows.decode("utf-8-sig")))
    expected = {
        "A text": "Words", "A choice": "Crimson", "A number": "3", "A flag": "Yes", "A person": "Hal",
        "A course": "Counterpoint", "A email": "ada@example.com", "Other course": "Counterpoint",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def _is_decided(helper: User, instructor: User, made: Request) -> None:
    """Each type in a condition: the check, the filter, and again from the facts that history keeps."""
    for name in CONDITIONS:
        for who in (helper, instructor):
            allowed = policy.decide(who, f"decide_{name}", made).allowed
            assert allowed == (name != "person" or who == helper), name
            assert policy.filter(Request.objects.all(), f"decide_{name}", who).exists() == allowed, name
            kept = json.loads(json.dumps(policy.facts(made, who)))
            book = Recorded(policy.active().book("requests.Request", "everything"))
            assert book.decide(f"decide_{name}", Role.INSTRUCTOR, made.state, kept) == allowed, name


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("a_text", "x" * 21), ("a_long_text", "x"), ("a_choice", "green"), ("a_number", "10"), ("a_money", "0.50"),
        ("a_date", "soon"), ("a_email", "nobody"), ("a_url", "javascript:alert()"), ("a_person", "no@body.example"),
        ("a_course", "Harmony (4711)"), ("colours", ["red", "green"]),
        *((f"a_{form.replace(' ', '_')}", "") for form in FORMS if form != "flag"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_at_its_field_and_nothing_is_filed(
    client: Client, student: User, helper: User, course: CoursePage, field: str, value: Any
) -> None:
    client.force_login(student)
    answer = client.post(NEW, filled(course, helper, **{field: value}))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Request.objects.exists()


def test_of_all_that_only_what_is_asked_is_kept(
    client: Client, student: User, helper: User, course: CoursePage
) -> None:
    client.force_login(student)
    assert client.post(NEW, filled(course, helper, all_of_it="no", a_number="not one")).status_code == 302
    made = Request.objects.get()
    assert made.answers.keys() == {"all_of_it", "later", "other_course"}
    assert not policy.decide(helper, "decide_person", made).allowed
    for name in CONDITIONS:
        assert not policy.filter(Request.objects.all(), f"decide_{name}", helper).exists(), name


def test_a_course_that_is_kept_from_somebody_is_hidden_from_them(
    client: Client, student: User, instructor: User, helper: User, course: CoursePage
) -> None:
    client.force_login(student)
    client.post(NEW, filled(course, helper))
    made = Request.objects.get()
    search = "/api/v1/requests/choices?transition=submit&kind=everything&param=a_course&q=Count"
    assert [one["text"] for one in client.get(search).json()] == [f"Counterpoint ({course.pk})"]
    course.unpublish()
    assert client.get(search).json() == []
    assert client.post(NEW, filled(course, helper)).status_code == 422
    page = client.get(f"/requests/{made.pk}/").content.decode()
    assert "Counterpoint" not in page
    assert "not open to you" in page
    course.delete()
    assert "no longer there" in client.get(f"/requests/{made.pk}/").content.decode()
    for move in registry.machine(made).moves.values():
        if not move.creates:
            assert policy.decide(helper, move.name, made).allowed  # a number that nothing answers to is still itself


def test_a_date_of_an_answer_is_a_day(client: Client, student: User, helper: User, course: CoursePage) -> None:
    client.force_login(student)
    client.post(NEW, filled(course, helper, a_date="2031-01-01"))
    assert not policy.decide(helper, "decide_date", Request.objects.get()).allowed
    assert date.fromisoformat(Request.objects.get().answers["a_date"]) > date(2030, 1, 1)


LIMIT = """
[[limits]]
id    = "one-per-course"
on    = "submit"
allow = 1
per   = "1 day"
of    = "obj.a_course"
say   = "Somebody has asked about this course today."
"""


def test_a_limit_may_count_for_a_course(
    client: Client, student: User, helper: User, course: CoursePage, make_course: MakeCourse
) -> None:
    other = make_course("Harmony")
    client.force_login(student)
    with policy.using(policy.load_texts({"everything.toml": written() + LIMIT})):
        assert client.post(NEW, filled(course, helper)).status_code == 302
        refused = client.post(NEW, filled(course, helper))
        assert refused.status_code == 429
        assert "Somebody has asked about this course today." in refused.content.decode()
        assert client.post(NEW, filled(other, helper, a_course=other.pk)).status_code == 302
        assert client.post(NEW, filled(course, helper, all_of_it="no")).status_code == 302  # about no course


def test_an_export_asks_no_more_for_more_courses(
    client: Client, student: User, instructor: User, make_course: MakeCourse, make_request: Any
) -> None:
    client.force_login(instructor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            rows = b"".join(client.get(f"{QUEUE}&export=csv").streaming_content)  # type: ignore[attr-defined]
        assert rows.decode().count("Course ") == Request.objects.count()
        return len(found)

    make_request("bug", course=make_course("Course 0"))
    queries()  # what is cached from now on
    few = queries()
    for number in range(1, 6):
        make_request("bug", course=make_course(f"Course {number}"))
    assert queries() == few


def test_a_page_asks_no_more_for_more_courses_in_one_field(
    client: Client, student: User, make_course: MakeCourse
) -> None:
    book = written().replace('other_course = "course"', 'other_course = { type = "course", many = 9 }')
    book = book.replace("obj.a_course == obj.other_course and ", "")
    client.force_login(student)
    courses = [make_course(f"Course {number}") for number in range(6)]

    def queries(some: list[CoursePage]) -> int:
        given = {"title": "x", "text": "y", "all_of_it": "no", "other_course": some}
        made = flow.create(Request, "submit", by=student, kind="everything", **given)
        client.get(f"/requests/{made.pk}/")
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/requests/{made.pk}/").content.decode().count(">Course ") == len(some)
        return len(found)

    with policy.using(policy.load_texts({"everything.toml": book})):
        assert queries(courses[:1]) == queries(courses)


def test_history_names_the_course_to_those_who_may_know_it(
    client: Client, student: User, admin: User, helper: User, course: CoursePage
) -> None:
    book = written().replace('show     = ["instructor"]', 'show     = ["admin"]')
    book = book.replace("[permissions.view]\n", '[permissions.view]\nadmin      = "always"\n')
    client.force_login(student)
    with policy.using(policy.load_texts({"everything.toml": book})):
        client.post(NEW, filled(course, helper))
        record = TransitionRecord.objects.about(Request.objects.get()).get()
        client.force_login(admin)
        page = client.get(f"/admin/audit/{record.pk}/").content.decode()
        assert page.count("Counterpoint") == 3  # what was filled in, in both fields, and the one fact that is shown
        course.unpublish()
        page = client.get(f"/admin/audit/{record.pk}/").content.decode()
    assert "Counterpoint" not in page
    assert page.count("not open to you") == 3
