"""`[[automations]]` of a book: what may be written, and what is said about the rest."""

from datetime import time, timedelta

import pytest

from gradus.policy import automations
from gradus.policy.automations import After, Automation, Every, OnMove
from gradus.policy.books import Book
from gradus.policy.errors import BookErrors
from gradus.policy.ruleset import load_texts

BOOK = """
[process]
name = "mill.flour"
title = "Flour"
[process.fields.bags]
type = "number"
[process.states]
ordered = "Ordered"
approved = "Approved"
[fields]
author = "author"
[transitions.order]
from = [""]
to = "ordered"
student = "always"
[transitions.approve]
from = ["ordered"]
to = "approved"
system = "always"
[transitions.add]
from = ["ordered", "approved"]
student = "always"
"""
DO = 'do = [{ apply = "approve" }]'


def read(written: str) -> Book:
    (book,) = load_texts({"flour.toml": BOOK + written}).books
    return book


def one(written: str) -> Automation:
    (found,) = read(f'[[automations]]\nid = "a"\n{written}\n{DO}').automations
    return found


@pytest.mark.parametrize(
    ("written", "trigger"),
    [
        ('on = "approve"', OnMove("approve")),
        ('on = "ordered -> approved"', OnMove(source="ordered", target="approved")),
        ('on = "* -> approved"', OnMove(target="approved")),
        ('after = "2 days in ordered"', After(timedelta(days=2), "ordered")),
        ('after = "1 hour in ordered"', After(timedelta(hours=1), "ordered")),
        ('every = "day at 07:00"\nif = "obj.bags > 3"', Every(time(7))),
        ('every = "monday at 23:59"\nif = "obj.bags > 3"', Every(time(23, 59), weekday=0)),
        ('every = "month on 28 at 00:00"\nif = "obj.bags > 3"', Every(time(0), day=28)),
    ],
)
def test_what_sets_it_off(written: str, trigger: automations.Trigger) -> None:
    assert one(written).trigger == trigger


def test_it_is_a_rehearsal_until_it_is_live() -> None:
    assert not one('on = "approve"').live
    assert one('on = "approve"\nlive = true').live


def test_the_same_stay_may_count_again() -> None:
    assert one('after = "2 days in ordered"\nagain = "1 day"').again == timedelta(days=1)


def test_the_states_of_an_event_are_known_to_its_condition() -> None:
    found = one("on = \"* -> *\"\nif = \"source in ['', 'ordered'] and target == 'ordered'\"")
    held = {pair: found.checks[pair](None, None, None, None) for pair in found.checks}  # type: ignore[arg-type]
    assert held == {
        ("", "ordered"): True, ("ordered", "approved"): False, ("ordered", "ordered"): True,
        ("approved", "approved"): False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "one of on, after and every"),
        ('on = "approve"\nafter = "2 days in ordered"', "one of on, after and every"),
        ('on = "aprove"', "did you mean approve?"),
        ('on = "ordered -> aproved"', "“aproved” is not a state; did you mean approved?"),
        ('after = "2 days in order"', "did you mean ordered?"),
        ('after = "two days in ordered"', "“2 days in submitted”"),
        ('after = "0 minutes in ordered"', "“2 days in submitted”"),
        ('every = "noon"', "“day at 07:00”"),
        ('every = "month on 31 at 07:00"\nif = "obj.bags > 3"', "days 1 to 28"),
        ('every = "day at 07:00"', "if says which things are meant"),
        ('on = "approve"\nagain = "2 days"', "again goes with after"),
        ('on = "approve"\nif = "obj.bag > 3"', "obj.bag: unknown field; did you mean obj.bags?"),
        ('on = "approve"\nif = "obj.author == user"', "there is no user here"),
        ('on = "approve"\nif = "source == \'aproved\'"', "source is never “aproved”"),
        ('after = "2 days in ordered"\nif = "source == \'\'"', "only automations with on have one"),
        ('on = "approve"\nlife = true', "“life” means nothing here; did you mean live?"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_key(written: str, said: str) -> None:
    with pytest.raises(BookErrors) as refused:
        one(written)
    assert any(said in str(problem) and "automations.1" in problem.key for problem in refused.value.problems), [
        str(problem) for problem in refused.value.problems
    ]


def test_every_automation_has_a_name_of_its_own_and_something_to_do() -> None:
    with pytest.raises(BookErrors, match="there is an automation a already"):
        read(f'[[automations]]\nid = "a"\non = "approve"\n{DO}\n[[automations]]\nid = "a"\non = "add"\n{DO}')
    with pytest.raises(BookErrors, match="needs do"):
        read('[[automations]]\nid = "a"\non = "approve"')
    with pytest.raises(BookErrors, match="begins with a letter"):
        read(f'[[automations]]\non = "approve"\n{DO}')
    with pytest.raises(BookErrors, match=r"written \[\[automations\]\]"):
        read("[automations.a]\non = 3")
