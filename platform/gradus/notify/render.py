"""Turning a notification's templates into words, in the reader's language and time zone.

`templates/notifications/<kind>.subject.txt` is the title everywhere, `<kind>.txt` the text in the list and in the
mail's plain part, `<kind>.html` the mail's other part. The two bodies extend `notifications/base.txt` and `.html` and
fill the block `message`. Plain text is not escaped, HTML is. A kind without templates of its own has those of its last
word: `requests/said` is written by `notifications/said.*`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.template import Context, Engine
from django.template.base import Template
from django.utils import timezone, translation

from gradus.accounts.models import User

TITLE_LENGTH = 200
PARTS = ("subject.txt", "txt", "html")


@dataclass(frozen=True)
class Words:
    """What the list shows."""

    title: str
    body: str


@contextmanager
def as_read_by(user: User) -> Iterator[None]:
    """Run the block in this person's language and time zone."""
    with translation.override(user.mail_language), timezone.override(user.zone):
        yield


def words(user: User, kind: str, context: Mapping[str, Any]) -> Words:
    with as_read_by(user):
        return Words(title(kind, context), text(kind, context, layout="notifications/inside.txt"))


def title(kind: str, context: Mapping[str, Any]) -> str:
    """One line, whatever the template or a value in it holds: it becomes a mail header."""
    written = " ".join(_plain(_template(kind, "subject.txt"), context).split())
    return written if len(written) <= TITLE_LENGTH else written[: TITLE_LENGTH - 1] + "…"


def text(kind: str, context: Mapping[str, Any], *, layout: str = "notifications/outside.txt") -> str:
    return _plain(_template(kind, "txt"), {**context, "layout": layout}).strip()


def html(kind: str, context: Mapping[str, Any]) -> str:
    return _template(kind, "html").render(Context(dict(context)))


def parts(kind: str) -> list[list[str]]:
    """The templates of a kind; of each, the names it may have."""
    return [_names(kind, part) for part in PARTS]


def _names(kind: str, part: str) -> list[str]:
    return list(dict.fromkeys([f"notifications/{kind}.{part}", f"notifications/{kind.rpartition('/')[2]}.{part}"]))


def _template(kind: str, part: str) -> Template:
    return Engine.get_default().select_template(_names(kind, part))


def _plain(template: Template, context: Mapping[str, Any]) -> str:
    return template.render(Context(dict(context), autoescape=False))
