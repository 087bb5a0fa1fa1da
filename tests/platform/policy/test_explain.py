"""Why not, in people's words, and never a value that is not theirs to see."""

from gradus.accounts.models import User
from gradus.policy import RuleSet, decide, explain, load_texts, using
from tests.platform.policy.conftest import CODED, MakeAnimal
from tests.platform.policy.zoo.models import Animal


def _book(row: str, *, view: str = "always", extra: str = "") -> RuleSet:
    text = f"""
model = "zoo.Animal"
[fields]
author = "author"
keeper = "keeper"
amount = {{ path = "amount", type = "money", show = ["instructor"] }}
word   = "word"
born   = "born"
tame   = "tame"
level  = {{ path = "passport.level", show = ["instructor"] }}
{extra}
[permissions.view]
instructor = "{view}"
[permissions.pet]
instructor = "{row}"
"""
    return load_texts({"a.toml": text})


def _why(row: str, who: User, animal: Animal, **book: str) -> tuple[str, ...]:
    with using(_book(row, **book)):
        found = explain(who, "pet", animal)
        assert found.reasons == decide(who, "pet", animal).reasons
        assert bool(found) is not found.allowed
        return found.reasons


def test_an_allowed_thing_has_an_empty_explanation(make_animal: MakeAnimal, instructor: User) -> None:
    assert _why("obj.amount == 5", instructor, make_animal(amount=5)) == ()


def test_the_authors_words_come_with_the_actual_value(
    coded: RuleSet, make_animal: MakeAnimal, instructor: User
) -> None:
    animal = make_animal(keeper=instructor, amount=25000)
    assert explain(instructor, "approve", animal).reasons == ("the amount is above 100.00 (it is 250.00)",)


def test_a_value_is_shown_only_to_roles_that_may_see_it(
    coded: RuleSet, make_animal: MakeAnimal, instructor: User
) -> None:
    animal = make_animal(keeper=instructor, amount=25000)
    assert _why("obj.amount < 3", instructor, animal) == ("the amount is not below 0.03 (it is 250.00)",)
    assert _why("obj.amount < 3", instructor, animal, view="never") == ("the amount is not below 0.03",)
    with using(load_texts({"a.toml": CODED.replace('["instructor"]', '["admin"]')})):
        assert explain(instructor, "view", animal).reasons == ()
        assert explain(instructor, "approve", animal).reasons != ()
        assert "250" not in str(explain(instructor, "approve", animal))


def test_every_kind_of_leaf_has_words(make_animal: MakeAnimal, instructor: User) -> None:
    animal = make_animal(amount=25000, word="cow", author=instructor)
    for row, said in {
        "obj.keeper == user": "you are not the keeper",
        "obj.author != user": "you are the author",
        "obj.keeper is not None": "the keeper is missing",
        "obj.author is None": "the author is there already",
        "obj.word == 'dog'": "the word is not “dog”",
        "obj.word not in ['cow', 'dog']": "the word is “cow” or “dog”",
        "obj.amount <= 10000": "the amount is above 100.00 (it is 250.00)",
        "obj.level > 2": "the level is not above 2 (it is missing)",
        "obj.tame": "“tame” does not hold",
        "now - obj.born > days(7)": "the born is not before 7 days before now",
        "never": "nobody may do this",
    }.items():
        assert _why(row, instructor, animal) == (said,), row


def test_all_obstacles_are_named_and_alternatives_are_one_sentence(make_animal: MakeAnimal, instructor: User) -> None:
    animal = make_animal(word="cow")
    assert _why("obj.word == 'dog' and obj.tame", instructor, animal) == (
        "the word is not “dog”", "“tame” does not hold",
    )  # fmt: skip
    assert _why("obj.word == 'dog' or obj.tame", instructor, animal) == (
        "the word is not “dog”; and also “tame” does not hold",
    )


def test_a_negated_name_is_told_with_its_yes(make_animal: MakeAnimal, instructor: User) -> None:
    extra = '[conditions.own]\nif = "obj.author == user"\nyes = "it is your own"'
    assert _why("not own", instructor, make_animal(author=instructor), extra=extra) == ("it is your own",)


def test_the_tree_shows_each_leaf_and_its_result(coded: RuleSet, make_animal: MakeAnimal, instructor: User) -> None:
    part = explain(instructor, "approve", make_animal(keeper=instructor, amount=25000)).part
    assert part is not None
    assert (part.form, part.holds) == ("and", False)
    assert [(inner.form, inner.name, inner.holds) for inner in part.parts] == [
        ("leaf", "obj.keeper", True),
        ("named", "small", False),
    ]
