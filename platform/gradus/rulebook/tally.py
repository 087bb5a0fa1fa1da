"""Rows of one model, counted in groups that answer every question of many conditions alike.

A change of a matrix asks hundreds of conditions of every row, made from a handful of questions ("is the amount at
most 100?"). So the database asks each row each question once, and counts rows by their answers; conditions are put
together afterwards, over a few hundred groups instead of a million rows. Only questions that are false when
something is missing are asked, their opposites are the other groups: NULL and NOT never meet.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import add, and_, or_
from types import SimpleNamespace
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Case, Count, Max, Min, Q, Value, When

from gradus.policy import tree
from gradus.policy.evaluate import compile_check
from gradus.policy.normal import normalise
from gradus.policy.sql import ALL, Asker, Everything, Filter, compile_filter
from gradus.rulebook.supposing import Asked, leaves

WORD = 62  # answers in one number that every database holds


class Tally:
    """Ask conditions, `count`, then see which groups each is true of: a number with one bit for each group.

    `keys` are columns with few values, such as the state: what is asked of them alone is answered by the groups.
    """

    def __init__(self, model: type[models.Model], now: datetime, keys: list[str], rows: Q) -> None:
        self.model, self.now, self.keys, self.rows = model, now, keys, rows
        self.asked: dict[Any, Filter] = {}
        self.groups: list[tuple[int, Any, Any]] = []  # how many rows, and the first and last of them
        self.true: dict[Any, int] = {}

    def ask(self, condition: tree.Node) -> None:
        for leaf in leaves(condition):
            if isinstance(leaf, tree.Truth):
                continue
            question, _opposite = _question(leaf)
            if question not in self.asked and not self._is_key(question):
                self.asked[question] = self._filter(question)

    def _is_key(self, leaf: Any) -> bool:
        match leaf:
            case tree.Compare(left=tree.Field(lookup=column), right=tree.Const()):
                return column in self.keys
            case tree.OneOf(left=tree.Field(lookup=column)):
                return column in self.keys
        return False

    def _filter(self, question: Any) -> Filter:
        if isinstance(question, Asked):
            return Q(question.q)
        return compile_filter(question, Asker(self.model, None, None, self.now))

    def count(self) -> None:
        """One pass over the rows."""
        questions = [question for question, found in self.asked.items() if isinstance(found, Q)]
        words = [questions[start : start + WORD] for start in range(0, len(questions), WORD)]
        named = {f"answers_{number}": self._word(word) for number, word in enumerate(words)}
        found = self._rows(named)
        self.groups = [row[-3:] for row in found]
        self.values = [SimpleNamespace(**dict(zip(self.keys, row, strict=False))) for row in found]
        for number, word in enumerate(words, start=len(self.keys)):
            for bit, question in enumerate(word):
                self.true[question] = _bits(row[number] >> bit & 1 for row in found)

    def _rows(self, named: dict[str, Any]) -> list[Any]:
        rows = self.model._base_manager.filter(self.rows).order_by()
        columns, counted = (*self.keys, *named), {"number": Count("pk"), "first": Min("pk"), "last": Max("pk")}
        if columns:
            grouped = rows.annotate(**named).values(*columns).annotate(**counted)
            return list(grouped.values_list(*columns, *counted))
        only = rows.aggregate(**counted)
        return [tuple(only.values())] if only["number"] else []

    def _word(self, questions: list[Any]) -> Any:
        return reduce(add, (self._answer(question, 1 << bit) for bit, question in enumerate(questions)))

    def _answer(self, question: Any, value: int) -> Case:
        return Case(When(self.asked[question], then=Value(value)), default=Value(0), output_field=BigIntegerField())

    @property
    def everything(self) -> int:
        return (1 << len(self.groups)) - 1

    def where(self, condition: tree.Node) -> int:
        """The groups of which a condition is true."""
        match condition:
            case tree.Truth(value):
                return self.everything if value else 0
            case tree.And(nodes):
                return reduce(and_, map(self.where, nodes))
            case tree.Or(nodes):
                return reduce(or_, map(self.where, nodes))
        question, opposite = _question(condition)
        found = self._true(question)
        return self.everything ^ found if opposite else found

    def _true(self, question: Any) -> int:
        if question not in self.true:
            known = self.asked.get(question)
            if isinstance(known, Everything):
                self.true[question] = self.everything if known is ALL else 0
            else:
                check = compile_check(question)
                self.true[question] = _bits(check(values, None, None, self.now) for values in self.values)
        return self.true[question]

    def size(self, groups: int) -> int:
        return sum(number for number, _first, _last in self._of(groups))

    def examples(self, groups: int, most: int) -> list[Any]:
        """Keys of a few rows, the newest of each group."""
        found = sorted(((last, first) for _number, first, last in self._of(groups)), reverse=True)
        keys = [*(last for last, _first in found[:most]), *(first for _last, first in found[:most])]
        return list(dict.fromkeys(keys))[:most]

    def _of(self, groups: int) -> Iterator[tuple[int, Any, Any]]:
        return (self.groups[number] for number, bit in enumerate(f"{groups:b}"[::-1]) if bit == "1")


def _question(leaf: tree.Node) -> tuple[Any, bool]:
    """The leaf or its opposite, whichever is false when something is missing; and whether it is the opposite."""
    opposite = leaf.missing if isinstance(leaf, tree.Compare) else bool(getattr(leaf, "negated", False))
    if not opposite:
        return leaf, False
    return (replace(leaf, negated=False) if isinstance(leaf, Asked) else normalise(leaf, negated=True)), True


def _bits(answers: Iterator[Any]) -> int:
    text = "".join("1" if answer else "0" for answer in answers)
    return int(text[::-1] or "0", 2)
