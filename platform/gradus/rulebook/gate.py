"""What stands against putting rules in force. Warnings do not; these do."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.models import Declared
from gradus.policy.books import Book
from gradus.policy.checks import mistakes
from gradus.policy.errors import Problem
from gradus.policy.ruleset import RuleSet
from gradus.policy.texts import said
from gradus.policy.tree import Truth
from gradus.policy.trying import try_book
from gradus.rulebook import editions
from gradus.rulebook.comparing import name_of
from gradus.rulebook.shape import breaks

UNGOVERNED = ("accounts", "rulebook")  # who is who, and who may publish, is no matter of rules


def objections(before: RuleSet, after: RuleSet) -> list[str]:
    """In people's words; empty when nothing stands against it."""
    wrong = map(str, new_mistakes(before, after))
    return [*wrong, *obstacles(before, after), *failing(changed(before, after))]


def obstacles(before: RuleSet, after: RuleSet) -> list[str]:
    """The objections besides mistakes and tests that fail."""
    found: list[str] = []
    if not User.objects.filter(is_active=True, groups__name=Role.ADMIN.value).exists():
        found.append(_("Nobody would be left who may publish rules: there is no active administrator."))
    old = {name_of(book): book for book in before.books}
    for book in changed(before, after):
        found.extend(_book(old.get(name_of(book)), book))
    for name in sorted(old.keys() - set(map(name_of, after.books))):
        found.extend(_gone(old[name], after))
    found.extend(editions.objections(after))
    return found


def new_mistakes(before: RuleSet, after: RuleSet) -> list[Problem]:
    """What does not fit the program, and did until now; another line makes it no other mistake."""
    known = {(each.file, each.key, each.text) for each in mistakes(before)}
    return [each for each in mistakes(after) if (each.file, each.key, each.text) not in known]


def failing(books: Iterable[Book]) -> list[str]:
    """Their tests that fail."""
    return [str(result) for book in books for result in try_book(book) if not result.passed]


def changed(before: RuleSet, after: RuleSet) -> list[Book]:
    """The books that are new or say something else."""
    known = {(name_of(book), book.version) for book in before.books}
    return [book for book in after.books if (name_of(book), book.version) not in known]


def _book(before: Book | None, after: Book) -> Iterator[str]:
    if after.model._meta.app_label in UNGOVERNED:
        yield _("%s: no rule can govern people, or who publishes rules.") % after.file
    if after.transitions and not _somebody_decides(after):
        said_title = said(after.title) or after.file
        yield _("%s: nobody would be left who may decide anything in it.") % said_title
    if before is not None:
        yield from (f"{after.file}: {why} {_what_to_do(after)}" for why in breaks(before, after))


def _somebody_decides(book: Book) -> bool:
    """Whether a transition of a thing that exists has a row for a role somebody active holds."""
    later = [rule for rule in book.transitions.values() if rule.move is None or rule.move.sources - {""}]
    rows = [(role, row.whole) for rule in later for role, row in rule.rows.items()]
    roles = {role.value for role, whole in rows if whole != Truth(value=False)} - {Role.GUEST.value}
    if not later or Role.SYSTEM.value in roles:
        return True
    return User.objects.filter(is_active=True, groups__name__in=roles).exists()


def _what_to_do(book: Book) -> str:
    if editions.kept_for(book.file):
        return _("Keep it: an older edition keeps the states and fields its things have.")
    return _("Keep it, or begin a new edition.")


def _gone(book: Book, after: RuleSet) -> Iterator[str]:
    """A book whose kind still has things, or whose machine is code, cannot go."""
    if issubclass(book.model, Declared) and not editions.there(book):
        return
    kept = [each for each in after.of(book.model).values() if each.kind == book.kind] if book.kind else []
    if not kept:
        yield _("%s: there are things that need this book.") % book.file
        return
    yield _("%(file)s: there are things in edition %(number)d, which this version does not have. %(todo)s") % {
        "file": book.file, "number": book.edition, "todo": _("Publish a newer edition instead, and move them to it."),
    }  # fmt: skip
