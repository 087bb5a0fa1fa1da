"""What people can ask to be told about. A kind such as `requests/approved` belongs to the longest topic it starts with.

An app names its topics in `notifications.py`, which is imported at start-up.
"""

from collections.abc import Set
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gradus.accounts.roles import Role


@dataclass(frozen=True)
class Topic:
    name: str
    label: str | Promise
    help: str | Promise = ""
    app: bool = True
    mail: bool = True
    roles: frozenset[Role] = frozenset(Role)  # whom it is offered to

    def concerns(self, roles: Set[Role]) -> bool:
        return bool(self.roles & roles)


OTHER = Topic("other", _("Everything else"))
_topics: dict[str, Topic] = {}


def register(topic: Topic, *also: str) -> Topic:
    """Offer a topic; `also` are further beginnings of kinds that belong to it."""
    for name in (topic.name, *also):
        _topics[name] = topic
    return topic


def every() -> list[Topic]:
    return [*sorted(set(_topics.values()), key=lambda topic: topic.name), OTHER]


def topic_of(kind: str) -> Topic:
    parts = kind.split("/")
    prefixes = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((_topics[prefix] for prefix in prefixes if prefix in _topics), OTHER)


def named(name: str) -> Topic | None:
    return next((topic for topic in every() if topic.name == name), None)
