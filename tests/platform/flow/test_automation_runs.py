"""The list of what happened by itself: read, narrowed, exported, and run once more by administrators alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.automating import tasks
from gradus.flow.models import AutomationRun
from tests.conftest import MakePerson
from tests.platform.flow.mill.models import Order
from tests.platform.flow.test_automating import LAPSE, SYSTEM_MAY, TEXTS, Automate, automate

__all__ = ["automate"]
RUNS = "/admin/automations/"
LATER = timedelta(days=3)


@pytest.fixture
def desk(client: Client, make_person: MakePerson) -> Client:
    client.force_login(make_person("Alma", Role.ADMIN))
    return client


@pytest.fixture
def runs(automate: Automate, order: Order, student: User) -> dict[str, AutomationRun]:
    """One that acted and one that was refused."""
    big = flow.create(Order, "order", by=student, kind="flour", title="A lot", bags=400)
    automate(LAPSE)
    tasks.run_due(timezone.now() + LATER)
    return {
        "acted": AutomationRun.objects.get(object_id=order.pk),
        "skipped": AutomationRun.objects.get(object_id=big.pk),
    }


def test_every_run_is_listed_with_its_reason(desk: Client, runs: dict[str, AutomationRun]) -> None:
    page = desk.get(RUNS).content.decode()
    for words in ("Flour: lapse", "acted", "skipped", "There are more than a hundred bags".lower()):
        assert words in page.lower() or words in page
    only = desk.get(RUNS, {"outcome": "skipped"}).content.decode()
    assert f"{RUNS}{runs['skipped'].pk}/" in only
    assert f"{RUNS}{runs['acted'].pk}/" not in only


def test_each_reader_reads_it_in_their_language(desk: Client, runs: dict[str, AutomationRun]) -> None:
    assert 'data-label="Outcome"' in desk.get(RUNS).content.decode()
    User.objects.update(language="de")
    page = desk.get(RUNS, headers={"accept-language": "de"}).content.decode()
    assert 'data-label="Ergebnis"' in page
    assert 'data-label="Outcome"' not in page


def test_what_one_may_not_view_is_a_number(desk: Client, runs: dict[str, AutomationRun]) -> None:
    text = TEXTS["flour.toml"] + SYSTEM_MAY + LAPSE
    shut = text.replace('admin      = "always"', 'admin      = "never"', 1)
    assert shut != text
    with policy.using(policy.load_texts({**TEXTS, "flour.toml": shut})):
        page = desk.get(RUNS).content.decode()
        one = desk.get(f"{RUNS}{runs['skipped'].pk}/").content.decode()
        rows = b"".join(desk.get(RUNS, {"export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    for text in (page, one, rows):
        assert f"number {runs['skipped'].object_id}" in text
        assert "A lot" not in text
        assert "more than a hundred bags" not in text.lower()


def test_they_are_exported_as_listed(desk: Client, runs: dict[str, AutomationRun]) -> None:
    answer = desk.get(RUNS, {"export": "csv", "outcome": "skipped"})
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 2
    assert rows[1].startswith("Flour: lapse,")
    assert "skipped" in rows[1]


def test_the_list_needs_the_same_queries_for_many(
    desk: Client, runs: dict[str, AutomationRun], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def more(numbers: range) -> None:
        AutomationRun.objects.bulk_create(
            AutomationRun(automation="mill.Order/flour#lapse", object_id=number, since=timezone.now(), outcome="acted")
            for number in numbers
        )

    desk.get(RUNS)
    more(range(1_000, 1_001))
    with django_assert_num_queries(12) as few:
        desk.get(RUNS)
    more(range(40))
    with django_assert_num_queries(len(few)):
        desk.get(RUNS)


def test_a_run_that_was_refused_is_tried_again(
    desk: Client, runs: dict[str, AutomationRun], automate: Automate
) -> None:
    refused = runs["skipped"]
    assert "Run again" in desk.get(f"{RUNS}{refused.pk}/").content.decode()
    answer = desk.post(f"{RUNS}{refused.pk}/again/", follow=True)
    assert "It ran again: skipped." in answer.content.decode()
    assert AutomationRun.objects.filter(object_id=refused.object_id).count() == 1
    automate(LAPSE.replace('apply = "lapse"', 'ring = "author", times = 1'))
    answer = desk.post(f"{RUNS}{refused.pk}/again/", follow=True)
    assert "It ran again: acted." in answer.content.decode()
    assert AutomationRun.objects.get(object_id=refused.object_id).outcome == "acted"


def test_what_acted_does_not_act_twice(desk: Client, runs: dict[str, AutomationRun]) -> None:
    acted = runs["acted"]
    assert "Run again" not in desk.get(f"{RUNS}{acted.pk}/").content.decode()
    answer = desk.post(f"{RUNS}{acted.pk}/again/", follow=True)
    assert "Nothing was done" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.EDITOR, Role.ANALYST])
def test_others_do_not_see_it(client: Client, make_person: MakePerson, role: Role) -> None:
    client.force_login(make_person("Other", role))
    assert client.get(RUNS).status_code in {302, 403, 404}
    assert client.post(f"{RUNS}1/again/").status_code in {302, 403, 404}


def test_a_run_whose_object_has_moved_on_stays_in_the_list(
    desk: Client, runs: dict[str, AutomationRun], instructor: User
) -> None:
    refused = runs["skipped"]
    flow.apply(Order.objects.get(pk=refused.object_id), "reject", by=instructor, note="Too much")
    answer = desk.post(f"{RUNS}{refused.pk}/again/", follow=True)
    assert "Nothing was done" in answer.content.decode()
    assert AutomationRun.objects.get(pk=refused.pk).outcome == "skipped"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_is_none(desk: Client, db: None, day: str) -> None:
    User.objects.update(time_zone="Asia/Tokyo")
    assert desk.get(RUNS, {"at_after": day}).status_code == 200


@pytest.mark.parametrize(
    "typed", [{"outcome": "eaten"}, {"at_after": "someday"}, {"automation": "mill.Order/flour#no"}]
)
def test_a_filter_that_cannot_be_read_finds_nothing(
    desk: Client, runs: dict[str, AutomationRun], typed: dict[str, str]
) -> None:
    assert f"{RUNS}{runs['acted'].pk}/" in desk.get(RUNS).content.decode()
    page = desk.get(RUNS, typed).content.decode()
    assert "A filter cannot be read, so nothing is shown." in page
    assert f'href="{RUNS}{runs["acted"].pk}/"' not in page
    exported = b"".join(desk.get(RUNS, {**typed, "export": "csv"}).streaming_content)  # type: ignore[attr-defined]
    assert len(exported.decode("utf-8-sig").splitlines()) == 1
