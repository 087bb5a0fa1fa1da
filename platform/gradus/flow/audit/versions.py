"""Where the rules that made a decision can be read: whoever keeps versions of them says so."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from gradus.flow.audit.naming import Entry


@dataclass(frozen=True, slots=True)
class Kept:
    """A text of a book, by what people call the version that holds it, and where it stands."""

    label: str
    address: str


Finder = Callable[[Collection[str]], Mapping[str, Kept]]
_finders: list[Finder] = []


def keep(finder: Finder) -> Finder:
    """Register a function that finds texts by their hashes, all at once; what it does not know it leaves out."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def kept(hashes: Iterable[str]) -> dict[str, Kept]:
    """What is known of these hashes, in a number of queries that does not grow with them."""
    wanted = {each for each in hashes if each}
    found: dict[str, Kept] = {}
    for finder in _finders if wanted else ():
        found = {**finder(wanted), **found}
    return found


def with_versions(entries: list[Entry]) -> list[Entry]:
    """The same entries; each knows which version of the rules decided it."""
    known = kept(entry.record.book_version for entry in entries)
    for entry in entries:
        entry.kept = known.get(entry.record.book_version)
    return entries
