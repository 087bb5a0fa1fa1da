"""The audit log: everything done and refused, narrowed and exported, with the facts one may see."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.audit import report
from gradus.flow.models import TransitionRecord
from tests.conftest import MakePerson
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Mill, Order, Stone

AUDIT = "/admin/audit/"
THING = "Order object ("  # what Django calls what has no name of its own
SHOWN = '[process.fields.bags]\nshow     = ["admin"]'


@pytest.fixture(autouse=True)
def shown_to_admins(mill_rules: policy.RuleSet) -> Iterator[policy.RuleSet]:
    """The number of bags may be shown to administrators, the price to nobody."""
    texts = {path.name: path.read_text() for path in RULES.glob("*.toml")}
    texts["flour.toml"] = texts["flour.toml"].replace("[process.fields.bags]", SHOWN)
    texts["flour.toml"] += '[transitions.lapse]\nfrom = ["ordered"]\nto = "rejected"\nadmin = "obj.price == 1"\n'
    with policy.using(policy.load_texts(texts)) as ruleset:
        yield ruleset


@pytest.fixture
def desk(client: Client, make_person: MakePerson) -> Client:
    client.force_login(make_person("Alma", Role.ADMIN))
    return client


@pytest.fixture
def refusal(order: Order, student: User) -> TransitionRecord:
    with pytest.raises(flow.Denied):
        flow.apply(order, "approve", by=student)
    return flow.history(order).refused().get()


@pytest.fixture
def claim(order: Order, instructor: User) -> TransitionRecord:
    return flow.history(flow.apply(order, "claim", by=instructor)).done().get(transition="claim")


def listed(desk: Client, **asked: object) -> set[int]:
    page = desk.get(AUDIT, asked).content.decode()
    return {int(number) for number in re.findall(rf'href="{AUDIT}(\d+)/"', page)}


def everything() -> set[int]:
    return set(TransitionRecord.objects.values_list("pk", flat=True))


def test_every_transition_and_every_refusal_is_listed_newest_first(
    desk: Client, claim: TransitionRecord, refusal: TransitionRecord
) -> None:
    page = desk.get(AUDIT).content.decode()
    numbers = [int(number) for number in re.findall(rf'href="{AUDIT}(\d+)/"', page)]
    newest = TransitionRecord.objects.order_by("-at", "-pk").values_list("pk", flat=True)
    assert numbers == list(newest)
    assert {claim.pk, refusal.pk} < set(numbers)
    for words in ("denied by a rule", refusal.reasons[0], f"Flour: {THING}", "Ivo (instructor)"):
        assert words in page


def test_it_is_narrowed_by_everything_a_record_says(
    desk: Client, claim: TransitionRecord, refusal: TransitionRecord, stone: Stone, instructor: User, student: User
) -> None:
    of_order = {claim.pk, refusal.pk}
    about = {"object": claim.object_id, "process": "mill.Order/flour"}
    assert of_order < everything()
    assert listed(desk, **about) == set(TransitionRecord.objects.filter(process="flour").values_list("pk", flat=True))
    assert listed(desk, process="mill.Stone/") == set(flow.history(stone).values_list("pk", flat=True))
    assert listed(desk, person=f"Ivo ({instructor.pk})") == {claim.pk}
    assert listed(desk, person=instructor.email) == {claim.pk}
    assert listed(desk, outcome=["denied", "limited"]) == {refusal.pk}
    assert listed(desk, transition="claim") == {claim.pk}
    assert listed(desk, version=claim.book_version) == listed(desk, process="mill.Order/flour")
    assert listed(desk, version=claim.book_version[:8]) == listed(desk, version=claim.book_version)
    today, tomorrow = timezone.localdate(), timezone.localdate() + timedelta(days=1)
    assert listed(desk, at_after=today, at_before=today) == everything()
    assert listed(desk, at_after=tomorrow) == set()


@pytest.mark.parametrize(
    "asked",
    [
        {"person": "nobody@example.com"}, {"process": "mill.Order/bread"}, {"version": "not a hash"},
        {"object": "-1"}, {"object": "9" * 30}, {"object": "1.5"}, {"outcome": "eaten"}, {"at_after": "yesterday"},
        {"at_after": "9999-12-31"}, {"transition": "no-such-step"}, {"person": "\x00"},
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_finds_nothing(
    desk: Client, claim: TransitionRecord, asked: dict[str, str]
) -> None:
    answer = desk.get(AUDIT, asked)
    assert answer.status_code == 200
    assert listed(desk, **asked) == set()
    assert "A filter cannot be read" in answer.content.decode()


def test_people_are_found_by_typing(desk: Client, instructor: User, student: User) -> None:
    found = desk.get(f"{AUDIT}people/", {"q": "iv"}).json()
    assert found == [{"text": f"Ivo ({instructor.pk})", "note": instructor.email}]
    assert f'data-combo="{AUDIT}people/"' in desk.get(AUDIT).content.decode()


def test_what_is_listed_is_exported(desk: Client, claim: TransitionRecord, refusal: TransitionRecord) -> None:
    answer = desk.get(AUDIT, {"export": "csv", "outcome": "denied"})
    heading, row = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert heading.startswith("Number,When,Who,Role,Process")
    for words in (str(refusal.pk), "Ada,student,Flour", THING, "Approve", "denied by a rule", refusal.rule):
        assert words in row
    assert desk.get(AUDIT, {"export": "xlsx"}).content.startswith(b"PK")
    spoilt = desk.get(AUDIT, {"export": "csv", "outcome": "eaten"})
    assert len(b"".join(spoilt.streaming_content).splitlines()) == 1  # type: ignore[attr-defined]


def test_the_list_needs_the_same_queries_for_many(
    desk: Client, claim: TransitionRecord, stone: Stone, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.get(AUDIT)
    with django_assert_num_queries(13) as few:
        desk.get(AUDIT)
    shared = {"content_type": claim.content_type, "process": "flour", "transition": "claim", "role": "instructor"}
    TransitionRecord.objects.bulk_create(
        TransitionRecord(**shared, object_id=number, actor=claim.actor, outcome="denied", at=claim.at)
        for number in range(100, 140)
    )
    with django_assert_num_queries(len(few)):
        desk.get(AUDIT)


def test_no_more_is_counted_than_can_be_turned_to(
    desk: Client, claim: TransitionRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "COUNT_TO", 1)
    page = desk.get(AUDIT, {"process": "mill.Order/flour"}).content.decode()
    assert "The newest 1 are listed" in page
    assert desk.get(AUDIT, {"p": "99999"}).status_code == 200
    assert desk.get(AUDIT, {"p": "last"}).status_code == 200


def test_a_record_shows_the_facts_its_viewer_may_see(desk: Client, claim: TransitionRecord, student: User) -> None:
    page = desk.get(f"{AUDIT}{claim.pk}/").content.decode()
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>\s*(?:<span[^>]*>)?([^<]*)", page[page.index("decided on") :]))
    assert facts["Bags"] == "3"
    assert facts["Price"] == "not shown to you"
    assert facts["Author"] == "not shown to you"
    assert facts["About the person: e-mail address"] == "not shown to you"
    assert claim.actor is not None
    assert claim.actor.email not in page[page.index("<main") :]
    assert claim.book_version in page
    assert claim.rule in page


def test_what_the_viewer_may_not_view_is_a_number(
    desk: Client, claim: TransitionRecord, refusal: TransitionRecord
) -> None:
    texts = {path.name: path.read_text() for path in RULES.glob("*.toml")}
    hidden = texts["flour.toml"].replace('admin      = "always"\n\n[transitions.order]', "\n[transitions.order]")
    hidden = hidden.replace("[process.fields.bags]", SHOWN)
    with policy.using(policy.load_texts({**texts, "flour.toml": hidden})):
        page = desk.get(AUDIT).content.decode()
        assert f"Flour, number {claim.object_id}" in page
        assert THING not in page
        assert refusal.reasons[0] not in page
        one = desk.get(f"{AUDIT}{claim.pk}/").content.decode()
        assert re.search(r"<dt>Bags</dt><dd><span[^>]*>not shown", one)
        exported = desk.get(AUDIT, {"export": "csv"})
        assert THING not in b"".join(exported.streaming_content).decode()  # type: ignore[attr-defined]


def test_what_was_never_created_and_what_is_gone_can_be_read(
    desk: Client, claim: TransitionRecord, make_person: MakePerson
) -> None:
    nobody = make_person("Edda", Role.EDITOR)
    with pytest.raises(flow.Denied):
        flow.create(Order, "order", by=nobody, kind="flour", title="Secret", bags=7)
    never = TransitionRecord.objects.refused().get()
    assert "Flour (nothing was created)" in desk.get(AUDIT).content.decode()
    assert "Edda" in desk.get(f"{AUDIT}{never.pk}/").content.decode()
    Order.objects.all()._raw_delete("default")
    assert f"Flour, number {claim.object_id}" in desk.get(f"{AUDIT}{claim.pk}/").content.decode()


def test_a_process_that_is_no_more_can_be_read(desk: Client, claim: TransitionRecord, student: User) -> None:
    kind = ContentType.objects.get_for_model(Mill)  # not governed
    odd = TransitionRecord.objects.create(
        content_type=kind, object_id=1, process="wind", transition="blow_down", source="up", target="down",
        role="system", at=timezone.now(), facts={"obj": {"sails": [1, None]}, "terms": {"windy": True}},
        params={"force": 9}, book_version="",
    )  # fmt: skip
    lost = TransitionRecord.objects.create(
        content_type=claim.content_type, object_id=1, process="barley", transition="order", role="student",
        actor=student, at=timezone.now(), facts={"obj": {"bags": 3}}, outcome="eaten",
    )  # fmt: skip
    page = desk.get(AUDIT).content.decode()
    assert "wind, number 1" in page
    for record in (odd, lost):
        assert desk.get(f"{AUDIT}{record.pk}/").status_code == 200


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.EDITOR, Role.ANALYST])
def test_others_do_not_see_it(
    client: Client, make_person: MakePerson, role: Role, claim: TransitionRecord, student: User
) -> None:
    client.force_login(make_person("Other", role))
    for address in ("", "results/", "people/", f"{claim.pk}/", f"erase/{student.pk}/"):
        assert client.get(f"{AUDIT}{address}").status_code == 403
    assert client.post(f"{AUDIT}erase/{student.pk}/").status_code == 403
    assert not TransitionRecord.objects.filter(facts=None).exists()
