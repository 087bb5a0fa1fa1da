"""Values as books write them: texts in double quotes, tables on one line, lists on one line while they are short."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
WIDTH = 110


def key_text(key: str) -> str:
    return key if _BARE.fullmatch(key) else text_value(key)


def text_value(text: str) -> str:
    """A basic string of TOML: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def value_text(value: Any, *, width: int = 0) -> str:
    """A value on one line; a list of tables or texts that is longer than `width` on several."""
    if isinstance(value, str):
        return text_value(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key_text(key)} = {value_text(each)}" for key, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return _list(value, width)
    return str(value)


def _list(values: Iterable[Any], width: int) -> str:
    written = [value_text(each) for each in values]
    line = f"[{', '.join(written)}]"
    if not width or len(line) <= width:
        return line
    return "[\n" + "".join(f"    {each},\n" for each in written) + "]"


def table_text(path: Iterable[str], values: Mapping[str, Any], *, several: bool = False) -> str:
    """A header and its keys, their equal signs below each other."""
    name = ".".join(map(key_text, path))
    wide = max((len(key_text(key)) for key in values), default=0)
    lines = [f"{key_text(key).ljust(wide)} = {value_text(value, width=WIDTH)}\n" for key, value in values.items()]
    return f"[[{name}]]\n" * several + f"[{name}]\n" * (not several) + "".join(lines)
