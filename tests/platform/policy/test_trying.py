"""The tests inside books: what they do not list must be refused, and no database is asked."""

import pytest

from gradus.policy import RuleSet, load_texts
from gradus.policy.trying import Result, try_book
from tests.platform.policy.conftest import CAT, CODED


def _try(ruleset: RuleSet, as_: str, given: str, may: str) -> Result:
    text = CODED + f"\n[[tests]]\nas = {as_}\ngiven = {given}\nmay = {may}\n"
    return try_book(load_texts({"a.toml": text}).book("zoo.Animal"))[-1]


def test_a_book_passes_its_own_tests(coded: RuleSet) -> None:
    assert [result.passed for result in try_book(coded.book("zoo.Animal"))] == [True]


def test_what_is_missing_and_what_is_too_much_is_told(coded: RuleSet) -> None:
    keeper = '{ role = "instructor", is = "keeper" }'
    assert _try(coded, keeper, '{ state = "submitted", amount = 20000 }', '["view", "approve"]').lacking == ("approve",)
    assert _try(coded, keeper, '{ state = "submitted", amount = 20 }', '["view"]').surplus == ("approve",)
    found = _try(coded, keeper, '{ state = "submitted", amount = 20 }', "[]")
    assert str(found) == "a.toml:43: tests.2: is allowed but not listed: approve, view"


def test_people_in_given_are_words(coded: RuleSet) -> None:
    student = '{ role = "student", is = "author" }'
    assert _try(coded, student, "{}", '["view", "submit"]').passed
    assert _try(coded, '{ role = "student" }', '{ author = "somebody" }', "[]").passed
    both = '{ role = "instructor", is = ["author", "keeper"] }'
    assert _try(coded, both, '{ state = "submitted", amount = 1 }', '["view"]').passed
    assert _try(
        coded, '{ role = "instructor" }', '{ state = "approved", friends = ["user"] }', '["view", "free"]'
    ).passed


def test_guests_are_nobody_even_when_they_are_named(coded: RuleSet) -> None:
    assert _try(coded, '{ role = "guest" }', '{ state = "submitted", author = "user" }', "[]").passed


def test_a_word_that_is_no_field_fails_the_test(coded: RuleSet) -> None:
    found = _try(coded, '{ role = "guest" }', "{ amuont = 3 }", "[]")
    assert "given: amuont: unknown field; did you mean amount?" in str(found)
    assert "given: state is never “lost”" in str(_try(coded, '{ role = "guest" }', '{ state = "lost" }', "[]"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ('born = "now - 3 days"', "born is a moment in time, not 'now - 3 days'; write “3 days ago”"),
        ("born = 3", "born is a moment in time, not 3"),
        ('amount = "much"', "amount is a whole number, not 'much'"),
        ("amount = true", "amount is a whole number, not True"),
        ("tame = 1", "tame is yes or no, not 1"),
        ("author = { a = 1 }", "author is a person, not {'a': 1}"),
    ],
)
def test_a_value_of_another_type_fails_the_test_in_words(coded: RuleSet, given: str, said: str) -> None:
    assert f"given: {said}" in str(_try(coded, '{ role = "guest" }', f"{{ {given} }}", "[]"))


def test_moments_are_told_from_now(coded: RuleSet) -> None:
    text = CODED.replace('"obj.tame or user in obj.friends"', '"now - obj.born > days(2)"')
    cases = "".join(
        f'[[tests]]\nas = {{ role = "instructor" }}\ngiven = {{ state = "approved", born = "{born}" }}\nmay = [{may}]\n'
        for born, may in (("3 days ago", '"view", "free"'), ("1 hour ago", '"view"'), ("in 3 days", '"view"'))
    )
    assert all(result.passed for result in try_book(load_texts({"a.toml": text + cases}).book("zoo.Animal")))


def test_declared_answers_can_be_given(declared: RuleSet) -> None:
    case = '[[tests]]\nas = {{ role = "instructor" }}\ngiven = {{ state = "submitted", fee = {}, colour = "black" }}\n'
    text = CAT + case.format(100) + 'may = ["view", "approve"]\n' + case.format(20000) + 'may = ["view"]\n'
    book = load_texts({"zoo/cat.toml": text}).book("zoo.Animal", "cat")
    assert [result.passed for result in try_book(book)] == [True, True]
