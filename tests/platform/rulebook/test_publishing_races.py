"""Eight administrators put something in force at once, on PostgreSQL with real threads: a whole chain, and no fork."""

from collections.abc import Callable

import pytest

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.rulebook import editions, live, publishing, store
from gradus.rulebook.crossing.lost import lost
from gradus.rulebook.models import Activation, Version
from gradus.rulebook.publishing import Overtaken
from tests.conftest import MakePerson
from tests.platform.flow.test_races import at_once
from tests.platform.rulebook.conftest import REFUND
from tests.platform.rulebook.test_editions import ANSWERS, renamed
from workflows.requests.models import Request

__all__ = ["renamed"]
pytestmark = [
    pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_force"),
    pytest.mark.xdist_group("connections"),
]  # fmt: skip


def test_of_all_who_looked_at_the_same_rules_one_publishes(make_person: MakePerson, refund: str) -> None:
    people = [make_person(f"Admin{number}", Role.ADMIN) for number in range(8)]

    def publishing_by(number: int, person: User) -> Callable[[], Activation | Overtaken]:
        text = refund.replace("allow = 3", f"allow = {number + 4}")

        def publish() -> Activation | Overtaken:
            try:
                return publishing.publish({REFUND: text}, by=person, note=f"By {number}", seen=0)
            except Overtaken as late:
                return late

        return publish

    results = at_once(publishing_by(number, person) for number, person in enumerate(people))

    done = [result for result in results if isinstance(result, Activation)]
    assert len(done) == 1
    assert all(isinstance(result, Overtaken) for result in results if result is not done[0])
    assert (Activation.objects.count(), Version.objects.count()) == (1, 1)
    live.follow()
    assert policy.active().book(Request, "refund").version == done[0].version.files[REFUND]
    assert store.standing().published[REFUND] == policy.active().book(Request, "refund").text


def test_whatever_is_filed_while_an_edition_begins_has_its_book(
    admin: User, make_person: MakePerson, renamed: str
) -> None:
    students = [make_person(f"Student{number}", Role.STUDENT) for number in range(8)]
    text = editions.begin(renamed, 2)

    def filing_by(person: User) -> Callable[[], Request]:
        asked = {name: value for name, value in ANSWERS.items() if name != "order"}
        return lambda: flow.create(Request, "submit", by=person, kind="refund", **asked)

    def publish() -> Activation:
        return publishing.publish({REFUND: text}, by=admin, note="Clearer")

    results = at_once([*map(filing_by, students[:4]), publish, *map(filing_by, students[4:])])
    assert not [result for result in results if isinstance(result, Exception)]
    live.follow()
    for filed in Request.objects.all():
        states = flow.machine(filed).states
        assert filed.state in states
        assert (filed.kind, filed.state) in {("refund", "submitted"), ("refund-2", "filed")}
    assert Request.objects.count() == len(students)


def test_whatever_is_filed_while_a_version_goes_back_behind_its_edition_has_its_book_or_is_listed(
    admin: User, make_person: MakePerson, renamed: str
) -> None:
    students = [make_person(f"Student{number}", Role.STUDENT) for number in range(8)]
    publishing.publish({REFUND: editions.begin(renamed, 2)}, by=admin, note="Two")
    live.follow()
    asked = {**{name: value for name, value in ANSWERS.items() if name != "order"}, "receipt": "B-4"}

    def filing_by(person: User) -> Callable[[], Request]:
        return lambda: flow.create(Request, "submit", by=person, kind="refund", **asked)

    def back() -> Activation | publishing.NotPublished:
        try:
            return publishing.roll_back(None, by=admin, note="Back")
        except publishing.NotPublished as refused:
            return refused

    results = at_once([*map(filing_by, students[:4]), back, *map(filing_by, students[4:])])
    live.follow()
    without = Request.objects.exclude(kind__in=policy.active().of(Request)).count()
    assert sum(each.count for each in lost()) == without
    assert {each.version for each in lost()} <= {1}
    if isinstance(results[4], publishing.NotPublished):
        assert without == 0
