"""Found with the book instead of at the first mail: a rule that tells nobody, or has nothing to say."""

from functools import lru_cache

from django.conf import settings
from django.template import Engine, TemplateDoesNotExist

from gradus.accounts.roles import HELD
from gradus.notify import render, saying
from gradus.policy.actions import ActionCall
from gradus.policy.books import Book
from gradus.policy.errors import RuleError, nearest, phrase

ROLE = "role:"


def check_call(book: Book, call: ActionCall) -> None:
    """Raise RuleError unless a `notify` has somebody to tell, and templates or texts to tell it with."""
    _target(book, call.target)
    template = call.params.get("template", "")
    if template and (call.params.keys() & {"subject", "text"}):
        raise RuleError(phrase("a template, or a subject and a text of its own: not both"))
    if template and (missing := _missing(template)):
        raise RuleError(phrase("there is no template {}", missing))
    for name in ("subject", "text"):
        saying.check(call.params.get(name, ""), book)


def _target(book: Book, target: str) -> None:
    if target.startswith(ROLE):
        role = target.removeprefix(ROLE)
        if role not in HELD:
            raise RuleError(phrase("“{}” is not a role anybody holds{}", target, nearest(role, HELD, prefix=ROLE)))
        return
    field = book.fields.get(target)
    if field is None:
        raise RuleError(
            phrase("“{}” is not one of [fields], so nobody is told{}", target, nearest(target, book.fields))
        )
    if field.to != settings.AUTH_USER_MODEL:
        raise RuleError(phrase("“{}” is not a person, so nobody is told", target))


@lru_cache(maxsize=256)
def _missing(template: str) -> str:
    """The first of its templates that is not there."""
    for names in render.parts(template):
        try:
            Engine.get_default().select_template(names[:1])
        except (TemplateDoesNotExist, OSError, ValueError):  # the others: what no file can be called
            return names[0]
    return ""
