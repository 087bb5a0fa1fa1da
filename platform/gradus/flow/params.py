"""What a transition asks for: one schema, from a keyword-only signature or from a book, for forms, API and pages."""

import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from gradus.core.words import in_words
from gradus.flow import asking, values
from gradus.flow.asking import NOTHING, Setting
from gradus.flow.errors import Text
from gradus.policy.process import When

# Keyword arguments a step may name to be given them: they are not asked of anybody.
GIVEN = frozenset({"by", "at"})


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long text"
    NUMBER = "number"
    MONEY = "money"
    FLAG = "flag"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    EMAIL = "email"
    URL = "url"
    PERSON = "person"
    FILE = "file"
    OBJECT = "object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Details of a parameter in a signature: `note: Annotated[str, Ask(label=_("Note"))]`."""

    label: Text = ""
    help: Text = ""
    kind: Kind | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    many: int | None = None
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One thing asked for, or up to `many`; files are always a list.

    `least` and `most` bound a number, money in minor units, a text's length; of a file, `most` is bytes. `within` are
    lookups: the objects one can choose by their key; `among` is a function of the person (`who`) instead. `refers` is
    the registered type of such an object. With `when` it is asked only if that holds.
    """

    name: str
    kind: Kind = Kind.TEXT
    label: Text = ""
    help: Text = ""
    required: bool = True
    many: int = 1
    choices: tuple[tuple[str, Text], ...] = ()
    least: int | None = None
    most: int | None = None
    default: Any = None
    model: type[models.Model] | None = None
    within: Mapping[str, Any] = field(default_factory=dict)
    currency: str = ""
    when: When | None = None
    refers: str = ""
    among: Callable[[Any], models.QuerySet[Any]] | None = field(default=None, compare=False, repr=False)
    who: Any = field(default=None, compare=False, repr=False)

    def clean(self, raw: Any) -> Any:
        """The typed value of what a form, a JSON body or code gave. Raises Django's ValidationError."""
        if raw is None or raw in ("", [], ()):
            return self._nothing()
        if self.several:
            return values.clean_several(self, raw)
        return values.clean(self, raw)

    @property
    def several(self) -> bool:
        """Whether its value is a list."""
        return self.many > 1 or self.kind is Kind.FILE

    def _nothing(self) -> Any:
        if self.required:
            raise ValidationError(_("Please fill this in."), code="required")
        if self.default is not None:
            return self.default
        if self.several:
            return []
        return "" if self.kind in {Kind.TEXT, Kind.LONG_TEXT, Kind.CHOICE} else None

    def choosable(self) -> models.QuerySet[Any]:
        """The objects one can choose."""
        if self.among is not None:
            return self.among(self.who)
        if self.model is None:
            raise TypeError(f"{self.name}: an object needs its model")
        return self.model._default_manager.filter(**self.within)

    def for_several(self) -> "Param":
        """The same where several things are decided at once: whether it is asked is seen with each of them."""
        return self if self.when is None else replace(self, help=self.told, required=False, when=None)

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema, as the API publishes it."""
        one = values.schema(self)
        found = {"type": "array", "items": one, "maxItems": self.many} if self.several else one
        return {**found, "title": str(self.label), "description": self.told}

    @property
    def told(self) -> str:
        """Its help, and when it is asked."""
        return " ".join(filter(None, [str(self.help), asking.hint(self)]))


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of one transition, in the order they are asked.

    Those that are asked only under a condition need a `setting`: who is asked, about what.
    """

    items: tuple[Param, ...] = ()
    setting: Setting | None = field(default=None, compare=False, repr=False)
    by_name: dict[str, Param] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {param.name: param for param in self.items})

    def __iter__(self) -> Iterator[Param]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def __getitem__(self, name: str) -> Param:
        return self.by_name[name]

    def __add__(self, other: "Params") -> "Params":
        return Params((*(param for param in self.items if param.name not in other), *other.items))

    def clean(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The typed value of everything that is asked. Raises ValidationError by field, unknown names included."""
        errors: dict[str, Any] = {name: _("This is not asked for.") for name in given if name not in self}
        cleaned: dict[str, Any] = {}
        unsure: set[str] = set()  # whether it is asked hangs on an answer that is none
        for param in self.in_order:
            raw = given.get(param.name)
            if param.when is not None and not unsure.isdisjoint(param.when.reads):
                unsure.add(param.name)
            elif self.asks(param, cleaned):
                try:
                    cleaned[param.name] = param.clean(raw)
                except ValidationError as error:
                    errors[param.name] = error
                    unsure.add(param.name)
            elif raw not in NOTHING:
                errors[param.name] = _("This is not asked for with these answers. Leave it out.")
        if errors:
            raise ValidationError(errors)
        return {name: cleaned[name] for name in self.by_name if name in cleaned}

    @property
    def conditional(self) -> bool:
        """Whether any of them is asked only under a condition."""
        return any(param.when is not None for param in self.items)

    @property
    def in_order(self) -> tuple[Param, ...]:
        """Each after everything that decides whether it is asked."""
        if not self.conditional:
            return self.items
        found: dict[str, Param] = {}
        waiting = list(self.items)
        while waiting:
            names = {param.name for param in waiting}
            ready = [param for param in waiting if param.when is None or names.isdisjoint(param.when.reads)]
            found.update((param.name, param) for param in ready or waiting)  # books have no circles
            waiting = [param for param in waiting if param.name not in found]
        return tuple(found.values())

    def given_to(self, setting: Setting) -> "Params":
        """The same, asked of this person about this thing."""
        if not self.conditional and all(param.among is None for param in self.items):
            return self
        return Params(tuple(replace(param, who=setting.actor) if param.among else param for param in self), setting)

    def asks(self, param: Param, given: Mapping[str, Any]) -> bool:
        """Whether it is asked, where these are the cleaned values of what is asked besides."""
        if param.when is None:
            return True
        if self.setting is None:
            raise TypeError(f"{param.name} is asked under a condition: say of whom and about what with given_to")
        return self.setting.holds(param.when, given)

    def asked(self, given: Mapping[str, Any]) -> list[str]:
        """The names of what is asked, where these are the cleaned values; those of what is not asked do not count."""
        kept: dict[str, Any] = {}
        found = set[str]()
        for param in self.in_order:
            if self.asks(param, kept):
                found.add(param.name)
                if param.name in given:
                    kept[param.name] = given[param.name]
        return [name for name in self.by_name if name in found]

    def stored(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """The cleaned values as JSON keeps them."""
        return {name: values.stored(cleaned[name]) for name in self.by_name if name in cleaned}

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {param.name: param.schema() for param in self.items},
            "required": [param.name for param in self.items if param.required and param.when is None],
            "additionalProperties": False,
        }


def of_signature(method: Callable[..., Any]) -> Params:
    """The keyword-only parameters of a step, but for those it is given (`by`, `at`)."""
    hints = typing.get_type_hints(method, include_extras=True)
    asked = [
        parameter
        for parameter in inspect.signature(method).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.name not in GIVEN
    ]
    return Params(tuple(_of_parameter(parameter, hints[parameter.name]) for parameter in asked))


def _of_parameter(parameter: inspect.Parameter, hint: Any) -> Param:
    ask = Ask()
    if typing.get_origin(hint) is typing.Annotated:
        hint, *extras = typing.get_args(hint)
        ask = next((extra for extra in extras if isinstance(extra, Ask)), ask)
    optional, hint = _without_none(hint)
    many, hint = (values.MANY, typing.get_args(hint)[0]) if typing.get_origin(hint) is list else (1, hint)
    default = None if parameter.default is parameter.empty else parameter.default
    found = Param(
        name=parameter.name,
        label=ask.label or in_words(parameter.name),
        help=ask.help,
        required=parameter.default is parameter.empty and not optional,
        many=ask.many or many,
        choices=ask.choices,
        least=ask.least,
        most=ask.most,
        default=default,
    )
    found = _with_kind(found, hint)
    return replace(found, kind=ask.kind) if ask.kind else found


def _without_none(hint: Any) -> tuple[bool, Any]:
    if typing.get_origin(hint) not in {typing.Union, types.UnionType}:
        return False, hint
    rest = [part for part in typing.get_args(hint) if part is not type(None)]
    return True, rest[0]


def _with_kind(param: Param, hint: Any) -> Param:
    if typing.get_origin(hint) is Literal:
        return replace(param, kind=Kind.CHOICE, choices=param.choices or _words(typing.get_args(hint)))
    if isinstance(hint, type) and issubclass(hint, models.Model):
        return _of_model(param, hint)
    if param.choices:
        return replace(param, kind=Kind.CHOICE)
    kinds: dict[Any, Kind] = {
        str: Kind.TEXT,
        int: Kind.NUMBER,
        bool: Kind.FLAG,
        datetime: Kind.DATETIME,
        date: Kind.DATE,
    }
    if hint not in kinds:
        raise TypeError(f"{param.name}: {hint!r} cannot be asked for")
    return replace(param, kind=kinds[hint])


def _of_model(param: Param, model: type[models.Model]) -> Param:
    kind = Kind.FILE if model._meta.label == "flow.Attachment" else Kind.OBJECT
    return replace(param, kind=kind, model=model)


def _words(options: tuple[Any, ...]) -> tuple[tuple[str, Text], ...]:
    return tuple((str(option), in_words(str(option))) for option in options)


def of_model_field(model: type[models.Model], name: str) -> Param:
    """A column somebody is asked for when they create the object."""
    found: Any = model._meta.get_field(name)
    param = Param(
        name=name,
        label=capfirst(found.verbose_name),
        help=found.help_text,
        required=not found.blank,
        choices=tuple(found.flatchoices or ()),
        most=found.max_length,
    )
    if found.is_relation:
        return _of_model(replace(param, most=None, within=found.get_limit_choices_to()), found.related_model)
    if param.choices:
        return replace(param, kind=Kind.CHOICE)
    return replace(param, kind=next(kind for cls, kind in COLUMNS if isinstance(found, cls)))


COLUMNS: tuple[tuple[type[Any], Kind], ...] = (
    (models.EmailField, Kind.EMAIL),
    (models.URLField, Kind.URL),
    (models.CharField, Kind.TEXT),
    (models.TextField, Kind.LONG_TEXT),
    (models.BooleanField, Kind.FLAG),
    (models.IntegerField, Kind.NUMBER),
    (models.DateTimeField, Kind.DATETIME),
    (models.DateField, Kind.DATE),
)
