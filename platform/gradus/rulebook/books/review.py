"""What publishing a draft would do, before it does it."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gradus.accounts.models import User
from gradus.accounts.roles import Role, actor_for
from gradus.core.words import in_words
from gradus.flow.workbench.registry import workbench_url
from gradus.policy.books import Book
from gradus.policy.ruleset import RuleSet
from gradus.policy.source import lines_of
from gradus.policy.texts import said
from gradus.policy.trying import Result, try_book
from gradus.rulebook import publishing, store
from gradus.rulebook.books.cautions import cautions
from gradus.rulebook.books.others import Other, others
from gradus.rulebook.books.placing import Placed, failures, mistakes, placed
from gradus.rulebook.books.replayed import Replayed, decided_again
from gradus.rulebook.books.sides import NamedPair, Sides, named, sides
from gradus.rulebook.comparing import ABSENT, Change, changes, name_of
from gradus.rulebook.creations import Creation, creations
from gradus.rulebook.crossing.beginning import Beginning, beginning
from gradus.rulebook.editions import lowered
from gradus.rulebook.effects import Effect, Example, effects
from gradus.rulebook.gate import changed, failing, new_mistakes, obstacles
from gradus.rulebook.publishing import NotPublished
from gradus.rulebook.seeing.processes import known_to, label_of

AROUND = 3  # lines
NUMBERS = "values"


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
    unreadable: list[Placed] = field(default_factory=list)
    objections: list[Placed] = field(default_factory=list)
    numbers: list["Number"] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    matrices: list[Sides] = field(default_factory=list)
    named: list[NamedPair] = field(default_factory=list)
    warnings: list[Placed] = field(default_factory=list)
    tests: list[Result] = field(default_factory=list)
    failures: list[Placed] = field(default_factory=list)
    replayed: Replayed | None = None
    rows: list["Rows"] = field(default_factory=list)
    creations: list["Filing"] = field(default_factory=list)
    edition: Beginning | None = None

    @property
    def may_publish(self) -> bool:
        return not (self.unreadable or self.objections or self.failures) and bool(self.diff)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a changed cell does to the things that are there, with a few of them to look at."""

    effect: Effect
    label: str
    gained: list["Shown"]
    lost: list["Shown"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or a bound of it, that becomes another."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing and somebody it is gained or lost by; only its number where the viewer may not view it."""

    name: str
    address: str
    person: str


@dataclass(frozen=True, slots=True)
class Filing:
    """What becomes of a right to create, in words."""

    label: str
    role: Role
    words: str
    counted: bool
    asked: int
    holders: int

    @property
    def estimated(self) -> bool:
        return self.asked < self.holders


def review(file: str, text: str, *, viewer: User, last: int) -> Review:
    """With the newest `last` decisions decided again; `viewer` reads it, and is shown no thing they may not view."""
    found = store.standing()
    texts = {**store.files(), **found.published}
    made = Review(found.number, diff(texts.get(file, ""), text))
    before = store.unfrozen(found)
    try:
        after = publishing.rules_of(publishing.candidate({file: text}, found))
    except NotPublished as refused:
        made.unreadable = mistakes(file, text, refused.objections)
        return made
    against = [*obstacles(before, after), *lowered({file: text}, texts)]
    against += failing(book for book in changed(before, after) if book.file != file)
    made.objections = [*placed(text, file, new_mistakes(before, after)), *map(Placed, against)]
    _try(made, after, file)
    made.edition = beginning(before, after, file)
    differing = changes(before, after)
    made.numbers = list(_numbers(differing, before, after))
    made.others = list(others(differing, before, after))
    for one, two in _books(before, after, file):
        made.matrices.append(sides(one, two))
        made.named += named(one, two)
    made.warnings = placed(text, file, cautions(before, after, file))
    made.replayed = decided_again(after, file, last=last, viewer=viewer)
    made.rows = [
        _rows(effect, before, after, viewer) for effect in effects(before, after) if effect.gained or effect.lost
    ]
    made.creations = [_filing(each, before, after) for each in creations(before, after)]
    return made


def _try(made: Review, after: RuleSet, file: str) -> None:
    """Run the book's tests; those that fail are told with their places."""
    for book in (each for each in after.books if each.file == file):
        results = try_book(book)
        failed = [result for result in results if not result.passed]
        made.tests += results
        made.failures += failures(book, failed) if failed else []


def _numbers(differing: list[Change], before: RuleSet, after: RuleSet) -> Iterator[Number]:
    bounds = {"min": _("Smallest"), "max": _("Largest")}
    for each in (each for each in differing if each.section == NUMBERS and each.role in {"value", *bounds}):
        known = [rules.values[each.book].values for rules in (after, before) if each.book in rules.values]
        value = next((values[each.rule] for values in known if each.rule in values), None)
        if value is not None:
            label = said(value.title or in_words(value.name))
            label = f"{label} ({bounds[each.role]})" if each.role in bounds else label
            yield Number(label, *("" if side == ABSENT else side for side in (each.before, each.after)))


def _books(before: RuleSet, after: RuleSet, file: str) -> Iterator[tuple[Book | None, Book | None]]:
    """The book of this file on both sides, whatever its edition; two of them where it changes what it governs."""
    old, new = ({(book.label, book.kind): book for book in each.books if book.file == file} for each in (before, after))
    for key in dict.fromkeys([*new, *old]):
        yield old.get(key), new.get(key)


def _rows(effect: Effect, before: RuleSet, after: RuleSet, viewer: User) -> Rows:
    book = next(book for book in (*after.books, *before.books) if name_of(book) == effect.book)
    rule, found = book.rule(effect.rule), (*effect.examples_gained, *effect.examples_lost)
    things = known_to(book.model, actor_for(viewer)).in_bulk([each.key for each in found])
    people = User.objects.in_bulk({each.person for each in found if each.person})
    gained, lost = (
        [_shown(each, things.get(each.key), people.get(each.person or 0)) for each in some]
        for some in (effect.examples_gained, effect.examples_lost)
    )
    return Rows(effect, label_of(book, rule) if rule else effect.rule, gained, lost)


def _shown(example: Example, thing: Any, person: User | None) -> Shown:
    name = str(thing) if thing is not None else _("number %s") % example.key
    return Shown(name, workbench_url(thing) if thing is not None else "", str(person or ""))


def _filing(found: Creation, before: RuleSet, after: RuleSet) -> Filing:
    book = next(book for book in (*after.books, *before.books) if name_of(book) == found.book)
    rule = book.rule(found.rule)
    label = label_of(book, rule) if rule else found.rule
    return Filing(label, found.role, _filed(found), found.counted, found.asked, found.holders)


def _filed(found: Creation) -> str:
    if found.gained is None or found.lost is None:
        if found.role in {Role.GUEST, Role.SYSTEM}:
            return _("this changes; those without an account cannot be counted.")
        return _("this changes for some, but it depends on what they fill in, so nobody can be counted.")
    number = {"gained": found.gained, "lost": found.lost}
    if not found.lost:
        return ngettext("%(gained)d person may then.", "%(gained)d people may then.", found.gained) % number
    if not found.gained:
        return ngettext(
            "%(lost)d person may not any more.", "%(lost)d people may not any more.", found.lost
        ) % number  # fmt: skip
    return _("%(gained)d people may then, %(lost)d may not any more.") % number


def diff(before: str, after: str) -> list[DiffLine]:
    """Line by line, with what stands around each change; empty when nothing differs."""
    lines: list[DiffLine] = []
    old, new = lines_of(before), lines_of(after)
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        lines.append(DiffLine("@", None, _("line %s") % (group[0][3] + 1)))
        for tag, start, end, start_new, end_new in group:
            if tag == "equal":
                lines += [DiffLine("", start_new + n + 1, text) for n, text in enumerate(new[start_new:end_new])]
                continue
            lines += [DiffLine("-", None, text) for text in old[start:end]]
            lines += [DiffLine("+", start_new + n + 1, text) for n, text in enumerate(new[start_new:end_new])]
    return lines
