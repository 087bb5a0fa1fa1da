"""The pages that show rules. Who may see them is said once, for the section `rules/`."""

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gradus import policy
from gradus.accounts.roles import Actor, actor_for
from gradus.flow.queues import capped_count
from gradus.flow.workbench.registry import workbench_url
from gradus.policy.books import Book
from gradus.rulebook.models import BookDraft
from gradus.rulebook.seeing import choices, drawing, persons, processes, tables
from gradus.rulebook.seeing import why as reasons
from gradus.rulebook.seeing.asked import Asked
from gradus.rulebook.seeing.happening import happenings

A_PAGE = 50
Crumb = dict[str, str]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    page = Paginator(policy.active().books, A_PAGE).get_page(request.GET.get("page"))
    drafts = dict(BookDraft.objects.filter(file__in=[book.file for book in page]).values_list("file", "pk"))
    rows = [_summary(book) | {"draft": drafts.get(book.file)} for book in page]
    return _page(request, "index.html", [_here(_("Processes"))], page=page, rows=rows)


def _summary(book: Book) -> dict[str, Any]:
    its = processes.machine_of(book)
    open_ = processes.rows_of(book).exclude(state__in=its.closed()) if its else None
    return {
        "key": processes.key_of(book),
        "title": processes.title_of(book),
        "about": capfirst(str(book.model._meta.verbose_name_plural)),
        "states": len(its.states) if its else None,
        "open": None if open_ is None else capped_count(open_),
        "file": book.file,
    }


@require_safe
def matrix(request: HttpRequest, key: str) -> HttpResponse:
    book = processes.book_at(key)
    table = tables.table_of(book)
    follows = [row for row in table.transitions if row.effects]
    shown: dict[str, Any] = {"key": key, "table": table, "book": book, "follows": follows}
    shown["happenings"] = happenings(book)
    title = _("Who may do what: %(title)s") % {"title": processes.title_of(book)}
    return _page(request, "matrix.html", [_home(), _here(title)], **shown)


@require_safe
def diagram(request: HttpRequest, key: str) -> HttpResponse:
    book = processes.book_at(key)
    found = drawing.diagram_of(book, timezone.now())
    links = {state.name: processes.list_url(book, state.name, request.user) for state in found.states} if found else {}
    rows = [(state, links[state.name]) for state in found.states] if found else []
    title = _("States: %(title)s") % {"title": processes.title_of(book)}
    return _page(request, "diagram.html", [_home(), _here(title)], key=key, diagram=found, states=rows)


@require_safe
def person(request: HttpRequest) -> HttpResponse:
    platform = choices.asks_platform(request.GET)
    form = choices.PersonForm(request.GET, filled=platform or "person" in request.GET)
    shown: dict[str, Any] = {"form": form, "platform": platform}
    title = _("What a person may do")
    if form.is_bound and form.is_valid():
        whom = choices.whom(form.cleaned_data)
        found = persons.all_of(Asked(whom.actor, actor_for(request.user), timezone.now()))
        title = _("What the platform may do") if platform else _("What %(person)s may do") % {"person": whom}
        shown |= {"whom": whom, "processes": found}
    return _page(request, "person.html", [_home(), _here(title)], status=_status(form), **shown)


@require_safe
def why(request: HttpRequest) -> HttpResponse:
    viewer, known = actor_for(request.user), processes.governed()
    model = processes.model_at(request.GET["of"]) if request.GET.get("of") else known[0]
    platform = choices.asks_platform(request.GET)
    filled = ("object" if platform else "person") in request.GET
    form = choices.WhyForm(model, viewer, request.GET, filled=filled)
    shown: dict[str, Any] = {"form": form, "of": model._meta.label_lower, "kinds": _kinds(known), "platform": platform}
    if form.is_bound and form.is_valid():
        shown |= _answer(form.cleaned_data, viewer)
        if shown["name"] and shown["why"] is None:
            form.add_error("transition", _("Things of this kind have no such transition or right."))
    return _page(request, "why.html", [_home(), _here(_("Why?"))], status=_status(form), **shown)


def _kinds(found: list[type[models.Model]]) -> list[tuple[str, str]]:
    return [(model._meta.label_lower, capfirst(str(model._meta.verbose_name_plural))) for model in found]


def _answer(asked: dict[str, Any], viewer: Actor) -> dict[str, Any]:
    whom, thing, name = choices.whom(asked), asked["object"], asked["transition"]
    about = Asked(whom.actor, viewer, timezone.now())
    found = reasons.why(about, name, thing) if name else None
    return {
        "whom": whom,
        "object": thing,
        "thing_url": workbench_url(thing),
        "name": name,
        "why": found,
        "book_key": processes.key_of(found.book) if found else "",
        "verdicts": [] if name else reasons.verdicts(about, thing),
    }


@require_safe
def search_people(request: HttpRequest) -> JsonResponse:
    found = choices.found_people(request.GET.get("q", ""), actor_for(request.user))
    return JsonResponse([{"text": one.text, "note": one.note} for one in found], safe=False)


@require_safe
def search_objects(request: HttpRequest, label: str) -> JsonResponse:
    model = processes.model_at(label)
    found = choices.found_objects(model, request.GET.get("q", ""), actor_for(request.user))
    return JsonResponse([{"text": one.text, "note": one.note} for one in found], safe=False)


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200


def _home() -> Crumb:
    return {"url": reverse("rules"), "label": _("Rules")}


def _here(label: str) -> Crumb:
    return {"url": "", "label": label}


def _page(request: HttpRequest, template: str, crumbs: list[Crumb], *, status: int = 200, **shown: Any) -> HttpResponse:
    """The last crumb is the page itself, and its title."""
    frame = {"header_title": crumbs[-1]["label"], "breadcrumbs_items": crumbs}
    return render(request, f"rulebook/seeing/{template}", {**frame, **shown}, status=status)
