"""What stands against a draft, each with its place in the editor: an entry of the form, or a line of the text."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from gradus.policy.books import Book
from gradus.policy.errors import Problem
from gradus.policy.trying import Result
from gradus.rulebook.form.outline import checked, outline
from gradus.rulebook.seeing.processes import label_of


@dataclass(frozen=True, slots=True)
class Placed:
    """`where` in people's words, and the anchor it has in the editor; without one it is about no place of the book."""

    text: str
    where: str = ""
    anchor: str = ""
    line: int = 0


def mistakes(file: str, text: str, otherwise: Iterable[str]) -> list[Placed]:
    """What is wrong with a text that cannot be read; `otherwise` where it is not this text that is wrong."""
    if checked(text, file)[0] is not None:
        return [Placed(each) for each in otherwise]
    found = outline(text, file)
    if found.unreadable is not None:
        line = found.unreadable.line
        return [Placed(str(found.unreadable), _("Line %s") % line, f"line-{line}")]
    here = [Placed(each.text, each.where, each.anchor, each.line) for each in found.mistakes]
    return here or [Placed(each) for each in otherwise]


def placed(text: str, file: str, found: list[Problem]) -> list[Placed]:
    """What is said of a book that can be read, where it is; what is said of another book names that."""
    places = outline(text, file).place([each for each in found if each.file == file])
    here = [
        Placed(each.text, each.where, each.anchor, each.line) if each.key else Placed(capfirst(each.text))
        for each in places
    ]
    return here + [Placed(str(each)) for each in found if each.file != file]


def failures(book: Book, failed: list[Result]) -> list[Placed]:
    """The tests that fail, each as the form calls it."""
    section = next((each for each in outline(book.text, book.file).sections if each.name == "tests"), None)
    entries = dict(enumerate(section.entries if section else (), start=1))
    return [
        Placed(_failure(book, each), str(entry.label), entry.id, each.line)
        if (entry := entries.get(each.number))
        else Placed(_failure(book, each), line=each.line)
        for each in failed
    ]


def _failure(book: Book, result: Result) -> str:
    said = [result.error] if result.error else []
    if result.lacking:
        said.append(_("refused, though the test lists it: %s.") % _names(book, result.lacking))
    if result.surplus:
        said.append(_("allowed, though the test does not list it: %s.") % _names(book, result.surplus))
    return " ".join(f"{each[:1].upper()}{each[1:]}" for each in said)


def _names(book: Book, names: Iterable[str]) -> str:
    rules = ((name, book.rule(name)) for name in names)
    return ", ".join(label_of(book, rule) if rule else name for name, rule in rules)
