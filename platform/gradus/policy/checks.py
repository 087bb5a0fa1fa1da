"""At start-up: the books fit the models, the machines and the actions. Files only; no database is asked."""

from collections.abc import Iterable, Iterator
from pathlib import Path as Folder
from typing import Any

from django.conf import settings
from django.core import checks

from gradus.accounts.roles import Role
from gradus.policy import actions, machines, tree, values
from gradus.policy.actions import ActionCall
from gradus.policy.books import Book, TransitionRule
from gradus.policy.doubts import doubts
from gradus.policy.errors import BookErrors, Problem, RuleError, phrase
from gradus.policy.idle import idle
from gradus.policy.ruleset import RuleSet, load
from gradus.policy.source import Path, Source
from gradus.policy.unused import unused


@checks.register("policy")
def check_rules(**_: Any) -> list[checks.CheckMessage]:
    try:
        ruleset = load(Folder(settings.RULES_DIR))
    except BookErrors as errors:
        return [checks.Error(str(problem), id="policy.E001") for problem in errors.problems]
    return [
        *(checks.Error(str(problem), id="policy.E002") for problem in mistakes(ruleset)),
        *(checks.Warning(str(problem), id="policy.W001") for problem in warnings(ruleset)),
    ]


def mistakes(ruleset: RuleSet) -> list[Problem]:
    """What is wrong between books and the code: transitions, rows and actions that do not meet."""
    found = [problem for machine in machines.registered() for problem in _ungoverned(ruleset, machine)]
    found.extend(_lacking(ruleset))
    for book in ruleset.books:
        source = Source(book.file, book.text)
        for rule in book.transitions.values():
            found.extend(_transition(source, book, rule))
        found.extend(miscalled(book))
    return found


def miscalled(book: Book) -> Iterator[Problem]:
    """Actions of a book that do not exist, or are not given what they need."""
    source = Source(book.file, book.text)
    for rule in book.transitions.values():
        yield from _calls(source, book, ("transitions", rule.name, "then"), rule.then)
    for number, automation in enumerate(book.automations, start=1):
        yield from _calls(source, book, ("automations", number, "do"), automation.do)


def _ungoverned(ruleset: RuleSet, machine: machines.Machine) -> Iterator[Problem]:
    """Transitions of a coded machine without a row."""
    if machine.kind_field or not machine.moves:
        return
    book = ruleset.of(machine.model).get("")
    for name in machine.moves:
        if book is None or name not in book.transitions:
            file = book.file if book else f"rules/{machine.model._meta.app_label}.toml"
            text = phrase("{}.{} is a transition without a row; nobody could make it", machine.model._meta.label, name)
            yield Problem(file, 1, f"transitions.{name}", text)


def _lacking(ruleset: RuleSet) -> Iterator[Problem]:
    """Numbers the program asks for that no book has, or in another unit."""
    for (name, asked), unit in values.needed().items():
        book, said = ruleset.values.get(name), unit or phrase("no unit")
        found = book.values.get(asked) if book else None
        if book is None or found is None:
            file = book.file if book else f"rules/{name}.toml"
            yield Problem(file, 1, f"values.{asked}", phrase("the program needs this number, in {}", said))
        elif found.unit != unit:
            line = Source(book.file, book.text).line(("values", asked, "unit"))
            yield Problem(book.file, line, f"values.{asked}.unit", phrase("the program reads this number in {}", said))


def _transition(source: Source, book: Book, rule: TransitionRule) -> Iterator[Problem]:
    path = ("transitions", rule.name)
    line, key = source.line(path), ".".join(path)
    machine = machines.for_model(book.model)
    if rule.move is None and (machine is None or rule.name not in machine.moves):
        yield Problem(book.file, line, key, phrase("{} has no transition {}", book.label, rule.name))
    if not rule.rows:
        yield Problem(book.file, line, key, phrase("a transition without a row; name a role, or give admin = “never”"))


def _calls(source: Source, book: Book, path: Path, calls: Iterable[ActionCall]) -> Iterator[Problem]:
    for call in calls:
        try:
            actions.check_call(call, book)
        except RuleError as error:
            yield Problem(book.file, source.line(path), ".".join(map(str, path)), str(error))


def warnings(ruleset: RuleSet) -> list[Problem]:
    """What is allowed but hardly meant."""
    found: list[Problem] = []
    for book in ruleset.books:
        source = Source(book.file, book.text)
        for section, rules in (("permissions", book.permissions), ("transitions", book.transitions)):
            for name, rule in rules.items():
                row = rule.rows.get(Role.GUEST)
                if row and _true_for_nobody(row.node):
                    path = (section, name, "guest")
                    text = phrase("a guest is nobody, so a comparison with != user is true for everybody")
                    found.append(Problem(book.file, source.line(path), ".".join(path), text))
        found.extend(doubts(book))
        found.extend(idle(book))
        found.extend(unused(book))
    return found


def _true_for_nobody(node: tree.Node) -> bool:
    match node:
        case tree.And(nodes) | tree.Or(nodes):
            return any(_true_for_nobody(inner) for inner in nodes)
        case tree.Named(node=inner):
            return _true_for_nobody(inner)
        case tree.Compare(op="ne", left=left, right=right):
            return isinstance(left, tree.Person) or isinstance(right, tree.Person)
    return False
