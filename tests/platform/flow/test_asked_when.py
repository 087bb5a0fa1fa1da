"""Fields asked only under a condition, on every surface; and fields that hold objects an app has registered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.api_keys import create_key
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.core import ratelimit
from gradus.flow import filing, pages, showing
from gradus.flow.asking import setting
from gradus.flow.attempts import attempt_each
from gradus.flow.forms import AskingForm, form_for
from gradus.flow.models import TransitionRecord
from gradus.flow.workbench.answers import AnswerColumns
from gradus.policy import objects
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Mill, Order

FIELDS = """
[process.fields.many]
type     = "text"
label    = "Why so many"
required = true
when     = "big"

[process.fields.cart]
type    = "choice"
label   = "Who brings it"
choices = { ours = "We do", theirs = "You do" }
when    = "obj.many is not None and obj.title != 'secret'"

[process.fields.from_mill]
type  = "mill"
label = "Mill"
when  = "user.language is None"

[conditions.big]
if  = "obj.bags > 100"
yes = "there are more than a hundred bags"

[fields]
title = "title"
"""
CHANGE = """
[transitions.change]
label   = "Change"
from    = ["ordered"]
student = "own"

[transitions.change.ask.sure]
type = "flag"

[transitions.change.ask.reason]
type     = "text"
required = true
when     = "obj.sure and obj.bags > 5"

[[
"""


@pytest.fixture(autouse=True)
def _rules(mill_rules: policy.RuleSet, tmp_path: Path) -> Iterator[None]:
    objects.choosable("mill", label="Mill", model="mill.Mill", url=lambda mill: f"/mills/{mill.pk}/")(
        lambda who: Mill.objects.exclude(name__startswith="Secret")
    )
    flour = (RULES / "flour.toml").read_text().replace("[fields]\n", FIELDS, 1)
    (tmp_path / "flour.toml").write_text(flour.replace("[[", CHANGE.strip(), 1))
    (tmp_path / "stone.toml").write_text((RULES / "stone.toml").read_text())
    with policy.using(policy.load(tmp_path)):
        yield
    objects.unregister("mill")


def order(by: User, **values: Any) -> Order:
    return flow.create(Order, "order", by=by, kind="flour", **{"title": "For bread", "bags": 3, **values})


def form(student: User, **filled: Any) -> AskingForm:
    (offer,) = filing.offered(Order, student, kind="flour", name="order")
    data = QueryDict(mutable=True)
    data.update({"title": "For bread", **filled})
    return form_for(offer.params, data, uploader=student, search=filing.search(Order, offer))


def wrong(made: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as raised:
        made()
    return raised.value.message_dict


def test_what_is_asked_is_kept_and_what_is_not_asked_is_not(student: User) -> None:
    assert order(student, bags=200, many="A feast", cart="ours").answers.keys() >= {"bags", "many", "cart"}
    assert not order(student).answers.keys() & {"many", "cart"}


def test_it_is_required_only_while_it_is_asked(student: User) -> None:
    assert wrong(lambda: order(student, bags=200)) == {"many": ["Please fill this in."]}
    assert order(student, bags=100).pk


def test_an_answer_to_what_is_not_asked_is_refused_and_emptiness_is_not(student: User) -> None:
    told = {"many": ["This is not asked for with these answers. Leave it out."]}
    assert wrong(lambda: order(student, bags=3, many="A feast")) == told
    assert "many" not in order(student, bags=3, many="").answers


def test_what_hangs_on_something_that_is_not_asked_finds_it_missing(student: User) -> None:
    """`cart` reads `many`, which is not asked for three bags: it is not asked either, whatever was typed."""
    assert form(student, bags="3", many="A feast", cart="ours").asked_names() == form(student, bags="3").asked_names()
    assert wrong(lambda: order(student, bags=3, cart="ours")).keys() == {"cart"}


def test_a_column_of_the_proposal_and_a_fact_about_the_person_decide(student: User) -> None:
    assert "cart" in wrong(lambda: order(student, title="secret", bags=200, many="A feast", cart="ours"))
    assert "from_mill" in form(student, bags="3").asked_names()
    student.language = "de"
    student.save()
    assert "from_mill" not in form(student, bags="3").asked_names()


def test_one_mistake_is_told_and_not_what_follows_from_it(student: User) -> None:
    assert wrong(lambda: order(student, bags="lots", many="A feast", cart="ours")).keys() == {"bags"}


def test_the_form_ignores_what_was_typed_into_a_field_that_is_not_asked(student: User) -> None:
    found = form(student, bags="3", many="x" * 500)
    assert found.is_valid()
    assert found.cleaned_data.keys().isdisjoint({"many", "cart"})
    assert form(student, bags="300").errors == {"many": ["Please fill this in."]}
    asked = form(student, bags="300", many="A feast")
    assert asked.is_valid()
    assert asked.cleaned_data["many"] == "A feast"


def test_the_facts_of_the_decision_are_what_was_stored(student: User) -> None:
    made = order(student, bags=3)
    record = TransitionRecord.objects.about(made).get()
    assert record.facts["obj"]["many"] is None
    assert "many" not in record.params


def test_a_transition_asks_by_the_thing_and_by_what_it_asks_besides(student: User) -> None:
    few, several = order(student, bags=5), order(student, bags=6)
    assert flow.apply(few, "change", by=student, sure=True).version == 2
    assert wrong(lambda: flow.apply(several, "change", by=student, sure=True)) == {"reason": ["Please fill this in."]}
    assert flow.apply(several, "change", by=student, sure=False).version == 2
    assert wrong(lambda: flow.apply(few, "change", by=student, sure=True, reason="x")).keys() == {"reason"}
    asked = flow.machine(several).move("change").params.given_to(setting(several, student))
    assert asked.asked({"sure": True}) == ["sure", "reason"]


def test_who_is_asked_is_decided_on_the_thing_as_it_is_and_not_as_it_was_seen(student: User) -> None:
    seen = order(student, bags=5)
    Order.objects.filter(pk=seen.pk).update(answers={"bags": 50})
    assert wrong(lambda: flow.apply(seen, "change", by=student, sure=True)).keys() == {"reason"}


def test_the_api_says_that_a_field_is_conditional_and_when(student: User) -> None:
    schema = next(iter(filing.offered(Order, student, kind="flour"))).params.schema()
    assert "many" not in schema["required"]
    assert "bags" in schema["required"]
    assert schema["properties"]["many"]["description"] == "Needed only if: there are more than a hundred bags."
    assert "Asked only if: " in schema["properties"]["cart"]["description"]


def test_the_api_refuses_an_answer_to_what_is_not_asked(client: Client, student: User) -> None:
    _key, token = create_key(user=student, name="script", role=Role.STUDENT, scopes=["read", "write"])
    body = {"kind": "flour", "values": {"title": "x", "bags": 3, "many": "A feast"}}
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post("/api/v1/orders/", body, "application/json", headers=headers)
    assert answer.status_code == 422
    assert "not asked for with these answers" in answer.content.decode()


def test_the_page_says_when_a_field_is_asked_and_where_the_script_asks(client: Client, student: User) -> None:
    client.force_login(student)
    page = client.get("/steps/mill.Order/new/flour/").content.decode()
    assert "Needed only if: there are more than a hundred bags." in page
    assert 'data-reads="bags many title"' in page
    assert 'data-fields="many cart from_mill"' in page
    assert 'data-shown="from_mill"' in page


def asked(client: Client, query: str, **filled: str) -> Any:
    answer = client.post(f"/steps/mill.order/asked/?{query}", filled)
    return answer.json()["asked"] if answer.status_code == 200 else answer.status_code


def test_the_server_tells_which_fields_are_asked(client: Client, student: User, instructor: User) -> None:
    client.force_login(student)
    new = "transition=order&kind=flour"
    assert "many" not in asked(client, new, bags="3")
    assert "many" in asked(client, new, bags="300")
    assert "cart" not in asked(client, new, bags="300")
    assert "cart" in asked(client, new, bags="300", many="A feast")
    assert "many" not in asked(client, new, bags="lots")
    made = order(student, bags=6)
    change = f"transition=change&of={made.pk}&prefix=change"
    assert asked(client, change) == ["change-sure"]
    assert asked(client, change, **{"change-sure": "on"}) == ["change-sure", "change-reason"]
    assert asked(client, f"transition=approve&of={made.pk}") == 404
    assert asked(client, "transition=nothing&kind=flour") == 404
    assert asked(client, "transition=change&of=x") == 404
    client.force_login(instructor)
    assert asked(client, change) == 404
    client.logout()
    assert asked(client, change) == 404


def test_asking_too_often_is_refused_for_a_while(client: Client, student: User, instructor: User) -> None:
    new = "transition=order&kind=flour"
    client.force_login(student)
    assert "many" in asked(client, new, bags="300")
    while ratelimit.allow(f"asked:user:{student.pk}", pages.ASKED, 60):
        pass
    assert asked(client, new, bags="300") == 429
    client.force_login(instructor)
    assert "many" in asked(client, new, bags="300")


def test_several_at_once_are_each_asked_what_concerns_them(student: User) -> None:
    few, several = order(student, bags=5), order(student, bags=6)
    tried = attempt_each([few, several], "change", by=student, values={"sure": True, "reason": "A feast"}, seen={})
    assert [attempted.done is not None for _obj, attempted in tried] == [True, True]
    params = {each.pk: TransitionRecord.objects.about(each).get(version=2).params for each in (few, several)}
    assert params[few.pk] == {"sure": True}
    assert params[several.pk] == {"sure": True, "reason": "A feast"}
    tried = attempt_each([few, several], "change", by=student, values={"sure": True, "reason": ""}, seen={})
    assert [attempted.reasons for _obj, attempted in tried] == [[], ["Please fill this in."]]


def test_an_object_is_chosen_among_those_the_person_may_choose(client: Client, student: User, instructor: User) -> None:
    upper, secret = (Mill.objects.create(name=name, owner=instructor) for name in ("Upper mill", "Secret mill"))
    assert order(student, from_mill=upper.pk).answers["from_mill"] == upper.pk
    assert wrong(lambda: order(student, from_mill=secret.pk)).keys() == {"from_mill"}
    assert form(student, bags="3", from_mill=f"{upper} ({upper.pk})").is_valid()
    assert not form(student, bags="3", from_mill=f"{secret} ({secret.pk})").is_valid()
    client.force_login(student)
    found = client.get("/api/v1/orders/choices?transition=order&kind=flour&param=from_mill").json()
    assert [choice["text"] for choice in found] == [f"Upper mill ({upper.pk})"]


def test_an_object_is_shown_by_its_name_to_those_who_may_know_it(
    client: Client, student: User, instructor: User
) -> None:
    upper = Mill.objects.create(name="Upper mill", owner=instructor)
    made = order(student, from_mill=upper)
    page = f"/steps/mill.order/{made.pk}/"
    client.force_login(student)
    assert f'<a href="/mills/{upper.pk}/">Upper mill</a>' in client.get(page).content.decode()
    words = client.get(f"/api/v1/orders/{made.pk}").json()["answers_in_words"]
    assert {"name": "from_mill", "label": "Mill", "text": "Upper mill", "urls": [f"/mills/{upper.pk}/"]} in words
    Mill.objects.filter(pk=upper.pk).update(name="Secret mill")
    assert ("Mill", ["not open to you"]) in told(made, student)
    upper.delete()
    assert ("Mill", ["no longer there"]) in told(made, student)
    assert "no longer there" in client.get(page).content.decode()
    assert flow.apply(made, "change", by=student, sure=False).answers["from_mill"] == made.answers["from_mill"]


def told(made: Order, who: User) -> list[tuple[str, Any]]:
    return [
        (str(label), [str(one) for one in value] if isinstance(value, list) else value)
        for label, value in showing.answers(made, who)
    ]


def test_names_for_a_spreadsheet_are_asked_for_once(
    student: User, instructor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mills = [Mill.objects.create(name=f"Mill {number}", owner=instructor) for number in range(5)]
    gone = Mill.objects.create(name="Gone", owner=instructor)
    made = [order(student, from_mill=mill) for mill in mills]
    made += [order(instructor, from_mill=mill) for mill in (*mills[:4], gone)]
    gone.delete()
    columns = AnswerColumns.of(Order, ["flour"], instructor)
    with django_assert_num_queries(2):  # those to be chosen, and which of the rest are there
        columns.look_up(made)
        cells = [columns.of_item(each)["answers.from_mill.Mill"] for each in made]
    assert cells == [*(mill.name for mill in [*mills, *mills[:4]]), "no longer there"]


def test_a_refusal_for_what_is_not_asked_stands_above_the_form(client: Client, student: User) -> None:
    """At its field it would stand where nobody looks."""
    text = policy.active().book("mill.Order", "flour").text
    row = 'to         = "ordered"\nstudent    = "own'
    strict = text.replace(row, f"{row} and obj.cart == 'ours'", 1)
    assert strict != text
    client.force_login(student)
    with policy.using(policy.load_texts({"flour.toml": strict})):
        few = client.post("/steps/mill.Order/new/flour/", {"title": "For bread", "bags": "3"})
        many = client.post("/steps/mill.Order/new/flour/", {"title": "For bread", "bags": "300", "many": "A feast"})
    assert few.context["refusal"].reasons == ["the who brings it is not “We do”"]
    assert not few.context["form"].errors
    assert many.context["form"].errors == {"cart": ["The who brings it is not “We do”"]}


def test_a_text_left_empty_is_missing_and_one_taken_back_is_missing_again(student: User) -> None:
    made = order(student, bags=200, many="A feast", cart="")
    assert made.answers["cart"] is None
    assert TransitionRecord.objects.about(made).get().facts["obj"]["cart"] is None
    text = policy.active().book("mill.Order", "flour").text
    first = "[transitions.change.ask.sure]"
    again = text.replace(first, f'[transitions.change.ask]\nmany = "text"\n\n{first}')
    with policy.using(policy.load_texts({"flour.toml": again})):
        assert flow.apply(made, "change", by=student, many="").answers["many"] is None


def test_no_text_of_a_book_is_html(client: Client, student: User) -> None:
    text = policy.active().book("mill.Order", "flour").text
    bold = text.replace("!= 'secret'", "!= '<b>x</b>'").replace(
        'label    = "Bags"', 'label = "Bags"\nhelp = "<b>y</b>"'
    )
    client.force_login(student)
    with policy.using(policy.load_texts({"flour.toml": bold})):
        page = client.get("/steps/mill.Order/new/flour/").content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "&lt;b&gt;y&lt;/b&gt;" in page
    assert "<b>" not in page
