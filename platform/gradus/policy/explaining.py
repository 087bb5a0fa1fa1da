"""Why not, from the same tree: every leaf with its result, and the failing ones in people's words.

Values are printed only of fields whose `show` names the role, and only to somebody who may view the object.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gradus.accounts.roles import Actor, Role
from gradus.policy import tree
from gradus.policy.deciding import About, Case, Complaint, allowed, case_for
from gradus.policy.evaluate import Check, compile_check
from gradus.policy.normal import normalise
from gradus.policy.stating import stated
from gradus.policy.texts import said
from gradus.policy.words import leaf_text, no_row, nothing_there, unknown_rule, value_text, wrong_state

VIEW = "view"
KEPT = 10_000  # nodes; an academy's books have some hundred


@dataclass(frozen=True, slots=True)
class Part:
    """A node of an explanation. `form` is and, or, named, forbid, leaf; `text` says why it fails, `reads` what of."""

    form: str
    name: str
    holds: bool
    text: str = ""
    parts: "tuple[Part, ...]" = ()
    reads: tuple[str, ...] = ()  # answers, or columns of the object
    says: str = ""  # what it asks, in the words of the matrix; only where the whole rule is laid out
    shown: tuple[tuple[str, str], ...] = ()  # likewise: label and value of what it reads, as far as the reader may see


@dataclass(frozen=True, slots=True)
class Explanation:
    """Empty (and false) exactly when the thing is allowed."""

    role: Role
    rule: str
    reasons: tuple[str, ...]
    wrong_state: bool = False
    part: Part | None = None
    about: About = ()
    printed: bool = False  # whether the reasons hold values

    @property
    def allowed(self) -> bool:
        return not self.reasons

    def __len__(self) -> int:
        return len(self.reasons)


def explain(who: Any, name: str, obj: Any, *, now: datetime | None = None, process: str | None = None) -> Explanation:
    """Everything that speaks against it; nothing when it is allowed."""
    return explain_case(case_for(who, name, obj, now, process))


def explain_case(case: Case, *, brief: bool = False, viewer: Actor | None = None) -> Explanation:
    """The whole tree, or, where it is brief, no deeper than the words people are told.

    `viewer` is who reads it, where that is somebody else: values are printed only as far as they may see them.
    """
    role, rule, book = case.actor.role, case.rule, case.book
    if rule is None or book is None or not case.known:
        return Explanation(role, "", (nothing_there() if case.obj is None else unknown_rule(case.name),))
    if not case.in_state:
        return Explanation(role, rule.key, (wrong_state(book, rule, case.state, case.move),), wrong_state=True)
    row = rule.rows.get(role)
    if row is None:
        return Explanation(role, rule.key, (no_row(rule),))
    speaker = _Speaker(case, brief=brief, viewer=viewer)
    part = speaker.rule(row.node, rule.forbid)
    about = dict(failing(part))
    return Explanation(role, row.origin, tuple(about), part=part, about=tuple(about.items()), printed=speaker.printed)


def laid_out(case: Case, viewer: Actor) -> tuple[Part | None, Part | None]:
    """What must not forbid it, and what the row of the role asks: whole, holding or not, as `viewer` may read it."""
    row = case.rule.rows.get(case.actor.role) if case.rule else None
    speaker = _Speaker(case, viewer=viewer, whole=True)
    forbid = case.rule.forbid if case.rule else None
    return speaker.part(normalise(tree.Not(forbid))) if forbid else None, speaker.part(row.node) if row else None


def failing(part: Part) -> list[Complaint]:
    """The sentences of what does not hold; of alternatives that all fail, each is one way out."""
    if part.form in {"named", "leaf"}:
        return [] if part.holds else [(part.text, part.reads)]
    parts = [failing(inner) for inner in part.parts]
    if part.form == "or":
        return [] if any(not found for found in parts) else [_alternatives(parts)]
    return [sentence for found in parts for sentence in found]


def _alternatives(parts: list[list[Complaint]]) -> Complaint:
    ways = list(dict.fromkeys(_together(found) for found in parts))
    reads = _reads([each for found in parts for each in found])
    return (ways[0] if len(ways) == 1 else _("; and also ").join(ways)), reads


def _together(found: list[Complaint]) -> str:
    return found[0][0] if len(found) == 1 else _(" and ").join(text for text, _reads in found)


def _reads(found: list[Complaint]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for _text, reads in found for name in reads))


class _Speaker:
    """Says what leaves mean for one case. Whether values may be shown is asked once."""

    def __init__(self, case: Case, *, brief: bool = False, viewer: Actor | None = None, whole: bool = False) -> None:
        self.case, self.brief, self.whole = case, brief, whole
        self.viewer = viewer or case.actor
        self.language = get_language()
        self._views: bool | None = None
        self.printed = False

    def rule(self, row: tree.Node, forbid: tree.Node | None) -> Part:
        if forbid is None:
            return self.part(row)
        refused = self.part(_unforbidden(_Same(forbid)))
        if failing(refused):
            return refused
        return self.part(row)

    def part(self, node: tree.Node, *, hushed: bool = False) -> Part:
        """`hushed` inside a name whose author gave it words: nobody is told more."""
        match node:
            case tree.And(nodes) | tree.Or(nodes):
                parts = tuple(self.part(inner, hushed=hushed) for inner in nodes)
                every = isinstance(node, tree.And)
                holds = all(part.holds for part in parts) if every else any(part.holds for part in parts)
                return Part("and" if every else "or", "", holds, "", parts)
            case tree.Named():
                return self.named(node, hushed=hushed)
            case tree.Not():
                raise TypeError("an explanation is made from the normal form")
        leaf, actor = _leaf(_Same(node)), self.case.actor
        holds = leaf.check(self.case.obj, actor.id, actor.user, self.case.now)
        text = "" if holds or hushed else _leaf_text(_Same(node), self.language) + self.values(leaf.shown)
        if not self.whole:
            return Part("leaf", leaf.name, holds, text, reads=leaf.reads)
        shown = self.shown(leaf.shown)
        return Part("leaf", leaf.name, holds, text, reads=leaf.reads, says=stated(node), shown=shown)

    def named(self, node: tree.Named, *, hushed: bool) -> Part:
        name, text = (f"not {node.name}", node.yes) if node.negated else (node.name, node.no)
        inner = self.part(node.node, hushed=hushed or (self.brief and bool(text)))
        why = failing(inner)
        sentence = ""
        if why and not hushed:
            sentence = said(text) + self.values(_shown(_Same(node.node))) if text else _together(why)
        says = stated(node) if self.whole else ""
        return Part("named", name, not why, sentence, (inner,), _reads(why), says)

    def values(self, fields: tuple[tree.Field, ...]) -> str:
        """` (it is 250.00)` for the fields of failing leaves this person may see."""
        found = dict(self.shown(fields))
        self.printed = self.printed or bool(found)
        if len(found) == 1:
            return _(" (it is %(value)s)") % {"value": next(iter(found.values()))}
        return f" ({', '.join(f'{label}: {value}' for label, value in found.items())})" if found else ""

    def shown(self, fields: tuple[tree.Field, ...]) -> tuple[tuple[str, str], ...]:
        """Label and value of the fields whose values the one who reads this may see."""
        shown = [field for field in fields if self.viewer.role in field.show]
        if not shown or not self.may_view():
            return ()
        found = {said(field.label): value_text(field, field.read(self.case.obj)) for field in shown}
        return tuple(found.items())

    def may_view(self) -> bool:
        if self._views is None:
            case = self.case
            view = case_for(self.viewer, VIEW, case.obj, case.now, case.book.process if case.book else None)
            self._views = view.rule is None or allowed(view)
        return self._views


class _Same:
    """A node as itself: books never change, so what is worked out of a node once holds as long as it lives."""

    __slots__ = ("node",)

    def __init__(self, node: Any) -> None:
        self.node = node

    def __hash__(self) -> int:
        return id(self.node)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.node is other.node


@dataclass(frozen=True, slots=True)
class _Leaf:
    check: Check
    name: str
    reads: tuple[str, ...]
    shown: tuple[tree.Field, ...]


@lru_cache(maxsize=KEPT)
def _leaf(same: _Same) -> _Leaf:
    node = same.node
    reads = tuple(_asked(field) for field in _columns(node))
    return _Leaf(compile_check(node), leaf_name(node), reads, tuple(_fields(node)))


@lru_cache(maxsize=KEPT)
def _leaf_text(same: _Same, _language: str | None) -> str:
    return leaf_text(same.node)


@lru_cache(maxsize=KEPT)
def _shown(same: _Same) -> tuple[tree.Field, ...]:
    return tuple(_fields(same.node))


@lru_cache(maxsize=KEPT)
def _unforbidden(same: _Same) -> tree.Node:
    return normalise(same.node, negated=True)


def leaf_name(node: tree.Node) -> str:
    """What a leaf reads, without any value."""
    match node:
        case tree.Term(name, negated=negated):
            return f"not {name}" if negated else name
        case tree.Truth(value):
            return "always" if value else "never"
    return ", ".join(f"obj.{field.name}" for field in _columns(node)) or "user"


def _fields(node: tree.Node) -> list[tree.Field]:
    """The printable fields a node reads: single values, and nobody's keys."""
    match node:
        case tree.And(nodes) | tree.Or(nodes):
            return [field for inner in nodes for field in _fields(inner)]
        case tree.Named(node=inner):
            return _fields(inner)
    return [field for field in _columns(node) if field.kind != "ref" and not field.many]


def _asked(field: tree.Field) -> str:
    """What somebody fills in to have it: an answer, or the column its path begins with."""
    return field.answer or field.lookup.split("__")[0]


def _columns(node: tree.Node) -> list[tree.Field]:
    match node:
        case tree.Compare(left=left, right=right) | tree.Holds(many=left, item=right):
            operands: tuple[tree.Operand, ...] = (left, right)
        case tree.OneOf(left=left) | tree.Missing(of=left):
            operands = (left,)
        case _:
            return []
    bare = (operand.of if isinstance(operand, tree.Shift) else operand for operand in operands)
    return [found for found in bare if isinstance(found, tree.Field)]
