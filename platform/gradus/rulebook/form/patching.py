"""Single changes of a text, each where it belongs and nowhere else: comments, order and layout stay."""

import copy
import tomllib
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from gradus.rulebook.form import plain
from gradus.rulebook.form.statements import Block, Path, Statement, take_apart
from gradus.rulebook.form.writing import WIDTH, key_text, table_text, value_text

# The order of a book, for sections it does not have yet; and how long the header of a table in each is.
ORDER = (
    "title",
    "model",
    "process",
    "process.fields",
    "fields",
    "process.states",
    "conditions",
    "permissions",
    "transitions",
    "automations",
    "limits",
    "tests",
    "values",
)
DEPTH: dict[Path, int] = {
    ("process", "fields"): 3,
    ("process", "states"): 2,
    ("process",): 1,
    ("fields",): 1,
    ("conditions",): 2,
    ("permissions",): 2,
    ("transitions",): 2,
    ("values",): 2,
    ("limits",): 2,
    ("automations",): 2,
    ("tests",): 2,
}
SEVERAL = frozenset({"limits", "automations", "tests"})


class Patch:
    """A text while it is changed. `data` is what it says."""

    def __init__(self, text: str) -> None:
        self.blocks = take_apart(text if text.endswith("\n") or not text else text + "\n")

    def __str__(self) -> str:
        return "".join(map(str, self.blocks))

    @property
    def data(self) -> dict[str, Any]:
        return tomllib.loads(str(self))

    def put(self, path: Path, value: Any) -> None:
        """Write a value where its key stands, or where it would."""
        if (block := self._holder(path)) is not None:
            self._put_inside(block, path[len(block.path) :], value)
        elif isinstance(value, dict) and len(path) == self._depth(path):
            self._insert(path, value)
        else:
            length = min(self._depth(path), len(path) - 1)
            beside = next((each for each in self.blocks if each.path == path[:length]), None)
            if beside is not None:
                self._put_inside(beside, path[length:], value)
                return
            self._insert(path[:length], plain.put(None, path[length:], value))

    def drop(self, path: Path) -> None:
        """Take out what stands there, wherever it is written."""
        kept = [block for block in self.blocks if block.path[: len(path)] != path]
        if isinstance(path[-1], int):
            for block in kept:
                block.path = _stepped(block.path, path)
        self.blocks = kept
        for block in self.blocks:
            inside = path[len(block.path) :]
            if inside and block.path == path[: len(block.path)] and isinstance(inside[0], str):
                self._drop_inside(block, inside)

    def move(self, path: Path, other: Path) -> None:
        """Exchange two neighbours of one table or list."""
        ours, theirs = self._of(path), self._of(other)
        if ours and theirs:
            self._exchange(ours, theirs)
            return
        block = next(
            each for each in reversed(self.blocks) if _is_below(path, each.path) and len(each.path) < len(path)
        )
        inside = path[len(block.path) :]
        if len(inside) == 1:
            here, there = (
                next(n for n, each in enumerate(block.body) if each.path[:1] == (name,))
                for name in (path[-1], other[-1])
            )
            block.body[here], block.body[there] = block.body[there], block.body[here]
            return
        whole = plain.at(self.data, path[:-1])
        by = 1 if isinstance(path[-1], str) or other[-1] > path[-1] else -1  # type: ignore[operator]
        if isinstance(whole, dict):
            by = list(whole).index(str(other[-1])) - list(whole).index(str(path[-1]))
        self._put_inside(block, inside[:-1], plain.at(plain.moved(self.data, path, by), path[:-1]))

    def call(self, path: Path, name: str) -> None:
        """Give the key at `path` another name."""
        for block in self.blocks:
            if block.path[: len(path)] == path:
                old = block.path
                block.path = (*path[:-1], name, *old[len(path) :])
                block.header = _renamed_header(block)
                continue
            inside = path[len(block.path) :]
            if inside and block.path == path[: len(block.path)]:
                self._call_inside(block, inside, name)

    def _holder(self, path: Path) -> Block | None:
        """The block in whose body a key stands or belongs; None where a table of its own has to be begun."""
        around = [block for block in self.blocks if len(block.path) < len(path) and _is_below(path, block.path)]
        around.sort(key=lambda block: -len(block.path))
        for block in around:
            inside = path[len(block.path) :]
            if any(each.path and _overlap(each.path, inside) for each in block.body):
                return block
        depth = self._depth(path)
        return next((block for block in around if len(block.path) >= depth < len(path)), None)

    @staticmethod
    def _depth(path: Path) -> int:
        for start, depth in DEPTH.items():
            if path[: len(start)] == start and len(path) >= depth:
                return depth
        return len(path) - 1

    def _put_inside(self, block: Block, inside: Path, value: Any) -> None:
        name = str(inside[0])
        there = next((each for each in block.body if each.path == inside[: len(each.path)] and each.path), None)
        if there is None:
            new = plain.put(None, inside[1:], value) if inside[1:] else value
            self._append(block, Statement((name,), f"{key_text(name)} = ", value_text(new, width=WIDTH), "\n"))
            return
        rest = inside[len(there.path) :]
        whole = tomllib.loads(f"x = {there.value}")["x"]
        fits = rest and _in_place(there, rest, value)
        if not fits:
            there.value = value_text(plain.put(whole, rest, value), width=WIDTH)

    def _append(self, block: Block, new: Statement) -> None:
        """At the end of a table, its equal sign below the others."""
        lines = [each for each in block.body if each.path]
        columns = {len(each.head.rstrip(" ").rstrip("=")) for each in lines if "\n" not in each.head}
        if lines and len(columns) == 1:
            wide = max(columns.pop() - 1, len(new.head.split(" = ")[0]))
            for each in (*lines, new):
                each.head = f"{each.head.rstrip(' ').rstrip('=').rstrip(' ').ljust(wide)} = "
        last = max((n for n, each in enumerate(block.body) if each.path), default=-1)
        if last >= 0 and not block.body[last].tail.endswith("\n"):
            block.body[last].tail += "\n"
        block.body.insert(last + 1, new)

    def _drop_inside(self, block: Block, inside: Path) -> None:
        kept = []
        for each in block.body:
            length = len(each.path)
            if length and each.path[: len(inside)] == inside:
                continue
            if length and length < len(inside) and inside[:length] == each.path:
                whole = plain.drop(tomllib.loads(f"x = {each.value}")["x"], inside[length:])
                place = (*block.path, *each.path)
                if not whole and len(place) != 2 and plain.short_for(place) is None:
                    continue  # what has a place among others keeps it, even with nothing said about it
                each.value = value_text(whole, width=WIDTH)
            kept.append(each)
        block.body = kept

    def _call_inside(self, block: Block, inside: Path, name: str) -> None:
        for each in block.body:
            length = len(each.path)
            if length >= len(inside) and each.path[: len(inside)] == inside:
                each.path = (*each.path[: len(inside) - 1], name, *each.path[len(inside) :])
                before = each.head[: each.head.rindex("=")].rstrip(" ")
                wide = each.head.rindex("=") - 1 if before != each.head[: each.head.rindex("=")] else 0
                each.head = f"{'.'.join(map(key_text, each.path)).ljust(wide)} = "
            elif length and length < len(inside) and inside[:length] == each.path:
                whole = plain.called(tomllib.loads(f"x = {each.value}")["x"], inside[length:], name)
                each.value = value_text(whole, width=WIDTH)

    def _of(self, path: Path) -> list[Block]:
        return [block for block in self.blocks if block.path[: len(path)] == path]

    def _exchange(self, ours: list[Block], theirs: list[Block]) -> None:
        """Two tables with all that stands below them change places; others in between stay where they are."""
        if self.blocks.index(ours[0]) > self.blocks.index(theirs[0]):
            ours, theirs = theirs, ours
        rest: list[Block] = []
        for block in self.blocks:
            if block is ours[0]:
                rest += theirs
            elif block is theirs[0]:
                rest += ours
            elif not any(block is each for each in (*ours, *theirs)):
                rest.append(block)
        one, two = ours[0].path, theirs[0].path
        length = next((n + 1 for n, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), 0)
        if length and isinstance(one[length - 1], int):
            for some, new in ((ours, two[:length]), (theirs, one[:length])):
                for block in some:
                    block.path = (*new, *block.path[length:])
        self.blocks = rest

    def _insert(self, path: Path, values: dict[str, Any]) -> None:
        """A table of its own: after the last one of its section, or where the order of a book has it."""
        name = [key for key in path if isinstance(key, str)]
        block = take_apart(table_text(name, values, several=name[0] in SEVERAL))[1]
        block.path, block.lead = path, "\n"
        at = self._after(path)
        before = str(self.blocks[at - 1])
        if at == 1 and not before:
            block.lead = ""
        elif not before.endswith("\n"):
            self.blocks[at - 1].body.append(Statement((), "\n"))
        self.blocks.insert(at, block)

    def _after(self, path: Path) -> int:
        parent = path[:-1]
        near = [
            n for n, block in enumerate(self.blocks) if parent and block.path[: len(parent)] == parent and block.path
        ]
        if near:
            return near[-1] + 1
        ranks = {name: rank for rank, name in enumerate(ORDER)}
        mine = _rank(path, ranks)
        return max((n for n, block in enumerate(self.blocks) if _rank(block.path, ranks) <= mine), default=0) + 1


def _rank(path: Path, ranks: dict[str, int]) -> int:
    if not path:
        return -1
    return ranks.get(".".join(map(str, path[:2])), ranks.get(str(path[0]), len(ranks)))


def _is_below(path: Path, start: Path) -> bool:
    return path[: len(start)] == start


def _overlap(one: Path, two: Path) -> bool:
    """Whether one of two places lies in the other."""
    length = min(len(one), len(two))
    return one[:length] == two[:length]


def _stepped(path: Path, gone: Path) -> Path:
    """A place in a list after an earlier one of the same list has gone."""
    at = len(gone) - 1
    if len(path) > at and path[:at] == gone[:at] and path[at] > gone[at]:  # type: ignore[operator]
        return (*path[:at], path[at] - 1, *path[at + 1 :])  # type: ignore[operator]
    return path


def _renamed_header(block: Block) -> str:
    """The header again, with what follows it on its line."""
    several = block.header.lstrip().startswith("[[")
    name = ".".join(key_text(key) for key in block.path if isinstance(key, str))
    comment = block.header[block.header.rindex("]") + 1 :] if "#" not in block.header else None
    if comment is None:
        comment = " " + block.header[block.header.index("#") :]
    return f"[[{name}]]{comment}" if several else f"[{name}]{comment}"


def _in_place(there: Statement, rest: Path, value: Any) -> bool:
    """Exchange one plain value inside a table or list on the right of a key, and leave all else of it as it stands."""
    if isinstance(value, dict | list):
        return False
    try:
        found = tomlkit.parse(f"x = {there.value}\n")
        inner: Any = found["x"]
        for key in rest[:-1]:
            inner = inner[key]
        old = inner[rest[-1]]
        if isinstance(old, dict | list):
            return False
        wanted = plain.put(copy.deepcopy(tomllib.loads(f"x = {there.value}")["x"]), rest, value)
        inner[rest[-1]] = tomlkit.value(value_text(value))
        written = tomlkit.dumps(found)[4:].rstrip("\n")
        if tomllib.loads(f"x = {written}")["x"] != wanted:
            return False
    except (TOMLKitError, LookupError, TypeError, ValueError):
        return False
    there.value = written
    return True
