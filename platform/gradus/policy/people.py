"""What `user.<name>` may read. Apps add facts in their `terms.py`; nobody but the person in question is read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from gradus.policy import tree

F = TypeVar("F", bound=Callable[[Any], Any])

_facts: dict[str, tree.Fact] = {}


def user_fact(
    name: str, *, kind: tree.Kind = "text", to: str = "", many: bool = False, label: Any = ""
) -> Callable[[F], F]:
    """Register a function of the person; None means missing. A `ref` is given as the key of a `to` model."""

    def register(read: F) -> F:
        _facts[name] = tree.Fact(name, kind, _standing_in(name, read), to=to, many=many, label=label)
        return read

    return register


def _standing_in(name: str, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A book's own tests state a person's facts beside the role; real people are asked."""

    def ask(user: Any) -> Any:
        stated = getattr(user, "stated_facts", None)
        return read(user) if stated is None else stated.get(name)

    return ask


def facts() -> dict[str, tree.Fact]:
    return _facts


def unregister(name: str) -> None:
    _facts.pop(name, None)


@user_fact("email", label=_("e-mail address"))
def _email(user: Any) -> str:
    return str(user.email)


@user_fact("language", label=_("language"))
def _language(user: Any) -> str | None:
    return user.language or None


@user_fact("joined", kind="moment", label=_("here since"))
def _joined(user: Any) -> datetime | None:
    joined: datetime | None = user.date_joined
    return joined
