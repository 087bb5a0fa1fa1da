"""One of everything there is to be seen, for tests that walk over the whole product.

Files need a folder: use it together with the fixture `private_files` of tests.cms.conftest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure, Schedule
from wagtail.models import Collection, Locale, Site

from cms.catalog.models import CoursePage, LessonFile, LessonPage, Topic, Video
from cms.site.models import StandardPage
from cms.site.services import Pages, ensure_site
from gradus import flow
from gradus.accounts.api_keys import create_key
from gradus.accounts.models import ApiKey, User
from gradus.accounts.roles import HELD, Role
from gradus.accounts.services import create_person
from gradus.flow.models import Attachment, AutomationRun, TransitionRecord
from gradus.flow.staging import stage
from gradus.notify.models import Mail, MailStatus, Notification
from gradus.notify.services import notify
from gradus.outgoing import services as outgoing
from gradus.outgoing.models import Delivery, Endpoint, Status, Try
from gradus.rulebook import store
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import Activation, BookDraft, BookText, Version, hash_of
from tests.cms.conftest import CAPTIONS, WEBM
from workflows.learning import services as learning
from workflows.learning.models import CourseProgress, LessonProgress
from workflows.learning.watch_days import WatchDay
from workflows.requests.models import Request

Words = Callable[[str], str]
PASSWORD = "every-step-counts"
ANSWERS: dict[str, dict[str, Any]] = {
    "bug": {"severity": "minor", "page": "the lesson"},
    "feature": {"area": "courses"},
    "refund": {"amount": 4900, "reason": "unused"},
    "track_change": {"current_track": "agency", "desired_track": "saas"},
}


@dataclass(frozen=True)
class Everything:
    people: dict[str, User]  # by role, and `colleague`, a second instructor
    pages: Pages
    course: CoursePage
    preview: LessonPage  # open to everybody
    film: LessonPage  # with the video
    reading: LessonPage  # text, with the file
    video: Video
    handout: LessonFile
    progress: CourseProgress  # the student's, in progress
    requests: dict[str, Request]  # the student's, by state; `attached` is submitted and has the attachment
    attachment: Attachment
    notification: Notification
    key: ApiKey
    failure: Failure
    mail: Mail
    run: AutomationRun
    book: BookDraft  # the refund book, with a draft that differs
    version: Version  # published once, and in force no more
    record: TransitionRecord  # of a refund that was rejected
    hook: Delivery  # that failed for good


def make_everything(words: Words = str) -> Everything:
    """`words` is asked for every text that people would have written, so that it can be marked."""
    people = _people(words)
    pages = _site()
    video = Video.objects.create(
        title=words("A walk"),
        file=ContentFile(WEBM, "walk.webm"),
        seconds=100,
        captions=ContentFile(CAPTIONS.encode(), "walk.vtt"),
        transcript=words("Every step counts."),
    )
    handout = LessonFile.objects.create(title=words("A sheet"), file=ContentFile(b"steps", "sheet.txt"))
    course = _course(pages, words, people["instructor"])
    preview = _lesson(course, words, "Look first", is_preview=True)
    film = _lesson(course, words, "Then watch", ("video", {"video": video, "caption": words("A caption")}))
    reading = _lesson(course, words, "Then read", ("file", {"file": handout}))
    pages.home.add_child(instance=StandardPage(title=words("About"), slug="about", body=[("text", words("About us."))]))
    filed = _requests(people, words)
    return Everything(
        people=people,
        pages=pages,
        course=course,
        preview=preview,
        film=film,
        reading=reading,
        video=video,
        handout=handout,
        progress=_progress(people["student"], course, film),
        requests=filed,
        attachment=Attachment.objects.get(object_id=filed["attached"].pk),
        notification=_notification(people["student"], filed["approved"]),
        key=create_key(user=people["student"], name=words("importer"), role=Role.STUDENT, scopes=["read"])[0],
        failure=_failure(),
        mail=_failed_mail(people["student"], filed["rejected"]),
        run=_failed_run(filed["submitted"], words),
        book=_book(people["admin"], words),
        version=_version(people["admin"], words),
        record=TransitionRecord.objects.about(filed["rejected"]).get(transition="reject"),
        hook=_failed_hook(filed["approved"], words),
    )


def _people(words: Words) -> dict[str, User]:
    found = {role.value: _person(role.value, words(f"Pia {role.value}"), role) for role in HELD}
    return {**found, "colleague": _person("colleague", words("Iris"), Role.INSTRUCTOR)}


def _person(name: str, called: str, role: Role) -> User:
    return create_person(email=f"{name}@example.com", display_name=called, roles=[role], password=PASSWORD)


def _site() -> Pages:
    """Home and catalogue; what a flushed database lacks comes back first."""
    cache.clear()
    Site.clear_site_root_paths_cache()
    Locale.objects.get_or_create(language_code="en")
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    return ensure_site()


def _course(pages: Pages, words: Words, instructor: User) -> CoursePage:
    course = CoursePage(
        title=words("Counterpoint"),
        slug="counterpoint",
        summary=words("From one line to two voices."),
        outcomes=[("outcome", words("You hear two voices."))],
    )
    course.topics = [Topic.objects.create(name=words("Music"), slug="music")]
    course.instructors = [instructor]
    pages.courses.add_child(instance=course)
    return course


def _lesson(course: CoursePage, words: Words, title: str, *more: tuple[str, Any], **fields: Any) -> LessonPage:
    body = [("text", f"<p>{words('Listen.')}</p>"), *more]
    lesson = LessonPage(title=words(title), slug=title.lower().replace(" ", "-"), body=body, **fields)
    course.add_child(instance=lesson)
    return lesson


def _progress(student: User, course: CoursePage, film: LessonPage) -> CourseProgress:
    progress = flow.apply(learning.enrol(user=student, course=course), "start", by=student)
    LessonProgress.objects.create(
        course_progress=progress,
        lesson=film,
        ranges=[[0, 40]],
        seconds_watched=40,
        position=40,
        opened_at=timezone.now() - timedelta(days=1),
    )
    WatchDay.objects.create(user=student, lesson=film, day=timezone.localdate(), seconds=40)
    return progress


def _requests(people: dict[str, User], words: Words) -> dict[str, Request]:
    """One in every state, over all the kinds, and one with a file."""
    student, instructor = people["student"], people["instructor"]
    file = stage(SimpleUploadedFile("steps.txt", b"one, two, three"), owner=student)

    def filed(kind: str, title: str, **more: Any) -> Request:
        given = {"title": words(title), "text": words("Since this morning."), **_words_of(ANSWERS[kind], words), **more}
        return flow.create(Request, "submit", by=student, kind=kind, **given)

    def moved(kind: str, title: str, *steps: str) -> Request:
        found = filed(kind, title)
        for step in steps:
            asked = flow.machine(found).moves[step].params
            note = {"note": words("Because.")} if "note" in asked else {}
            found = flow.apply(found, step, by=student if step == "withdraw" else instructor, **note)
        return found

    return {
        "attached": filed("bug", "The page stays white", files=[file.pk]),
        "submitted": filed("feature", "A darker night"),
        "in_review": moved("refund", "Charged twice", "claim"),
        "needs_answer": moved("track_change", "Another track", "claim", "ask"),
        "approved": moved("bug", "The sound is gone", "approve"),
        "rejected": moved("refund", "All of it back", "reject"),
        "withdrawn": moved("feature", "A quieter bell", "withdraw"),
        "completed": moved("bug", "A dead link", "approve", "complete"),
    }


def _words_of(answers: dict[str, Any], words: Words) -> dict[str, Any]:
    return {name: words(value) if name == "page" else value for name, value in answers.items()}


def _notification(student: User, about: Request) -> Notification:
    context = {"actor": "Ivo", "note": "", "transition": "approve"}
    return notify([student], "requests/approved", context=context, url=about.get_absolute_url(), about=about)[0]


def _book(admin: User, words: Words) -> BookDraft:
    follow_what_is_in_force()
    book = BookDraft.objects.get(file="requests/refund.toml")
    book.text, book.note = book.text.replace("allow = 3", "allow = 2"), words("Two are enough.")
    book.save_revision(user=admin)
    return BookDraft.objects.get(pk=book.pk)


def _version(admin: User, words: Words) -> Version:
    text = store.files()["requests/refund.toml"].replace("allow = 3", "allow = 1")
    BookText.objects.create(hash=hash_of(text), text=text)
    files = {"requests/refund.toml": hash_of(text)}
    made = Version.objects.create(number=1, hash=hash_of(files), files=files, author=admin, note=words("One a month."))
    for number, (version, kind) in enumerate([(made, "publish"), (None, "rollback")], start=1):
        note = words("Tried out.")
        Activation.objects.create(number=number, version=version, kind=kind, by=admin, note=note)
    return made


def an_upgrade(by: User, file: str = "requests/bug.toml") -> str:
    """A published book whose file has changed since; the address of the page about it. Needs `in_force`."""
    installed = store.files()[file]
    base = installed.replace('title  = "Bug report"', 'title  = "Bug"', 1)
    ours = base.replace("allow = 20", "allow = 10", 1)
    assert installed != base != ours
    follow_what_is_in_force()
    BookText.objects.bulk_create([BookText(hash=hash_of(text), text=text) for text in (base, ours)])
    kept = {"files": {file: hash_of(ours)}, "base": {file: hash_of(base)}}
    made = Version.objects.create(number=2, hash=hash_of(kept["files"]), author=by, **kept)
    Activation.objects.create(number=3, version=made, kind="publish", by=by)
    BookDraft.objects.filter(file=file).update(text=ours)
    return reverse("rulebook_rebase", args=[file])


def _failure() -> Failure:
    Schedule.objects.get_or_create(name="sweep", func="gradus.flow.staging.sweep")
    at = "2026-01-05T09:00:00Z"
    return Failure.objects.create(
        id="f" * 32, name="deliver", func="gradus.flow.events.deliver", started=at, stopped=at, attempt_count=99
    )


def _failed_run(about: Request, words: Words) -> AutomationRun:
    return AutomationRun.objects.create(
        automation="requests.Request/feature#remind-instructors",
        object_id=about.pk,
        since=about.state_since,
        outcome=AutomationRun.Outcome.FAILED,
        note=words("The server is away."),
        traceback=words("The server is away."),
    )


def _failed_hook(about: Request, words: Words) -> Delivery:
    endpoint = outgoing.create_endpoint(name="shop", url="https://shop.example.com/in")
    Endpoint.objects.update(failing_since=timezone.now())
    delivery = Delivery.objects.create(
        endpoint=endpoint,
        webhook_id="msg_1",
        type="requests.bug.approve",
        body='{"type": "requests.bug.approve", "data": {"id": 1, "source": "submitted", "target": "approved"}}',
        about_model="requests.Request",
        about_id=about.pk,
        status=Status.DEAD,
        tries=2,
        due_at=timezone.now(),
    )
    for status, error in ((500, ""), (None, words("The server is away."))):
        answer = words("It broke.") if status else ""
        Try.objects.create(
            delivery=delivery, at=timezone.now(), status=status, seconds=0.25, answer=answer, error=error
        )
    return delivery


def _failed_mail(student: User, about: Request) -> Mail:
    context = {"actor": "Ivo", "note": "", "transition": "reject"}
    told = notify([student], "requests/rejected", context=context, url=about.get_absolute_url(), about=about)[0]
    Mail.objects.filter(notification=told).update(status=MailStatus.FAILED, error="The server is away.")
    return Mail.objects.get(notification=told)
