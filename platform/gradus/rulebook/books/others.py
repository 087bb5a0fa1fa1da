"""What a draft says differently besides the matrix: limits, automations, questions, texts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gradus.accounts.roles import Role
from gradus.policy.ruleset import RuleSet
from gradus.rulebook.comparing import Change, name_of, new_editions

ROWS = {*(role.value for role in Role), "forbid", "from", "to"}
TOLD_ELSEWHERE = {
    "permissions": ROWS,
    "transitions": ROWS,
    "conditions": {"if", "yes"},
    "values": {"value", "min", "max"},
}
SECTIONS = {
    "process": _("Process"), "fields": _("What conditions read"), "conditions": _("Condition"),
    "permissions": _("Right"), "transitions": _("Transition"),
    "limits": _("Limit"), "automations": _("Automation"), "tests": _("Test"), "values": _("Number"),
}  # fmt: skip
PLACES = {"process.fields.": _("Question"), "process.states.": _("State"), "process.labels.": _("Question")}


@dataclass(frozen=True, slots=True)
class Other:
    """What it is about, and its name in the book."""

    change: Change
    what: str
    name: str = ""


def others(found: Iterable[Change], before: RuleSet, after: RuleSet) -> Iterator[Other]:
    """Of books that are there on both sides: of a new one everything is new."""
    both = _names(before) & _names(after) | {begun for begun, _origin in new_editions(before, after)}
    for change in found:
        if change.book in both and change.role not in TOLD_ELSEWHERE.get(change.section, ()):
            yield Other(change, *_place(change))


def _names(rules: RuleSet) -> set[str]:
    return {*map(name_of, rules.books), *rules.values}


def _place(change: Change) -> tuple[str, str]:
    place = f"{change.rule}."
    for prefix, label in PLACES.items():
        if place.startswith(prefix):
            return str(label), change.rule.removeprefix(prefix)
    name = change.rule.removeprefix(change.section).removeprefix(".")
    return str(SECTIONS.get(change.section, pgettext_lazy("of rules", "Book"))), name
