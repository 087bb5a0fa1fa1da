"""What a bulk decision would come to: which of the chosen can be moved, why not the rest, what is decided about."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradus.core import formats
from gradus.flow import showing, verdicts
from gradus.flow.errors import Text
from gradus.flow.models import Declared, Stateful
from gradus.flow.offering import Offer, offered
from gradus.flow.params import Kind, Param
from gradus.flow.registry import machine

SHORT = frozenset({Kind.MONEY, Kind.NUMBER, Kind.CHOICE, Kind.DATE, Kind.FLAG})
FACTS = 4


@dataclass(frozen=True, slots=True)
class Foretold:
    """One of the chosen, its offer and what is short enough to be read in a list; `reasons` when it is not possible."""

    item: Stateful
    offer: Offer | None
    reasons: tuple[str, ...] = ()
    facts: list[tuple[Text, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outlook:
    possible: list[Foretold]
    impossible: list[Foretold]

    @property
    def items(self) -> list[Stateful]:
        return [one.item for one in self.possible]

    @property
    def labels(self) -> set[str]:
        """What the objects' own pages call it: kinds may differ."""
        return {str(one.offer.label) for one in self.possible if one.offer is not None}

    @property
    def confirm(self) -> list[Text]:
        asked = [one.offer.confirm for one in self.possible if one.offer is not None]
        return list(dict.fromkeys(text for text in asked if text))

    @property
    def sums(self) -> list[tuple[str, str]]:
        """The money of those that can be moved, by its label."""
        found: Counter[tuple[str, str]] = Counter()
        for item in self.items:
            for param, stored in _short(item):
                if param.kind is Kind.MONEY and not param.several:
                    found[str(param.label), param.currency] += stored
        return [(label, formats.money(total, currency)) for (label, currency), total in found.items()]


def foretell(items: Iterable[Stateful], name: str, who: Any, seen: Mapping[int, int | None]) -> Outlook:
    """One question for each, and no query but for limits and for what has changed since it was seen."""
    found = list(items)
    offers = offered(found, name, who)
    told = [_foretold(item, offers.get(item.pk), seen.get(item.pk)) for item in found]
    return Outlook([one for one in told if not one.reasons], [one for one in told if one.reasons])


def _foretold(item: Stateful, offer: Offer | None, seen: int | None) -> Foretold:
    facts = [(param.label, showing.in_words(param, stored)) for param, stored in _short(item)[:FACTS]]
    return Foretold(item, offer, tuple(_reasons(item, offer, seen)), facts)


def _reasons(item: Stateful, offer: Offer | None, seen: int | None) -> Iterable[str]:
    if offer is None:
        return [str(verdicts.no_such_step())]
    if seen is not None and seen != item.version:
        return verdicts.who_was_first(item)
    return offer.reasons


def _short(item: Stateful) -> list[tuple[Param, Any]]:
    """What was filled in and fits into a row."""
    if not isinstance(item, Declared):
        return []
    asked = [param for param in showing.asked(machine(item)).values() if param.kind in SHORT]
    return [(param, item.answers[param.name]) for param in asked if item.answers.get(param.name) is not None]
