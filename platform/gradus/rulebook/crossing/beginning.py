"""What a draft does to the shape of its kind, for the page before a publish."""

from dataclasses import dataclass

from gradus.policy.books import Book
from gradus.policy.ruleset import RuleSet
from gradus.rulebook.comparing import name_of
from gradus.rulebook.crossing.older import Older, editions
from gradus.rulebook.shape import breaks


@dataclass(frozen=True, slots=True)
class Beginning:
    """`needed` is whether something stands against it without a new edition, `number` which that would be.

    `begins` is set when the draft begins one, and `stays` is what then stays in older ones.
    """

    needed: bool
    number: int
    begins: int = 0
    stays: tuple[Older, ...] = ()


def beginning(before: RuleSet, after: RuleSet, file: str) -> Beginning | None:
    """None where the draft changes no shape."""
    new = next((book for book in after.books if book.file == file and book.definition), None)
    old = next((book for book in before.books if book.file == file and book.definition), None)
    if new is None or old is None or new.kind != old.kind:
        return None
    newest = before.newest(old.model, old.kind)
    if new.edition > old.edition:
        return Beginning(False, new.edition, new.edition, _stays(before, after, new))  # noqa: FBT003 - named above
    needed = new.edition < old.edition or any(breaks(old, new))
    return Beginning(needed, newest.edition + 1) if needed and newest is old else None


def _stays(before: RuleSet, after: RuleSet, new: Book) -> tuple[Older, ...]:
    """Counted by the books in force: they are what those editions are kept as."""
    known = {name_of(book) for book in before.books}
    found = editions(after, new.file)
    return tuple(each for each in found if name_of(each.book) in known and each.count)
