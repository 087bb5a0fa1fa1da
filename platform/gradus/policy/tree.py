"""The tree every use of a rule is made from. Immutable; names in it are already resolved and typed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

Kind = Literal["text", "whole", "decimal", "float", "flag", "moment", "date", "duration", "ref"]
Op = Literal["eq", "ne", "lt", "le", "gt", "ge"]
OPPOSITE: dict[Op, Op] = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
SWAPPED: dict[Op, Op] = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}


@dataclass(frozen=True, slots=True)
class Field:
    """A declared field of the object: how to read it in Python and how to name it in SQL."""

    name: str
    kind: Kind
    label: str
    read: Callable[[Any], Any] = field(compare=False, repr=False)
    lookup: str = ""
    nullable: bool = True
    to: str = ""  # the model a reference points at
    many: str = ""  # for a to-many field: the lookup of one element
    answer: str = ""  # the key in the JSON column `answers`
    show: frozenset[str] = frozenset()
    choices: tuple[str, ...] = ()
    places: int | None = None
    money: bool = False
    hops: tuple[str, ...] = ()  # the Python attributes from the object to the value
    labels: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)  # what people call the choices


@dataclass(frozen=True, slots=True)
class Const:
    value: Any
    kind: Kind


@dataclass(frozen=True, slots=True)
class Person:
    """The person who asks."""

    kind: Kind = "ref"


@dataclass(frozen=True, slots=True)
class Now:
    kind: Kind = "moment"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something published about the person who asks; `many` facts are collections."""

    name: str
    kind: Kind
    read: Callable[[Any], Any] = field(compare=False, repr=False)
    to: str = ""
    many: bool = False
    label: Any = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Shift:
    """A moment moved by a duration."""

    of: "Field | Now | Fact"
    by: timedelta
    kind: Kind = "moment"


@dataclass(frozen=True, slots=True)
class Happening:
    """The state an event led from (`source`) or to (`target`); known before anything is compiled."""

    name: str
    choices: tuple[str, ...] = ()
    kind: Kind = "text"


Operand = Field | Const | Person | Now | Fact | Shift | Happening


@dataclass(frozen=True, slots=True)
class Truth:
    """`always` and `never`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Compare:
    """`missing` is the answer when a side is missing: the two values of the logic meet NULL here."""

    op: Op
    left: Operand
    right: Operand
    missing: bool


@dataclass(frozen=True, slots=True)
class OneOf:
    """The left side is (or is not) among literals or the values of a many-valued fact."""

    left: Operand
    values: "tuple[Any, ...] | Fact"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Holds:
    """A to-many field contains (or does not contain) the item."""

    many: Field
    item: Operand
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    of: Operand
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A condition that needs Python, registered as a pair of test and Q."""

    name: str
    test: Callable[[Any, Any], bool] = field(compare=False, repr=False)
    q: Callable[[Any], Any] = field(compare=False, repr=False)
    yes: str = field(default="", compare=False)
    no: str = field(default="", compare=False)
    negated: bool = False
    personal: bool = field(default=True, compare=False)  # whether it depends on who asks


@dataclass(frozen=True, slots=True)
class Named:
    """A named condition and what it stands for, as it is written; `yes` and `no` are what people read."""

    name: str
    node: "Node"
    yes: str = ""
    no: str = ""
    negated: bool = False
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    nodes: "tuple[Node, ...]"


Leaf = Truth | Compare | OneOf | Holds | Missing | Term
Node = Leaf | Named | Not | And | Or
