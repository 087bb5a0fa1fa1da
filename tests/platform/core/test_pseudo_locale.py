"""Every text people read can be translated: in a language where translations stand in brackets, none stands outside.

A page joins by a row in PAGES: its address (a function of the world when it needs a row there) and who looks at it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import available_timezones

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from gradus.accounts.adapter import deliver
from gradus.accounts.api_keys import create_key
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import create_person
from gradus.rulebook import store
from tests import pseudo
from tests.cms.conftest import private_files
from tests.everything import Everything, an_upgrade, make_everything
from tests.platform.rulebook.conftest import in_force

__all__ = ["in_force", "private_files"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]


@dataclass(frozen=True)
class World:
    """What there is to be seen, all of it marked as data."""

    people: dict[str, User]
    everything: Everything

    @property
    def known(self) -> tuple[str, ...]:
        """Data that cannot be marked."""
        return tuple(person.email for person in self.people.values())


@pytest.fixture
def world() -> World:
    with pseudo.language():  # notifications are written when they are told, in their reader's language
        everything = make_everything(pseudo.data)
    people = dict(everything.people)
    people["two"] = create_person(
        email="two@example.com", display_name=pseudo.data("Bo"), roles=[Role.STUDENT, Role.INSTRUCTOR]
    )
    create_key(user=people["two"], name=pseudo.data("importer"), role=Role.STUDENT, scopes=["read"])
    return World(people, everything)


@dataclass(frozen=True)
class Page:
    address: str | Callable[[World], str]
    who: str = ""  # a key of World.people; a guest when empty
    known: tuple[str, ...] = ()  # words of this page that are data

    def __str__(self) -> str:
        address = self.address if isinstance(self.address, str) else self.address.__name__
        return f"{address} {self.who}".strip()


def instructors_page(world: World) -> str:
    return f"/people/{world.people['instructor'].pk}/"


def of_request(address: str, state: str) -> Callable[[World], str]:
    def there(world: World) -> str:
        return address.format(world.everything.requests[state].pk)

    there.__name__ = address.format(state)
    return there


def course(world: World) -> str:
    return str(world.everything.course.url)


def open_lesson(world: World) -> str:
    return str(world.everything.preview.url)


def lesson_with_video(world: World) -> str:
    return str(world.everything.film.url)


def lesson_with_file(world: World) -> str:
    return str(world.everything.reading.url)


def enrolling(world: World) -> str:
    return f"/learning/courses/{world.everything.course.pk}/enrol/"


def progress_at_the_desk(world: World) -> str:
    return f"/admin/progress-in-courses/{world.everything.progress.pk}/"


def students_learn_rate(world: World) -> str:
    return f"/admin/analytics/students/{world.everything.people['student'].pk}/"


def failed_run(world: World) -> str:
    return f"/admin/automations/{world.everything.run.pk}/"


def book_under_review(world: World) -> str:
    return f"/admin/rules/review/{world.everything.book.pk}/"


def decisions_again(world: World) -> str:
    return f"/admin/rules/review/{world.everything.book.pk}/decisions/"


def an_old_version(world: World) -> str:
    return f"/admin/rules/history/{world.everything.version.number}/"


def an_upgrade_to_a_book(world: World) -> str:
    return an_upgrade(world.people["admin"])


# What is written in books, and the names of their files.
RULES = ("requests/refund.toml", "allow = ", "requests.Request/refund")


INSTALLED = tuple(store.files())


def of_person(world: World) -> str:
    return f"/admin/audit/?person={world.people['student'].pk}"


def refusal(world: World) -> str:
    return f"/admin/audit/{world.everything.record.pk}/"


def erasing(world: World) -> str:
    return f"/admin/audit/erase/{world.people['student'].pk}/"


def endpoint(world: World) -> str:
    return f"/admin/webhooks/{world.everything.hook.endpoint_id}/"


def failed_delivery(world: World) -> str:
    return f"/admin/webhooks/deliveries/{world.everything.hook.pk}/"


def why_not(world: World) -> str:
    asked = f"person=student@example.com&object={world.everything.requests['submitted'].pk}"
    return f"/admin/rules/why/?of=requests.request&{asked}&transition=withdraw"


def why_the_platform_may_not(world: World) -> str:
    asked = f"role=system&object={world.everything.requests['submitted'].pk}"
    return f"/admin/rules/why/?of=requests.request&{asked}&transition=withdraw"


FILES = ("steps.txt", "sheet.txt")
# Names of tasks and templates, and what a mail server says.
SCHEDULED = ("outgoing.tasks.send_due", "outgoing.tasks.sweep")
TASKS = ("flow.events.deliver", "flow.staging.sweep", "notify.tasks.send_due", "notify.tasks.sweep", *SCHEDULED)
SENT = ("webhook-id: msg_1", "POST", '{"type": "', '", "data": {"id": 1, "source": "submitted", "target": "approved"}}')
HOOKS = ("shop", "https://shop.example.com/in", "requests.bug.approve", '{ webhook = "name" }')
CODE = (*HOOKS, "requests/rejected", "The server is away.", "deliver", "sweep", *(f"gradus.{task}" for task in TASKS))
GROUPS = ("True", *(role.value for role in Role))  # Wagtail's filter names groups, its column says True
WAGTAILS = ("Actions",)  # hard-coded in the header of Wagtail's own listings
MILL = ("Stone", "Oil", "Retire", "Set up", "Stop", "Turn")  # of a machine that only tests know
CHOICES = (
    "English",
    "Deutsch",
    *{part.replace("_", " ") for name in available_timezones() for part in name.split("/", 1)},
)

PAGES = [
    Page("/accounts/login/"),
    Page("/accounts/signup/"),
    Page("/accounts/password/reset/"),
    Page("/accounts/password/reset/done/"),
    Page("/accounts/password/reset/key/done/"),
    Page("/accounts/password/reset/key/7-wrong/"),
    Page("/accounts/confirm-email/"),
    Page("/accounts/confirm-email/wrong/"),
    Page("/accounts/inactive/"),
    Page("/accounts/logout/", "student"),
    Page("/accounts/email/", "student"),
    Page("/accounts/password/change/", "two"),
    Page("/accounts/2fa/", "student"),
    Page("/profile/", "student", CHOICES),
    Page("/profile/", "two", CHOICES),
    Page(instructors_page),
    Page(instructors_page, "student"),
    Page("/nothing-here/"),
    Page("/nothing-here/", "instructor"),
    Page("/admin/", "student"),
    Page("/notifications/", "student"),
    Page("/", known=("Courses",)),
    Page("/courses/", known=("Courses",)),
    Page(course),
    Page(course, "student"),
    Page(open_lesson),
    Page(lesson_with_video),
    Page(lesson_with_video, "student"),
    Page(lesson_with_file, "student", FILES),
    Page(enrolling, "instructor"),
    Page("/learning/", "student"),
    Page("/requests/?show=all", "student"),
    Page("/requests/new/", "student"),
    Page("/requests/new/refund/", "student"),
    Page(of_request("/requests/{}/", "attached"), "student", FILES),
    Page(of_request("/requests/{}/", "needs_answer"), "student"),
    Page(of_request("/requests/{}/", "rejected"), "student"),
    Page("/admin/requests/?scope=all", "instructor", WAGTAILS),
    Page(of_request("/admin/requests/{}/", "in_review"), "colleague"),
    Page(of_request("/admin/requests/{}/reject/", "submitted"), "instructor"),
    Page(of_request("/admin/requests/{}/approve/", "attached"), "instructor", FILES),
    Page(of_request("/admin/requests/{}/", "completed"), "instructor"),
    Page("/admin/progress-in-courses/?scope=all", "instructor", WAGTAILS),
    Page(progress_at_the_desk, "admin"),
    Page("/admin/", "instructor"),
    Page("/admin/reports/lesson-media/", "editor", WAGTAILS),
    Page("/admin/users/", "admin", (*WAGTAILS, *GROUPS)),
    Page("/steps/requests.request/", "student"),
    Page("/steps/learning.courseprogress/", "student"),
    Page("/admin/analytics/", "analyst"),
    Page("/admin/analytics/students/", "analyst"),
    Page(students_learn_rate, "analyst"),
    Page("/admin/health/", "admin", CODE),
    Page("/admin/webhooks/", "admin", (*WAGTAILS, *HOOKS)),
    Page("/admin/webhooks/new/", "admin"),
    Page(endpoint, "admin", HOOKS),
    Page("/admin/webhooks/deliveries/", "admin", (*WAGTAILS, *HOOKS)),
    Page("/admin/webhooks/deliveries/?status=held", "admin", (*WAGTAILS, *HOOKS)),
    Page(failed_delivery, "admin", (*HOOKS, "webhook-id: msg_1", "POST https")),
    Page("/admin/rules/", "admin"),
    Page("/admin/rules/matrix/requests.request.track_change/", "admin"),
    Page("/admin/rules/diagram/learning.courseprogress/", "admin"),
    Page("/admin/rules/diagram/catalog.lessonpage/", "admin"),
    Page("/admin/rules/person/", "admin"),
    Page("/admin/rules/person/?person=student@example.com", "admin"),
    Page("/admin/rules/person/?role=system", "admin"),
    Page("/admin/rules/why/", "admin"),
    Page("/admin/rules/why/?role=system", "admin"),
    Page(why_not, "admin"),
    Page(why_the_platform_may_not, "admin"),
    Page(failed_delivery, "admin", (*HOOKS, *SENT)),
    Page("/admin/automations/", "admin", (*WAGTAILS, "remind-instructors", "remind-student", "The server is away.")),
    Page(book_under_review, "admin", RULES),
    Page(decisions_again, "admin", RULES),
    Page("/admin/rules/history/", "admin", (*WAGTAILS, *RULES)),
    Page(an_old_version, "admin", RULES),
    Page("/admin/rules/history/0/", "admin", INSTALLED),
    Page(an_upgrade_to_a_book, "admin", INSTALLED),
    Page("/admin/rules/moderation/", "admin", (*WAGTAILS, "Moderators approval")),
    Page("/admin/rules/editions/", "admin"),
    Page(of_person, "admin", (*WAGTAILS, *MILL)),
    Page(refusal, "admin"),
    Page(erasing, "admin"),
    Page("/admin/audit/?outcome=stale", "admin", (*WAGTAILS, *MILL)),
    Page(failed_run, "admin", ("remind-instructors", "The server is away.")),
]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_has_no_text_that_nobody_can_translate(page: Page, world: World, client: Client) -> None:
    if page.who:
        client.force_login(world.people[page.who], "django.contrib.auth.backends.ModelBackend")
    address = page.address if isinstance(page.address, str) else page.address(world)
    with pseudo.language():
        seen = client.get(address, follow=True).content.decode()
    if address.startswith("/admin/") and "<main" in seen:
        # Around it are Wagtail's own menu and dialogs; a key of the keyboard is called Ctrl in every language there.
        seen = seen[seen.index("<main") : seen.index("</main>")]
    assert pseudo.OPEN in seen
    assert pseudo.hard_coded(seen, known=(*world.known, *page.known)) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        "<p>Hello</p>",
        "<p>⟦Hello⟧ there</p>",
        '<img alt="A cat">',
        '<button aria-label="Close"></button>',
        '<input type="submit" value="Send">',
        '<meta name="description" content="About us">',
        "<title>Home</title>",
    ],
)
def test_the_search_finds_what_is_hard_coded(spoilt: str) -> None:
    assert pseudo.hard_coded(spoilt)


@pytest.mark.parametrize(
    "fine",
    [
        "<p>⟦Hello⟧ ⟪Ada⟫</p>",
        '<p>⟦Read <a href="/more/">⟦more⟧</a> here⟧</p>',
        '<img alt="⟦A cat⟧">',
        '<input type="text" value="typed">',
        "<script>let words = 1</script>",
        "<p>12 · 3 %</p>",
    ],
)
def test_and_nothing_else(fine: str) -> None:
    assert pseudo.hard_coded(fine) == []


def test_translations_come_in_brackets_only_while_asked() -> None:
    from django.utils.translation import gettext, ngettext

    with pseudo.language():
        assert gettext("Sign in") == "⟦Sign in⟧"
        assert ngettext("one", "many", 2) == "⟦many⟧"
    assert gettext("Sign in") == "Sign in"


@pytest.mark.parametrize("email", ["student@example.com", "stranger@example.com"])
def test_a_mail_about_an_account_has_no_text_that_nobody_can_translate(
    world: World, client: Client, mailoutbox: list[EmailMultiAlternatives], email: str
) -> None:
    with pseudo.language():
        OrmQ.objects.all().delete()
        client.post("/accounts/password/reset/", {"email": email})
        [queued] = OrmQ.objects.all()
        task = SignedPackage.loads(queued.payload)
        deliver(*task["args"])
    [mail] = mailoutbox
    html = str(mail.alternatives[0].content)  # type: ignore[attr-defined]
    assert pseudo.hard_coded(html, known=(*world.known, email, "testserver")) == []
    assert "/accounts/" in html
    assert pseudo.OPEN in mail.subject
