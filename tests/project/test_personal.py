"""What is held about a person can be had, and forgotten: nothing personal stays in any table, and history holds."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.core import bulk
from gradus.flow.models import AutomationRun, TransitionRecord
from gradus.notify.models import Notification
from gradus.project import personal
from tests.cms.conftest import private_files
from tests.conftest import MakePerson
from tests.everything import Everything, make_everything
from workflows.learning.models import CourseProgress, LessonProgress
from workflows.requests.models import Request

__all__ = ["private_files"]


def chain() -> list[tuple[Any, ...]]:
    """What happened, without who and why."""
    records = TransitionRecord.objects.order_by("pk")
    return list(records.values_list("object_id", "transition", "source", "target", "version", "actor_id", "at"))


@pytest.fixture
def everything(db: None) -> Everything:
    return make_everything()


def run(*words: str) -> str:
    out = StringIO()
    call_command("person", *words, stdout=out)
    return out.getvalue()


def all_text() -> str:
    """Every text and JSON value of every table."""
    tables = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return "\n".join(str(list(model._base_manager.values_list())) for model in tables)


def test_an_export_holds_everything_of_theirs_and_no_secret(everything: Everything, tmp_path: Path) -> None:
    student = everything.people["student"]
    found = json.loads(run("export", student.email.upper()))
    tables = found["tables"]
    assert found["person"]["email"] == student.email
    assert found["roles"] == ["student"]
    assert {row["title"] for row in tables["requests.Request.author"]} >= {everything.requests["submitted"].title}
    assert tables["learning.CourseProgress.user"][0]["state"] == "in_progress"
    assert tables["learning.LessonProgress.course_progress"]
    assert tables["notify.Notification.user"]
    assert tables["flow.TransitionRecord.actor"]
    assert {row["transition"] for row in found["history"]} >= {"submit", "enrol"}
    assert everything.attachment.name in {row["name"] for row in found["files"]}
    assert "argon2" not in json.dumps(found)
    assert everything.people["admin"].email not in json.dumps(found)
    target = tmp_path / "export.json"
    run("export", student.email, "--to", str(target))
    assert json.loads(target.read_text())["person"] == found["person"]
    assert target.stat().st_mode & 0o077 == 0


def test_erasing_leaves_no_word_of_theirs_and_keeps_history(
    everything: Everything, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    student, other = everything.people["student"], everything.people["instructor"]
    User.objects.filter(pk=student.pk).update(display_name="Zephyrine Quux")
    Request.objects.filter(author=student).update(title="Zephyrine's title", text="Zephyrine's words")
    Notification.objects.create(
        user=other, kind="x", title="Zephyrine asks", about_model="requests.Request",
        about_id=str(everything.requests["submitted"].pk),
    )  # fmt: skip
    address, file = student.email, Path(everything.attachment.file.path)
    before = chain()
    watched = list(LessonProgress.objects.order_by("pk").values_list("seconds_watched", flat=True))
    assert file.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert "is erased" in run("erase", address, "--yes")
    text = all_text()
    assert "Zephyrine" not in text
    assert address not in text
    assert not file.exists()
    assert chain() == before
    assert list(LessonProgress.objects.order_by("pk").values_list("seconds_watched", flat=True)) == watched
    student = User.objects.get(pk=student.pk)
    assert (student.display_name, student.is_active, student.has_usable_password()) == ("Erased person", False, False)
    assert not TransitionRecord.objects.filter(actor=student).exclude(facts=None, note="").exists()
    client.force_login(everything.people["admin"])
    for request in everything.requests.values():
        assert client.get(f"/admin/requests/{request.pk}/").status_code == 200
    assert client.get(f"/people/{student.pk}/").status_code == 404
    for obj in (*everything.requests.values(), everything.progress):
        fresh = type(obj)._base_manager.get(pk=obj.pk)
        assert flow.history(fresh).done().last().target == fresh.state


def test_erasing_an_instructor_keeps_what_they_decided(everything: Everything) -> None:
    instructor = everything.people["instructor"]
    decided = TransitionRecord.objects.filter(actor=instructor).count()
    assert decided
    personal.erase(instructor)
    records = TransitionRecord.objects.filter(actor=instructor)
    assert records.count() == decided
    assert set(records.values_list("note", flat=True)) == {""}
    assert everything.course.instructors.count() == 0
    assert everything.course.title in str(list(type(everything.course).objects.values_list("title", flat=True)))


def test_nobody_is_told_any_more_who_was_first(everything: Everything) -> None:
    """A refusal of a colleague, about a student's request, quotes the name; so may what an automation noted."""
    instructor, colleague = everything.people["instructor"], everything.people["colleague"]
    User.objects.filter(pk=instructor.pk).update(display_name="Zephyrine Quux")
    request = everything.requests["in_review"]
    with pytest.raises(flow.Stale, match="Zephyrine Quux was first"):
        flow.apply(request, "ask", by=colleague, note="?", expect_version=request.version - 1)
    assert "Zephyrine" in all_text()
    personal.erase(instructor)
    assert "Zephyrine" not in all_text()
    AutomationRun.objects.update(note="Zephyrine", traceback="Zephyrine")
    personal.erase(everything.people["student"])
    assert "Zephyrine" not in all_text()


def test_the_last_administrator_cannot_be_erased(everything: Everything, make_person: MakePerson) -> None:
    admin = everything.people["admin"]
    with pytest.raises(CommandError, match="last administrator"):
        run("erase", admin.email, "--yes")
    make_person("Second", Role.ADMIN)
    assert "is erased" in run("erase", admin.email, "--yes")


def test_erasing_asks_first_and_nobody_is_said_to_be_nobody(student: User) -> None:
    with pytest.raises(CommandError, match="add --yes"):
        run("erase", student.email)
    assert User.objects.get(pk=student.pk).is_active
    with pytest.raises(CommandError, match="Nobody has the address"):
        run("export", "nobody@example.com")


def test_statements_do_not_grow_with_a_long_history(make_person: MakePerson) -> None:
    def erasing(name: str, rows: int) -> int:
        person = make_person(name, Role.STUDENT)
        its, now = ContentType.objects.get_for_model(Request), timezone.now()
        record = {"content_type": its, "transition": "x", "actor": person, "role": "student", "at": now}
        bulk.insert(
            TransitionRecord,
            (TransitionRecord(**record, object_id=person.pk * 10**6 + n, note=name) for n in range(rows)),
        )
        bulk.insert(Notification, (Notification(user=person, kind="x", title=name) for _each in range(rows)))
        with CaptureQueriesContext(connection) as statements:
            personal.erase(person)
        assert not TransitionRecord.objects.filter(note=name).exists()
        assert not Notification.objects.filter(title=name).exists()
        return len(statements)

    few = erasing("Short", 1)
    assert erasing("Long", 10_000) <= few < 80


def test_every_table_that_names_people_goes_or_is_known_to_stay() -> None:
    """A new one that stays has to be thought of: what of it is personal?"""
    stays = {
        f"{found.related_model._meta.label}.{found.field.name}"
        for found in personal._relations(User)
        if found.on_delete.__name__ != "CASCADE" and not found.related_model.__module__.startswith("tests.")
    }
    known = {
        "flow.TransitionRecord.actor", "flow.Attachment.owner", "learning.WatchDay.user",
        "learning.CourseProgress.user", "requests.Request.author", "requests.Request.claimed_by",
        "requests.Request.claimed_before_by", "rulebook.Version.author", "rulebook.Activation.by",
        "rulebook.BookDraft.locked_by",
    }  # fmt: skip
    assert {name for name in stays if not name.startswith("wagtail")} == known
    assert CourseProgress.author_field == "user"
