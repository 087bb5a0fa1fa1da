"""Values on their way into a spreadsheet."""

from typing import TypeVar

V = TypeVar("V")

# A cell that begins like this is read as a formula by one spreadsheet or another, some after trimming it.
FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
CONTROL = dict.fromkeys(range(32), " ")


def inert(value: V) -> V | str:
    """The value with a text that would start a formula put behind an apostrophe; numbers and days are themselves."""
    if not isinstance(value, str):
        return value
    text = value.translate(CONTROL)
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text
