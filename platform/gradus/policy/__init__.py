"""The rule language: a rule is written once, and decides, filters, explains, and tests itself.

The public names are loaded when first used: models of lower apps may import this package before Django is ready.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradus.policy.books import Book, Condition, Right, TransitionRule
    from gradus.policy.deciding import Decision, decide
    from gradus.policy.errors import BookErrors, Problem, RuleError, UnknownName
    from gradus.policy.explaining import Explanation, explain
    from gradus.policy.filtering import condition, filter  # noqa: A004 - the word of the language
    from gradus.policy.recording import facts
    from gradus.policy.ruleset import RuleSet, activate, active, load, load_texts, using, value

_HOMES = {
    "books": ("Book", "Condition", "Right", "TransitionRule"),
    "deciding": ("Decision", "decide"),
    "errors": ("BookErrors", "Problem", "RuleError", "UnknownName"),
    "explaining": ("Explanation", "explain"),
    "filtering": ("condition", "filter"),
    "recording": ("facts",),
    "ruleset": ("RuleSet", "activate", "active", "load", "load_texts", "using", "value"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Book", "BookErrors", "Condition", "Decision", "Explanation", "Problem", "Right", "RuleError", "RuleSet",
    "TransitionRule", "UnknownName", "activate", "active", "condition", "decide", "explain", "facts", "filter",
    "load", "load_texts", "using", "value",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
