"""Things of an older edition are moved by a stated mapping: nothing is lost, and history tells what became of it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role
from gradus.flow import attachments, limits, moving, panels, staging
from gradus.flow.carrying import Crossing, may_fit
from gradus.flow.models import AutomationRun, LimitUse, TransitionRecord
from gradus.flow.params import Kind, Param
from gradus.flow.shapes import MIGRATE
from gradus.policy import objects
from tests.conftest import MakePerson
from tests.platform.flow.conftest import RULES
from tests.platform.flow.editions import FIELDS, FIRST, SECOND, STATES, both, crossing, ordered
from tests.platform.flow.mill.models import Mill, Order


@pytest.fixture(autouse=True)
def both_editions(mill_rules: policy.RuleSet) -> Iterator[policy.RuleSet]:
    with policy.using(both()) as ruleset:
        yield ruleset


@pytest.fixture
def alma(admin: User) -> Actor:
    return Actor(admin, Role.ADMIN)


def test_states_and_answers_go_where_the_mapping_says(student: User, instructor: User, alma: Actor) -> None:
    first, second = ordered(student, 3, 400)
    flow.apply(second, "reject", by=instructor, note="Too much")
    assert moving.migrate(crossing(), by=alma) == 2
    first, second = Order.objects.order_by("pk")
    assert (first.kind, first.state, first.version, first.answers) == (
        "flour-2", "placed", 2, {"bags": 3, "budget": 300, "papers": []},
    )  # fmt: skip
    assert (second.state, second.answers) == ("rejected", {"budget": 300, "papers": []})  # 400 is more than fits
    record = flow.history(second).done().last()
    assert record is not None
    assert (record.transition, record.source, record.target, record.version) == (MIGRATE, "rejected", "rejected", 3)
    assert record.params["left"] == {"bags": 400}
    assert record.params["unfit"] == {"bags": "This is too much."}
    assert (record.actor, record.role, record.rule) == (alma.user, "admin", "edition")
    entry = panels.timeline(second)[0]
    assert (entry.label, entry.note) == ("Moved to a newer edition of the form", "No longer in the form: Bags: 400")


def test_history_names_nobody_and_nothing_that_a_reader_may_not_know_of(student: User, alma: Actor) -> None:
    """What was chosen stays as its number: names are written for each reader, and go when a person does."""
    objects.choosable("mill", label="Mill", model="mill.Mill")(
        lambda who: Mill.objects.all() if who else Mill.objects.none()
    )
    mill = '[process.fields.from_mill]\ntype = "mill"\nlabel = "Mill"\n\n'
    carrier = '[process.fields.carrier]\ntype = "person"\nlabel = "Carrier"\n\n'
    first = FIRST.replace("[fields]\n", f"{mill}{carrier}[fields]\n", 1)
    secret = Mill.objects.create(name="Secret mill", owner=student)
    chosen = {"from_mill": secret.pk, "carrier": alma.id, "title": "Bread", "bags": 3, "price": 300}
    try:
        with policy.using(policy.load_texts({"flour.toml": first})):
            order = flow.create(Order, "order", by=student, kind="flour", **chosen)
        with policy.using(policy.load_texts({"flour-1.toml": first, "flour.toml": SECOND})):
            moving.migrate(crossing(fields={**FIELDS, "from_mill": None, "carrier": None}), by=alma)
            told = panels.timeline(order)[0].note
            record = flow.history(order).done().last()
    finally:
        objects.unregister("mill")
    assert told == f"No longer in the form: Mill: {secret.pk}; Carrier: {alma.id}"
    assert record is not None
    assert record.params["left"] == {"from_mill": secret.pk, "carrier": alma.id}


def test_a_stay_goes_on_where_the_state_keeps_its_name_and_begins_anew_where_not(
    student: User, instructor: User, alma: Actor
) -> None:
    first, second = ordered(student, 3, 4)
    flow.apply(second, "reject", by=instructor, note="No")
    before = {order.pk: order.state_since for order in Order.objects.all()}
    moving.migrate(crossing(), by=alma)
    record = flow.history(first).done().last()
    assert record is not None
    assert Order.objects.get(pk=first.pk).state_since == record.at > before[first.pk]
    assert Order.objects.get(pk=second.pk).state_since == before[second.pk]


def test_nothing_else_happens(student: User, instructor: User, alma: Actor) -> None:
    (order,) = ordered(student, 3)
    flow.apply(order, "approve", by=instructor)
    uses = LimitUse.objects.count()
    moving.migrate(crossing(), by=alma)
    record = flow.history(order).done().last()
    assert record is not None
    assert flow.events.automations_of(flow.events.of(record)) == []  # though “* -> agreed” fits
    assert not AutomationRun.objects.exists()
    assert LimitUse.objects.count() == uses


def test_limits_count_across_editions(student: User, alma: Actor) -> None:
    ordered(student, 1, 2, 3, 4)
    flow.create(Order, "order", by=student, kind="flour", title="Rye", bags=1)
    with pytest.raises(flow.Limited):
        flow.create(Order, "order", by=student, kind="flour", title="Rye", bags=1)
    moving.migrate(crossing(), by=alma)
    with pytest.raises(flow.Limited):
        flow.create(Order, "order", by=student, kind="flour", title="Rye", bags=1)
    assert limits.recount(Order) == 5


SOMEBODY = '[process.fields.{0}]\ntype = "person"\n\n'
FOR_WHOM = '\n[[limits]]\nid = "{0}"\non = "order"\nallow = 1\nper = "9 days"\nof = "obj.{0}"\nsay = "One for each."\n'


@pytest.mark.parametrize("new", [("guest", "host"), ("payer", "eater")], ids=["others", "exchanged"])
def test_what_was_used_for_an_answer_goes_with_it_to_its_new_name(
    student: User, admin: User, instructor: User, alma: Actor, new: tuple[str, str]
) -> None:
    def book(text: str, names: tuple[str, str]) -> str:
        asked = "".join(SOMEBODY.format(name) for name in names)
        return text.replace("[fields]\n", f"{asked}[fields]\n", 1) + "".join(FOR_WHOM.format(name) for name in names)

    def uses() -> set[tuple[str, str]]:
        return {(use.key.rpartition("@")[2], use.owner) for use in LimitUse.objects.exclude(key__endswith="@author")}

    first, second = book(FIRST, ("eater", "payer")), book(SECOND, new)
    values: dict[str, Any] = {"title": "Bread", "bags": 3, "price": 300}
    with policy.using(policy.load_texts({"flour.toml": first})):
        flow.create(Order, "order", by=student, kind="flour", **values, eater=admin.pk, payer=student.pk)
        flow.create(Order, "order", by=student, kind="flour", **values)
    with policy.using(policy.load_texts({"flour-1.toml": first, "flour.toml": second})):
        moving.migrate(crossing(fields={**FIELDS, "eater": new[0], "payer": new[1]}), by=alma)
        expected = {(f"answers.{new[0]}", str(admin.pk)), (f"answers.{new[1]}", str(student.pk))}
        assert {each for each in uses() if each[0].startswith("answers.")} == expected
        with pytest.raises(flow.Limited, match="One for each"):
            flow.create(Order, "order", by=student, kind="flour", title="Rye", bags=1, **{new[0]: admin.pk})
        flow.create(Order, "order", by=student, kind="flour", title="Rye", bags=1, **{new[0]: instructor.pk})
        counted = uses()
        limits.recount(Order)
        assert uses() == counted


def test_files_come_along_under_their_new_field(student: User, alma: Actor) -> None:
    upload = SimpleUploadedFile("proof.pdf", b"%PDF-1.4 x", "application/pdf")
    with policy.using(policy.load(RULES)):
        kept = staging.stage(upload, owner=student)
        order = flow.create(Order, "order", by=student, kind="flour", title="Rye", bags=1, proofs=[kept.pk])
    moving.migrate(crossing(), by=alma)
    assert [file.field for file in attachments.of(order)] == ["papers"]
    fresh = Order.objects.get(pk=order.pk)
    assert fresh.answers["papers"] == [str(kept.pk)]


def test_whoever_acts_on_what_they_read_before_is_told(
    student: User, instructor: User, alma: Actor, client: Client
) -> None:
    (order,) = ordered(student, 3)
    read = Order.objects.get(pk=order.pk)
    moving.migrate(crossing(), by=alma)
    with pytest.raises(flow.Stale, match="Alma was first: “Moved to a newer edition of the form”"):
        flow.apply(read, "approve", by=instructor)
    assert Order.objects.get(pk=order.pk).state == "placed"
    flow.apply(Order.objects.get(pk=order.pk), "approve", by=instructor)
    assert Order.objects.get(pk=order.pk).state == "agreed"


def test_a_stranger_who_acts_late_learns_nothing(student: User, other_student: User, alma: Actor) -> None:
    (order,) = ordered(student, 3)
    moving.migrate(crossing(), by=alma)
    with pytest.raises(flow.Denied) as refused:
        flow.apply(order, "add", by=other_student, bags=2)
    assert refused.value.hidden


def test_moving_twice_moves_nothing_and_says_who_was_first(student: User, alma: Actor, make_person: MakePerson) -> None:
    ordered(student, 3)
    moving.migrate(crossing(), by=alma)
    with pytest.raises(flow.Stale, match="nothing left to move: Alma was first"):
        moving.migrate(crossing(), by=Actor(make_person("Otto", Role.ADMIN), Role.ADMIN))
    assert TransitionRecord.objects.filter(transition=MIGRATE).count() == 1


def test_a_mapping_that_leaves_something_out_moves_nothing(student: User, instructor: User, alma: Actor) -> None:
    _first, second = ordered(student, 3, 4)
    flow.apply(second, "approve", by=instructor)
    with pytest.raises(flow.NotNow, match="has changed meanwhile"):
        moving.migrate(crossing(states={"ordered": "placed"}), by=alma)
    with pytest.raises(flow.NotNow, match="has changed meanwhile"):
        moving.migrate(crossing(fields={"bags": "bags"}), by=alma)
    with pytest.raises(ValueError, match="does not have"):
        moving.migrate(crossing(states={**STATES, "ordered": "nowhere"}), by=alma)
    assert {order.kind for order in Order.objects.all()} == {"flour"}
    assert not TransitionRecord.objects.filter(transition=MIGRATE).exists()


def test_rules_that_changed_since_they_were_looked_at_are_looked_at_again(student: User, alma: Actor) -> None:
    ordered(student, 3)
    seen = crossing().versions
    changed = both()
    texts = {book.file: book.text for book in changed.books}
    others = policy.load_texts({**texts, "flour.toml": texts["flour.toml"] + "\n# another\n"})
    with policy.using(others), pytest.raises(flow.Stale, match="rules have changed"):
        moving.migrate(crossing(), by=alma, seen=seen)
    assert moving.migrate(crossing(), by=alma, seen=seen) == 1


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.STUDENT, Role.SYSTEM])
def test_only_administrators_move_things(student: User, role: Role) -> None:
    ordered(student, 3)
    with pytest.raises(PermissionError):
        moving.migrate(crossing(), by=Actor(student, role))


def test_the_number_of_statements_does_not_grow_with_the_things(
    student: User, make_person: MakePerson, alma: Actor, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        ordered(make_person(f"Student{number}", Role.STUDENT), 1, 2, 3, 4, 5)
    quiet = list(flow.events._recording.items())
    flow.events._recording.clear()
    try:
        with django_assert_max_num_queries(12):
            assert moving.migrate(crossing(), by=alma) == 40
    finally:
        flow.events._recording.update(quiet)


TARGETS = ("placed", "agreed", "rejected")
NEW = (None, "bags", "words")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    moves=st.lists(st.tuples(st.integers(1, 120), st.sampled_from(["", "approve", "reject"])), min_size=1, max_size=5),
    states=st.fixed_dictionaries({name: st.sampled_from(TARGETS) for name in STATES}),
    field=st.sampled_from(NEW),
    price=st.sampled_from([None, "budget"]),
)
def test_any_mapping_keeps_every_thing_and_history_explains_it(
    student: User, instructor: User, alma: Actor, moves: list[tuple[int, str]], states: dict[str, str],
    field: str | None, price: str | None,
) -> None:  # fmt: skip
    LimitUse.objects.all().delete()
    Order.objects.all().delete()
    orders = ordered(student, *(bags for bags, _name in moves))
    for order, (bags, name) in zip(orders, moves, strict=True):
        if name:
            flow.apply(order, name, by=alma if bags > 100 and name == "approve" else instructor, note="So")
    before = {order.pk: order for order in Order.objects.all()}
    mapping = Crossing(Order, "flour", states, {**FIELDS, "bags": field, "price": price})
    assert moving.migrate(mapping, by=alma) == len(before)
    after = {order.pk: order for order in Order.objects.all()}
    assert after.keys() == before.keys()
    for pk, order in after.items():
        was = before[pk]
        assert (order.kind, order.state, order.version) == ("flour-2", states[was.state], was.version + 1)
        record = flow.history(order).done().last()
        assert record is not None
        assert (record.source, record.target, record.version) == (was.state, order.state, order.version)
        assert order.state_since == (was.state_since if order.state == was.state else record.at)
        left = record.params["left"]
        for name, to in mapping.fields.items():  # every answer is in the form or in the history
            if was.answers.get(name):
                assert (name in left) != (to in order.answers and to is not None)
                assert left.get(name, was.answers[name]) == was.answers[name]
        assert (field == "words") == ("words" in order.answers)
        assert order.answers.get("words") in {None, str(was.answers["bags"])}
        flow.offers(order, instructor)
    assert Counter(order.state for order in after.values()) == Counter(states[order.state] for order in before.values())


def test_what_the_newer_form_asks_only_sometimes_is_missing_only_then(student: User) -> None:
    asked = '[process.fields.words]\ntype = "text"\nlabel = "In words"\nrequired = true\nwhen = "obj.bags >= 10"\n'
    second = SECOND.replace('[process.fields.words]\ntype = "text"\nlabel = "In words"\n', asked)
    assert asked in second
    with policy.using(policy.load_texts({"flour-1.toml": FIRST, "flour.toml": second})):
        assert crossing().missing({"bags": 3}) == []
        assert crossing().missing({"bags": 30}) == ["words"]
        assert crossing().missing({"bags": 30, "words": "Thirty"}) == []


def form(kind: str, **more: Any) -> Param:
    return Param(name="x", kind=Kind(kind), required=False, **more)


FITTING = [
    (form("text"), form("number"), "17", 17),
    (form("text"), form("number"), "many", "This must be a whole number."),
    (form("number"), form("text"), 17, "17"),
    (form("text"), form("text", many=3), "one", ["one"]),
    (form("text", many=3), form("text"), ["one"], "one"),
    (form("text", many=3), form("text"), ["one", "two"], "This takes one value."),
    (form("person", many=3), form("person"), [1, 2], "This takes one value."),
    (form("choice", choices=(("a", "A"), ("b", "B"))), form("choice", choices=(("b", "B"),)), "b", "b"),
    (
        form("choice", choices=(("a", "A"), ("b", "B"))),
        form("choice", choices=(("b", "B"),)),
        "a",
        "This is not one of",
    ),
    (form("text"), form("date"), "2026-03-01", "2026-03-01"),
    (form("text"), form("date"), "in March", "This must be a date"),
    (form("money", most=900), form("money", most=800), 850, "This is too much."),
    (form("flag"), form("flag"), False, False),
    (form("person"), form("person"), 4711, 4711),  # whoever they are, and whether they are still there
    (form("file", many=5), form("file", many=1), ["one", "two"], ["one", "two"]),  # no file is lost
]


@pytest.mark.parametrize(("old", "new", "stored", "found"), FITTING)
def test_an_answer_fits_its_new_field_or_is_told_why_not(old: Param, new: Param, stored: Any, found: Any) -> None:
    assert may_fit(old, new)
    mapping = crossing(fields={"x": "y"})
    mapping.__dict__.update(old={"x": old}, new={"y": new})
    carried = mapping.carry({"x": stored})
    if isinstance(found, str) and found != carried.answers.get("y"):
        assert carried.left == {"x": stored}
        assert carried.unfit["x"].startswith(found)
    else:
        assert (carried.answers, carried.left) == ({"y": found}, {})


@pytest.mark.parametrize(("old", "new"), [("money", "number"), ("number", "money"), ("flag", "text"), ("file", "text")])
def test_what_would_mean_something_else_is_not_offered(old: str, new: str) -> None:
    assert not may_fit(form(old), form(new))
