"""Which values may be compared with which. Operands of a condition are checked when its book loads."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from gradus.policy import tree
from gradus.policy.errors import RuleError, nearest, phrase

NUMBERS = {"whole", "decimal", "float"}
ORDERED = NUMBERS | {"moment", "date", "duration"}
PERSON_MODEL = "accounts.User"
WORDS: dict[str, Any] = {
    "text": _("text"), "whole": _("a whole number"), "decimal": _("a number"),
    "float": _("a number without fixed places"), "flag": _("yes or no"), "moment": _("a moment in time"),
    "date": _("a date"), "duration": _("a duration"), "ref": _("a reference"),
}  # fmt: skip
DAYS = _("; when a day begins depends on where somebody is, so compare dates with dates and moments with moments")


def check_comparison(
    one: tree.Operand, two: tree.Operand, said: object, other: object
) -> tuple[tree.Operand, tree.Operand]:
    """The same operands with literals in their field's own type, or a RuleError."""
    if isinstance(one, tree.Const) and not isinstance(two, tree.Const):
        two, one = check_comparison(two, one, other, said)
        return one, two
    if isinstance(two, tree.Const):
        two = tree.Const(literal(one, two, said), one.kind if {one.kind, two.kind} <= NUMBERS else two.kind)
    if not _match(one, two):
        hint = DAYS if {one.kind, two.kind} == {"date", "moment"} else ""
        raise RuleError(
            phrase(
                "{} is {} and cannot be compared with {}, which is {}{}",
                said,
                describe(one),
                other,
                describe(two),
                hint,
            )
        )
    return one, two


def check_order(op: tree.Op, one: tree.Operand, said: object) -> None:
    if op not in {"eq", "ne"} and one.kind not in ORDERED:
        raise RuleError(phrase("{} is {} and has no order; use == or !=", said, describe(one)))


def check_list(item: tree.Operand, values: list[tree.Const], said: object) -> tuple[Any, ...]:
    for value in values:
        check_comparison(item, value, said, repr(value.value))
    return tuple(literal(item, value, said) for value in values)


def literal(field: tree.Operand, value: tree.Const, said: object) -> Any:
    """A literal in the type its field holds: a text among its choices, a number it can be equal to."""
    choices = field.choices if isinstance(field, tree.Field | tree.Happening) else ()
    if choices and value.kind == "text" and value.value not in choices:
        raise RuleError(phrase("{} is never “{}”{}", said, value.value, nearest(value.value, choices)))
    if field.kind == "whole" and value.kind == "decimal":
        raise RuleError(phrase("{} is a whole number; {} is not", said, value.value))
    if value.kind in NUMBERS:
        return _number(field, value.value, said)
    return value.value


def _number(field: tree.Operand, value: Any, said: object) -> Any:
    if field.kind == "float":
        return float(value)
    if field.kind != "decimal":
        return value
    number, places = Decimal(value), getattr(field, "places", None)
    if places is not None and number != round(number, places):
        raise RuleError(phrase("{} has {} decimal places; {} has more", said, places, value))
    return number


def describe(operand: tree.Operand) -> str:
    to = reference(operand)
    if to == PERSON_MODEL:
        return phrase("a person")
    return phrase("a reference to {}", to) if to else str(WORDS[operand.kind])


def reference(operand: tree.Operand) -> str:
    if isinstance(operand, tree.Person):
        return PERSON_MODEL
    return operand.to if isinstance(operand, tree.Field | tree.Fact) else ""


def _match(one: tree.Operand, two: tree.Operand) -> bool:
    if one.kind == "ref" or two.kind == "ref":
        return one.kind == two.kind and reference(one) == reference(two)
    if one.kind == two.kind == "date":
        return _is_answer(one) == _is_answer(two)
    numbers = {one.kind, two.kind}
    return one.kind == two.kind or (numbers <= NUMBERS and numbers != {"decimal", "float"})


def _is_answer(operand: tree.Operand) -> bool:
    return isinstance(operand, tree.Field) and bool(operand.answer)
