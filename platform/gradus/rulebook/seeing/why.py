"""Why somebody may or may not do one thing to one object: the tree of conditions with what stands behind it.

The one who looks is not the one it is about: sentences and values are made for the eyes of the one who looks, so that
no value comes to light here that its field does not show to their role, nor any of an object they may not view.
"""

from dataclasses import dataclass

from django.db import models

from gradus.flow import limits
from gradus.flow.models import Stateful
from gradus.flow.registry import machine
from gradus.policy.books import Book, Right
from gradus.policy.deciding import Case, book_of, case_for, decide_case
from gradus.policy.explaining import Part, explain_case, failing, laid_out
from gradus.policy.words import state_label
from gradus.rulebook.seeing import processes
from gradus.rulebook.seeing.asked import Asked
from gradus.rulebook.seeing.tables import limit_text, way_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """One transition or right of one object, in a line."""

    name: str
    label: str
    allowed: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """The whole answer. `decided` is the row, by its place in the book; `said` the text of the rule."""

    label: str
    allowed: bool
    reasons: tuple[str, ...]
    book: Book
    decided: str
    version: str
    state: str
    in_state: bool
    way: str
    forbid: Part | None
    forbid_text: str
    forbidden: bool
    row: Part | None
    row_text: str
    limits: tuple[str, ...]
    spent: tuple[str, ...]


def verdicts(asked: Asked, obj: models.Model) -> list[Verdict]:
    """Everything its book knows, for one person: transitions first."""
    book = book_of(obj)
    rules = [*book.transitions.values(), *book.permissions.values()] if book else []
    return [_verdict(book, rule, asked, obj) for rule in rules if book is not None]


def _verdict(book: Book, rule: Right, asked: Asked, obj: models.Model) -> Verdict:
    case = case_for(asked.actor, rule.name, obj, asked.now)
    reasons = explain_case(case, viewer=asked.viewer).reasons or _spent(case)
    return Verdict(rule.name, processes.label_of(book, rule), not reasons, tuple(map(str, reasons)))


def why(asked: Asked, name: str, obj: models.Model) -> Why | None:
    """None where the object's book has no such transition or right."""
    case = case_for(asked.actor, name, obj, asked.now)
    book, rule = case.book, case.rule
    if book is None or rule is None or not case.known:
        return None
    told = explain_case(case, viewer=asked.viewer)
    forbid, row = laid_out(case, asked.viewer)
    spent = () if told.reasons else _spent(case)
    mine = rule.rows.get(asked.actor.role)
    return Why(
        label=processes.label_of(book, rule),
        allowed=not told.reasons and not spent,
        reasons=tuple(map(str, told.reasons or spent)),
        book=book,
        decided=decide_case(case).rule,
        version=book.version,
        state=state_label(book, case.state) if case.move else "",
        in_state=case.in_state,
        way=way_of(book, rule),
        forbid=forbid,
        forbid_text=rule.forbid_text,
        forbidden=bool(forbid and failing(forbid)),
        row=row,
        row_text=mine.text if mine else "",
        limits=tuple(limit_text(book, limit) for limit in book.limits if limit.on == rule.name),
        spent=spent,
    )


def _spent(case: Case) -> tuple[str, ...]:
    """What a used-up limit says against it; machines alone have limits."""
    if case.move is None or not isinstance(case.obj, Stateful) or case.name not in machine(case.obj).moves:
        return ()
    spent = limits.spent(case.obj, case.name, case.actor, case.now)
    return tuple(map(str, spent.reasons)) if spent else ()
