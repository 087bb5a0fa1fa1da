"""A process follows what is in force: one cached read for each request and each task."""

import threading
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from gradus.core.middleware import QUIET
from gradus.policy.ruleset import RuleSet, activate
from gradus.rulebook.models import Activation
from gradus.rulebook.store import Standing, build, standing

KEY = "rules.in_force"
SECONDS = 5  # how long a publisher that died before it told the cache goes unnoticed
_lock = threading.Lock()
_number = 0  # of what this process has in force


def first() -> RuleSet:
    """What a new process begins with."""
    global _number  # noqa: PLW0603 - the one number this module is about
    found = at_first()
    _number = found.number
    return build(found)


def at_first() -> Standing:
    """What is in force; before the tables exist, that is the files."""
    try:
        return standing()
    except DatabaseError:
        return Standing()


def follow() -> None:
    """Put in force what was published since this process last looked; it never goes back to something older."""
    global _number  # noqa: PLW0603
    if newest() <= _number:
        return
    with _lock:
        found = standing()
        if found.number > _number:
            activate(build(found))
            _number = found.number


def newest() -> int:
    """The number of the newest activation, from the cache where it knows."""
    found = cache.get(KEY)
    if found is None:
        found = Activation.objects.values_list("number", flat=True).first() or 0
        cache.add(KEY, found, SECONDS)  # not `set`: a publisher may have told a newer one meanwhile
    return int(found)


def tell(number: int) -> None:
    """Something was put in force, and that is committed: this process and the cache know at once."""
    cache.set(KEY, number, SECONDS)
    follow()


class FollowRules:
    """Middleware: a page is made by one set of rules, the newest when it began."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(QUIET):
            follow()
        return self.get_response(request)


def before_task(**_: Any) -> None:
    follow()
