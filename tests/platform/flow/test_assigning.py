"""What is assigned by itself: to whom, in turn, and never to who may not have it."""

from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow import events, panels
from gradus.flow.automating import tasks
from gradus.flow.automating.running import run_again
from gradus.flow.models import AutomationRun, Delivery
from gradus.policy import actions as registry
from gradus.policy.checks import mistakes
from tests.conftest import MakePerson
from tests.platform.flow.mill.models import Order
from tests.platform.flow.test_automating import LATER, Automate, automate, instead, told

__all__ = ["automate"]
ASSIGN = """
[[automations]]
id = "assign"
after = "1 hour in ordered"
live = true
do = [{ assign = "reviewer", HOW }, { ring = "reviewer", times = 1 }]
"""


def by(how: str) -> str:
    return ASSIGN.replace("HOW", how)


ROUND = by('to = "round robin", role = "instructor"')
LEAST = by('to = "least loaded", role = "instructor"')


@pytest.fixture
def millers(make_person: MakePerson) -> list[User]:
    return [make_person(f"Miller{number}", Role.INSTRUCTOR) for number in range(3)]


def ordered(by: User, number: int) -> list[Order]:
    return [flow.create(Order, "order", by=by, kind="flour", title=f"No. {each}", bags=1) for each in range(number)]


def reviewers() -> list[int | None]:
    return list(Order.objects.order_by("pk").values_list("claimed_by_id", flat=True))


def test_the_named_person_has_it_and_history_says_so(automate: Automate, order: Order, millers: list[User]) -> None:
    automate(by(f'to = "{millers[1].email.upper()}"'))
    tasks.run_due(timezone.now() + LATER)
    record = flow.history(order).done().order_by("-version")[0]
    assert (reviewers(), record.role, record.actor) == ([millers[1].pk], "system", None)
    assert (record.transition, record.source, record.target) == ("assign reviewer", "ordered", "ordered")
    assert (record.params, record.rule) == ({"reviewer": millers[1].pk}, "assign")
    assert Order.objects.get().version == record.version == 2
    entry = panels.timeline(Order.objects.get())[0]
    assert (entry.label, entry.note) == ("Assigned", f"To {millers[1]}")


def test_what_is_done_next_knows_whom_it_was_assigned_to(
    automate: Automate, order: Order, millers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def ring(event: events.Event, target: str, *, times: int) -> None:
        seen.append(event.object.claimed_by_id)

    automate(by(f'to = "{millers[1].email}"'))
    monkeypatch.setattr(registry, "get", instead("ring", ring))
    tasks.run_due(timezone.now() + LATER)
    assert seen == [millers[1].pk]


def test_in_turn_everybody_has_equally_many(automate: Automate, student: User, millers: list[User]) -> None:
    ordered(student, 5)
    automate(ROUND)
    tasks.run_due(timezone.now() + LATER)
    first, second, third = (each.pk for each in millers)
    assert reviewers() == [first, second, third, first, second]


def test_who_has_least_to_do_is_next(
    automate: Automate, student: User, make_person: MakePerson, millers: list[User]
) -> None:
    """What has come to its end does not count."""
    first, second, third = millers
    busy, done = ordered(student, 2)
    for order, miller in [(busy, first), (done, second)]:
        flow.apply(order, "claim", by=miller)
    flow.apply(Order.objects.get(pk=busy.pk), "add", by=student, bags=2)
    flow.apply(Order.objects.get(pk=done.pk), "approve", by=second)
    other = make_person("Other", Role.STUDENT)
    ordered(other, 3)
    automate(LEAST.replace("do =", 'if = "obj.reviewer is None"\ndo ='))
    tasks.run_due(timezone.now() + LATER)
    assert Counter(reviewers()[2:]) == {first.pk: 1, second.pk: 1, third.pk: 1}
    assert reviewers()[2:4] == [second.pk, third.pk]


def test_nobody_has_it_who_may_not(automate: Automate, student: User, make_person: MakePerson) -> None:
    gone = make_person("Gone", Role.INSTRUCTOR)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    make_person("Ana", Role.ANALYST)
    author = make_person("Both", Role.INSTRUCTOR)
    flow.create(Order, "order", by=author, kind="flour", title="Mine", bags=1)
    automate(ROUND)
    tasks.run_due(timezone.now() + LATER)
    run = AutomationRun.objects.get()
    assert (reviewers(), run.outcome) == ([None], "skipped")
    assert run.note == "Nobody with the role “instructor” can take it."
    fits = make_person("Fits", Role.INSTRUCTOR)
    assert run_again(run, now=timezone.now() + LATER)
    assert reviewers() == [fits.pk]


@pytest.mark.parametrize("which", ["inactive", "another role", "unknown", "author"])
def test_a_named_person_who_may_not_have_it_is_refused(
    automate: Automate, order: Order, make_person: MakePerson, which: str
) -> None:
    person = make_person("Pia", Role.ANALYST if which == "another role" else Role.INSTRUCTOR)
    if which == "inactive":
        User.objects.filter(pk=person.pk).update(is_active=False)
    if which == "author":
        Order.objects.update(author=person)
    address = "who@example.com" if which == "unknown" else person.email
    automate(by(f'to = "{address}", role = "instructor"'))
    tasks.run_due(timezone.now() + LATER)
    assert (reviewers(), AutomationRun.objects.get().note) == ([None], f"{address} cannot take it.")


def test_who_may_not_view_it_is_passed_over(automate: Automate, order: Order, millers: list[User]) -> None:
    ruleset = automate(ROUND)
    text = ruleset.book("mill.Order", "flour").text.replace(
        'instructor = "always"\nadmin      = "always"\n\n[transitions.order]',
        'instructor = "obj.author == user"\nadmin      = "always"\n\n[transitions.order]',
    )
    with policy.using(policy.load_texts({"flour.toml": text})):
        tasks.run_due(timezone.now() + LATER)
    assert (reviewers(), AutomationRun.objects.get().outcome) == ([None], "skipped")


def test_who_has_it_keeps_what_is_named_and_leaves_what_goes_round(
    automate: Automate, order: Order, millers: list[User]
) -> None:
    flow.apply(order, "claim", by=millers[0])
    automate(by(f'to = "{millers[0].email}"'))
    tasks.run_due(timezone.now() + LATER)
    assert (reviewers(), Order.objects.get().version) == ([millers[0].pk], 2)
    AutomationRun.objects.all().delete()
    automate(LEAST)
    tasks.run_due(timezone.now() + LATER)
    assert reviewers() == [millers[1].pk]


def test_a_transition_assigns_what_it_leads_to_once(automate: Automate, student: User, millers: list[User]) -> None:
    ruleset = automate("")
    text = ruleset.book("mill.Order", "flour").text.replace(
        'then       = [{ ring = "author", times = 1 }]',
        'then       = [{ assign = "reviewer", to = "round robin", role = "instructor" }]',
    )
    with policy.using(policy.load_texts({"flour.toml": text})):
        (order,) = ordered(student, 1)
        told(order)
        events.deliver(flow.history(order).done().order_by("version")[0].pk)
    assert (reviewers(), flow.history(order).done().count()) == ([millers[0].pk], 2)
    assert Delivery.objects.filter(listener="then:0:assign").count() == 1


def test_a_declared_answer_is_assigned_too(automate: Automate, student: User, millers: list[User]) -> None:
    person = '[process.fields.miller]\ntype = "person"\nlabel = "Miller"\n[[automations]]'
    ordered(student, 4)
    automate(LEAST.replace("[[automations]]", person).replace('assign = "reviewer"', 'assign = "miller"'))
    tasks.run_due(timezone.now() + LATER)
    found: Any = Order.objects.order_by("pk").values_list("answers__miller", flat=True)
    assert list(found) == [millers[number].pk for number in (0, 1, 2, 0)]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ('to = "least loadd", role = "instructor"', "did you mean least loaded?"),
        ('to = "round robin"', "needs a role to choose from"),
        ('to = "round robin", role = "instructr"', "did you mean instructor?"),
        ('to = "round robin", role = "guest"', "is not a role anybody holds"),
        ('too = "round robin", role = "instructor"', "assign takes no too; did you mean to?"),
        ('role = "instructor"', "assign needs to"),
        ("to = 5", "to of assign is text, not 5"),
    ],
)
def test_a_book_is_told_what_makes_no_sense(automate: Automate, how: str, said: str) -> None:
    ruleset = automate(by(how))
    (problem,) = [each for each in mistakes(ruleset) if each.key == "automations.1.do"]
    assert (problem.file, said in problem.text) == ("flour.toml", True)
    lines = ruleset.book("mill.Order", "flour").text.splitlines()
    assert lines[problem.line - 1].startswith("do = [{ assign")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("reviewr", "“reviewr” is not one of [fields], so nobody is assigned there; did you mean reviewer?"),
        ("bags", "“bags” is not a person"),
        ("author", "“author” is who created it, and stays so"),
    ],
)
def test_only_a_person_it_points_to_can_be_assigned(automate: Automate, field: str, said: str) -> None:
    found = mistakes(automate(ROUND.replace('"reviewer", to', f'"{field}", to')))
    (problem,) = [each for each in found if each.key == "automations.1.do"]
    assert said in problem.text
