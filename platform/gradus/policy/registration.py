"""django-rules is the registry: one predicate per governed permission, asked by its backend."""

from collections.abc import Callable, Iterable
from typing import Any

from rules import permissions
from rules.predicates import predicate

Answer = Callable[[str, Any, Any], bool]
_answer: Answer | None = None


def answer_with(answer: Answer) -> None:
    """Who answers for governed permissions: filled by `gradus.policy.deciding`."""
    global _answer  # noqa: PLW0603 - set once at import
    _answer = answer


def register_permissions(names: Iterable[str]) -> None:
    """Register what is not registered yet. Predicates ask the set in force, so they outlive it."""
    for name in names:
        if not permissions.perm_exists(name):
            permissions.add_perm(name, _predicate(name))


def _predicate(name: str) -> Any:
    def governed(user: Any, obj: Any) -> bool:
        return _answer is not None and _answer(name, user, obj)

    return predicate(governed, name=name)
