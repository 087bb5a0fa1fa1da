"""Django's own question, `user.has_perm`, is answered by the rules for whatever they govern."""

from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser, Permission

from gradus.accounts.models import User
from gradus.policy import RuleSet, load_texts, using
from tests.platform.policy.conftest import MakeAnimal

APPROVE = "zoo.approve_animal"
OPEN = 'model = "zoo.Animal"\n[fields]\ntame = "tame"\n[permissions.view]\nguest = "obj.tame"\nstudent = "always"'


def test_the_rule_answers_for_its_permission(
    coded: RuleSet, make_animal: MakeAnimal, instructor: User, student: User
) -> None:
    animal = make_animal(keeper=instructor, amount=1)
    assert instructor.has_perm(APPROVE, animal)
    assert async_to_sync(instructor.ahas_perm)(APPROVE, animal)
    assert not student.has_perm(APPROVE, animal)


def test_superusers_get_the_rules_answer(coded: RuleSet, make_animal: MakeAnimal, superuser: User) -> None:
    assert superuser.has_perm(APPROVE, make_animal())
    assert not superuser.has_perm(APPROVE, make_animal(author=superuser))
    assert not superuser.has_perm(APPROVE, make_animal(state="approved"))
    assert not async_to_sync(superuser.ahas_perm)(APPROVE, make_animal(author=superuser))


def test_without_an_object_or_with_a_wrong_one_the_answer_is_no(coded: RuleSet, superuser: User) -> None:
    assert not superuser.has_perm(APPROVE)
    assert not superuser.has_perm(APPROVE, superuser)


def test_inactive_people_are_guests(make_animal: MakeAnimal, student: User) -> None:
    wild, tame = make_animal(tame=False), make_animal(tame=True)
    with using(load_texts({"a.toml": OPEN})):
        assert student.has_perm("zoo.view_animal", wild)
        student.is_active = False
        assert not student.has_perm("zoo.view_animal", wild)
        assert student.has_perm("zoo.view_animal", tame)


def test_guests_are_asked_through_the_backend(make_animal: MakeAnimal) -> None:
    with using(load_texts({"a.toml": OPEN})):
        assert AnonymousUser().has_perm("zoo.view_animal", make_animal(tame=True))
        assert not AnonymousUser().has_perm("zoo.view_animal", make_animal(tame=False))
        assert not AnonymousUser().has_perm("zoo.view_animal")


def test_a_model_permission_does_not_open_what_a_rule_governs(
    make_animal: MakeAnimal, instructor: User, superuser: User
) -> None:
    instructor.user_permissions.add(Permission.objects.get(codename="view_animal"))
    assert User.objects.get(pk=instructor.pk).has_perm("zoo.view_animal")
    with using(load_texts({"a.toml": OPEN})):
        assert not User.objects.get(pk=instructor.pk).has_perm("zoo.view_animal", make_animal(tame=True))
        assert not User.objects.get(pk=instructor.pk).has_perm("zoo.view_animal")
        assert superuser.has_perm("zoo.delete_animal")


def test_a_permission_that_no_longer_has_a_rule_falls_back_to_django(
    coded: RuleSet, make_animal: MakeAnimal, instructor: User
) -> None:
    animal = make_animal(keeper=instructor, amount=1)
    assert instructor.has_perm(APPROVE, animal)
    with using(RuleSet([])):
        assert not instructor.has_perm(APPROVE, animal)
