"""Declared machines: the `[process]` of a book, run by functions django-fsm decorates for the model's field."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django_fsm import transition

from gradus import policy
from gradus.accounts.roles import Actor
from gradus.flow import values
from gradus.flow.models import Declared
from gradus.flow.params import Kind, Param, Params, of_model_field
from gradus.flow.shapes import NEW, Machine, Move, Runner, State
from gradus.policy import objects
from gradus.policy.books import Book, TransitionRule
from gradus.policy.machines import ANY
from gradus.policy.process import Question
from gradus.policy.texts import said_later

_machines: dict[tuple[type[Declared], str], tuple[str, Machine]] = {}


def machine(model: type[Declared], kind: str) -> Machine:
    """The machine of a kind, as the active book has it. Raises LookupError for an unknown kind."""
    book = policy.active().book(model._meta.label, kind)
    version, known = _machines.get((model, kind), ("", None))
    if known is None or version != book.version:
        known = _of_book(model, book)
        _machines[model, kind] = book.version, known
    return known


def kinds(model: type[Declared]) -> list[str]:
    return [book.process for book in policy.active().books if book.model is model and book.definition is not None]


def _of_book(model: type[Declared], book: Book) -> Machine:
    if book.definition is None:
        raise LookupError(f"{book.file} declares no process")
    asked = Params(tuple(_called(of_model_field(model, name), book.definition.labels) for name in model.asked))
    fields = Params(tuple(of_question(question) for question in book.definition.fields.values()))
    states = {name: State(name, said_later(state.label), state.tone) for name, state in book.definition.states.items()}
    moves = [_move(model, rule, states, asked + fields) for rule in book.transitions.values() if rule.move]
    return Machine(
        model=model,
        process=book.process,
        title=said_later(book.title),
        states=states,
        moves={move.name: move for move in moves},
        help=said_later(book.definition.help),
    )


def _called(param: Param, labels: Mapping[str, str]) -> Param:
    return replace(param, label=said_later(labels[param.name])) if labels.get(param.name) else param


def _move(model: type[Declared], rule: TransitionRule, states: Mapping[str, State], fields: Params) -> Move:
    found = rule.from_
    sources = (
        *(name for name in states if ANY in found or name in found),
        *(("",) if NEW in found else ()),
    )
    params = Params(tuple(of_question(question) for question in rule.ask.values()))
    return Move(
        name=rule.name,
        label=said_later(rule.label),
        done=said_later(rule.done),
        sources=sources,
        target=rule.to or "",
        params=fields + params if NEW in found else params,
        run=_runner(model, rule.name, sources, rule.to or "", frozenset(fields.by_name) - frozenset(model.asked)),
        tone=rule.tone,
        confirm=said_later(rule.confirm),
        waiting=rule.waiting,
    )


def _runner(model: type[Declared], name: str, sources: tuple[str, ...], target: str, kept: frozenset[str]) -> Runner:
    """The function behind a declared transition: keep the answers, let the model add to it."""

    def move(obj: Declared, by: Actor, at: datetime, params: Mapping[str, Any]) -> None:
        given = {key: values.answered(value) for key, value in params.items() if key in kept}
        if given:
            obj.answers = {**obj.answers, **given}
        obj.moved(name, by=by, at=at, params=params)

    move.__name__ = name
    field = model._meta.get_field("state")
    runner: Runner = transition(field=field, source=list(sources), target=target or None)(move)
    return runner


def of_question(question: Question) -> Param:
    """A book's typed field as a parameter."""
    refers = objects.registered().get(question.type)
    kind = Kind.OBJECT if refers else Kind(question.type)
    model = refers.cls if refers else get_user_model() if kind is Kind.PERSON else None
    return Param(
        name=question.name,
        kind=kind,
        label=said_later(question.label),
        help=said_later(question.help),
        required=question.required,
        many=question.many,
        choices=tuple((value, said_later(label)) for value, label in question.choices),
        least=question.min,
        most=question.max,
        default=question.default,
        model=model,
        within={"is_active": True} if kind is Kind.PERSON else {},
        currency=settings.CURRENCY if kind is Kind.MONEY else "",
        when=question.when,
        refers=question.type if refers else "",
        among=refers.choosable if refers else None,
    )
