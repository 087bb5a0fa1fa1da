"""What the form may offer for a book: its states, fields, conditions and transitions, and what the platform adds."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path as FilePath
from typing import Any

from django.apps import apps
from django.db import models
from django.template import engines

from gradus.accounts.roles import Role
from gradus.core.words import in_words
from gradus.policy import actions, machines, people, terms
from gradus.policy.books import Book
from gradus.policy.texts import said
from gradus.rulebook.form import plain
from gradus.rulebook.form.parts import Option
from gradus.rulebook.form.statements import Path


def table(data: Any, *path: str | int) -> dict[str, Any]:
    """The table that stands there; empty where there is none, whatever else may be there."""
    found = plain.at(data, path)
    return found if isinstance(found, dict) else {}


def listed(data: Any, *path: str | int) -> list[Any]:
    """The list that stands there, or an empty one."""
    found = plain.at(data, path)
    return found if isinstance(found, list) else []


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


@dataclass
class Known:
    """`book` is there when the text can be read as one."""

    data: dict[str, Any]
    book: Book | None = None
    _words: dict[str, str] = field(default_factory=dict)

    @cached_property
    def model(self) -> type[models.Model] | None:
        if self.book is not None:
            return self.book.model
        try:
            if label := text(self.data.get("model")):
                return apps.get_model(label)
        except (LookupError, ValueError):
            return None
        app = text(table(self.data, "process").get("name")).partition(".")[0]
        found = machines.declared_models(app)
        return found[0] if len(found) == 1 else None

    @property
    def declares(self) -> bool:
        return "process" in self.data

    @cached_property
    def states(self) -> dict[str, str]:
        """Their labels by name, in the order of the book."""
        if self.declares:
            written = table(self.data, "process", "states").items()
            return {
                name: text(each) or text(table({"x": each}, "x").get("label")) or in_words(name)
                for name, each in written
            }
        machine = machines.for_model(self.model) if self.model else None
        return {name: str(label) for name, label in machine.states.items()} if machine else {}

    @cached_property
    def transitions(self) -> dict[str, str]:
        written = table(self.data, "transitions")
        machine = machines.for_model(self.model) if self.model else None
        coded = {name: str(move.label) for name, move in machine.moves.items()} if machine else {}
        return {name: text(table(written, name).get("label")) or coded.get(name) or in_words(name) for name in written}

    @cached_property
    def rights(self) -> list[str]:
        return [*table(self.data, "permissions"), *self.transitions]

    @cached_property
    def conditions(self) -> list[str]:
        return list(table(self.data, "conditions"))

    @cached_property
    def people(self) -> dict[str, str]:
        """Fields that hold a person: name and label."""
        if self.book is not None:
            found = self.book.fields.items()
            return {n: said(f.label) or in_words(n) for n, f in found if f.kind == "ref" and f.to == "accounts.User"}
        asked = table(self.data, "process", "fields")
        names = [*table(self.data, "fields"), *(n for n in asked if table(asked, n).get("type") == "person")]
        return {name: in_words(name) for name in names}

    @cached_property
    def owners(self) -> dict[str, str]:
        """What a limit may be counted for, as a book writes it."""
        found = {"user": ""}
        if self.book is None:
            return {**found, **{f"obj.{name}": label for name, label in self.people.items()}}
        refs = (each for each in self.book.fields.values() if each.kind == "ref" and not each.many)
        return {**found, **{f"obj.{each.name}": said(each.label) or in_words(each.name) for each in refs}}

    @cached_property
    def fields(self) -> list[str]:
        if self.book is not None:
            return list(self.book.fields)
        return [*table(self.data, "fields"), *table(self.data, "process", "fields"), "state"]

    @property
    def words(self) -> list[tuple[str, str]]:
        """Everything a condition can name, the words people need most first; and what each is."""
        kinds = {name: each.kind for name, each in self.book.fields.items()} if self.book else {}
        model = self.model._meta.label if self.model else ""
        said_of = table(self.data, "conditions")
        return [
            *((name, text(table(said_of, name).get("yes"))) for name in self.conditions),
            *((name, str(term.yes)) for name, term in terms.for_model(model).items()),
            *self.answers,
            *((f"obj.{name}", kinds.get(name, "")) for name in self.fields),
            ("user", ""),
            ("now", ""),
            ("and", ""),
            ("or", ""),
            ("not", ""),
            ("is None", ""),
            ("is not None", ""),
            ("days(2)", ""),
            *((f"user.{name}", fact.kind) for name, fact in people.facts().items()),
        ]

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What may be answered from a list, as whole conditions with the words people read."""
        asked = table(self.data, "process", "fields")
        return [
            (f'obj.{name} == "{word}"', f"{text(table(asked, name).get('label')) or in_words(name)} {label}")
            for name in asked
            for word, label in _choices(table(asked, name).get("choices"))
        ]

    def targets(self, action: str) -> tuple[Option, ...]:
        """What may stand after the name of an action; nothing where it is anybody's word."""
        found: dict[str, str] = {}
        if action == "notify":
            found = dict(self.people)
            found |= {f"role:{role.value}": str(role.label) for role in Role if role not in {Role.GUEST, Role.SYSTEM}}
        elif action == "assign":
            found = {name: label for name, label in self.people.items() if name != "author"}
        elif action == "apply":
            found = self.transitions
        return tuple(Option(value, label) for value, label in found.items())

    @property
    def app(self) -> str:
        return self.model._meta.app_label if self.model else ""


def _choices(written: Any) -> list[tuple[str, str]]:
    """Word and label of each choice, as a table or a list of a book has them."""
    pairs = written.items() if isinstance(written, dict) else ((each, each) for each in listed({"x": written}, "x"))
    return [(str(word), str(label)) for word, label in pairs]


def action_names() -> list[str]:
    """The one people want most comes first."""
    return sorted(actions.names(), key=lambda name: (name != "notify", name))


@cache
def notices() -> tuple[str, ...]:
    """The notifications there are templates for, as `template` of `notify` names them."""
    found = set()
    for engine in engines.all():
        for folder in getattr(engine, "template_dirs", ()):
            root = FilePath(folder) / "notifications"
            found |= {each.relative_to(root).as_posix()[: -len(".subject.txt")] for each in root.rglob("*.subject.txt")}
    return tuple(sorted(found))


def entry_path(path: Path) -> Path:
    """The entry an input belongs to: two keys deep, or three in a process."""
    return path[:3] if path[:1] == ("process",) else path[:2]
