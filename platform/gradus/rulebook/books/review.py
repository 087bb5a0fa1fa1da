"""What publishing a draft would do, before it does it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.workbench.registry import workbench_url
from gradus.policy.books import Book
from gradus.policy.checks import warnings
from gradus.policy.ruleset import RuleSet
from gradus.policy.trying import Result, try_book
from gradus.rulebook import publishing, store
from gradus.rulebook.comparing import Change, changes, name_of
from gradus.rulebook.crossing.beginning import Beginning, beginning
from gradus.rulebook.editions import lowered
from gradus.rulebook.effects import Effect, effects
from gradus.rulebook.gate import objections
from gradus.rulebook.publishing import NotPublished
from gradus.rulebook.replaying import Replay, replay

LAST = 2_000  # decisions; a page that is asked for cannot wait for a million
AROUND = 3  # lines


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`sign` is "+", "-", "@" (lines left out) or "" as in a patch."""

    sign: str
    number: int | None
    text: str


@dataclass(slots=True)
class Review:
    """`seen` is the number of the standing it was compared with. With `unreadable`, the rest is empty."""

    seen: int
    diff: list[DiffLine]
    unreadable: list[str] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    cells: list[Change] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    tests: list[Result] = field(default_factory=list)
    replay: Replay | None = None
    rows: list["Rows"] = field(default_factory=list)
    edition: Beginning | None = None

    @property
    def may_publish(self) -> bool:
        return not self.unreadable and not self.objections and bool(self.diff)

    @property
    def failed(self) -> list[Result]:
        return [result for result in self.tests if not result.passed]


@dataclass(frozen=True, slots=True)
class Rows:
    """What a changed cell does to the things that are there, with a few of them to look at."""

    effect: Effect
    gained: list[tuple[str, str]]  # what it is called, and its address in the workbench
    lost: list[tuple[str, str]]


def review(file: str, text: str) -> Review:
    found = store.standing()
    texts = {**store.files(), **found.published}
    made = Review(found.number, diff(texts.get(file, ""), text))
    before = publishing.rules_of(publishing.thawed(found))
    try:
        after = publishing.rules_of(publishing.candidate({file: text}, found))
    except NotPublished as refused:
        made.unreadable = refused.objections
        return made
    made.objections = objections(before, after)
    made.edition = beginning(before, after, file)
    made.objections += list(lowered({file: text}, texts))
    made.cells = changes(before, after)
    made.warnings = [*_new_warnings(before, after), *_nobody(after, file)]
    made.tests = [result for book in after.books if book.file == file for result in try_book(book)]
    made.replay = replay(after, last=LAST)
    made.rows = [_rows(effect, after) for effect in effects(before, after) if effect.gained or effect.lost]
    return made


def _rows(effect: Effect, rules: RuleSet) -> Rows:
    model = next(book.model for book in rules.books if name_of(book) == effect.book)
    found = model._base_manager.in_bulk([each.key for each in (*effect.examples_gained, *effect.examples_lost)])
    named = {key: (str(obj), workbench_url(obj)) for key, obj in found.items()}
    gained, lost = (
        [named[each.key] for each in some if each.key in named]
        for some in (effect.examples_gained, effect.examples_lost)
    )
    return Rows(effect, gained, lost)


def _new_warnings(before: RuleSet, after: RuleSet) -> Iterable[str]:
    known = {(problem.file, problem.key, problem.text) for problem in warnings(before)}
    there = {*before.versions.values()}  # a text that is kept as an older edition says nothing new
    found = [each for each in warnings(after) if after.versions[each.file] not in there]
    return [str(each) for each in found if (each.file, each.key, each.text) not in known]


def _nobody(after: RuleSet, file: str) -> Iterable[str]:
    """Roles with rows in this book that nobody active holds, and rules by which one decides on one's own."""
    held = set(User.objects.filter(is_active=True).values_list("groups__name", flat=True))
    for book in (each for each in after.books if each.file == file):
        rows = {role for rule in book.rules.values() for role in rule.rows} - {Role.GUEST, Role.SYSTEM}
        for role in sorted(rows - {Role(name) for name in held if name in set(Role)}):
            yield _("%(file)s: nobody has the role “%(role)s”.") % {"file": file, "role": role.label}
        yield from _self_approval(book)


def _self_approval(book: Book) -> Iterable[str]:
    """Deciding transitions of roles that decide, which nothing forbids to the person it is about."""
    own = book.conditions.get("own")
    if own is None:
        return
    for name, rule in book.transitions.items():
        staff = rule.rows.keys() - {Role.STUDENT, Role.GUEST, Role.SYSTEM}
        mine = all(row.text in {"own", "never"} for role, row in rule.rows.items() if role in staff)
        if staff and not rule.forbid_text and not mine and rule.waiting:
            said = _(
                "%(file)s: transitions.%(name)s: staff may do this to what is their own; forbid = “own” prevents it."
            )
            yield said % {"file": book.file, "name": name}


def diff(before: str, after: str) -> list[DiffLine]:
    """Line by line, with what stands around each change; empty when nothing differs."""
    lines: list[DiffLine] = []
    old, new = before.splitlines(), after.splitlines()
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        lines.append(DiffLine("@", None, _("line %s") % (group[0][3] + 1)))
        for tag, start, end, start_new, end_new in group:
            if tag == "equal":
                lines += [DiffLine("", start_new + n + 1, text) for n, text in enumerate(new[start_new:end_new])]
                continue
            lines += [DiffLine("-", None, text) for text in old[start:end]]
            lines += [DiffLine("+", start_new + n + 1, text) for n, text in enumerate(new[start_new:end_new])]
    return lines
