"""What else of a book mentions a state, field, condition or transition, when it is called something else."""

import re
from collections.abc import Callable
from typing import Any

from gradus.accounts.roles import Role
from gradus.rulebook.form.statements import Path

KINDS: dict[Path, str] = {
    ("process", "states"): "state",
    ("process", "fields"): "field",
    ("fields",): "field",
    ("conditions",): "condition",
    ("transitions",): "transition",
    ("permissions",): "transition",
}
CONDITIONS = frozenset({"if", "forbid", *(role.value for role in Role)})
SECTIONS = frozenset({"conditions", "permissions", "transitions", "automations"})
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_STATE_SAID = re.compile(
    r"(\b(?:obj\.state|source|target)\s*(?:==|!=|(?:not\s+)?in)\s*)(\[[^\]]*\]|'[^']*'|\"[^\"]*\")"
)


def followed(data: dict[str, Any], path: Path, name: str) -> dict[str, Any]:
    """The data, in which every mention of what was called `path[-1]` now says `name`."""
    kind, old = KINDS.get(path[:-1]), str(path[-1])
    if kind is None:
        return data
    return _walk(data, (), _MENTIONS[kind](old, name))  # type: ignore[no-any-return]


def _walk(value: Any, path: Path, exchange: Callable[[Path, str], str]) -> Any:
    if isinstance(value, dict):
        found = {}
        for key, each in value.items():
            word = exchange((*path, "?"), key) if path[-1:] == ("given",) and path[0] == "tests" else key
            found[word] = _walk(each, (*path, key), exchange)
        return found
    if isinstance(value, list):
        return [_walk(each, (*path, index), exchange) for index, each in enumerate(value)]
    return exchange(path, value) if isinstance(value, str) else value


def _is_condition(path: Path) -> bool:
    """Whether a condition stands there: a row, `forbid`, `if`, or the `when` of a field or a question."""
    if path[-1] == "when":
        return path[:2] == ("process", "fields") or path[2:3] == ("ask",)
    return len(path) == 3 and path[-1] in CONDITIONS and path[0] in SECTIONS


def _outside_quotes(text: str, exchange: Callable[[str], str]) -> str:
    at, parts = 0, []
    for quoted in _QUOTED.finditer(text):
        parts += [exchange(text[at : quoted.start()]), quoted[0]]
        at = quoted.end()
    return "".join([*parts, exchange(text[at:])])


def _state(old: str, new: str) -> Callable[[Path, str], str]:
    words = re.compile(rf"(?<![\w]){re.escape(old)}(?![\w])")
    quoted = re.compile(rf"(['\"]){re.escape(old)}\1")

    def exchange(path: Path, text: str) -> str:
        names = [key for key in path if isinstance(key, str)]
        if names[0] == "transitions" and names[2:3] in (["from"], ["to"]) and len(names) == 3:
            return new if text == old else text
        if names[0] == "automations" and names[-1] in {"after", "on"}:
            return _of_trigger(names[-1], text, words, new)
        if names[0] == "tests" and names[1:] == ["given", "state"]:
            return new if text == old else text
        if _is_condition(path):
            return _STATE_SAID.sub(lambda found: found[1] + quoted.sub(rf"\g<1>{new}\g<1>", found[2]), text)
        return text

    return exchange


def _of_trigger(key: str, text: str, words: re.Pattern[str], new: str) -> str:
    if key == "after":
        span, joined, state = text.rpartition(" in ")
        return span + joined + words.sub(new, state)
    return words.sub(new, text) if "->" in text else text


def _field(old: str, new: str) -> Callable[[Path, str], str]:
    words = re.compile(rf"\bobj\.{re.escape(old)}(?!\w)")

    def exchange(path: Path, text: str) -> str:
        names = [key for key in path if isinstance(key, str)]
        if _is_condition(path):
            return _outside_quotes(text, lambda part: words.sub(f"obj.{new}", part))
        if names == ["limits", "of"]:
            return f"obj.{new}" if text == f"obj.{old}" else text
        named = names[-1] in {"notify", "assign"} or names == ["tests", "as", "is"]
        named = named or names == ["tests", "given", "?"]
        return new if named and text == old else text

    return exchange


def _condition(old: str, new: str) -> Callable[[Path, str], str]:
    words = re.compile(rf"(?<![\w.]){re.escape(old)}(?![\w.])")

    def exchange(path: Path, text: str) -> str:
        return _outside_quotes(text, lambda part: words.sub(new, part)) if _is_condition(path) else text

    return exchange


def _transition(old: str, new: str) -> Callable[[Path, str], str]:
    def exchange(path: Path, text: str) -> str:
        names = [key for key in path if isinstance(key, str)]
        listed = names in (["limits", "on"], ["limits", "count"], ["automations", "on"], ["tests", "may"])
        return new if text == old and (listed or names[-1] == "apply") else text

    return exchange


_MENTIONS: dict[str, Callable[[str, str], Callable[[Path, str], str]]] = {
    "state": _state,
    "field": _field,
    "condition": _condition,
    "transition": _transition,
}
