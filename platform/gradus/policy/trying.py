"""The `[[tests]]` of books: each builds an object in memory; what it does not list must be refused.

`given` holds field values by name. A person or another thing is any word (`author = "ada"`): the same word is the same
one. A moment may be told from now: `since = "3 days ago"`, `due = "in 2 hours"`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from gradus.accounts.roles import Actor, Role
from gradus.policy import machines, terms, tree
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.bounds import COUNTED
from gradus.policy.errors import RuleError, nearest, phrase
from gradus.policy.kinds import describe
from gradus.policy.process import TestCase
from gradus.policy.ruleset import move_of

ASKER = 1
SOMETHING = -1  # the key of the object itself
FORMS: dict[str, type | tuple[type, ...]] = {
    "text": str, "whole": int, "decimal": (int, float), "float": (int, float), "flag": bool, "moment": datetime,
    "date": date, "duration": (), "ref": int,
}  # fmt: skip
_RELATIVE = re.compile(rf"(?:(\d+) {COUNTED} ago)|(?:in (\d+) {COUNTED})|now")


@dataclass(frozen=True, slots=True)
class Result:
    """One test of one book: `lacking` was listed and refused, `surplus` allowed and not listed."""

    file: str
    line: int
    number: int
    lacking: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    error: str = ""

    @property
    def passed(self) -> bool:
        return not (self.lacking or self.surplus or self.error)

    def __str__(self) -> str:
        said = [self.error] if self.error else []
        said += [phrase("should be allowed but is refused: {}", ", ".join(self.lacking))] if self.lacking else []
        said += [phrase("is allowed but not listed: {}", ", ".join(self.surplus))] if self.surplus else []
        return f"{self.file}:{self.line}: tests.{self.number}: {'; '.join(said) or 'passed'}"


def try_book(book: Book, *, now: datetime | None = None) -> list[Result]:
    """Run the tests of one book. Nothing is read from the database."""
    return [try_case(book, case, now=now or timezone.now()) for case in book.tests]


def try_case(book: Book, case: TestCase, *, now: datetime) -> Result:
    try:
        obj, user = _Stand(book, case, now).build()
    except RuleError as error:
        return Result(book.file, case.line, case.number, error=str(error))
    role = Role(case.role)
    actor = Actor(None if role in {Role.GUEST, Role.SYSTEM} else user, role)
    found = {rule.name for rule in book.rules.values() if _may(book, rule, actor, obj, now)}
    lacking, surplus = sorted(case.may - found), sorted(found - case.may)
    return Result(book.file, case.line, case.number, tuple(lacking), tuple(surplus))


def _may(book: Book, rule: Right, actor: Actor, obj: Any, now: datetime) -> bool:
    if isinstance(rule, TransitionRule):
        move = move_of(book, rule)
        if move is None or not move.starts_in(obj.stated_state):
            return False
    row = rule.rows.get(actor.role)
    return row is not None and row.check(obj, actor.id, actor.user, now)


class _Stand:
    """Builds what a condition reads, attribute by attribute, without a model instance or a query."""

    def __init__(self, book: Book, case: TestCase, now: datetime) -> None:
        self.book, self.case, self.now = book, case, now
        self.keys: dict[str, int] = {"user": ASKER}

    def build(self) -> tuple[Any, Any]:
        obj = SimpleNamespace(stated_terms={}, stated_state="", answers={})
        known = terms.for_model(self.book.label)
        for name, value in self.case.given.items():
            if name in known:
                obj.stated_terms[name] = bool(value)
            elif name in self.book.fields:
                self.put(obj, self.book.fields[name], value)
            else:
                raise RuleError(phrase("given: {}: unknown field{}", name, nearest(name, {*self.book.fields, *known})))
        for name in self.case.is_:
            self.put(obj, self.book.fields[name], "user")
        self.complete(obj)
        facts = {name: self.moment(value) for name, value in self.case.facts.items()}
        return obj, SimpleNamespace(pk=ASKER, stated_facts=facts)

    def put(self, obj: Any, field: tree.Field, value: Any) -> None:
        if field.answer:
            obj.answers[field.answer] = self.value(field, value)
            return
        *through, last = field.hops
        for hop in through:
            if getattr(obj, hop, None) is None:
                setattr(obj, hop, SimpleNamespace())
            obj = getattr(obj, hop)
        setattr(obj, last, self.value(field, value))

    def complete(self, obj: Any) -> None:
        """What was not given is missing; a to-many field is empty, and a state is before the beginning."""
        machine = machines.for_model(self.book.model)
        state = machine.state_field if machine else "state"
        obj.stated_state = getattr(obj, state, "")
        for field in self.book.fields.values():
            if field.answer or len(field.hops) != 1 or hasattr(obj, field.hops[0]):
                continue
            absent = {state: "", "pk": SOMETHING}.get(field.hops[0])
            setattr(obj, field.hops[0], absent)

    def value(self, field: tree.Field, value: Any) -> Any:
        if field.many:
            values = value if isinstance(value, list) else [value]
            return frozenset(self.single(field, item) for item in values)
        return self.single(field, value)

    def single(self, field: tree.Field, value: Any) -> Any:
        if field.kind == "ref" and isinstance(value, str):
            return self.keys.setdefault(value, len(self.keys) + 1)
        if field.choices and value not in field.choices:
            raise RuleError(phrase("given: {} is never “{}”{}", field.name, value, nearest(str(value), field.choices)))
        found = self.moment(value) if field.kind == "moment" else value
        if not isinstance(found, FORMS[field.kind]) or isinstance(found, bool) != (field.kind == "flag"):
            hint = phrase("; write “3 days ago” or “in 2 hours”") if field.kind == "moment" else ""
            raise RuleError(phrase("given: {} is {}, not {!r}{}", field.name, describe(field), value, hint))
        return found

    def moment(self, value: Any) -> Any:
        if not isinstance(value, str) or not (found := _RELATIVE.fullmatch(value)):
            return value
        ago, ago_unit, ahead, ahead_unit = found.groups()
        if ago:
            return self.now - timedelta(**{f"{ago_unit}s": int(ago)})
        return self.now + (timedelta(**{f"{ahead_unit}s": int(ahead)}) if ahead else timedelta(0))


def try_all(books: Iterable[Book], *, now: datetime | None = None) -> Mapping[str, list[Result]]:
    return {book.file: try_book(book, now=now) for book in books}
