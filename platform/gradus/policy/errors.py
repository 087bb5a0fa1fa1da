"""What can be wrong with a rule, said so that its author can mend it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def phrase(template: str, *holes: object) -> str:
    """A sentence in the reader's language, with its `{}` filled: `phrase("“{}” is not a state{}", name, hint)`."""
    return gettext(template).format(*holes)


FORMS: dict[type, Any] = {
    str: _("text"), int: _("a whole number"), bool: _("true or false"), list: _("a list"), dict: _("a table"),
}  # fmt: skip


class RuleError(ValueError):
    """A condition that cannot be read or makes no sense for its model. The only error the parser raises."""


class EchoError(RuleError):
    """A mistake met where something is used that is wrong itself, and is told there."""


class UnknownName(LookupError):  # noqa: N818 - says what it is
    """Code asked for a model, process, right or transition that no book governs."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one book: where it is and what would be right."""

    file: str
    line: int
    key: str
    text: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.key}: {self.text}" if self.key else f"{self.file}:{self.line}: {self.text}"
        )


class BookErrors(Exception):  # noqa: N818 - a collection of problems, raised together
    """Everything that is wrong in the books of a folder, found in one pass."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Iterable[str], *, prefix: str = "") -> str:
    """A hint such as `; did you mean obj.author?`, or the known words when none is near."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return phrase("; did you mean {}{}?", prefix, close[0])
    return phrase("; known are: {}", ", ".join(prefix + name for name in words[:12])) if words else ""


def form_of(kind: type) -> str:
    """What a value of this type is called."""
    return str(FORMS.get(kind, kind.__name__))
