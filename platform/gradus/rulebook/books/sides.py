"""The whole matrix of a book before and after a change, in people's words, with what differs marked."""

from collections.abc import Iterator
from dataclasses import dataclass

from gradus.accounts.roles import Role
from gradus.policy.books import Book, Right
from gradus.policy.stating import stated
from gradus.policy.texts import said
from gradus.policy.tree import Node
from gradus.rulebook.seeing import processes
from gradus.rulebook.seeing.tables import Words, row_words, way_of
from gradus.rulebook.supposing import plain

SAME, NEW, GONE, OTHER, MEANT = "same", "new", "gone", "other", "meant"


@dataclass(frozen=True, slots=True)
class Pair:
    """A cell before and after. `fate` is same, new, gone or other; meant: a name in it stands for something else."""

    before: Words
    after: Words
    fate: str

    @property
    def changed(self) -> bool:
        return self.fate != SAME


@dataclass(frozen=True, slots=True)
class Row:
    """A right or a transition; `fate` as of a cell."""

    name: str
    label: str
    way: Pair
    cells: tuple[tuple[str, Pair], ...]
    fate: str

    @property
    def changed(self) -> bool:
        return self.fate != SAME or self.way.changed or any(pair.changed for _role, pair in self.cells)


@dataclass(frozen=True, slots=True)
class Sides:
    """`roles` are the columns; after them stands when it is forbidden to everybody."""

    title: str
    roles: tuple[str, ...]
    transitions: tuple[Row, ...]
    rights: tuple[Row, ...]

    @property
    def changed(self) -> int:
        """How many cells differ, ways included."""
        rows = (*self.transitions, *self.rights)
        return sum(pair.changed for row in rows for pair in (row.way, *(pair for _role, pair in row.cells)))


def sides(before: Book | None, after: Book | None) -> Sides:
    """Of one of them alone, where a book is new or gone."""
    book = after or before
    if book is None:
        raise ValueError("neither side has such a book")
    rules = [rule for each in (before, after) if each for rule in each.rules.values()]
    roles = [role for role in Role if any(role in rule.rows for rule in rules)]
    made = _Rows(before, after, roles)
    return Sides(
        processes.title_of(book),
        tuple(role.label for role in roles),
        tuple(made.of("transitions")),
        tuple(made.of("permissions")),
    )


class _Rows:
    def __init__(self, before: Book | None, after: Book | None, roles: list[Role]) -> None:
        self.before, self.after, self.roles = before, after, roles

    def of(self, section: str) -> Iterator[Row]:
        """In the order of the draft; what is gone stands last."""
        old, new = (getattr(book, section) if book else {} for book in (self.before, self.after))
        for name in dict.fromkeys([*new, *old]):
            yield self._row(name, old.get(name), new.get(name))

    def _row(self, name: str, old: Right | None, new: Right | None) -> Row:
        labels = [processes.label_of(book, rule) for book, rule in self._each(old, new)]
        ways = [Words(way_of(book, rule)) if book and rule else Words() for book, rule in self._both(old, new)]
        forbids = _pair(_forbid(old), _forbid(new), _forbidden(old), _forbidden(new))
        cells = [(role.label, _cell(old, new, role)) for role in self.roles]
        fate = SAME if old and new else NEW if new else GONE
        return Row(name, labels[-1], _pair(ways[0], ways[1]), (*cells, ("", forbids)), fate)

    def _both(self, old: Right | None, new: Right | None) -> list[tuple[Book | None, Right | None]]:
        return [(self.before, old), (self.after, new)]

    def _each(self, old: Right | None, new: Right | None) -> list[tuple[Book, Right]]:
        return [(book, rule) for book, rule in self._both(old, new) if book is not None and rule is not None]


def _cell(old: Right | None, new: Right | None, role: Role) -> Pair:
    return _pair(_words(old, role), _words(new, role), _meaning(old, role), _meaning(new, role))


def _words(rule: Right | None, role: Role) -> Words:
    return row_words(rule, role) if rule else Words()


def _meaning(rule: Right | None, role: Role) -> Node | None:
    return plain(rule.rows[role].node) if rule and role in rule.rows else None


def _forbid(rule: Right | None) -> Words:
    return Words(stated(rule.forbid), rule.forbid_text) if rule and rule.forbid else Words()


def _forbidden(rule: Right | None) -> Node | None:
    return plain(rule.forbid) if rule and rule.forbid else None


def _pair(before: Words, after: Words, old: Node | None = None, new: Node | None = None) -> Pair:
    if before == after:
        return Pair(before, after, SAME if old == new else MEANT)
    if not before.said:
        return Pair(before, after, NEW)
    return Pair(before, after, OTHER if after.said else GONE)


@dataclass(frozen=True, slots=True)
class NamedPair:
    """A named condition of which the words or the text differ."""

    name: str
    before: Words
    after: Words


def named(before: Book | None, after: Book | None) -> list[NamedPair]:
    """What differs among the conditions with a name."""
    old, new = ({**_named(book)} if book else {} for book in (before, after))
    return [
        NamedPair(name, old.get(name, Words()), new.get(name, Words()))
        for name in dict.fromkeys([*new, *old])
        if old.get(name) != new.get(name)
    ]


def _named(book: Book) -> dict[str, Words]:
    return {name: Words(said(each.yes) or stated(each.node), each.text) for name, each in book.conditions.items()}
