"""A TOML text taken apart without losing a character: its headers, and under each the statements and what lies between.

Only texts that `tomllib` reads are taken apart, so the scanner need not doubt what it sees.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
QUOTES = ('"""', "'''", '"', "'")


@dataclass(slots=True)
class Statement:
    """`key = value` with everything up to the end of its line; with an empty path, lines that say nothing."""

    path: tuple[str, ...]
    head: str  # up to the value
    value: str = ""
    tail: str = ""  # a comment, and the end of the line

    def __str__(self) -> str:
        return self.head + self.value + self.tail


@dataclass(slots=True)
class Block:
    """A header, the comments right above it, and what stands below; the first block of a text has no header."""

    path: Path = ()
    lead: str = ""
    header: str = ""
    body: list[Statement] = field(default_factory=list)

    def __str__(self) -> str:
        return self.lead + self.header + "".join(map(str, self.body))


def end_of_value(text: str, start: int) -> int:
    """Where the value that begins at `start` ends: before a comment, a line end or the spaces in front of them."""
    at, depth, end = start, 0, start
    while at < len(text):
        if quote := next((each for each in QUOTES if text.startswith(each, at)), ""):
            at = end = _after_quoted(text, at, quote)
            continue
        char = text[at]
        if char in "#\n":
            if not depth:
                return end
            at = _line_end(text, at) if char == "#" else at + 1
            continue
        depth += (char in "[{") - (char in "]}")
        at += 1
        if not char.isspace():
            end = at
    return end


def _after_quoted(text: str, at: int, quote: str) -> int:
    at += len(quote)
    while not text.startswith(quote, at):
        at += 2 if text[at] == "\\" and quote[0] == '"' else 1
    at += len(quote)
    while len(quote) == 3 and text.startswith(quote[0], at):  # up to two more quotes belong to the text
        at += 1
    return at


def _line_end(text: str, at: int) -> int:
    """After the text of a line, before its end."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _end_of_key(text: str, at: int) -> int:
    """Where the `=` of a statement stands."""
    while text[at] != "=":
        quote = text[at] if text[at] in "\"'" else ""
        at = _after_quoted(text, at, quote) if quote else at + 1
    return at


def take_apart(text: str) -> list[Block]:
    """The blocks of a text, in order; joined again they are the text."""
    blocks = [Block()]
    counts: dict[Path, int] = {}
    for piece in _pieces(text):
        if isinstance(piece, Statement):
            blocks[-1].body.append(piece)
            continue
        lead = _lead(blocks[-1].body)
        path = _placed(_keys(piece), counts, several=piece.strip().startswith("[["))
        blocks.append(Block(path, lead, piece))
    return blocks


def _pieces(text: str) -> Iterator[Statement | str]:
    """Statements and lines between them; a header as a text."""
    at = 0
    while at < len(text):
        end = _line_end(text, at)
        line = text[at:end].strip()
        if not line or line.startswith("#"):
            yield Statement((), text[at : end + 1])
        elif line.startswith("["):
            yield text[at : end + 1]
        else:
            equals = _end_of_key(text, at)
            start = equals + 1
            while text[start] in " \t":
                start += 1
            stop = end_of_value(text, start)
            end = _line_end(text, stop)
            yield Statement(_keys(text[at:equals]), text[at:start], text[start:stop], text[stop : end + 1])
        at = end + 1


def _lead(body: list[Statement]) -> str:
    """Take the comments right above a header, and the empty lines above them, out of the block before it."""
    at = len(body)
    while at and not body[at - 1].path and body[at - 1].head.strip():
        at -= 1
    while at and not body[at - 1].path and not body[at - 1].head.strip():
        at -= 1
    lead = "".join(map(str, body[at:]))
    del body[at:]
    return lead


def _keys(written: str) -> tuple[str, ...]:
    """`[[a."b c"]]` or `a."b c"` as its parts."""
    line = written.strip()
    found: Any = tomllib.loads(f"{line}\n" if line.startswith("[") else f"{line} = 0\n")
    keys: list[str] = []
    while isinstance(found, dict) and found:
        keys.append(next(iter(found)))
        found = found[keys[-1]]
        found = found[0] if isinstance(found, list) else found
    return tuple(keys)


def _placed(keys: tuple[str, ...], counts: dict[Path, int], *, several: bool) -> Path:
    """A header's place: below `[[limits]]` it belongs to the newest of them. Numbers begin at 0."""
    path: Path = ()
    for number, key in enumerate(keys, start=1):
        path = (*path, key)
        if number == len(keys) and several:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
