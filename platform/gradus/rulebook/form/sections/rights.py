"""Who may do what: rights, the conditions they name, and what conditions can read."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gradus.accounts.roles import Role
from gradus.core.words import in_words
from gradus.rulebook.form.keys import options
from gradus.rulebook.form.known import Known, table, text
from gradus.rulebook.form.parts import Add, Entry, Group, Input, Option, Section, numbered
from gradus.rulebook.form.statements import Path

USUAL = (Role.STUDENT, Role.INSTRUCTOR, Role.ADMIN)


def who_may(path: Path, given: dict[str, Any]) -> tuple[Group, Group | None]:
    """A row for each role; those that hardly ever have one are folded away. Empty means: may not."""
    shown = [role for role in Role if role in USUAL or role.value in given]
    others = [role for role in Role if role not in shown]
    rows = [_row(path, role, given) for role in shown]
    rows.append(
        Input(
            (*path, "forbid"),
            _("But never when"),
            "condition",
            given.get("forbid"),
            placeholder=_("no exception"),
            help=_("Holds for everybody, whatever their role."),
        )
    )
    may = Group("may", _("Who may, and when"), inputs=rows, rows=True)
    rest = Group(
        "others", _("Other roles"), inputs=[_row(path, role, given) for role in others], rows=True, folded=True
    )
    return may, rest if others else None


def _row(path: Path, role: Role, given: dict[str, Any]) -> Input:
    return Input(
        (*path, role.value), str(role.label).capitalize(), "condition", given.get(role.value), placeholder=_("may not")
    )


def permissions(known: Known) -> Section:
    written = table(known.data, "permissions")
    entries = []
    for name in written:
        path: Path = ("permissions", name)
        label = _("See it") if name == "view" else in_words(name)
        groups = [each for each in who_may(path, table(written, name)) if each]
        entries.append(Entry(path, label, note=name, groups=groups, moves=False))
    add = None if "view" in written else Add(("permissions",), "right", _("Say who may see it"))
    return Section(
        "permissions",
        _("Rights"),
        help=_("What people may do that changes no state. Nobody may what no row says."),
        entries=entries,
        add=add,
        keys=("permissions",),
        nothing=_("Nobody may see it yet."),
    )


def conditions(known: Known) -> Section:
    written = table(known.data, "conditions")
    entries = numbered([_condition(("conditions", name), table(written, name)) for name in written])
    return Section(
        "conditions",
        _("Conditions"),
        entries=entries,
        keys=("conditions",),
        help=_("Words for what rules often ask, with what people read when it holds and when it does not."),
        add=Add(("conditions",), "condition", _("Add a condition")),
        nothing=_("There is no condition yet."),
    )


def _condition(path: Path, given: dict[str, Any]) -> Entry:
    inputs = [
        Input(path, _("Its word in rules"), "name", str(path[-1]), short=True),
        Input((*path, "if"), _("Holds when"), "condition", given.get("if")),
        Input((*path, "yes"), _("People read, when it holds"), value=given.get("yes")),
        Input((*path, "no"), _("People read, when it does not"), value=given.get("no")),
    ]
    return Entry(path, str(path[-1]), way=text(given.get("yes")), inputs=inputs)


def facts(known: Known) -> Section:
    """`[fields]`: words for what the platform itself knows of a thing."""
    written = table(known.data, "fields")
    entries = [_fact(known, ("fields", name), written[name]) for name in written]
    return Section(
        "facts",
        _("What conditions can read"),
        entries=entries,
        folded=True,
        keys=("fields",),
        help=_("Besides what people fill in: who filed it, who looks at it, since when."),
        add=Add(("fields",), "fact", _("Add a word"), columns(known.model, "")),
        nothing=_("Nothing yet."),
    )


def columns(model: type[models.Model] | None, chosen: str) -> tuple[Option, ...]:
    found = (
        {}
        if model is None
        else {
            column.name: f"{column.verbose_name} ({column.name})"
            for column in model._meta.concrete_fields
            if column.name not in {"state", "kind", "answers"}
        }
    )
    return options(found, chosen) if chosen else tuple(Option(name, label) for name, label in found.items())


def _fact(known: Known, path: Path, written: Any) -> Entry:
    source = written if isinstance(written, str) else text(table({"x": written}, "x").get("path"))
    inputs = [
        Input(path, _("Its word in rules"), "name", str(path[-1]), short=True),
        Input((*path, "path"), _("What it is"), "select", source, options=columns(known.model, source)),
    ]
    return Entry(path, f"obj.{path[-1]}", inputs=inputs, folds=False, moves=False)
