"""What a book says for nothing: limits that nothing reaches, automations that another covers."""

from collections.abc import Iterator

from gradus.policy import tree
from gradus.policy.automations import Automation, OnMove, placed
from gradus.policy.books import Book
from gradus.policy.doubts import possible
from gradus.policy.errors import Problem, phrase
from gradus.policy.idle import Life, life_of
from gradus.policy.normal import normalise
from gradus.policy.source import Source


def unused(book: Book) -> Iterator[Problem]:
    """Each with its line and key; a limit or automation about which there is doubt is left alone."""
    source, life = Source(book.file, book.text), life_of(book)
    for number, limit in enumerate(book.limits, start=1):
        for key, name in {"on": limit.on, "count": limit.count}.items():
            if not _happens(life, name):
                text = phrase("nobody may make “{}”, so nothing is ever limited; correct it, or delete the limit", name)
                yield _problem(book, source, ("limits", number, key), text)
                break
    for number, automation in enumerate(book.automations, start=1):
        wider = next((each for each in book.automations[: number - 1] if _alike(automation, each, life)), None)
        if wider is not None:
            text = phrase("“{}” does the same whenever this does, so it is done twice; leave one of them out", wider.id)
            yield _problem(book, source, ("automations", number, "id"), text)


def _problem(book: Book, source: Source, path: tuple[str | int, ...], text: str) -> Problem:
    return Problem(book.file, source.line(path), ".".join(map(str, path)), text)


def _happens(life: Life, name: str) -> bool:
    return name in life.moves and any(life.pairs(name))


def _alike(one: Automation, other: Automation, life: Life) -> bool:
    """Whether what one does is done by the other as well, or the other way round, at the very same moment."""
    same = (one.do, one.clock, one.again, one.live) == (other.do, other.clock, other.again, other.live)
    return same and (_covers(other, one, life) or _covers(one, other, life))


def _covers(wider: Automation, narrower: Automation, life: Life) -> bool:
    if not isinstance(narrower.trigger, OnMove) or not isinstance(wider.trigger, OnMove):
        return wider.trigger == narrower.trigger and _implies(narrower.node, wider.node)
    pairs = set(_pairs(narrower.trigger, life))
    return bool(pairs) and all(
        wider.trigger.fits(name, *pair) and _implies(*(placed(each.node, *pair) for each in (narrower, wider)))
        for name, pair in pairs
    )


def _pairs(trigger: OnMove, life: Life) -> Iterator[tuple[str, tuple[str, str]]]:
    for name in life.moves:
        for pair in life.pairs(name):
            if trigger.fits(name, *pair):
                yield name, pair


def _implies(one: tree.Node, other: tree.Node) -> bool:
    return not possible(normalise(tree.And((one, tree.Not(other)))))
