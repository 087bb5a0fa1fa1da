"""Automations that are hardly meant: what never sets them off, what they are never about, and what costs too much."""

from collections.abc import Iterator
from dataclasses import dataclass

from gradus.accounts.roles import Role
from gradus.policy import machines, tree
from gradus.policy.automations import After, Automation, Every, OnMove, placed
from gradus.policy.books import Book
from gradus.policy.doubts import possible, starts_of
from gradus.policy.errors import Problem, phrase
from gradus.policy.machines import Move
from gradus.policy.normal import normalise
from gradus.policy.ruleset import move_of
from gradus.policy.source import Source

APPLY = "apply"
SINCE = "state_since"
Doubt = tuple[str, str]  # the key of the automation, and what is odd about it


def idle(book: Book) -> Iterator[Problem]:
    """What automations of this book are hardly meant, each with its line and key."""
    source, life = Source(book.file, book.text), life_of(book)
    for number, automation in enumerate(book.automations, start=1):
        for key, text in _said(book, automation, life):
            path = ("automations", number, key)
            yield Problem(book.file, source.line(path), ".".join(map(str, path)), text)


@dataclass(frozen=True, slots=True)
class Life:
    """What can become of an object: the transitions somebody may make, and the states these lead to."""

    moves: dict[str, Move]
    states: frozenset[str]

    def pairs(self, name: str) -> Iterator[tuple[str, str]]:
        """The states a transition leads from and to."""
        move = self.moves[name]
        for state in self.states:
            if move.starts_in(state):
                yield state, move.target or state

    def ends_in(self, state: str) -> bool:
        return not any(source == state != target for name in self.moves for source, target in self.pairs(name))


def life_of(book: Book) -> Life:
    moves = {}
    for name, rule in book.transitions.items():
        move, starts = move_of(book, rule), starts_of(book, rule)
        if move is not None and any(possible(tree.And((row.whole, *starts))) for row in rule.rows.values()):
            moves[name] = move
    states = {""}
    while new := {target for _source, target in _steps(moves, states)} - states:
        states |= new
    return Life(moves, frozenset(states))


def _steps(moves: dict[str, Move], states: set[str]) -> list[tuple[str, str]]:
    return [(state, move.target or state) for move in moves.values() for state in states if move.starts_in(state)]


def _said(book: Book, automation: Automation, life: Life) -> Iterator[Doubt]:
    match automation.trigger:
        case OnMove() as trigger:
            yield from _on(automation, trigger, life)
        case After(state=state):
            yield from _after(book, automation, state, life)
            yield from _applied(book, automation, state)
        case Every():
            yield from _truth(automation, (automation.node,), phrase("everything is meant"))


def _on(automation: Automation, trigger: OnMove, life: Life) -> Iterator[Doubt]:
    pairs = {pair for name in life.moves for pair in life.pairs(name) if trigger.fits(name, *pair)}
    if pairs:
        nodes = tuple(normalise(placed(automation.node, *pair)) for pair in sorted(pairs))
        yield from _truth(automation, nodes, phrase("leave it out"))
    elif trigger.transition:
        yield "on", phrase("nobody may make “{}”, so it never happens", trigger.transition)
    else:
        yield "on", phrase("no transition that somebody may make leads from {} to {}", trigger.source, trigger.target)


def _after(book: Book, automation: Automation, state: str, life: Life) -> Iterator[Doubt]:
    if state not in life.states:
        yield "after", phrase("no transition that somebody may make leads to “{}”", state)
    elif life.ends_in(state) and automation.again is not None:
        yield "again", phrase("nothing leads out of “{}”, so it would be done again for ever", state)
    elif life.ends_in(state) and automation.node == tree.Truth(value=True):
        yield (
            "after",
            phrase("nothing leads out of “{}”, so all that ever ended there is meant; say with if which", state),
        )
    there = _in_state(book, state)
    yield from _truth(automation, (automation.node,), phrase("leave it out"), given=there)
    if not _has_index(book):
        yield (
            "after",
            phrase("{} has no index on state and {}, so each look reads all that is in that state", book.label, SINCE),
        )


def _truth(
    automation: Automation, nodes: tuple[tree.Node, ...], hint: str, given: tuple[tree.Node, ...] = ()
) -> Iterator[Doubt]:
    """A condition that is the same of everything it could be asked about."""
    if automation.text == "always":
        return
    if not any(possible(tree.And((node, *given))) for node in nodes):
        yield "if", phrase("is never true, so nothing ever happens; correct the condition, or delete the automation")
    elif not any(possible(tree.And((normalise(node, negated=True), *given))) for node in nodes):
        yield "if", phrase("is always true: {}, or correct the condition", hint)


def _in_state(book: Book, state: str) -> tuple[tree.Node, ...]:
    machine = machines.for_model(book.model)
    field = book.fields.get(machine.state_field if machine else "state")
    return (tree.OneOf(field, (state,)),) if field is not None else ()


def _applied(book: Book, automation: Automation, state: str) -> Iterator[Doubt]:
    """A transition that its own automation is never about; only the first, because it changes the state."""
    call = next((call for call in automation.do if call.action == APPLY), None)
    rule = book.transitions.get(call.target) if call else None
    row = rule.rows.get(Role.SYSTEM) if rule else None
    if rule is None or row is None:  # an error already
        return
    move = move_of(book, rule)
    if move is not None and not move.starts_in(state):
        yield "do", phrase("“{}” does not start in “{}”", rule.name, state)
    elif possible(automation.node) and not possible(tree.And((row.whole, automation.node, *_in_state(book, state)))):
        yield "do", phrase("the platform may never make “{}” of what is meant here; see its row for system", rule.name)


def _has_index(book: Book) -> bool:
    machine = machines.for_model(book.model)
    wanted = [machine.state_field if machine else "state", SINCE]
    return any(
        [name.lstrip("-") for name in index.fields[:2]] == wanted and index.condition is None
        for index in book.model._meta.indexes
    )
