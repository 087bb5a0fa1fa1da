"""Found at start-up instead of at the first mail: a rule that tells nobody, or has nothing to say."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.template import Engine, TemplateDoesNotExist

from gradus import policy
from gradus.accounts.roles import HELD
from gradus.notify.actions import ROLE
from gradus.policy.books import Book

PARTS = ("subject.txt", "txt", "html")


def check_rules(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Every `notify` of every book has somebody to tell and the three templates to tell it with."""
    try:
        books = policy.active().books
    except policy.BookErrors:
        return []  # the rules' own check says what is wrong
    return [problem for book in books for problem in _problems(book)]


def _problems(book: Book) -> Iterator[CheckMessage]:
    for name, rule in book.transitions.items():
        for call in rule.then:
            if call.action == "notify":
                where = f"{book.file}: transitions.{name}.then"
                yield from _target(book, call.target, where)
                yield from _templates(call.params["template"], where)


def _target(book: Book, target: str, where: str) -> Iterator[CheckMessage]:
    if target.startswith(ROLE):
        if target.removeprefix(ROLE) not in HELD:
            yield Error(f"{where}: “{target}” is not a role anybody holds", id="notify.E001")
        return
    field = book.fields.get(target)
    if field is None:
        yield Error(f"{where}: “{target}” is not one of [fields]", id="notify.E001")
    elif field.to != settings.AUTH_USER_MODEL:
        yield Error(f"{where}: “{target}” is not a person", id="notify.E001")


def _templates(template: str, where: str) -> Iterator[CheckMessage]:
    for part in PARTS:
        name = f"notifications/{template}.{part}"
        try:
            Engine.get_default().get_template(name)
        except TemplateDoesNotExist:
            yield Error(f"{where}: there is no template {name}", id="notify.E002")
