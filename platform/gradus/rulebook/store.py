"""What is in force according to the database: the files, with what was published over them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gradus.policy.errors import BookErrors
from gradus.policy.ruleset import RuleSet, load_texts, texts
from gradus.rulebook.comparing import name_of
from gradus.rulebook.editions import begin, written
from gradus.rulebook.models import Activation, hash_of

log = logging.getLogger(__name__)
UNREADABLE = _("The rules of this process cannot be read any more. An administrator has to mend them.")


@dataclass(frozen=True, slots=True)
class Standing:
    """One state of the rules: number 0 when nothing was ever published. `published` overlays the files."""

    number: int = 0
    version: int = 0
    published: Mapping[str, str] = field(default_factory=dict)
    base: Mapping[str, str] = field(default_factory=dict)
    frozen: Mapping[str, str] = field(default_factory=dict)


def standing() -> Standing:
    """The newest, in two queries."""
    newest = Activation.objects.select_related("version").first()
    if newest is None:
        return Standing()
    version = newest.version
    published, base = (version.texts(), version.base) if version else ({}, {})
    return Standing(newest.number, newest.version_number, published, base, newest.frozen)


def files() -> dict[str, str]:
    """Version 0: the books as they were installed."""
    return texts(Path(settings.RULES_DIR))


def build(found: Standing) -> RuleSet:
    """The rules of a standing. A published book this installation cannot read any more lets nobody move anything.

    Raises BookErrors when the files themselves cannot be read.
    """
    rules, unreadable = _readable(found)
    return _frozen(rules, found.frozen, unreadable)


def unfrozen(found: Standing) -> RuleSet:
    """What its texts alone say, for comparing; a book that cannot be read any more counts as its file."""
    return _readable(found)[0]


def _readable(found: Standing) -> tuple[RuleSet, Mapping[str, str]]:
    """The rules, and why they stand still by each file that cannot be read."""
    wanted = {**files(), **found.published}
    unreadable: dict[str, str] = {}
    while True:
        try:
            return load_texts({file: text for file, text in wanted.items() if text}), unreadable
        except BookErrors as errors:
            bad = {problem.file for problem in errors.problems} & found.published.keys() - unreadable.keys()
            if not bad:
                raise
            log.error("Published books cannot be read any more and stand still: %s", errors)  # noqa: TRY400 - said whole
            installed = files()
            for file in bad:
                unreadable[file] = cast("str", UNREADABLE)
                wanted[file] = _in_place_of(found.published[file], installed.get(file, ""))


def _in_place_of(text: str, installed: str) -> str:
    """The installed book under the edition that cannot be read: what was filed under it is still seen."""
    meant, there = written(text), written(installed)
    if meant is None or there is None or meant.kind != there.kind or meant.number == there.number:
        return installed
    return begin(installed, meant.number) or installed


def _frozen(rules: RuleSet, frozen: Mapping[str, str], unreadable: Mapping[str, str]) -> RuleSet:
    whys = {name_of(book): unreadable.get(book.file) or frozen.get(name_of(book), "") for book in rules.books}
    if not any(whys.values()):
        return rules
    books = [book.freeze(whys[name_of(book)]) if whys[name_of(book)] else book for book in rules.books]
    return RuleSet(books, rules.values)


def moved_on(found: Standing) -> dict[str, tuple[str, str]]:
    """Published books whose files changed since: file to (what was published, what the file says now)."""
    installed = files()
    return {
        file: (text, installed.get(file, ""))
        for file, text in found.published.items()
        if hash_of(installed.get(file, "")) != found.base.get(file, hash_of(""))
    }
