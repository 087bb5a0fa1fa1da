"""Params: one schema from a signature or a book, and the forms built from it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from gradus import flow
from gradus.accounts.models import User
from gradus.flow.forms import form_for
from gradus.flow.params import Kind, Param, Params, of_signature
from tests.platform.flow.mill.models import Mill, Order


class Asked:
    def asks(
        self,
        *,
        title: str,
        grain: Literal["rye", "wheat"],
        mill: Mill,
        day: date,
        start: datetime | None = None,
        loud: bool = False,
        marks: list[int] = [],  # noqa: B006 - never called
        note: Annotated[str, flow.Ask(label="Your note", kind=Kind.LONG_TEXT, most=50)] = "",
        by: Any = None,
        at: datetime | None = None,
    ) -> None: ...


def test_a_signature_is_a_schema() -> None:
    params = of_signature(Asked.asks)
    assert [(param.name, param.kind, param.required) for param in params] == [
        ("title", "text", True),
        ("grain", "choice", True),
        ("mill", "object", True),
        ("day", "date", True),
        ("start", "datetime", False),
        ("loud", "flag", False),
        ("marks", "number", False),
        ("note", "long text", False),
    ]
    assert params["grain"].choices == (("rye", "Rye"), ("wheat", "Wheat"))
    assert params["marks"].many > 1
    assert (params["note"].label, params["note"].most) == ("Your note", 50)


def test_values_come_out_typed_whether_from_code_or_json(mill: Mill) -> None:
    params = of_signature(Asked.asks)
    cleaned = params.clean({"title": " T ", "grain": "rye", "mill": mill.pk, "day": "2026-03-01", "marks": [1, 2]})
    assert cleaned == {
        "title": "T", "grain": "rye", "mill": mill, "day": date(2026, 3, 1), "start": None, "loud": False,
        "marks": [1, 2], "note": "",
    }  # fmt: skip
    assert params.clean({**cleaned, "mill": mill}) == cleaned
    stored = params.stored(cleaned)
    assert (stored["mill"], stored["day"]) == (mill.pk, "2026-03-01")


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("text", "x" * 201), ("text", "a\x00b"), ("text", 3), ("number", "3.5"), ("number", True), ("number", 10**30),
        ("money", -1), ("money", 12.5), ("flag", "perhaps"), ("date", "2026-02-30"), ("date", timezone.now()),
        ("datetime", "soon"), ("choice", "c"), ("choice", ["a"]), ("email", "nobody"), ("url", "javascript:alert(1)"),
        ("file", "not-a-key"), ("file", ["1", "2"]),
    ],
)  # fmt: skip
def test_what_is_not_of_its_kind_is_refused(kind: str, raw: Any) -> None:
    param = Param(name="it", kind=Kind(kind), choices=(("a", "A"), ("b", "B")) if kind == "choice" else ())
    with pytest.raises(ValidationError):
        param.clean(raw)


def test_an_unknown_object_is_refused(mill: Mill) -> None:
    param = of_signature(Asked.asks)["mill"]
    for raw in (mill.pk + 1, "x", None, 10**30, {"pk": 1}):
        with pytest.raises(ValidationError):
            param.clean(raw)


def test_a_form_asks_in_the_words_of_the_book(student: User) -> None:
    (offer,) = flow.creations(Order, student)
    form = form_for(offer.params, uploader=student)
    assert [(name, str(field.label), field.required) for name, field in form.fields.items()] == [
        ("title", "Title", True), ("bags", "Bags", True), ("price", "Price", False), ("proofs", "Proofs", False),
    ]  # fmt: skip


def test_a_forms_values_are_what_create_takes(student: User) -> None:
    (offer,) = flow.creations(Order, student)
    data = QueryDict("title=Bread&bags=4&price=12.50")
    form = form_for(offer.params, data, {}, uploader=student)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["price"] == 1250
    order = flow.create(Order, "order", by=student, kind="flour", **form.cleaned_data)
    assert order.answers == {"bags": 4, "price": 1250, "proofs": []}


def test_form_and_schema_refuse_alike(student: User) -> None:
    (offer,) = flow.creations(Order, student)
    form = form_for(offer.params, QueryDict("title=&bags=0&price=-1"), {}, uploader=student)
    assert set(form.errors) == {"title", "bags", "price"}
    with pytest.raises(ValidationError) as caught:
        offer.params.clean({"title": "", "bags": 0, "price": -1})
    assert set(caught.value.message_dict) == set(form.errors)


def test_the_schema_for_programs_names_type_bounds_and_words(student: User) -> None:
    schema = flow.creations(Order, student)[0].params.schema()
    assert schema["required"] == ["title", "bags"]
    assert schema["properties"]["bags"] == {
        "type": "integer", "minimum": 1, "maximum": 500, "title": "Bags", "description": "",
    }  # fmt: skip
    assert schema["properties"]["proofs"]["maxItems"] == 3


def test_parameters_add_up_without_repeating_themselves() -> None:
    one, two = Params((Param(name="a"), Param(name="b"))), Params((Param(name="b", label="B"),))
    assert [(param.name, param.label) for param in one + two] == [("a", ""), ("b", "B")]
