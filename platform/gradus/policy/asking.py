"""`when`: the condition under which a field of a process, or what a transition asks, is asked at all.

It is read over what is proposed: the other answers, the columns somebody fills in, facts about the person. Where a
thing is there already, over the thing as well. What is not asked is not kept, and so is missing for whatever reads it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db import models

from gradus.policy import machines, tree
from gradus.policy.answers import reader
from gradus.policy.errors import EchoError, RuleError, phrase
from gradus.policy.evaluate import compile_check
from gradus.policy.language import parse
from gradus.policy.normal import normalise
from gradus.policy.process import Question, When, kind_of, model_of, types
from gradus.policy.scope import BookScope, check_size
from gradus.policy.source import Path, Source

Questions = Mapping[str, Question]


def answer_of(question: Question) -> tree.Field | None:
    """The answer as conditions read it; None where they read nothing of it, as of files."""
    kind = kind_of(question.type)
    if kind is None:
        return None
    return tree.Field(
        question.name, kind, question.label, reader(question.name, kind), answer=question.name, show=question.show,
        choices=tuple(key for key, _label in question.choices), labels=question.choices,
        money=question.type == "money", to=model_of(question.type),
    )  # fmt: skip


def known_before(model: type[models.Model]) -> frozenset[str]:
    """The columns a proposal has before it is filed."""
    machine = machines.for_model(model)
    kind = machine.kind_field if machine and machine.kind_field else "kind"
    return frozenset({kind, "created_at", getattr(model, "author_field", ""), *getattr(model, "asked", ())} - {""})


class AskingScope(BookScope):
    """The names of a book, and what is asked together.

    `known` are the columns that can be read before the thing is there; None where it is.
    """

    def __init__(self, book: BookScope, asked: Questions, known: Collection[str] | None) -> None:
        answers = {name: answer for name, question in asked.items() if (answer := answer_of(question)) is not None}
        untyped = {name for name, question in asked.items() if question.type not in types()}
        super().__init__(book.model, {**book.fields, **answers}, book.written, {*book.lost, *untyped})
        self.book, self.asked, self.known = book, asked, known

    def condition(self, name: str) -> tree.Node:
        """What is wrong with a condition only where it is asked like this is told here."""
        try:
            return super().condition(name)
        except EchoError as echo:
            raise (echo if name in self.book.wrong else RuleError(echo)) from None

    def field(self, name: str) -> tree.Field:
        question = self.asked.get(name)
        if question is not None and question.type == "file":
            raise RuleError(phrase("obj.{} is a file, and no condition reads files", name))
        if question is not None and question.many > 1:
            raise RuleError(phrase("obj.{} takes several answers, and no condition reads those", name))
        return super().field(name)


def asked_when(source: Source, path: Path, scope: AskingScope, asked: Questions) -> dict[str, Question]:
    """The same questions with the `when` each has been given read."""
    found = dict(asked)
    for name, question in asked.items():
        if question.when is not None:
            found[name] = replace(question, when=None)
            with source.at(*path, name, "when"):
                found[name] = replace(question, when=_when(question.when.text, scope, name))
    for name, circle in _circles(found, {**scope.asked, **found}):
        text = phrase("fields wait for each other in a circle: {}; ask one of them always", " → ".join(circle))
        source.report((*path, name, "when"), text)
    return found


def _when(text: str, scope: AskingScope, name: str) -> When:
    node = parse(text, scope)
    check_size(node)
    node = normalise(node)
    reads = tuple(dict.fromkeys(_reads(leaf, scope.known) for leaf in _fields(node, scope.known)))
    if name in reads:
        raise RuleError(phrase("“{}” cannot depend on its own answer", name))
    return When(text, node, compile_check(node), reads)


def _reads(field: tree.Field, known: Collection[str] | None) -> str:
    """The answer or column behind a field, which has to be there when the question is asked."""
    column = field.answer or field.lookup.split("__")[0]
    if known is not None and not field.answer and column not in known:
        raise RuleError(
            phrase("obj.{} is not known before this is filed; read what is asked, or the person", field.name)
        )
    return column


def _fields(node: tree.Node, known: Collection[str] | None) -> Iterator[tree.Field]:
    match node:
        case tree.And(nodes) | tree.Or(nodes):
            for inner in nodes:
                yield from _fields(inner, known)
        case tree.Named(node=inner):
            yield from _fields(inner, known)
        case tree.Term(name=name):
            if known is not None:
                raise RuleError(phrase("“{}” needs the thing itself, which is not there before this is filed", name))
        case _:
            yield from fields_in(node)


def fields_in(leaf: Any) -> list[tree.Field]:
    """The fields one leaf reads."""
    operands = [getattr(leaf, side, None) for side in ("left", "right", "many", "item", "of")]
    operands = [each.of if isinstance(each, tree.Shift) else each for each in operands]
    return [each for each in operands if isinstance(each, tree.Field)]


def _circles(named: Questions, together: Questions) -> Iterator[tuple[str, list[str]]]:
    """Each circle once: the first of its fields in the order of the book, and the way around."""
    told: set[str] = set()
    for name in named:
        circle = _way_back(name, together)
        if circle and told.isdisjoint(circle):
            told.update(circle)
            yield name, circle


def _way_back(start: str, together: Questions) -> list[str]:
    """The shortest way from a field over what it reads back to itself, or nothing."""
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop(0)
        question = together.get(way[-1])
        for read in question.when.reads if question is not None and question.when is not None else ():
            if read == start:
                return [*way, start]
            if read not in seen:
                seen.add(read)
                ways.append([*way, read])
    return []
