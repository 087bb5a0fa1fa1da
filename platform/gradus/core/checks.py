"""What stops a start: Django's system checks of the ground."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from gradus.core.backup import unfinished


def restored_to_the_end(**_given: Any) -> list[CheckMessage]:
    if not (archive := unfinished.which()):
        return []
    words = "A restore was cut short: the database and the files may be of different days."
    return [Error(words, hint=f"Run “gradus restore {archive} --yes” again to finish it.", id="core.E001")]


def connect() -> None:
    register(restored_to_the_end)
