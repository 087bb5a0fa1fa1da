"""The same changes to plain data: what a text has to say after each of them."""

from collections.abc import Mapping
from typing import Any

from gradus.policy.errors import RuleError
from gradus.rulebook.form.statements import Path

# Words that may stand for a table: `amount = "money"`, `draft = "Draft"`, `author = "author"`.
SHORT: dict[Path, str] = {("process", "fields"): "type", ("process", "states"): "label", ("fields",): "path"}


class NoSuchPlace(RuleError):  # noqa: N818 - says what it is
    """The text has changed meanwhile: what was to be changed is no longer there."""


def at(data: Any, path: Path) -> Any:
    """What stands there, or None."""
    for key in path:
        if not (key in data if isinstance(data, Mapping) else _is_index(data, key)):
            return None
        data = data[key]
    return data


def _is_index(data: Any, key: Any) -> bool:
    return isinstance(data, list) and isinstance(key, int) and 0 <= key < len(data)


def short_for(path: Path) -> str | None:
    """The key a bare text stands for at this place: `type` of a field of the form."""
    if len(path) >= 2 and path[-2] == "ask":
        return "type"
    return SHORT.get(path[:-1])


def put(data: Any, path: Path, value: Any) -> Any:
    """The data with this value there; a list grows by one when the index is its length."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(key, int):
        if not isinstance(data, list | None) or key > len(data or []):
            raise NoSuchPlace(str(key))
        found = list(data or [])
        inner = found[key] if key < len(found) else None
        found[key : key + 1] = [put(inner, rest, value)]
        return found
    if not isinstance(data, dict | None):
        raise NoSuchPlace(key)
    return {**(data or {}), key: put((data or {}).get(key), rest, value)}


def drop(data: Any, path: Path) -> Any:
    """The data without this."""
    whole, key = at(data, path[:-1]), path[-1]
    if at(data, path) is None:
        raise NoSuchPlace(".".join(map(str, path)))
    if isinstance(whole, list):
        return put(data, path[:-1], [each for index, each in enumerate(whole) if index != key])
    return put(data, path[:-1], {name: value for name, value in whole.items() if name != key})


def moved(data: Any, path: Path, by: int) -> Any:
    """The data with this entry one place further on or back among its neighbours."""
    whole = at(data, path[:-1])
    if isinstance(whole, list):
        new: Any = list(whole)
        index, other = _places(range(len(new)), path[-1], by)
        new[index], new[other] = new[other], new[index]
    else:
        names = list(whole) if isinstance(whole, dict) else []
        index, other = _places(names, path[-1], by)
        names[index], names[other] = names[other], names[index]
        new = {name: whole[name] for name in names}
    return put(data, path[:-1], new)


def _places(names: Any, name: Any, by: int) -> tuple[int, int]:
    listed = list(names)
    if name not in listed or not 0 <= listed.index(name) + by < len(listed):
        raise NoSuchPlace(str(name))
    return listed.index(name), listed.index(name) + by


def called(data: Any, path: Path, name: str) -> Any:
    """The data with the key at `path` called `name`, in the same place."""
    whole = at(data, path[:-1])
    if not isinstance(whole, dict) or path[-1] not in whole or name in whole:
        raise NoSuchPlace(name)
    new = {name if key == path[-1] else key: value for key, value in whole.items()}
    return put(data, path[:-1], new)


def pruned(data: Any) -> Any:
    """Without empty tables and lists: TOML cannot always say whether they are there."""
    if isinstance(data, dict):
        found = {key: pruned(value) for key, value in data.items()}
        return {key: value for key, value in found.items() if value not in ({}, [])}
    return [pruned(each) for each in data] if isinstance(data, list) else data
