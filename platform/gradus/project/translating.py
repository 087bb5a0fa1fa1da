"""The catalogues of translations: what is in the sources and books, brought into the .po files, and those into .mo.

Needs the development dependencies. Nothing of it runs in production: the compiled catalogues are committed, because
Python reads no others and no machine that runs Gradus may be expected to have gettext.
"""

import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from gradus import policy
from gradus.policy import texts
from gradus.policy.books import Book
from gradus.policy.values import Values
from gradus.project.paths import CHECKOUT

SOURCES = ("platform/gradus", "workflows", "cms", "analytics")
# A superuser's page of samples: made-up words that nobody else reads.
LEFT_OUT = ("platform/gradus/core/samples.py", "platform/gradus/core/templates/gradus/guide/")
OURS = CHECKOUT / "platform/gradus/project/locale/de/LC_MESSAGES/django.po"
# What allauth says, in our voice: English as well, because its own is not ours.
ALLAUTHS = [CHECKOUT / f"platform/gradus/accounts/locale/{code}/LC_MESSAGES/django.po" for code in ("de", "en")]
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    "phrase": (1,),  # what rules are refused with
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


class Message(NamedTuple):
    """A text to translate: one and many as a pair; the context tells apart what reads the same."""

    id: str | tuple[str, str]
    context: str | None = None


def wanted() -> dict[Message, set[str]]:
    """Every text that people read, with the places it stands in: files, and keys of books."""
    found: dict[Message, set[str]] = {}
    for message, place in chain(in_sources(), in_books(policy.load(CHECKOUT / "rules"))):
        found.setdefault(message, set()).add(place)
    return found


def in_sources() -> Iterator[tuple[Message, str]]:
    """Every text our sources mark for translation, and its file."""
    for path in _files():
        name = path.relative_to(CHECKOUT).as_posix()
        yield from ((message, name) for message in in_file(path))


def in_books(rules: policy.RuleSet) -> Iterator[tuple[Message, str]]:
    """Every text of these books, and its key: `rules/requests/bug.toml#transitions.ask.label`."""
    books: list[Book | Values] = [*rules.books, *rules.values.values()]
    for book in books:
        yield from ((Message(text, texts.CONTEXT), f"rules/{book.file}#{key}") for key, text in texts.texts_of(book))


def _files() -> Iterator[Path]:
    for root in SOURCES:
        for path in sorted((CHECKOUT / root).rglob("*")):
            name = path.relative_to(CHECKOUT).as_posix()
            if path.suffix in {".py", ".html", ".txt"} and "/migrations/" not in name and not name.startswith(LEFT_OUT):
                yield path


def in_file(path: Path) -> Iterator[Message]:
    text = path.read_text()
    if path.suffix != ".py":
        # What Django makes of a template is Python for gettext only: its indentation means nothing.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, function, given, _comments in extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {}):
        words = [word for word in ([given] if isinstance(given, str) else given or ()) if word]
        yield from _marked(str(function), words)


def _marked(function: str, words: list[str]) -> Iterator[Message]:
    """The message of one call; none where its words are made while the program runs."""
    context = words.pop(0) if "pgettext" in function and words else None
    words = words[:1] if function == "phrase" else words  # the others fill its holes
    match words, function.startswith("n"):
        case [one], False:
            yield Message(one, context)
        case [one, many, *_named], True:
            yield Message((one, many), context)


def catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def updated() -> Catalog:
    """Our catalogue with what the sources hold now: new texts wait untranslated, those that are gone are dropped."""
    kept = catalog(OURS)
    template = Catalog(creation_date=kept.creation_date)
    for message, places in wanted().items():
        template.add(message.id, context=message.context, locations=[(name, 0) for name in sorted(places)])
    kept.update(template, no_fuzzy_matching=True)
    kept.obsolete.clear()
    return kept


def po(found: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, found, width=110, sort_output=True, include_lineno=False)
    return file.getvalue()


def mo(found: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, found)
    return file.getvalue()


def untranslated(found: Catalog) -> list[str]:
    """The texts, in the singular, that a translator has not finished."""
    return [_parts(message.id)[0] for message in found if message.id and _unfinished(message)]


def _unfinished(message: Any) -> bool:
    return message.fuzzy or not all(_parts(message.string))


def _parts(string: Any) -> tuple[str, ...]:
    return (string or "",) if string is None or isinstance(string, str) else tuple(string)
