"""`outline(text)`: a book as sections of inputs, with what is wrong with it at the inputs it is about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gradus.policy.books import Book
from gradus.policy.bounds import too_many
from gradus.policy.checks import miscalled
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


Places = dict[str, tuple[Section, Input | Entry | None, Entry | None]]


@dataclass(slots=True)
class Outline:
    """With `unreadable`, there are no sections: the text is no TOML."""

    sections: list[Section] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    unreadable: Unreadable | None = None
    words: list[tuple[str, str]] = field(default_factory=list)

    def place(self, problems: Iterable[Problem]) -> list[Mistake]:
        """Put each at the input, entry or section of its key."""
        places = _places(self.sections)
        return [_placed(problem, self.sections, places) for problem in problems]


def outline(text: str, file: str = "") -> Outline:
    """The form of a text. Never raises, whatever the text."""
    book, problems = checked(text, file)
    try:
        data = read(text)
    except Unreadable as wrong:
        return Outline(unreadable=wrong)
    if any(too_many(data)):
        return Outline(unreadable=Unreadable(problems[0].line, problems[0].text))
    known = Known(data, book)
    made = Outline(sections=list(_sections(known)), words=known.words)
    made.mistakes = made.place(problems)
    return made


def checked(text: str, file: str) -> tuple[Book | None, tuple[Problem, ...]]:
    """The book, if it can be read, and what is wrong with it."""
    try:
        found = load_texts({file or "new.toml": text})
    except BookErrors as errors:
        return None, errors.problems
    book = next(iter(found.books), None)
    return book, tuple(miscalled(book)) if book else ()


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


def _placed(problem: Problem, sections: list[Section], places: Places) -> Mistake:
    """Put a mistake at the input of its key, else at the entry or section around it."""
    parts = problem.key.split(".")
    for length in range(len(parts), 0, -1):
        found = places.get(".".join(parts[:length]))
        if found is None:
            continue
        section, place, entry = found
        if place is None:
            return _in_section(problem, section)
        place.problems.append(problem.text)
        names = [section.label, entry.label if entry else "", place.label if place is not entry else ""]
        where = " / ".join(name for name in names if name)
        return Mistake(problem.line, problem.key, problem.text, where, place.id)
    return _in_section(problem, sections[0])


def _in_section(problem: Problem, section: Section) -> Mistake:
    section.problems.append(problem.text)
    return Mistake(problem.line, problem.key, problem.text, section.label, section.id)


def _places(sections: list[Section]) -> Places:
    """By the key of a mistake, where it belongs: an input before its entry, and an entry before its section."""
    found: Places = {}
    for section in sections:
        for entry, made in _inputs(section):
            for key in made.keys:
                found.setdefault(key, (section, made, entry))
        for entry in _all_entries(section.entries):
            found.setdefault(entry.key, (section, entry, entry))
    for section in sections:
        for key in section.keys:
            found.setdefault(key, (section, None, None))
    return found


def _inputs(section: Section) -> Iterator[tuple[Entry | None, Input]]:
    yield from ((None, each) for each in section.inputs)
    for entry in section.entries:
        yield from ((entry, each) for each in entry.all_inputs)


def _all_entries(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        for group in entry.groups:
            yield from _all_entries(group.entries)
