"""All books together, and which set is in force. A set never changes; a new version is a new set."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.module_loading import autodiscover_modules

from gradus.policy import machines
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.editions import kind_of
from gradus.policy.errors import BookErrors, Problem, UnknownName, nearest, phrase
from gradus.policy.machines import Move
from gradus.policy.reading import read_book
from gradus.policy.registration import register_permissions
from gradus.policy.source import Source
from gradus.policy.values import Value, Values


class RuleSet:
    """Books by (model, process). Looking something up costs a dictionary access or two."""

    def __init__(self, books: Iterable[Book], values: Mapping[str, Values] | None = None) -> None:
        self.books: tuple[Book, ...] = tuple(books)
        self.values = dict(values or {})
        self._by_key = {(book.label, book.process): book for book in self.books}
        self._by_model: dict[type[models.Model], dict[str, Book]] = {}
        for book in self.books:
            self._by_model.setdefault(book.model, {})[book.process] = book
        self.versions = {book.file: book.version for book in self.books}
        self.versions |= {book.file: book.version for book in self.values.values()}
        frozen = {book.file for book in self.books if book.frozen}
        named = sorted(f"{file}:{version}{':frozen' * (file in frozen)}" for file, version in self.versions.items())
        self.version = hashlib.sha256("\n".join(named).encode()).hexdigest()
        self._permissions = {name: key for book in self.books for name, key in _permissions(book)}

    def book(self, model: str | type[models.Model], process: str = "") -> Book:
        """The book of a model ("requests.Request" or the class) and process. Raises UnknownName."""
        found = self._by_key.get((model, process)) if isinstance(model, str) else self.of(model).get(process)
        if found is None:
            raise UnknownName(f"no book governs {model} {process}".rstrip())
        return found

    def of(self, model: type[models.Model]) -> Mapping[str, Book]:
        """The books of a model by process; a child or proxy is governed by its parent's."""
        found = self._by_model.get(model)
        if found is None:
            parents = (self._by_model[parent] for parent in model.__mro__ if parent in self._by_model)
            found = next(parents, {})
        return found

    def newest(self, model: type[models.Model], process: str) -> Book:
        """The newest edition of a kind, by its name or that of any of its editions. Raises UnknownName."""
        kind = kind_of(process)
        found = [book for book in self.of(model).values() if book.kind == kind]
        if not found:
            raise UnknownName(f"no book governs {model._meta.label} {process}".rstrip())
        return max(found, key=lambda book: book.edition)

    def superseded(self, book: Book) -> bool:
        """Whether its kind has a newer edition: what was filed under this one stays, and nothing new is."""
        same = (other for other in self.of(book.model).values() if other.kind == book.kind)
        return any(other.edition > book.edition for other in same)

    def value(self, book: str, name: str) -> Value:
        """A number of a book of values ("metrics", "video_complete"). Raises UnknownName."""
        if book not in self.values:
            raise UnknownName(f"there is no book of values {book}{nearest(book, self.values)}")
        return self.values[book][name]

    def permission(self, name: str) -> tuple[type[models.Model], str] | None:
        """The model and rule behind `requests.approve_request`, or None when no book governs that name."""
        return self._permissions.get(name)

    @property
    def permissions(self) -> Mapping[str, tuple[type[models.Model], str]]:
        return self._permissions


def permission_name(model: type[models.Model], rule: str) -> str:
    return f"{model._meta.app_label}.{rule}_{model._meta.model_name}"


def _permissions(book: Book) -> list[tuple[str, tuple[type[models.Model], str]]]:
    return [(permission_name(book.model, name), (book.model, name)) for name in book.rules]


def move_of(book: Book, rule: Right) -> Move | None:
    """How the machine makes a transition; None for a right, and for a row without a transition."""
    if not isinstance(rule, TransitionRule):
        return None
    if rule.move is not None:
        return rule.move
    machine = machines.for_model(book.model)
    return machine.moves.get(rule.name) if machine else None


def load(folder: Path) -> RuleSet:
    """Read every book below a folder. Raises BookErrors with everything that is wrong in any of them."""
    return load_texts(texts(folder))


def texts(folder: Path) -> dict[str, str]:
    """The books below a folder, by their file's name in it."""
    return {path.relative_to(folder).as_posix(): _text(path) for path in sorted(folder.rglob("*.toml"))}


def load_texts(texts: Mapping[str, str]) -> RuleSet:
    """Like `load`, from texts by file name: drafts and tests."""
    _discover()
    books: dict[tuple[str, str], Book] = {}
    values: dict[str, Values] = {}
    problems: list[Problem] = []
    for file, text in texts.items():
        source = Source(file, text)
        found = read_book(source)
        problems.extend(source.problems)
        if isinstance(found, Values):
            if (same := values.setdefault(found.name, found)) is not found:
                problems.append(
                    Problem(file, 1, "", phrase("{} is a book of values called {} already", same.file, found.name))
                )
        elif found is not None and (twin := books.setdefault((found.label, found.process), found)) is not found:
            problems.append(
                Problem(file, 1, "", phrase("{} is a book for {} {} already", twin.file, found.label, found.process))
            )
    if problems:
        raise BookErrors(problems)
    return RuleSet(list(books.values()), values)


@cache
def _discover() -> None:
    """Let every app say which terms and actions it has."""
    autodiscover_modules("terms", "actions")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape")


_lock = threading.RLock()
_active: RuleSet | None = None


def active() -> RuleSet:
    """The set in force; the books in `settings.RULES_DIR`, where nothing else was put in force."""
    return _active or _load_active()


def _load_active() -> RuleSet:
    with _lock:
        return _active or activate(_first())


def _files() -> RuleSet:
    return load(Path(settings.RULES_DIR))


_first: Callable[[], RuleSet] = _files


def begin_with(first: Callable[[], RuleSet]) -> None:
    """What this process puts in force when rules are first asked for, instead of the files."""
    global _first  # noqa: PLW0603 - set once at start-up
    _first = first


def value(book: str, name: str) -> Any:
    """A number in force: a timedelta for a unit of time, a Decimal for percent and the like, else an int."""
    return active().value(book, name).typed


def activate(ruleset: RuleSet | None) -> RuleSet:
    """Put a set in force in this process; None means: read the files again when next asked."""
    global _active  # noqa: PLW0603 - the one pointer this module is about
    with _lock:
        _active = ruleset
        if ruleset is None:
            return RuleSet([])
        register_permissions(ruleset.permissions)
        return ruleset


@contextmanager
def using(ruleset: RuleSet) -> Iterator[RuleSet]:
    """Another set in force for the time of a test, in every thread of the process."""
    before = _active
    activate(ruleset)
    try:
        yield ruleset
    finally:
        activate(before)
