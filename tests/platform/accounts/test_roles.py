from django.contrib.auth.models import AnonymousUser

from gradus.accounts.models import User
from gradus.accounts.roles import GUEST, Role, actor_for
from tests.conftest import MakePerson


def test_a_superuser_acts_as_admin(superuser: User) -> None:
    assert actor_for(superuser).role is Role.ADMIN


def test_an_inactive_person_is_a_guest(student: User) -> None:
    assert actor_for(student).role is Role.STUDENT
    student.is_active = False
    assert actor_for(student) == GUEST == actor_for(AnonymousUser())


def test_a_chosen_mode_counts_only_when_held(make_person: MakePerson) -> None:
    both = make_person("Bo", Role.STUDENT, Role.INSTRUCTOR)
    assert both.acting_role is Role.INSTRUCTOR
    both.act_as = Role.STUDENT
    assert both.acting_role is Role.STUDENT
    both.act_as = Role.ADMIN
    assert both.acting_role is Role.INSTRUCTOR
