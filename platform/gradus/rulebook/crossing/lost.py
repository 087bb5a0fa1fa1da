"""Things that no rule in force leads any further: nobody may see or move them until somebody mends it.

Publishing never lets this happen to what is there. It does to what is filed in the very moment a version goes back
behind its edition, and to what was written past the rules.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from gradus import policy
from gradus.core.words import in_words
from gradus.flow.models import Declared
from gradus.flow.registry import governed
from gradus.policy.editions import Edition, edition_of
from gradus.policy.errors import UnknownName
from gradus.policy.ruleset import RuleSet
from gradus.policy.texts import said
from gradus.rulebook.editions import title_of, written
from gradus.rulebook.models import BookText, Version

KEY = "rules.lost"
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Lost:
    """So many things of a kind. With `state`, their edition is in force and has no such state.

    Without, no book is there for their edition; `version` is the newest version of the rules that had one, or None.
    """

    title: str
    state: str
    count: int
    version: int | None = None


def lost() -> list[Lost]:
    """All there are. One query for each model whose kinds are books, and two more where an edition is missing."""
    return [each for model in governed() if issubclass(model, Declared) for each in _of(model, policy.active())]


def count() -> int:
    """How many there are, as of the last few minutes: pages that only count ask often."""
    return int(cache.get_or_set(KEY, lambda: sum(each.count for each in lost()), SECONDS) or 0)


def _of(model: type[Declared], rules: RuleSet) -> Iterator[Lost]:
    rows = model._base_manager.order_by().values_list("kind", "state").annotate(Count("pk"))
    missing: Counter[str] = Counter()
    for process, state, number in rows:
        book = rules.of(model).get(process)
        if book is None:
            missing[process] += number
        elif book.definition is not None and state not in book.definition.states:
            yield Lost(title_of(book, rules), said(in_words(state)), number)
    for process, number in sorted(missing.items()):
        edition = edition_of(process)
        meant = Edition(f"{model._meta.app_label}.{edition.kind}", edition.number)
        yield Lost(_title(model, process, rules), "", number, _version(meant))


def _title(model: type[Declared], process: str, rules: RuleSet) -> str:
    kind, number = edition_of(process)
    try:
        title = said(rules.newest(model, process).title)
    except UnknownName:
        title = ""
    return _("%(title)s (edition %(number)s)") % {"title": title or capfirst(said(in_words(kind))), "number": number}


def _version(meant: Edition) -> int | None:
    """The number of the newest version that holds a book of this edition."""
    named = BookText.objects.filter(text__contains=meant.kind).values_list("hash", "text")
    hashes = {found for found, text in named if written(text) == meant}
    versions = Version.objects.values_list("number", "files")
    return next((number for number, files in versions if hashes & set(files.values())), None)
