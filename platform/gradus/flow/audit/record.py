"""One record: what was wanted, what became of it, and the facts it was decided on, as far as the viewer may see."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gradus import policy
from gradus.accounts.roles import Actor, actor_for
from gradus.core.words import in_words
from gradus.flow import carrying, registry, showing
from gradus.flow.audit.naming import Entry, entries, key_of
from gradus.flow.audit.report import tone
from gradus.flow.audit.versions import with_versions
from gradus.flow.models import TransitionRecord
from gradus.flow.moving import MIGRATED
from gradus.flow.params import Kind, Param
from gradus.policy import objects, people, terms, tree
from gradus.policy.books import Book
from gradus.policy.recorded import FORMS
from gradus.policy.texts import said
from gradus.policy.words import value_text


@dataclass(frozen=True, slots=True)
class Told:
    """A label and its value in words; without a value, because it is not for the viewer."""

    label: str
    value: Any = ""
    hidden: bool = False


@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(TransitionRecord.objects.select_related("actor", "content_type"), pk=pk)
    (entry,) = with_versions(entries([record], request.user))
    moved = record.rule == MIGRATED
    title = {"url": "", "label": entry.transition}
    shown = {
        "header_title": f"{entry.transition}: {entry.about}",
        "breadcrumbs_items": [{"url": reverse("audit"), "label": _("Audit log")}, title],
        "entry": entry,
        "moved": moved,
        "record": record,
        "tone": tone(record),
        "source": entry.state(record.source),
        "target": entry.state(record.target),
        "given": list((_left if moved else _given)(entry, request.user)) if entry.open else [],
        "history": _history(entry),
        "facts": list(_facts(entry, actor_for(request.user))),
    }
    return render(request, "flow/audit/record.html", shown)


def _history(entry: Entry) -> str:
    """Where everything about the same thing is listed."""
    its = {"object": entry.record.object_id, **({"process": key_of(entry.machine)} if entry.machine else {})}
    return f"{reverse('audit')}?{urlencode(its)}"


def _given(entry: Entry, who: Any) -> Iterator[Told]:
    """What the person filled in."""
    move = entry.machine.moves.get(entry.record.transition) if entry.machine else None
    for name, stored in entry.record.params.items():
        if stored in (None, "", []):
            continue
        yield _answer(move.params[name] if move is not None and name in move.params else None, name, stored, who)


def _left(entry: Entry, who: Any) -> Iterator[Told]:
    """What a move to a newer edition left behind, by the form it was filled in on."""
    kept = entry.record.params
    try:
        asked = carrying.asked(registry.machine(entry.model, kept["edition"])) if entry.model else {}
    except LookupError:
        asked = {}
    for name, stored in kept.get("left", {}).items():
        told = _answer(asked.get(name), name, stored, who)
        why = kept.get("unfit", {}).get(name, "")
        yield Told(told.label, f"{told.value} ({why})" if why else told.value)


def _answer(param: Param | None, name: str, stored: Any, who: Any) -> Told:
    if param is None:
        return Told(said(in_words(name)), str(stored))
    if param.kind is Kind.FILE:
        return Told(str(param.label), len(stored) if isinstance(stored, list) else 1)
    told = showing.in_words(param, stored) if param.model is None else showing.name_of(param, stored, who)
    return Told(str(param.label), told)


def _facts(entry: Entry, viewer: Actor) -> Iterator[Told]:
    """Of the thing, of the person, and what conditions written in Python said. Of people nothing is printed."""
    facts, book = entry.record.facts, _book(entry)
    if not facts:
        return
    fields = book.fields if book else {}
    for name, stored in facts.get("obj", {}).items():
        field = fields.get(name)
        if field is None or viewer.role not in field.show or not entry.open:
            yield Told(said(field.label) if field else said(in_words(name)), hidden=True)
        else:
            yield Told(said(field.label), _value(field, stored, viewer))
    for name in facts.get("user", {}):
        if name != "id":
            known = people.facts().get(name)
            label = (known and known.label) or said(in_words(name))
            yield Told(_("About the person: %(fact)s") % {"fact": label}, hidden=True)
    for name, held in facts.get("terms", {}).items():
        yield _term(book, name, held=bool(held), hidden=not entry.open)


def _book(entry: Entry) -> Book | None:
    return policy.active().of(entry.model).get(entry.record.process) if entry.model else None


def _value(field: tree.Field, stored: Any, viewer: Actor) -> str:
    """In words; a fact the field no longer reads as it was written is shown as it was."""
    if isinstance(stored, list):
        return ", ".join(_value(field, each, viewer) for each in stored) or value_text(field, None)
    if field.kind == "ref" and stored is not None:
        kind = next((kind for kind in objects.registered().values() if kind.model == field.to), None)
        if kind is not None and type(stored) is int:
            return str(showing.chosen(kind.name, [stored], viewer)[stored])
        there = apps.get_model(field.to)._base_manager.filter(pk=stored).first()
        return str(there or stored)
    try:
        value = FORMS[field.kind](stored) if stored is not None and field.kind in FORMS else stored
    except (TypeError, ValueError, ArithmeticError):
        return str(stored)
    return str(value_text(field, value))


def _term(book: Book | None, name: str, *, held: bool, hidden: bool) -> Told:
    known = terms.for_model(book.label).get(name) if book else None
    label = said(in_words(name))
    if hidden:
        return Told(label, hidden=True)
    text = (known.yes if held else known.no) if known else ""
    return Told(label, said(text) if text else value_text(None, held))
