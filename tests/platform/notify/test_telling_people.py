"""Who is told, by which channel, and only once."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django_q.models import OrmQ
from pytest_django import DjangoAssertNumQueries

from gradus import policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.notify import services
from gradus.notify.models import Change, Channel, Mail, Notification, Preference
from tests.conftest import MakePerson
from tests.platform.notify.conftest import Tell

pytestmark = pytest.mark.django_db


def test_a_person_is_told_on_the_site_and_by_mail(student: User, tell: Tell) -> None:
    tell(student, name="Grace", url="/requests/1/")
    told = Notification.objects.get()
    assert (told.user, told.title, told.url) == (student, "Hello Grace", "/requests/1/")
    assert Mail.objects.get().notification == told
    assert OrmQ.objects.count() == 1


def test_the_list_shows_plain_text_as_it_is(student: User, tell: Tell) -> None:
    [told] = tell(student, name="<script>")
    assert told.title == "Hello <script>"
    assert "<b><script></b>" in told.body


def test_a_title_is_one_line_however_its_values_look(student: User, tell: Tell) -> None:
    [told] = tell(student, name="a\r\nBcc: everybody@example.com" + "x" * 300)
    assert told.title.startswith("Hello a Bcc:")
    assert len(told.title) == 200


def test_an_address_on_another_site_is_not_kept(student: User, tell: Tell) -> None:
    [told] = tell(student, url="https://elsewhere.example/")
    assert told.url == ""


def test_the_same_key_tells_the_same_person_once(student: User, other_student: User, tell: Tell) -> None:
    tell(student, key="event-1")
    tell(student, other_student, key="event-1")
    assert sorted(Notification.objects.values_list("user__display_name", flat=True)) == ["Ada", "Grace"]
    assert Mail.objects.count() == 2


def test_an_inactive_person_is_not_told(student: User, tell: Tell) -> None:
    student.is_active = False
    student.save()
    assert tell(student) == []


BOOK = """
model = "notify.Preference"
title = "Preferences"
[fields]
person = "user"
[conditions.own]
if = "obj.person == user"
[permissions.view]
student = "own"
admin = "always"
"""


@pytest.fixture
def about(student: User) -> Iterator[Preference]:
    """An object that the student and admins may view."""
    with policy.using(policy.load_texts({"preferences.toml": BOOK})):
        yield Preference.objects.create(user=student, topic="x", channel=Channel.APP, wanted=True)


def test_nobody_is_told_about_what_they_may_not_view(
    about: Preference, student: User, other_student: User, superuser: User, tell: Tell
) -> None:
    tell(student, other_student, superuser, about=about)
    assert {told.user for told in Notification.objects.all()} == {student, superuser}


def test_what_people_may_view_does_not_depend_on_the_role_they_act_in_today(
    about: Preference, student: User, tell: Tell
) -> None:
    student.groups.add(Group.objects.get_or_create(name=Role.INSTRUCTOR)[0])
    assert User.objects.get().acting_role == Role.INSTRUCTOR
    assert len(tell(student, about=about)) == 1


def test_nobody_is_told_about_what_no_rule_governs(superuser: User, tell: Tell) -> None:
    assert tell(superuser, about=Change.objects.create(group="g", type="t", object_id="1", version=1)) == []


def test_who_wants_no_mail_is_told_on_the_site_only(student: User, tell: Tell) -> None:
    services.choose(student, topic="tests", channel=Channel.MAIL, wanted=False)
    [told] = tell(student)
    assert told.in_app
    assert not Mail.objects.exists()


def test_who_wants_mail_only_hears_no_bell(student: User, tell: Tell) -> None:
    services.choose(student, topic="tests", channel=Channel.APP, wanted=False)
    [told] = tell(student)
    assert not Notification.objects.listed_for(student).exists()
    assert told.mail
    assert not Change.objects.exists()


def test_who_wants_nothing_gets_nothing(student: User, tell: Tell) -> None:
    for channel in Channel:
        services.choose(student, topic="tests", channel=channel, wanted=False)
    assert tell(student) == []
    assert not Notification.objects.exists()


def test_telling_many_costs_no_more_reads_than_telling_one(
    make_person: MakePerson, tell: Tell, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make_person(f"Person{number}", Role.STUDENT) for number in range(20)]
    writes_of_each = 2  # one line for the bell, one task for the mail
    with django_assert_max_num_queries(6 + writes_of_each * len(people)):
        tell(*people)


def test_marking_all_as_read_can_be_undone(student: User, other_student: User, tell: Tell) -> None:
    [first] = tell(student)
    services.mark_read(student, pk=first.pk)
    tell(student, student, other_student)
    tell(student)
    count, moment = services.mark_all_read(student)
    assert count == 2
    assert services.undo_mark_all_read(student, moment=moment) == 2
    assert Notification.objects.listed_for(student).unread().count() == 2
    first.refresh_from_db()
    assert first.read_at is not None


def test_nobody_marks_what_somebody_else_was_told(student: User, other_student: User, tell: Tell) -> None:
    [told] = tell(student)
    assert services.mark_read(other_student, pk=told.pk) is None
    services.mark_all_read(other_student)
    told.refresh_from_db()
    assert told.read_at is None
