"""What the names in a book's conditions mean: fields, facts about people, named conditions and terms."""

from collections.abc import Collection, Mapping
from typing import Any

from gradus.policy import people, terms, tree
from gradus.policy.errors import EchoError, RuleError, nearest, phrase
from gradus.policy.language import parse

LARGEST = 2000
DEEPEST = 100
LONGEST_CHAIN = 40
RESERVED = {"always", "never", "user", "obj", "now", "true", "false", "source", "target"}


class BookScope:
    """The scope of one book. Named conditions are read when first used, wherever they stand in the file.

    What is wrong with a condition is raised by `check`, and about `lost` fields all is said: whatever uses them raises
    an EchoError.
    """

    def __init__(
        self,
        model: str,
        fields: Mapping[str, tree.Field],
        written: Mapping[str, Mapping[str, Any]],
        lost: Collection[str] = (),
    ) -> None:
        self.model, self.fields, self.written, self.lost = model, fields, written, lost
        self.named: dict[str, tree.Named] = {}
        self.wrong: dict[str, RuleError] = {}
        self._reading: list[str] = []

    def field(self, name: str) -> tree.Field:
        try:
            return self.fields[name]
        except KeyError:
            text = phrase("obj.{}: unknown field{}", name, nearest(name, self.fields, prefix="obj."))
            if name in self.lost:
                raise EchoError(text) from None
            raise RuleError(text) from None

    def fact(self, name: str) -> tree.Fact:
        try:
            return people.facts()[name]
        except KeyError:
            hint = nearest(name, people.facts(), prefix="user.")
            raise RuleError(phrase("user.{}: unknown fact about a person{}", name, hint)) from None

    def condition(self, name: str) -> tree.Node:
        if name in self.named:
            return self.named[name]
        known = terms.for_model(self.model)
        if name in self.written:
            return self._read(name)
        if name in known:
            return known[name]
        if name in self.fields:
            raise RuleError(phrase("“{}” is a field; write obj.{}", name, name))
        raise RuleError(
            phrase("“{}”: unknown condition{}", name, nearest(name, {*self.written, *known, "always", "never"}))
        )

    def check(self, name: str) -> None:
        """Read a named condition. Raises RuleError for what is wrong with itself, EchoError for what it uses."""
        try:
            self.condition(name)
        except EchoError as echo:
            raise self.wrong.get(name, echo) from None

    def happening(self, name: str) -> tree.Happening:
        raise RuleError(phrase("“{}” is a state of an event; only automations with on have one", name))

    def _read(self, name: str) -> tree.Named:
        if name in self._reading:
            raise RuleError(phrase("conditions go round in a circle: {}", " → ".join([*self._reading, name])))
        if len(self._reading) >= LONGEST_CHAIN:
            raise RuleError(phrase("conditions name each other more than {} deep", LONGEST_CHAIN))
        if name in self.wrong:
            raise EchoError(self.wrong[name])
        written = self.written[name]
        self._reading.append(name)
        try:
            node = parse(_text(written, "if"), self)
            check_size(node)
        except RuleError as error:
            self.wrong[name] = error
            raise EchoError(error) from error
        finally:
            self._reading.pop()
        yes, no, text = (_text(written, key) for key in ("yes", "no", "if"))
        self.named[name] = tree.Named(name, node, yes, no, text=text)
        return self.named[name]


class EventScope:
    """The scope of an automation: the book's names, and the states of the event that sets it off."""

    def __init__(self, book: BookScope, states: tuple[str, ...], *, event: bool = True) -> None:
        self.book, self.states, self.event = book, states, event

    def without_event(self) -> "EventScope":
        return EventScope(self.book, self.states, event=False)

    def field(self, name: str) -> tree.Field:
        return self.book.field(name)

    def fact(self, name: str) -> tree.Fact:
        return self.book.fact(name)

    def condition(self, name: str) -> tree.Node:
        return self.book.condition(name)

    def happening(self, name: str) -> tree.Happening:
        return tree.Happening(name, ("", *self.states)) if self.event else self.book.happening(name)

    def read(self, text: str) -> tree.Node:
        """The tree of a condition. Raises RuleError."""
        node = parse(text, self)
        check_size(node)
        return node


def _text(written: Mapping[str, Any], key: str) -> str:
    value = written.get(key, "")
    return value if isinstance(value, str) else ""


def check_size(root: tree.Node) -> None:
    """Named conditions expand: refuse what would grow beyond reason, without recursion."""
    level, size = [root], 1
    for _ in range(DEEPEST):
        level = [child for node in level for child in _children(node)]
        size += len(level)
        if not level:
            return
        if size > LARGEST:
            break
    raise RuleError(phrase("the condition becomes too large with everything it names"))


def _children(node: tree.Node) -> tuple[tree.Node, ...]:
    match node:
        case tree.And(nodes) | tree.Or(nodes):
            return nodes
        case tree.Not(inner) | tree.Named(node=inner):
            return (inner,)
    return ()
