"""A language in which every translated text stands in brackets, to find the texts that are not translated.

    with pseudo.language():
        page = client.get("/somewhere/").content.decode()
    assert pseudo.hard_coded(page) == []

Data is not translated, so what a test puts into the database stands in brackets of its own: `pseudo.data("Ada")`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.utils import translation

from gradus.core import formats
from gradus.flow.workbench.listing import filterset_for
from gradus.policy import explaining

OPEN, CLOSE = "⟦", "⟧"
DATA_OPEN, DATA_CLOSE = "⟪", "⟫"
# Names of the academy and of formats are the same in every language.
NAMES = ("Gradus", "Wagtail", "CSV", "XLSX", "UTC", "JSON", "API", "ID", "Authorization: Bearer")
READ_OUT = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label"}
UNSEEN = {"script", "style", "code", "pre", "svg", "noscript"}
LETTERS = re.compile(r"[^\W\d_]{2,}")


def data(text: str) -> str:
    """A text as people would write it into the database, marked as such."""
    return f"{DATA_OPEN}{text}{DATA_CLOSE}"


def _bracket(text: str) -> str:
    # Twice translated (a translated text inside another) is still once in brackets for the reader.
    return text if not text.strip() else f"{OPEN}{text}{CLOSE}"


STUBS: dict[str, Callable[..., str]] = {
    "gettext": lambda message: _bracket(str(message)),
    "pgettext": lambda context, message: _bracket(str(message)),
    "ngettext": lambda one, many, number: _bracket(str(one if number == 1 else many)),
    "npgettext": lambda context, one, many, number: _bracket(str(one if number == 1 else many)),
}


# What is kept for a language, which stays the same here.
WORDS_KEPT = (formats._moment, filterset_for, explaining._leaf_text)


@contextmanager
def language() -> Iterator[None]:
    """Everything translated while this lasts comes in brackets; formats of dates and numbers stay."""
    kept: dict[str, Any] = {name: getattr(translation._trans, name) for name in STUBS}
    _speak(STUBS)
    try:
        yield
    finally:
        _speak(kept)


def _speak(functions: dict[str, Any]) -> None:
    for name, function in functions.items():
        setattr(translation._trans, name, function)
    for keeping in WORDS_KEPT:
        keeping.cache_clear()


class _Texts(HTMLParser):
    """What a reader sees or hears of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._run: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [value for name, value in attrs if value and self._is_read(tag, name, given)]
        if tag in UNSEEN:
            self._unseen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and self._unseen[-1] == tag:
            self._unseen.pop()

    def handle_data(self, text: str) -> None:
        if not self._unseen:
            self._run.append(text)

    def close(self) -> None:
        super().close()
        # In one piece: a translated sentence may have links in it, so its brackets are nodes apart.
        self.found.append("".join(self._run))

    @staticmethod
    def _is_read(tag: str, name: str, given: dict[str, str | None]) -> bool:
        if tag == "input" and name == "value":
            return given.get("type") in {"submit", "button", "reset"}
        if tag == "meta" and name == "content":
            return (given.get("name") or given.get("property")) in {"description", "og:title", "og:description"}
        return name in READ_OUT or name.startswith("data-words-")


def _unbracketed(text: str) -> str:
    depth, out = 0, []
    for char in text:
        if char in OPEN + DATA_OPEN:
            depth += 1
            out.append("\n")
        elif char in CLOSE + DATA_CLOSE:
            depth = max(0, depth - 1)
        elif depth == 0:
            out.append(char)
    return "".join(out)


def hard_coded(page: str, *, known: tuple[str, ...] = ()) -> list[str]:
    """The texts of a page that nobody can translate; `known` are data that could not be marked (such as addresses)."""
    reader = _Texts()
    reader.feed(page)
    reader.close()
    left = []
    for text in reader.found:
        for word in sorted((*NAMES, *known), key=len, reverse=True):
            text = text.replace(word, " ")  # noqa: PLW2901
        left += [line.strip() for line in _unbracketed(text).splitlines() if LETTERS.search(line)]
    return left
