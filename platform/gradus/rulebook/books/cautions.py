"""What is worth a second look before a publish: allowed, but perhaps not meant. None of it stops one."""

from collections.abc import Iterator

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.models import Stateful
from gradus.policy import tree
from gradus.policy.books import Book, Condition, TransitionRule
from gradus.policy.checks import warnings
from gradus.policy.doubts import possible, starts_of
from gradus.policy.errors import Problem
from gradus.policy.idle import life_of
from gradus.policy.normal import normalise
from gradus.policy.ruleset import RuleSet, move_of
from gradus.policy.source import Source
from gradus.policy.texts import said
from gradus.rulebook.seeing.processes import label_of

ANYBODY = {Role.GUEST, Role.SYSTEM}  # no accounts: there is always somebody
JUDGES = frozenset(Role) - ANYBODY
Odd = tuple[str, str]  # a transition, or "", and what is odd about it


def cautions(before: RuleSet, after: RuleSet, file: str) -> list[Problem]:
    """New warnings of any book, and everything odd about the people of this one."""
    known = {(each.file, each.key, each.text) for each in warnings(before)}
    kept = {*before.versions.values()}  # a text that is kept as an older edition says nothing new
    new = [each for each in warnings(after) if after.versions[each.file] not in kept]
    found = [each for each in new if (each.file, each.key, each.text) not in known]
    held = User.objects.filter(is_active=True, groups__isnull=False).values_list("groups__name", flat=True).distinct()
    there = ANYBODY | {Role(name) for name in held if name in set(Role)}
    for book in (each for each in after.books if each.file == file):
        source = Source(book.file, book.text)
        if book.definition is not None and not said(book.title).strip():
            line = source.line(("process", "title"))
            found.append(Problem(file, line, "process.title", _("without a title people read no name of this kind.")))
        for name, text in (*_empty(book, there), *_unmakable(book, there), *_own(book)):
            path = ("transitions", name) if name else ()
            found.append(Problem(file, source.line(path), ".".join(path), text))
    return found


def _empty(book: Book, there: set[Role]) -> Iterator[Odd]:
    """Roles with rows that nobody active holds."""
    rows = {role for rule in book.rules.values() for role in rule.rows}
    for role in sorted(rows - there):
        yield "", _("nobody has the role “%(role)s”.") % {"role": role.label}


def _unmakable(book: Book, there: set[Role]) -> Iterator[Odd]:
    """Transitions that nobody can make."""
    moves = life_of(book).moves
    reached = {"", *(move.target for move in moves.values())}
    for rule in book.transitions.values():
        why = _why_not(book, rule, reached, there)
        if why:
            yield rule.name, _("nobody can make “%(name)s”: %(why)s") % {"name": label_of(book, rule), "why": why}


def _why_not(book: Book, rule: TransitionRule, reached: set[str | None], there: set[Role]) -> str:
    """Of itself: where a transition before it cannot be made, that one is named."""
    move = move_of(book, rule)
    starts = starts_of(book, rule)
    may = [role for role, row in rule.rows.items() if possible(normalise(tree.And((row.whole, *starts))))]
    if not may:
        return _("no row of it can ever hold.")
    if move is not None and not any(move.starts_in(state) for state in reached if state is not None):
        return _("no transition leads to a state it starts from.")
    if not there & set(may):
        roles = get_text_list([str(role.label) for role in may], _("or"))
        return _("nobody has the role it needs (%(roles)s).") % {"roles": roles}
    return ""


def _own(book: Book) -> Iterator[Odd]:
    """Deciding transitions by which people may decide what is their own.

    Only where it takes no more than being its author: whoever else a row names may be somebody whom other rules keep
    from what is their own. What students may do to nothing but their own is no decision about them.
    """
    author = f"{book.model.author_field}__pk" if issubclass(book.model, Stateful) else ""
    for rule in book.transitions.values() if author else ():
        move = move_of(book, rule)
        if not rule.waiting or move is None or move.sources <= {""}:
            continue
        roles = {role for role, row in rule.rows.items() if _may(row, author)}
        student = rule.rows.get(Role.STUDENT)
        theirs_alone = student is not None and _may(student, author) and not _may(student, "")
        if roles & JUDGES and not theirs_alone:
            said = _("people may do this to what is their own: “%(name)s”; forbid = “own” prevents it.")
            yield rule.name, said % {"name": label_of(book, rule)}


def _may(row: Condition, column: str) -> bool:
    """Whether a row can hold for somebody whom this column names and no other; of nobody, for a stranger."""
    return possible(normalise(_asked_by(row.whole, column)))


def _asked_by(node: tree.Node, mine: str) -> tree.Node:
    """The condition where somebody asks whom one column names, and no other."""
    match node:
        case tree.Named(node=inner):
            return _asked_by(inner, mine)
        case tree.And(nodes):
            return tree.And(tuple(_asked_by(inner, mine) for inner in nodes))
        case tree.Or(nodes):
            return tree.Or(tuple(_asked_by(inner, mine) for inner in nodes))
        case tree.Compare(op=op, left=tree.Field(lookup=column), right=tree.Person()):
            return tree.Truth(value=(op == "eq") == (column == mine))
        case tree.Term(personal=True):
            return tree.Truth(value=False)  # nobody can tell
    return node
