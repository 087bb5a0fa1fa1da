"""What a draft means for what is filed already, for the page before a publish."""

from dataclasses import dataclass

from gradus.policy.books import Book
from gradus.policy.ruleset import RuleSet
from gradus.rulebook.comparing import name_of
from gradus.rulebook.crossing.older import Older, editions, states_of
from gradus.rulebook.seeing.processes import machine_of
from gradus.rulebook.shape import breaks


@dataclass(frozen=True, slots=True)
class Beginning:
    """`needed` is whether something stands against it without a new edition, `number` which that would be.

    Where it is not needed, `open` things follow the draft at once. `begins` is set when the draft begins an edition,
    and `stays` is what then stays in older ones.
    """

    needed: bool
    number: int
    open: int = 0
    begins: int = 0
    stays: tuple[Older, ...] = ()


def beginning(before: RuleSet, after: RuleSet, file: str) -> Beginning | None:
    """None where there is nothing that would keep an older edition."""
    new = next((book for book in after.books if book.file == file and book.definition), None)
    old = next((book for book in before.books if book.file == file and book.definition), None)
    if new is None or old is None or new.kind != old.kind or new.version == old.version:
        return None
    if new.edition > old.edition:
        return Beginning(needed=False, number=new.edition, begins=new.edition, stays=_stays(before, after, new))
    newest = before.newest(old.model, old.kind)
    if newest is not old:
        return None
    needed, number = new.edition < old.edition or any(breaks(old, new)), newest.edition + 1
    found = Beginning(needed, number, open=0 if needed else _open(old))
    return found if needed or found.open else None


def _open(book: Book) -> int:
    """How many things somebody could still move on."""
    its = machine_of(book)
    closed = its.closed() if its else ()
    return sum(count for state, count in states_of(book) if state.name not in closed)


def _stays(before: RuleSet, after: RuleSet, new: Book) -> tuple[Older, ...]:
    """Counted by the books in force: they are what those editions are kept as."""
    known = {name_of(book) for book in before.books}
    found = editions(after, new.file)
    return tuple(each for each in found if name_of(each.book) in known and each.count)
