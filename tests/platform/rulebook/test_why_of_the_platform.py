"""Why the platform did not do something by itself: asked of the page, from its runs, and from the audit log."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM, Role
from gradus.flow.automating import tasks
from gradus.flow.models import AutomationRun, TransitionRecord
from gradus.rulebook import store
from gradus.rulebook.seeing.addresses import person_url, why_url
from tests.conftest import MakePerson
from tests.platform.flow.mill.models import Order
from tests.platform.flow.test_automating import LAPSE, SYSTEM_MAY
from tests.platform.rulebook.conftest import FLOUR, REFUND
from workflows.requests.models import Request

WHY, PERSON, RUNS, AUDIT = "/admin/rules/why/", "/admin/rules/person/", "/admin/automations/", "/admin/audit/"
LATER = timedelta(days=3)
BOOK = FLOUR + SYSTEM_MAY.replace('"small"', '"small and cheap"') + LAPSE
ONCE = """
[[limits]]
id    = "lapses"
on    = "lapse"
allow = 1
per   = "1 day"
of    = "obj.author"
say   = "One a day lapses."
"""


def lapsing(*changes: tuple[str, str], more: str = "") -> policy.RuleSet:
    """Cheap orders of a few bags lapse by themselves; instructors read the price."""
    text = BOOK
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return policy.load_texts({"flour.toml": text + more})


@pytest.fixture(autouse=True)
def rules() -> Iterator[policy.RuleSet]:
    with policy.using(lapsing()) as found:
        yield found


def ordered(student: User, title: str = "For bread", **values: Any) -> Order:
    given = {"bags": 3, "price": 100, **values}
    return flow.create(Order, "order", by=student, kind="flour", title=title, **given)


def ask(desk: Client, thing: Order, name: str = "lapse") -> str:
    return desk.get(why_url(None, thing, name, "system")).content.decode()


def way(thing: Order, name: str = "lapse") -> str:
    return str(escape(why_url(None, thing, name, "system")))


# The page


def test_a_refusal_of_the_platform_is_laid_out(desk: Client, student: User) -> None:
    page = ask(desk, ordered(student, bags=400, price=25_000))
    assert "The platform may not do this now: Lapse" in page
    assert "There are more than a hundred bags" in page
    assert "“You” is the platform itself, acting for nobody." in page
    assert "flour.toml#transitions.lapse.system" in page
    assert "small and cheap" in page
    assert 'name="person"' not in page
    assert '<input type="hidden" name="role" value="system"' in page


def test_what_it_may_do_is_laid_out_as_well(desk: Client, student: User) -> None:
    page = ask(desk, ordered(student))
    assert "The platform may do this now: Lapse" in page
    assert "It does so by itself only where an automation" in page
    assert "Acting as" not in page


def test_what_it_has_no_row_for_and_what_a_limit_stops(desk: Client, student: User) -> None:
    order = ordered(student)
    assert "It has no row for this role" in ask(desk, order, "approve")
    with policy.using(lapsing(more=ONCE)):
        flow.apply(ordered(student), "lapse", by=SYSTEM)
        assert "used up" in ask(desk, order)


def test_without_a_transition_everything_is_listed(desk: Client, student: User) -> None:
    order = ordered(student)
    page = desk.get(WHY, {"of": "mill.order", "role": "system", "object": order.pk}).content.decode()
    assert f"The platform and “{order}”" in page
    for name in ("lapse", "approve", "view"):
        assert way(order, name) in page


def test_values_are_for_the_viewer_alone(desk: Client, student: User) -> None:
    dear = ordered(student, price=25_000)
    assert "The price is above 100.00" in ask(desk, dear)
    assert "250.00" not in ask(desk, dear)
    with policy.using(lapsing(('show  = ["instructor"]', 'show  = ["instructor", "admin"]'))):
        assert "250.00" in ask(desk, dear)
    with policy.using(lapsing(('show  = ["instructor"]', 'show  = ["system"]'))):
        assert "250.00" not in ask(desk, dear)


def test_what_the_viewer_may_not_view_is_not_there(desk: Client, student: User) -> None:
    order = ordered(student)
    hidden = lapsing(('admin      = "always"\n\n[transitions.order]', "\n[transitions.order]"))
    with policy.using(hidden):
        assert desk.get(way(order).replace("&amp;", "&")).status_code == 422


@pytest.mark.parametrize("nonsense", [{"object": ""}, {"object": "x"}, {"object": "\x00"}, {"transition": "nonsense"}])
def test_nonsense_is_answered_in_the_form(desk: Client, student: User, nonsense: dict[str, str]) -> None:
    good = {"of": "mill.order", "role": "system", "object": str(ordered(student).pk), "transition": "lapse"}
    assert desk.get(WHY, good).status_code == 200
    answer = desk.get(WHY, {**good, **nonsense})
    assert answer.status_code == 422
    assert "rb-error" in answer.content.decode()


@pytest.mark.parametrize("role", ["guest", "admin", "sys", ""])
def test_only_the_platform_is_asked_about_without_a_person(desk: Client, student: User, role: str) -> None:
    order = ordered(student)
    asked = {"of": "mill.order", "object": str(order.pk), "role": role}
    page = desk.get(WHY, asked)
    assert page.status_code == 200
    assert "The platform and" not in page.content.decode()
    assert desk.get(WHY, {**asked, "person": ""}).status_code == 422
    assert "The platform" not in desk.get(PERSON, {"role": role}).context["header_title"]


def test_a_person_is_not_the_platform(desk: Client, student: User) -> None:
    page = desk.get(PERSON, {"person": student.pk, "role": "system"}).content.decode()
    assert "acting as student" in page


def test_a_newcomer_finds_the_way_there_and_back(desk: Client, student: User) -> None:
    order = ordered(student)
    first = desk.get(WHY, {"of": "mill.order"}).content.decode()
    assert '<a href="?of=mill.order&amp;role=system"' in first
    empty = desk.get(WHY, {"of": "mill.order", "role": "system"}).content.decode()
    assert "Why did the platform not do something by itself?" in empty
    assert '<a href="?of=mill.order"' in empty
    assert "role=system" in desk.get(PERSON).content.decode()
    asked = desk.get(WHY, {"of": "mill.order", "person": student.pk, "object": order.pk}).content.decode()
    assert f'href="?of=mill.order&amp;object={order.pk}&amp;role=system"' in asked
    back = desk.get(WHY, {"of": "mill.order", "object": str(order.pk)})
    assert f'value="{order.pk}"' in back.content.decode()
    assert "rb-error" not in back.content.decode()


def test_everything_the_platform_may_do_is_listed(desk: Client, student: User) -> None:
    order = ordered(student)
    page = desk.get(PERSON, {"role": "system"}).content.decode()
    assert "What the platform may do" in page
    assert "1 now" in page
    assert way(order) in page
    assert "What it may not do" in page
    assert "Only instructors and administrators may do this." in page
    assert 'name="person"' not in page
    with policy.using(lapsing(('"small and cheap"', '"never"'))):
        assert "The rule never holds for the platform itself." in desk.get(PERSON, {"role": "system"}).content.decode()


def test_the_platform_speaks_german(desk: Client, student: User, settings: Any) -> None:
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    page = ask(desk, ordered(student, bags=400))
    assert "Die Plattform darf das jetzt nicht: " in page
    assert "Was die Plattform darf" in desk.get(PERSON, {"role": "system"}).content.decode()


# What happened by itself


@pytest.fixture
def runs(student: User) -> dict[str, AutomationRun]:
    """One that acted, one that a rule stopped and one that a limit stopped."""
    with policy.using(lapsing(more=ONCE)):
        cheap, big, late = ordered(student), ordered(student, "A lot", bags=400), ordered(student, "Late")
        tasks.run_due(timezone.now() + LATER)
    named = {"acted": cheap, "skipped": big, "limited": late}
    return {name: AutomationRun.objects.get(object_id=order.pk) for name, order in named.items()}


def test_what_came_to_nothing_leads_to_the_reason(desk: Client, runs: dict[str, AutomationRun]) -> None:
    listed = desk.get(RUNS).content.decode()
    for name, run in runs.items():
        assert run.outcome == name
        there = way(Order.objects.get(pk=run.object_id))
        one = desk.get(f"{RUNS}{run.pk}/").content.decode()
        assert (there in listed, there in one) == (name != "acted", name != "acted")
    assert "There are more than a hundred bags" in desk.get(way_of(runs["skipped"])).content.decode()


def test_what_was_its_own_effect_leads_nowhere(desk: Client, runs: dict[str, AutomationRun]) -> None:
    skipped = runs["skipped"]
    AutomationRun.objects.filter(pk=skipped.pk).update(outcome="stopped", note="This is its own effect.")
    for page in (desk.get(RUNS), desk.get(f"{RUNS}{skipped.pk}/")):
        assert "This is its own effect." in page.content.decode()
        assert escape(way_of(skipped)) not in page.content.decode()


def way_of(run: AutomationRun) -> str:
    return why_url(None, Order.objects.get(pk=run.object_id), "lapse", "system")


def test_what_applies_nothing_has_no_rule_to_be_asked(desk: Client, runs: dict[str, AutomationRun]) -> None:
    with policy.using(lapsing(('apply = "lapse"', 'ring = "author", times = 1'))):
        assert "rules/why/?" not in desk.get(RUNS).content.decode()
        assert "rules/why/?" not in desk.get(f"{RUNS}{runs['skipped'].pk}/").content.decode()
    with policy.using(lapsing(('id = "lapse"', 'id = "another"'))):
        assert "rules/why/?" not in desk.get(RUNS).content.decode()


def test_what_is_gone_or_hidden_leads_nowhere(desk: Client, runs: dict[str, AutomationRun]) -> None:
    hidden = lapsing(('admin      = "always"\n\n[transitions.order]', "\n[transitions.order]"))
    with policy.using(hidden):
        assert "rules/why/?" not in desk.get(RUNS).content.decode()
    Order.objects.all()._raw_delete("default")
    assert "rules/why/?" not in desk.get(RUNS).content.decode()
    assert desk.get(f"{RUNS}{runs['skipped'].pk}/").status_code == 200


def test_the_links_cost_no_query_each(
    desk: Client, student: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def refused(count: int) -> None:
        for number in range(count):
            ordered(student, f"No. {number}", bags=400)
        tasks.run_due(timezone.now() + LATER)

    with policy.using(lapsing(("allow = 5", "allow = 50"))):
        refused(1)
        desk.get(RUNS)
        with django_assert_num_queries(11):
            assert desk.get(RUNS).content.decode().count("rules/why/?") == 1
        refused(12)
        with django_assert_num_queries(11):
            assert desk.get(RUNS).content.decode().count("rules/why/?") == 13


# The audit log


def record_page(desk: Client, record: TransitionRecord) -> str:
    page = desk.get(f"{AUDIT}{record.pk}/").content.decode()
    return page[page.index("g-facts") :]


def test_a_recorded_refusal_leads_to_the_reason(desk: Client, student: User, instructor: User) -> None:
    order = ordered(student, bags=400, price=25_000)
    for who, name in ((instructor, "approve"), (SYSTEM, "lapse")):
        with pytest.raises(flow.Denied):
            flow.apply(order, name, by=who)
    by_hand, by_itself = flow.history(order).refused().order_by("pk")
    assert str(escape(why_url(instructor.pk, order, "approve", "instructor"))) in record_page(desk, by_hand)
    assert way(order) in record_page(desk, by_itself)
    assert "rules/why/?" not in record_page(desk, flow.history(order).done().get())
    hidden = lapsing(('admin      = "always"\n\n[transitions.order]', "\n[transitions.order]"))
    with policy.using(hidden):
        assert "/admin/rules/" not in record_page(desk, by_hand).replace("/admin/rules/history/", "")
    Order.objects.all()._raw_delete("default")
    for record in (by_hand, by_itself):
        assert "rules/why/?" not in record_page(desk, record)


def test_what_was_never_created_leads_to_what_they_may_do(desk: Client, make_person: MakePerson) -> None:
    edda = make_person("Edda", Role.EDITOR)
    with pytest.raises(flow.Denied):
        flow.create(Order, "order", by=edda, kind="flour", title="Cake", bags=7)
    page = record_page(desk, TransitionRecord.objects.refused().get())
    assert str(escape(person_url(edda.pk, "editor"))) in page


def test_somebody_who_is_gone_cannot_be_asked_about(desk: Client, student: User) -> None:
    order = ordered(student)
    kind = ContentType.objects.get_for_model(order)
    erased = {"process": "flour", "transition": "approve", "role": "instructor", "outcome": "denied"}
    record = TransitionRecord.objects.create(content_type=kind, object_id=order.pk, at=timezone.now(), **erased)
    assert "rules/why/?" not in record_page(desk, record)


def test_what_the_platform_was_refused_stands_beside_the_thing(desk: Client, student: User) -> None:
    asked = {"amount": 4990, "reason": "unused", "title": "Twice", "text": "Charged twice."}
    lapse = '\n[transitions.lapse]\nfrom = ["submitted"]\nto = "rejected"\nsystem = "obj.amount <= 10"\n'
    texts = store.files()
    with policy.using(policy.load_texts({**texts, REFUND: texts[REFUND] + lapse})):
        refund = flow.create(Request, "submit", by=student, kind="refund", **asked)
        with pytest.raises(flow.Denied):
            flow.apply(refund, "lapse", by=SYSTEM)
        page = desk.get(f"/admin/requests/{refund.pk}/").content.decode()
        refused = page[page.index("What was refused") :]
        assert "the platform" in refused
        assert str(escape(why_url(None, refund, "lapse", "system"))) in refused
