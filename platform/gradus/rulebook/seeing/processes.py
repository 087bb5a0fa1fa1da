"""What the pages call a book, its rules and its rows, and how they are named in addresses."""

from typing import Any

from django.db import models
from django.http import Http404

from gradus import flow, policy
from gradus.accounts.roles import Actor
from gradus.core.words import in_words
from gradus.flow.models import Declared, Stateful
from gradus.flow.shapes import Machine
from gradus.flow.verdicts import VIEW
from gradus.flow.workbench import workbenches
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.deciding import book_of
from gradus.policy.texts import said
from gradus.rulebook import editions


def key_of(book: Book) -> str:
    """Its word in addresses: `requests.request.refund`, or `learning.courseprogress` where there are no kinds."""
    return ".".join(filter(None, [book.model._meta.label_lower, book.process]))


def book_at(key: str) -> Book:
    """The book in force of that word; 404 when there is none."""
    found = next((book for book in policy.active().books if key_of(book) == key), None)
    if found is None:
        raise Http404
    return found


def title_of(book: Book) -> str:
    return editions.title_of(book, policy.active())


def machine_of(book: Book) -> Machine | None:
    """Its states and transitions; none where the book only gives rights."""
    return flow.machine(book.model, book.process) if issubclass(book.model, Stateful) else None


def label_of(book: Book, rule: Right) -> str:
    """What people call a transition or a right, of a draft too."""
    if isinstance(rule, TransitionRule) and book.definition is not None:
        return said(rule.label or in_words(rule.name))
    its = machine_of(book) if isinstance(rule, TransitionRule) else None
    return str(its.label(rule.name)) if its else said(in_words(rule.name))


def states_of(book: Book) -> list[str]:
    """The names of its states in their order, of a draft too."""
    if book.definition is not None:
        return list(book.definition.states)
    its = machine_of(book)
    return list(its.states) if its else []


def rows_of(book: Book) -> models.QuerySet[Any]:
    """Every object the book governs."""
    rows: models.QuerySet[Any] = book.model._default_manager.all()
    return rows.filter(kind=book.process) if issubclass(book.model, Declared) else rows


def governed() -> list[type[models.Model]]:
    """Every model a book governs, in the order of the books."""
    return list(dict.fromkeys(book.model for book in policy.active().books))


def model_at(label: str) -> type[models.Model]:
    """A governed model by its word in addresses (`requests.request`); 404 when there is none."""
    found = next((model for model in governed() if model._meta.label_lower == label), None)
    if found is None:
        raise Http404
    return found


def known_to(model: type[models.Model], viewer: Actor) -> models.QuerySet[Any]:
    """What somebody may know of: the rows they may view; all of them where no book speaks of viewing."""
    rows: models.QuerySet[Any] = model._default_manager.all()
    if not any(VIEW in book.permissions for book in policy.active().of(model).values()):
        return rows
    return policy.filter(rows, VIEW, viewer)


def is_known_to(thing: models.Model, viewer: Actor) -> bool:
    """The same of one object that is read already."""
    if not any(VIEW in book.permissions for book in policy.active().of(type(thing)).values()):
        return True
    return policy.decide(viewer, VIEW, thing).allowed


def rule_of(thing: models.Model, name: str) -> Right | None:
    book = book_of(thing)
    return book.rule(name) if book else None


def named(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """With the rows that names are usually written from, so that showing many asks nothing more."""
    joined = [field.name for field in rows.model._meta.concrete_fields if field.many_to_one and not field.null]
    return rows.select_related(*joined) if joined else rows


def list_url(book: Book, state: str, viewer: Any) -> str:
    """The objects in one state, in the workbench; nothing where there is none for this person."""
    bench = next((bench for bench in workbenches() if bench.model is book.model and bench.may_enter(viewer)), None)
    kind = f"&kind={book.kind}" if issubclass(book.model, Declared) else ""
    return f"{bench.index_path}?scope=all&state={state}{kind}" if bench else ""
