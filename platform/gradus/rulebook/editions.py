"""Older editions of a kind: a version keeps the text of each beside the newest, as a book of its own.

Things keep the states and fields of the form they were filed on. `requests/refund.toml` is the newest edition;
`requests/refund-1.toml` is the first, kept from the publish that began the second until nothing needs it any more.
"""

import re
from collections.abc import Iterator, Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from gradus.flow.models import Declared
from gradus.policy.books import Book
from gradus.policy.editions import FIRST, Edition, process_of
from gradus.policy.ruleset import RuleSet
from gradus.policy.source import Source
from gradus.policy.texts import said
from gradus.rulebook.models import KEPT

_HEADER = re.compile(r"(?m)^\[process\][^\n]*\n")
_NUMBER = re.compile(r"(?m)^(\s*(?:process\.)?edition\s*=\s*)\d+")


def file_of(file: str, number: int) -> str:
    """Where an older edition of the book in this file is kept."""
    return f"{file.removesuffix('.toml')}-{number}.toml"


def kept_for(file: str) -> str:
    """The file of the newest edition, when this one keeps an older; else nothing."""
    found = KEPT.fullmatch(file)
    return f"{found['base']}.toml" if found else ""


def written(text: str) -> Edition | None:
    """The kind ("requests.refund") and the edition a text says it is, as far as it can be read."""
    process = Source("", text).data.get("process")
    if not isinstance(process, dict) or not isinstance(process.get("name"), str):
        return None
    number = process.get("edition", FIRST)
    return Edition(process["name"], number) if isinstance(number, int) and number >= FIRST else None


def left_behind(changes: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    """The older texts to keep when these changes begin new editions, by the file each is kept in.

    Kept whether or not things are there: one may be filed at this very moment.
    """
    found = {}
    for file, text in changes.items():
        old, new = written(texts.get(file, "")), written(text)
        if old and new and old.kind == new.kind and new.number > old.number:
            found[file_of(file, old.number)] = texts[file]
    return found


def needless(changes: Mapping[str, str], books: Mapping[str, Book]) -> set[str]:
    """Of the books kept for those that change: the editions nothing is filed under any more, or that are written anew.

    The latter goes backwards, which `lowered` objects to, in better words than that there are two of one edition.
    """
    kept = {file: book for file, book in books.items() if kept_for(file) in changes and file not in changes}
    anew = {file_of(file, meant.number) for file, text in changes.items() if (meant := written(text))}
    return {file for file, book in kept.items() if file in anew or not there(book)}


def there(book: Book) -> bool:
    """Whether there are things that need this edition."""
    return issubclass(book.model, Declared) and book.model._base_manager.filter(kind=book.process).exists()


def frozen_on(changes: Mapping[str, str], books: Mapping[str, Book], frozen: Mapping[str, str]) -> dict[str, str]:
    """What is frozen stays so in the edition that begins."""
    found = dict(frozen)
    for file, text in changes.items():
        book, new = books.get(file), written(text)
        why = frozen.get(f"{book.label}/{book.process}") if book else None
        if book is not None and new is not None and why is not None and new.number > book.edition:
            found[f"{book.label}/{process_of(book.kind, new.number)}"] = why
    return found


def objections(after: RuleSet) -> Iterator[str]:
    """What is wrong with the numbers of the editions."""
    for book in after.books:
        number = KEPT.fullmatch(book.file)
        if number is not None and int(number["number"]) != book.edition:
            yield _("%(file)s keeps edition %(number)s: its number and name cannot change.") % {
                "file": book.file, "number": number["number"],
            }  # fmt: skip


def lowered(changes: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[str]:
    """Books whose edition would be an older one than now. Only going back to a version does that."""
    for file, text in changes.items():
        old, new = written(texts.get(file, "")), written(text)
        if old and new and old.kind == new.kind and new.number < old.number:
            said_so = _("%(file)s: edition %(number)d is in force. Write edition = %(number)d or a higher number.")
            yield said_so % {"file": file, "number": old.number}


def begin(text: str, number: int) -> str | None:
    """The text with that edition written into `[process]`; None where no place for it is found."""
    changed = _NUMBER.sub(rf"\g<1>{number}", text, count=1)
    if changed == text:
        line = re.search(r"(?m)^process(?:\.name)?\s*=[^\n{]*\n", text)
        header = _HEADER.search(text)
        name = re.compile(r"(?m)^name\s*=[^\n]*\n").search(text, header.end()) if header else None
        place = (name or header or line) if header else line
        added = f"edition = {number}\n" if header else f"process.edition = {number}\n"
        changed = f"{text[: place.end()]}{added}{text[place.end() :]}" if place else text
    found, meant = written(changed), written(text)
    right = found is not None and meant is not None and found == Edition(meant.kind, number)
    return changed if right else None


def title_of(book: Book, rules: RuleSet) -> str:
    """As people know it: an older edition says which it is."""
    title = said(book.title) or capfirst(str(book.model._meta.verbose_name))
    if not rules.superseded(book):
        return title
    return _("%(title)s (edition %(number)s)") % {"title": title, "number": book.edition}
