"""`outline(text)`: a book as sections of inputs, with what is wrong with it at the inputs it is about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gradus.policy.books import Book
from gradus.policy.errors import BookErrors, Problem
from gradus.policy.ruleset import load_texts
from gradus.rulebook.form.editing import Unreadable, read
from gradus.rulebook.form.known import Known
from gradus.rulebook.form.parts import Entry, Input, Section
from gradus.rulebook.form.sections import about, asked, moves, rights, timed


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong, where the text has it, and the element of the form it is about."""

    line: int
    key: str
    text: str
    where: str  # as people know the place
    anchor: str


@dataclass(slots=True)
class Outline:
    """With `unreadable`, there are no sections: the text is no TOML."""

    sections: list[Section] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    unreadable: Unreadable | None = None
    words: list[tuple[str, str]] = field(default_factory=list)


def outline(text: str, file: str = "") -> Outline:
    """The form of a text. Never raises, whatever the text."""
    book, problems = checked(text, file)
    try:
        data = read(text)
    except Unreadable as wrong:
        return Outline(unreadable=wrong)
    known = Known(data, book)
    made = Outline(sections=list(_sections(known)), words=known.words)
    made.mistakes = [_placed(problem, made.sections) for problem in problems]
    return made


def checked(text: str, file: str) -> tuple[Book | None, tuple[Problem, ...]]:
    """The book, if it can be read, and else what is wrong."""
    try:
        found = load_texts({file or "new.toml": text})
    except BookErrors as errors:
        return None, errors.problems
    return (found.books[0] if found.books else None), ()


def _sections(known: Known) -> Iterator[Section]:
    yield about.about(known)
    if "values" in known.data:
        yield about.numbers(known)
        return
    if known.declares:
        yield asked.fields(known)
        yield asked.states(known)
    yield moves.transitions(known)
    yield rights.permissions(known)
    yield rights.conditions(known)
    yield rights.facts(known)
    yield timed.limits(known)
    yield timed.automations(known)
    yield timed.tests(known)


def _placed(problem: Problem, sections: list[Section]) -> Mistake:
    """Put a mistake at the input of its key, else at the entry or section around it."""
    parts = problem.key.split(".")
    for length in range(len(parts), 0, -1):
        key = ".".join(parts[:length])
        for section in sections:
            if found := _in_entries(section, key):
                place, entry = found
                place.problems.append(problem.text)
                names = [section.label, entry.label if entry else "", place.label if place is not entry else ""]
                where = " / ".join(name for name in names if name)
                return Mistake(problem.line, problem.key, problem.text, where, place.id)
        for section in sections:
            if key in section.keys:
                section.problems.append(problem.text)
                return Mistake(problem.line, problem.key, problem.text, section.label, section.id)
    sections[0].problems.append(problem.text)
    return Mistake(problem.line, problem.key, problem.text, sections[0].label, sections[0].id)


def _in_entries(section: Section, key: str) -> tuple[Input | Entry, Entry | None] | None:
    for entry, made in _inputs(section):
        if key in made.keys:
            return made, entry
    for entry in _all_entries(section.entries):
        if key == entry.key:
            return entry, entry
    return None


def _inputs(section: Section) -> Iterator[tuple[Entry | None, Input]]:
    yield from ((None, each) for each in section.inputs)
    for entry in section.entries:
        yield from ((entry, each) for each in entry.all_inputs)


def _all_entries(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        for group in entry.groups:
            yield from _all_entries(group.entries)
