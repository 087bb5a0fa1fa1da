"""One right or transition, one person, one object."""

from django.contrib.auth.models import AnonymousUser

from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM, Role
from gradus.policy import RuleSet, decide, filter  # noqa: A004 - the word of the language
from tests.conftest import MakePerson
from tests.platform.policy.conftest import MakeAnimal
from tests.platform.policy.zoo.models import Animal


def test_the_row_of_the_acting_role_decides(
    coded: RuleSet, make_animal: MakeAnimal, instructor: User, other_instructor: User, admin: User
) -> None:
    animal = make_animal(keeper=instructor, amount=5000)
    verdict = decide(instructor, "approve", animal)
    assert verdict.allowed
    assert verdict.rule == "animals.toml#transitions.approve.instructor"
    assert verdict.version == coded.book("zoo.Animal").version
    assert not decide(other_instructor, "approve", animal)
    assert decide(admin, "approve", animal)


def test_a_role_without_a_row_is_told_who_may(coded: RuleSet, make_animal: MakeAnimal, student: User) -> None:
    verdict = decide(student, "approve", make_animal())
    assert not verdict.allowed
    assert verdict.reasons == ("Only instructors and administrators may do this.",)


def test_the_source_state_comes_first(coded: RuleSet, make_animal: MakeAnimal, instructor: User) -> None:
    verdict = decide(instructor, "approve", make_animal(keeper=instructor, amount=1, state="freed"))
    assert (verdict.allowed, verdict.wrong_state) == (False, True)
    assert verdict.reasons == ("This is possible while it is “Submitted”; it is “Freed” now.",)


def test_forbid_beats_every_role_and_superusers(
    coded: RuleSet, make_animal: MakeAnimal, make_person: MakePerson, superuser: User
) -> None:
    assert decide(superuser, "approve", make_animal())
    verdict = decide(superuser, "approve", make_animal(author=superuser))
    assert not verdict
    assert verdict.reasons == ("it is your own animal",)
    assert verdict.rule == "animals.toml#transitions.approve.forbid"


def test_a_creation_is_decided_over_the_proposed_values(coded: RuleSet, student: User, other_student: User) -> None:
    assert decide(student, "submit", Animal(author=student))
    assert not decide(other_student, "submit", Animal(author=student))
    assert decide(student, "approve", Animal(author=student)).wrong_state


def test_nobody_decides_about_nothing(coded: RuleSet, admin: User) -> None:
    assert not decide(admin, "approve", None)
    assert not decide(admin, "aprove", Animal(author=admin, state="submitted"))


def test_guests_inactive_people_and_the_platform_have_their_own_rows(
    coded: RuleSet, make_animal: MakeAnimal, instructor: User
) -> None:
    animal = make_animal()
    assert decide(instructor, "view", animal)
    instructor.is_active = False
    for who in (instructor, AnonymousUser(), None, SYSTEM):
        assert not decide(who, "view", animal)
    assert decide(None, "view", animal).role is Role.GUEST


def test_each_kind_has_its_own_book(declared: RuleSet, make_animal: MakeAnimal, instructor: User) -> None:
    red = {"fee": 5000, "colour": "red"}
    assert decide(instructor, "approve", make_animal(kind="dog", answers=red))
    assert not decide(instructor, "approve", make_animal(kind="cat", answers=red))
    assert decide(instructor, "approve", make_animal(kind="cat", answers=red | {"colour": "black"}))
    assert not decide(instructor, "approve", make_animal(kind="bird", answers=red))


def test_a_filter_is_the_or_over_kinds(declared: RuleSet, make_animal: MakeAnimal, instructor: User) -> None:
    dog = make_animal(kind="dog")
    cat = make_animal(kind="cat", answers={"fee": 5, "colour": "black"})
    make_animal(kind="cat", answers={"fee": 50000, "colour": "black"})
    make_animal(kind="dog", state="approved")
    make_animal(kind="bird")
    assert set(filter(Animal.objects.all(), "approve", instructor)) == {dog, cat}
