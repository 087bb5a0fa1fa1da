"""A book's text: its TOML, its hash, and on which line each key stands."""

import hashlib
import re
import reprlib
import tomllib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from gradus.core.formats import whole
from gradus.policy.bounds import LONGEST_BOOK, check_name, check_number
from gradus.policy.errors import EchoError, Problem, RuleError, form_of, nearest, phrase

Path = tuple[str | int, ...]
_TABLE = re.compile(r"\s*(\[\[?)([^\]]+)\]")
_BETWEEN = re.compile(r"[=\[\]{},#\n]")  # what no key holds
MOST_STRANGE = 50
DEEPEST = 200  # parts of a key: reading one costs their square
_KEY = re.compile(r"\s*([A-Za-z0-9_.\-\"]+)\s*=")
# Around what two changes made of the same lines, until somebody decides which of them holds.
CONFLICT_BEGINS, CONFLICT_ENDS = "<<<<<<< ", ">>>>>>> "
# `process = "app.kind"` reads best, but TOML then refuses [process.fields]; the dotted form may stand beside it.
_PROCESS = re.compile(r"(?m)^process(\s*=\s*[\"'])")


class Source:
    """One file while it is read. Mistakes are collected, so that an author sees all of them at once."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.version = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        self.problems: list[Problem] = []
        self.echoes: list[Problem] = []

    @cached_property
    def lines(self) -> dict[Path, int]:
        return _lines(self.text)

    @cached_property
    def data(self) -> dict[str, Any]:
        """What the text says; empty, with a problem, where it says nothing that can be read."""
        if len(self.text) > LONGEST_BOOK:
            self.problems.append(
                Problem(self.file, 1, "", phrase("a book has at most {} characters", whole(LONGEST_BOOK)))
            )
            return {}
        marks = (CONFLICT_BEGINS, CONFLICT_ENDS)
        open_ = [number for number, line in enumerate(lines_of(self.text), start=1) if line.startswith(marks)]
        if open_:
            text = phrase("two changes meet here; keep what is to hold, and delete the lines with <<<, === and >>>")
            self.problems.extend(Problem(self.file, number, "", text) for number in open_)
            return {}
        if any(part.count(".") > DEEPEST for part in _BETWEEN.split(self.text)):
            self.problems.append(Problem(self.file, 1, "", phrase("a name has too many parts")))
            return {}
        try:
            return tomllib.loads(as_toml(self.text))
        except RecursionError:
            self.problems.append(Problem(self.file, 1, "", phrase("lists and tables are nested too deeply")))
        except ValueError as error:  # TOML's own mistakes, and numbers Python does not read
            line = re.search(r"line (\d+)", str(error))
            self.problems.append(
                Problem(self.file, int(line[1]) if line else 1, "", phrase("no valid TOML: {}", error))
            )
        return {}

    def line(self, path: Path) -> int:
        """The line of a key, or of the nearest table around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1

    def report(self, path: Path, text: str) -> None:
        self.problems.append(self._problem(path, text))

    def _problem(self, path: Path, text: str) -> Problem:
        return Problem(self.file, self.line(path), ".".join(map(str, path)), text)

    @contextmanager
    def at(self, *path: str | int) -> Iterator[None]:
        """Report a RuleError raised inside as a mistake at this key, and go on."""
        try:
            yield
        except EchoError as error:
            self.echoes.append(self._problem(path, str(error)))
        except RuleError as error:
            self.report(path, str(error))

    def settle(self) -> None:
        """Told last: no echo is left out unless what it is the echo of is told."""
        if not self.problems:
            self.problems += self.echoes

    def table(self, path: Path, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        if value is not None:
            self.report(path, phrase("a table is expected here"))
        return {}

    def only(self, path: Path, table: Iterable[str], known: Iterable[str]) -> None:
        """Report the keys that mean nothing here; of very many, the first."""
        words = set(known)
        strange = [key for key in table if key not in words]
        for key in strange[:MOST_STRANGE]:
            self.report((*path, key), phrase("“{}” means nothing here{}", key, nearest(key, words)))

    def take(self, path: Path, table: dict[str, Any], key: str, form: type, default: Any = None) -> Any:
        """The value of a key in the type it must have, or the default and a report."""
        value = table.get(key, default)
        if value is default or (isinstance(value, form) and (form is bool or not isinstance(value, bool))):
            return value
        wanted = form_of(form)
        self.report((*path, key), phrase("{} is expected here, not {}", wanted, reprlib.repr(value)))
        return default

    def texts(self, path: Path, table: dict[str, Any], key: str) -> list[str]:
        """A list of texts; what is none is reported and left out."""
        found = self.take(path, table, key, list, [])
        for wrong in (each for each in found if not isinstance(each, str)):
            self.report((*path, key), phrase("a list of texts is expected here; {} is none", reprlib.repr(wrong)))
        return [each for each in found if isinstance(each, str)]

    def named(self, path: Path, table: dict[str, Any], kind: str, section: str, taken: Collection[str] = ()) -> None:
        """Report names that nothing of that kind may have, and more of them than a book may hold."""
        with self.at(*path):
            check_number(section, len(table))
        for name in table:
            with self.at(*path, name):
                check_name(kind, name, taken)


def lines_of(text: str) -> list[str]:
    """As TOML has them. Python sees further ends of lines, such as U+2028, which in a book are part of a text."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def as_toml(text: str) -> str:
    """`process = "app.kind"` as TOML has it where tables stand beside it."""
    return _PROCESS.sub(r"process.name\1", text, count=1)


def _lines(text: str) -> dict[Path, int]:
    found: dict[Path, int] = {}
    table: Path = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(lines_of(text), start=1):
        if header := _TABLE.match(line):
            table, name = _parts(header[2]), header[2].strip()
            if header[1] == "[[":
                counts[name] = counts.get(name, 0) + 1
                table = (*table, counts[name])
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], number)
        elif key := _KEY.match(line):
            path = (*table, *_parts(key[1]))
            for length in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:length], number)
    return found


def _parts(dotted: str) -> Path:
    return tuple(part.strip().strip('"') for part in dotted.split(".", DEEPEST))
