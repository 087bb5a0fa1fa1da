"""From a book's TOML to a Book: every section read, typed and compiled, every mistake reported with its key."""

from dataclasses import replace
from typing import Any

from django.apps import apps
from django.db import models

from gradus.accounts.roles import Role
from gradus.core.words import in_words
from gradus.policy import fields, machines, tree
from gradus.policy.actions import ActionCall
from gradus.policy.asking import AskingScope, answer_of, asked_when, known_before
from gradus.policy.automations import read_automations
from gradus.policy.books import Book, Condition, Right, TransitionRule
from gradus.policy.bounds import check_number, too_many
from gradus.policy.definitions import (
    read_definition,
    read_limits,
    read_move,
    read_questions,
    read_roles,
    read_tests,
)
from gradus.policy.editions import process_of
from gradus.policy.errors import EchoError, nearest, phrase
from gradus.policy.evaluate import compile_check
from gradus.policy.language import parse
from gradus.policy.normal import both, normalise
from gradus.policy.process import TONES, Process, Question, types
from gradus.policy.scope import RESERVED, BookScope, EventScope, check_size
from gradus.policy.source import Path, Source
from gradus.policy.values import Values, read_values

SECTIONS = (
    "title", "model", "process", "fields", "conditions", "permissions", "transitions", "limits", "automations", "tests",
)  # fmt: skip
ROLES = tuple(role.value for role in Role)
FIELD_KEYS = ("path", "show", "type")
CONDITION_KEYS = ("if", "yes", "no")
RIGHT_KEYS = (*ROLES, "forbid")
TRANSITION_KEYS = (*RIGHT_KEYS, "then")
DECLARES = ("from", "to", "label", "done", "tone", "ask", "confirm", "waiting")
DECLARED_KEYS = (*TRANSITION_KEYS, *DECLARES)


def read_book(source: Source) -> Book | Values | None:
    """The book of a file, or None; what is wrong is in `source.problems`."""
    for path, text in too_many(source.data):
        source.report(path, text)
    if source.problems:
        return None
    if "values" in source.data:
        return read_values(source)
    found = _BookReader(source, _model(source)).book()
    source.settle()
    return found


def _model(source: Source) -> type[models.Model] | None:
    label = source.take((), source.data, "model", str)
    if label:
        try:
            return apps.get_model(label)
        except (LookupError, ValueError):
            known = [model._meta.label for model in apps.get_models()]
            source.report(("model",), phrase("there is no model {}{}", label, nearest(label, known)))
            return None
    name = source.table(("process",), source.data.get("process")).get("name")
    if not isinstance(name, str) or name.count(".") != 1:
        source.report((), phrase('a book begins with model = "app.Model" or process = "app.kind"'))
        return None
    return _declared_model(source, name.split(".")[0])


def _declared_model(source: Source, app_label: str) -> type[models.Model] | None:
    found = machines.declared_models(app_label) or [
        model
        for model in apps.get_models()
        if model._meta.app_label == app_label and {"kind", "answers"} <= {f.name for f in model._meta.get_fields()}
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        source.report(
            ("process", "name"),
            phrase("{} has no model that keeps declared processes, so nobody could file one", app_label),
        )
        return None
    source.report(
        ("process", "name"), phrase("{} has {} models for declared processes; name one as model", app_label, len(found))
    )
    return None


class _BookReader:
    def __init__(self, source: Source, model: type[models.Model] | None = None) -> None:
        self.source, self.data, self.model = source, source.data, model
        self.definition: Process | None = None
        self.fields: dict[str, tree.Field] = {}
        self.lost: set[str] = set()  # those that could not be read, which has been said

    def book(self) -> Book | None:
        if self.model is None:
            return None
        source, data = self.source, self.data
        source.only((), data, SECTIONS)
        self.definition = read_definition(source, data["process"]) if "process" in data else None
        self.read_fields(self.model)
        written = source.table(("conditions",), data.get("conditions"))
        tables = self.tables("conditions", written)
        self.scope = BookScope(self.model._meta.label, self.fields, tables, self.lost)
        self.scope.wrong |= {name: EchoError(name) for name in written if _ill_formed(written[name])}
        self.read_conditions()
        self.read_when(self.model)
        permissions = {name: self.right(name, table) for name, table in self.rules("permissions")}
        transitions = {name: self.transition(name, table) for name, table in self.rules("transitions")}
        for name in permissions.keys() & transitions.keys():
            source.report(("permissions", name), phrase("“{}” is a transition already", name))
        automations = read_automations(
            source, data.get("automations"), EventScope(self.scope, tuple(self.states(machines.for_model(self.model)))),
            self.moves(transitions), self.calls,
        )  # fmt: skip
        return Book(
            file=source.file, model=self.model, process=self.process,
            title=self.title(), version=source.version, text=source.text,
            fields=self.fields, conditions=dict(self.scope.named), permissions=permissions, transitions=transitions,
            definition=self.definition, limits=read_limits(source, data.get("limits"), self.scope, transitions),
            automations=automations,
            tests=read_tests(source, data.get("tests"), self.scope, {*permissions, *transitions}),
        )  # fmt: skip

    @property
    def process(self) -> str:
        return process_of(self.definition.name, self.definition.edition) if self.definition else ""

    def title(self) -> str:
        inner = self.definition.title if self.definition else ""
        return str(self.source.take((), self.data, "title", str, inner))

    def tables(self, section: str, found: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {name: self.source.table((section, name), value) for name, value in found.items()}

    def rules(self, section: str) -> list[tuple[str, dict[str, Any]]]:
        found = self.source.table((section,), self.data.get(section))
        self.source.named((section,), found, {"permissions": "right"}.get(section, "transition"), section)
        return list(self.tables(section, found).items())

    def read_fields(self, model: type[models.Model]) -> None:
        self.add_state(model)
        declared = self.source.table(("fields",), self.data.get("fields"))
        self.source.named(("fields",), declared, "field", "fields")
        for name, written in declared.items():
            with self.source.at("fields", name):
                self.fields[name] = self.field(model, name, written)
        self.lost = declared.keys() - self.fields.keys()
        self.check_labels(model)
        columns = {column.name for column in model._meta.get_fields()}
        for name, question in (self.definition.fields if self.definition else {}).items():
            if name in columns:
                text = phrase("{} has “{}” itself, so choose another name", model._meta.label, name)
                self.source.report(("process", "fields", name), text)
            if name in self.fields:
                self.source.report(("process", "fields", name), phrase("“{}” is declared in [fields] already", name))
            elif (answer := answer_of(question)) is not None:
                self.fields[name] = answer
            elif question.type not in types():
                self.lost.add(name)

    def check_labels(self, model: type[models.Model]) -> None:
        asked = getattr(model, "asked", ())
        for name in self.definition.labels if self.definition else {}:
            if name not in asked:
                text = phrase("{} does not ask for “{}” itself{}", model._meta.label, name, nearest(name, asked))
                self.source.report(("process", "labels", name), text)

    def add_state(self, model: type[models.Model]) -> None:
        machine = machines.for_model(model)
        name = machine.state_field if machine else "state"
        if name not in {found.name for found in model._meta.get_fields()}:
            return
        known = self.states(machine)
        state = fields.resolve(model, name, name)
        self.fields[name] = replace(state, nullable=False, choices=("", *known) if known else ())

    def states(self, machine: machines.Machine | None) -> list[str]:
        if self.definition:
            return list(self.definition.states)
        if machine is None:
            return []
        moves = machine.moves.values()
        named = {*machine.states, *(move.target or "" for move in moves), *(s for move in moves for s in move.sources)}
        return sorted(named - {"", machines.ANY})

    def field(self, model: type[models.Model], name: str, written: Any) -> tree.Field:
        if isinstance(written, str):
            return fields.resolve(model, name, written)
        table = self.source.table(("fields", name), written)
        self.source.only(("fields", name), table, FIELD_KEYS)
        path = self.source.take(("fields", name), table, "path", str, name)
        form = self.source.take(("fields", name), table, "type", str, "")
        if form not in {"", "money"}:  # what else it is, its column says
            self.source.report(
                ("fields", name, "type"), phrase("“{}” is not a type of field{}", form, nearest(form, ["money"]))
            )
        return fields.resolve(model, name, path, show=self.shown(name, table), money=form == "money")

    def shown(self, name: str, table: dict[str, Any]) -> frozenset[str]:
        return read_roles(self.source, ("fields", name), table)

    def read_conditions(self) -> None:
        self.source.named(("conditions",), dict(self.scope.written), "condition", "conditions")
        for name, written in self.scope.written.items():
            self.source.only(("conditions", name), written, CONDITION_KEYS)
            if name in RESERVED:
                self.source.report(("conditions", name), phrase("“{}” cannot be the name of a condition", name))
            for key in CONDITION_KEYS:
                self.source.take(("conditions", name), dict(written), key, str, "")
            with self.source.at("conditions", name, "if"):
                self.scope.check(name)

    def read_when(self, model: type[models.Model]) -> None:
        """When each field of the process is asked, now that the names of the book are known."""
        if self.definition is None:
            return
        scope = AskingScope(self.scope, self.definition.fields, known_before(model))
        found = asked_when(self.source, ("process", "fields"), scope, self.definition.fields)
        self.definition = replace(self.definition, fields=found)

    def ask(self, path: tuple[str, ...], table: dict[str, Any]) -> dict[str, Question]:
        """What a transition asks; one that creates asks it together with the fields of the process."""
        path = (*path, "ask")
        asked = read_questions(self.source, path, table.get("ask"))
        if self.model is None or self.definition is None:
            return asked
        sources = table.get("from")
        creates = "" in sources if isinstance(sources, list) else sources == ""
        known = known_before(self.model) if creates else None
        return asked_when(self.source, path, AskingScope(self.scope, {**self.definition.fields, **asked}, known), asked)

    def right(self, name: str, table: dict[str, Any]) -> Right:
        path = ("permissions", name)
        self.source.only(path, table, RIGHT_KEYS)
        forbid, forbid_text = self.forbid(path, table)
        return Right(
            name, self.rows(path, table, forbid), forbid, forbid_text, f"{self.source.file}#permissions.{name}",
            compile_check(forbid) if forbid else None,
        )  # fmt: skip

    def transition(self, name: str, table: dict[str, Any]) -> TransitionRule:
        path = ("transitions", name)
        self.source.only(path, table, DECLARED_KEYS if self.definition else TRANSITION_KEYS)
        forbid, forbid_text = self.forbid(path, table)
        return TransitionRule(
            name, self.rows(path, table, forbid), forbid, forbid_text, f"{self.source.file}#transitions.{name}",
            compile_check(forbid) if forbid else None, then=self.calls(path, table, "then"),
            move=read_move(self.source, path, table, self.definition) if self.definition else None,
            label=self.source.take(path, table, "label", str, in_words(name)),
            done=self.done(path, table),
            tone=self.tone(path, table), ask=self.ask(path, table),
            confirm=self.source.take(path, table, "confirm", str, ""),
            waiting=self.source.take(path, table, "waiting", bool, True),  # noqa: FBT003 - the default
        )  # fmt: skip

    def done(self, path: tuple[str, ...], table: dict[str, Any]) -> str:
        """`done = "Asked back"`; left out, the label of the state it leads to."""
        written: str = self.source.take(path, table, "done", str, "")
        if isinstance(table.get("done"), str) and not written.strip():
            self.source.report((*path, "done"), phrase("done says what has happened then, such as “Asked back”"))
        return written

    def tone(self, path: tuple[str, ...], table: dict[str, Any]) -> str:
        tone: str = self.source.take(path, table, "tone", str, "neutral")
        if tone not in TONES:
            self.source.report((*path, "tone"), phrase("“{}” is not a tone{}", tone, nearest(tone, TONES)))
        return tone

    def forbid(self, path: tuple[str, ...], table: dict[str, Any]) -> tuple[tree.Node | None, str]:
        text = self.source.take(path, table, "forbid", str, "")
        if not text:
            return None, ""
        with self.source.at(*path, "forbid"):
            return normalise(self.condition(text)), text
        return normalise(tree.Truth(value=True)), text

    def rows(self, path: tuple[str, ...], table: dict[str, Any], forbid: tree.Node | None) -> dict[Role, Condition]:
        found: dict[Role, Condition] = {}
        free = normalise(forbid, negated=True) if forbid else tree.Truth(value=True)
        same: dict[str, Condition] = {}  # several roles often need the same
        for role in Role:
            if (text := self.source.take(path, table, role.value, str)) is None:
                continue
            with self.source.at(*path, role.value):
                same[text] = same.get(text) or self.row(text, free)
                found[role] = replace(same[text], origin=f"{self.source.file}#{'.'.join(path)}.{role.value}")
        return found

    def row(self, text: str, free: tree.Node) -> Condition:
        node = normalise(self.condition(text))
        whole = both(node, free)
        return Condition(text, node, whole, compile_check(whole))

    def condition(self, text: str) -> tree.Node:
        node = parse(text, self.scope)
        check_size(node)
        return node

    def moves(self, transitions: dict[str, TransitionRule]) -> dict[str, machines.Move]:
        """How each transition moves a thing, whether the book declares it or the code."""
        machine = machines.for_model(self.model) if self.model else None
        coded = machine.moves if machine else {}
        found = {name: rule.move or coded.get(name) for name, rule in transitions.items()}
        return {name: move for name, move in found.items() if move is not None}

    def calls(self, path: Path, table: dict[str, Any], key: str) -> tuple[ActionCall, ...]:
        """`{ notify = "author", template = "x" }`: the first key names the action, its value the target."""
        calls = []
        listed = self.source.take(path, table, key, list, [])
        with self.source.at(*path, key):
            check_number(key, len(listed))
        for number, written in enumerate(listed, start=1):
            call = self.source.table((*path, key), written)
            name, target = next(iter(call.items()), ("", None))
            if not isinstance(target, str):
                self.source.report((*path, key), phrase("entry {} is written {{ action = “target”, … }}", number))
                continue
            calls.append(ActionCall(name, target, {key: value for key, value in call.items() if key != name}))
        return tuple(calls)


def _ill_formed(condition: Any) -> bool:
    """Whether it is no table, or its text none: that has been said."""
    return not isinstance(condition, dict) or not isinstance(condition.get("if", ""), str)
