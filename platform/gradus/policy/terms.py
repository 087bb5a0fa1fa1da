"""Conditions that need Python, registered in an app's `terms.py` as a pair: a test and a filter.

    @term("requests.Request", q=lambda user: Q(...), yes=_("it is paid"), no=_("it is not paid"))
    def is_paid(user, obj): ...

Both get the person or None. `q` may answer a bool, and must not join a to-many relation (use Exists). A property
test of the owner holds the pair equal.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Q
from django.utils.functional import Promise

from gradus.policy import tree

F = TypeVar("F", bound=Callable[[Any, Any], bool])

_terms: dict[str, dict[str, tree.Term]] = {}


def term(
    model: str,
    *,
    q: Callable[[Any], Q | bool],
    yes: str | Promise = "",
    no: str | Promise = "",
    name: str = "",
    personal: bool = True,
) -> Callable[[F], F]:
    """Register the decorated `(user, obj)` test as a condition for books of `model`.

    `personal=False` promises that it is the same whoever asks: what a draft changes can be counted exactly then.
    """

    def register(test: F) -> F:
        word = name or test.__name__
        found = tree.Term(word, _standing_in(word, test), q, yes, no, personal=personal)  # type: ignore[arg-type]
        _terms.setdefault(model, {})[word] = found
        return test

    return register


def _standing_in(name: str, test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A book's own tests state a term's result in `given`; real objects are asked."""

    def ask(user: Any, obj: Any) -> bool:
        if obj is None:
            return False
        stated = getattr(obj, "stated_terms", None)
        return test(user, obj) if stated is None else bool(stated.get(name, False))

    return ask


def for_model(model: str) -> dict[str, tree.Term]:
    return _terms.get(model, {})


def unregister(model: str, name: str) -> None:
    _terms.get(model, {}).pop(name, None)
