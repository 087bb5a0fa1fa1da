"""Things that no rule leads any further are seen by administrators, with the way to mend it."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow.models import Declared
from gradus.flow.registry import governed
from gradus.notify import health
from gradus.rulebook import editions, publishing
from gradus.rulebook.crossing.lost import KEY, count, lost
from gradus.rulebook.models import Version
from tests.platform.rulebook.conftest import Commit
from tests.platform.rulebook.test_editions import ANSWERS, MAPPING, Publish, filed, publish, renamed, second
from workflows.requests.models import Request

__all__ = ["filed", "publish", "renamed", "second"]
pytestmark = pytest.mark.usefixtures("in_force")


@pytest.fixture
def dropped(
    second: str, publish: Publish, student: User, admin: User, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Commit,
) -> Request:  # fmt: skip
    """Filed in the moment between what a rollback looks at and what it does."""
    publish(second)
    given = {**{name: value for name, value in ANSWERS.items() if name != "order"}, "receipt": "B-4"}
    found = flow.create(Request, "submit", by=student, kind="refund", **given)
    with monkeypatch.context() as moment, django_capture_on_commit_callbacks(execute=True):
        moment.setattr(editions, "there", lambda _book: False)
        publishing.roll_back(None, by=admin, note="Back")
    assert "refund-2" not in policy.active().of(Request)
    return found


@pytest.mark.parametrize("address", ["rulebook_editions", "notify_health"])
def test_what_has_no_book_any_more_is_shown_and_the_version_that_has_it_mends_it(
    dropped: Request, desk: Client, student: User, django_capture_on_commit_callbacks: Commit, address: str
) -> None:
    assert [(each.title, each.state, each.count, each.version) for each in lost()] == [
        ("Refund (edition 2)", "", 1, Version.objects.get().number),
    ]  # fmt: skip
    page = desk.get(reverse(address)).content.decode()
    assert "Refund (edition 2)" in page
    again = reverse("rulebook_version", args=[Version.objects.get().number])
    assert f'href="{again}"' in page
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("rulebook_roll_back", args=[Version.objects.get().number]), {"note": "It has that edition"})
    assert lost() == []
    assert again not in desk.get(reverse(address)).content.decode()
    flow.apply(dropped, "withdraw", by=student)


def test_the_number_on_the_health_page_is_looked_at_every_few_minutes(dropped: Request) -> None:
    before = health.problems()
    Request.objects.filter(pk=dropped.pk).delete()
    assert (lost(), count()) == ([], 1)
    cache.delete(KEY)
    assert (count(), health.problems()) == (0, before - 1)


def test_however_many_there_are_looking_costs_the_same(
    filed: list[Request], dropped: Request, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    models = [model for model in governed() if issubclass(model, Declared)]
    with django_assert_num_queries(len(models) + 2):
        assert sum(each.count for each in lost()) == 1
    Request.objects.update(kind="refund-2")
    with django_assert_num_queries(len(models) + 2):
        assert sum(each.count for each in lost()) == 3


def test_a_state_its_edition_does_not_have_is_shown_and_a_new_edition_mends_it(
    filed: list[Request], desk: Client, second: str, publish: Publish
) -> None:
    Request.objects.filter(pk=filed[0].pk).update(state="on_hold")
    assert [(each.title, each.state, each.count) for each in lost()] == [("Refund", "On hold", 1)]
    assert "Their edition has no state “On hold”." in desk.get(reverse("rulebook_editions")).content.decode()
    publish(second)
    address = reverse("rulebook_edition", args=["requests.request.refund"])
    stated = {**MAPPING, "state-on_hold": "filed"}
    seen = desk.get(address, stated).context["seen"]
    desk.post(address, {**stated, "seen": seen}, follow=True)
    assert lost() == []
    assert {(each.kind, each.state) for each in Request.objects.all()} == {("refund-2", "filed")}


def test_nothing_is_lost_when_all_have_their_rules(filed: list[Request], desk: Client) -> None:
    assert lost() == []
    assert "Things without rules" not in desk.get(reverse("rulebook_editions")).content.decode()
    assert "Everything that was filed has its rules." in desk.get(reverse("notify_health")).content.decode()
