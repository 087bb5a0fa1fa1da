"""The pages around a publish: what it would do, what was in force, and how to go back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.admin.widgets import AdminDateTimeInput

from gradus.accounts.models import User
from gradus.policy.bounds import LONGEST_BOOK
from gradus.policy.ruleset import active
from gradus.policy.texts import said
from gradus.rulebook import publishing, store
from gradus.rulebook.books.panels import words
from gradus.rulebook.books.publishing import restore
from gradus.rulebook.books.replayed import LASTS, last_of, replay_of, turned
from gradus.rulebook.books.review import diff, review
from gradus.rulebook.comparing import name_of
from gradus.rulebook.editions import title_of
from gradus.rulebook.form.outline import checked
from gradus.rulebook.models import Activation, BookDraft, Version
from gradus.rulebook.publishing import NotPublished, Overtaken

PER_PAGE = 30
SWITCHES = {"freeze", "thaw"}

LONGEST_NOTE = 2000


class NoteForm(forms.Form):
    """Of the buttons that take back or stop: an empty note is refused like everything else that stands against it."""

    note = forms.CharField(required=False, max_length=LONGEST_NOTE)


class PublishForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST_NOTE,
        help_text=gettext_lazy("Everybody who looks at the history of these rules reads it."),
    )  # fmt: skip
    go_live_at = forms.DateTimeField(
        label=gettext_lazy("Not before"), required=False, widget=AdminDateTimeInput,
        help_text=gettext_lazy("Left empty, it is published at once."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)


def frame(title: str, *between: dict[str, str]) -> dict[str, Any]:
    """What the head of a page shows: the way to it from the books."""
    books = {"url": reverse("wagtailsnippets_rulebook_bookdraft:list"), "label": _("Books")}
    return {"header_title": title, "breadcrumbs_items": [books, *between, {"url": "", "label": title}]}


@require_http_methods(["GET", "POST"])
def review_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing the newest draft would do; posting does it, if it still is what was looked at."""
    draft = get_object_or_404(BookDraft, pk=pk)
    meant = draft.get_latest_revision_as_object()
    form = PublishForm(request.POST or None, initial=_initial(meant, store.standing().number))
    if request.method == "POST" and form.is_valid():
        try:
            return _publish(request, draft, form.cleaned_data)
        except NotPublished as refused:
            form.add_error(None, refused.objections)
    viewer: User = request.user  # type: ignore[assignment]
    found = review(draft.file, meant.text, viewer=viewer, last=last_of(request.GET.get("last")))
    if form.is_bound:  # what is shown now is what is looked at
        form.data = {**form.data.dict(), "seen": found.seen}  # type: ignore[attr-defined]
    shown = {"draft": draft, "review": found, "form": form, "in_workflow": draft.workflow_in_progress}
    standing, installed = store.standing(), draft.file in store.files()
    moved_on = draft.file in store.moved_on(standing)
    shown |= {"installed": installed, "in_force": installed or draft.file in standing.published}
    shown |= {"lasts": LASTS, "moved_on": moved_on, "planned": draft.planned_for}
    shown |= frame(_("What publishing %s would do") % meant)
    return render(request, "rulebook/books/review.html", shown)


@require_GET
def replayed(request: HttpRequest, pk: int) -> HttpResponse:
    """Every decision of the past that the newest draft would make otherwise, page by page."""
    draft, last = get_object_or_404(BookDraft, pk=pk), last_of(request.GET.get("last"))
    try:
        meant = draft.get_latest_revision_as_object()
        rules = publishing.rules_of(publishing.candidate({draft.file: meant.text}))
    except NotPublished:
        return redirect("rulebook_review", pk)
    found = replay_of(rules, draft.file, last=last, most=last)
    page = Paginator(found.examples, PER_PAGE).get_page(request.GET.get("page"))
    viewer: User = request.user  # type: ignore[assignment]
    shown = {"draft": draft, "found": found, "last": last, "lasts": LASTS, "page_obj": page}
    shown |= {"turned": turned(rules, list(page.object_list), viewer)}
    shown |= frame(_("Decisions that %s would change") % meant)
    return render(request, "rulebook/books/replayed.html", shown)


def _initial(meant: BookDraft, seen: int) -> dict[str, Any]:
    return {"note": meant.note, "go_live_at": meant.go_live_at, "seen": seen}


def _publish(request: HttpRequest, draft: BookDraft, wanted: dict[str, Any]) -> HttpResponse:
    revision = draft.get_latest_revision()
    meant = draft.get_latest_revision_as_object()
    if revision is None or (meant.note, meant.go_live_at) != (wanted["note"], wanted["go_live_at"]):
        meant.note, meant.go_live_at = wanted["note"], wanted["go_live_at"]
        revision = meant.save_revision(user=(revision and revision.user) or request.user, clean=False)
    with transaction.atomic():
        revision.publish(user=request.user, skip_permission_checks=True)
        later = bool(wanted["go_live_at"]) and wanted["go_live_at"] > timezone.now()
        if store.standing().number != wanted["seen"] + (not later):
            raise Overtaken  # somebody was first, perhaps only just: nothing of this stays
    if later:
        messages.success(request, _("It will be published when its time has come."))
    else:
        messages.success(request, _("Published: these rules decide from now on."))
    return redirect("rulebook_history")


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """The editor asks while somebody types."""
    text, file = request.POST.get("text", ""), request.POST.get("file", "")
    if len(text) > LONGEST_BOOK:
        return JsonResponse({"problems": [{"line": 1, "key": "", "text": _("This book is too long.")}]})
    book, found = checked(text, file)
    # While it cannot be read, the words so far are of more use than none.
    readable = book is not None or not found
    known = render_to_string("rulebook/books/words.html", {"words": words(text)}) if readable else ""
    told = [{"line": each.line, "key": each.key, "text": each.text} for each in found]
    return JsonResponse({"problems": told, "words": known})


@require_GET
def history(request: HttpRequest) -> HttpResponse:
    rows = Activation.objects.select_related("version", "by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    found = store.standing()
    books = [(name_of(book), title_of(book, active()), str(book.frozen)) for book in active().books]
    _say_what(list(page), {name: label for name, label, _frozen in books})
    shown = {"page_obj": page, "standing": found, "books": books, "versions": Version.objects.count()}
    shown |= frame(_("History of the rules"))
    return render(request, "rulebook/books/history.html", shown)


def _say_what(rows: list[Any], books: dict[str, str]) -> None:
    """Say of each what it froze or released, or which books it changed: what differs from the row before it."""
    oldest = min((row.number for row in rows), default=0)
    there = [*rows, *Activation.objects.select_related("version").filter(number=oldest - 1)]
    known = {row.number: (row.frozen, row.version.files if row.version else {}) for row in there}
    rules = active()
    titles = {book.file: title_of(book, rules) for book in rules.books}
    titles |= {book.file: str(said(book.title)) or book.file for book in rules.values.values()}
    for row in rows:
        (frozen, files), (frozen_now, now) = known.get(row.number - 1, ({}, {})), known[row.number]
        if row.kind in SWITCHES:
            row.about = [books.get(name, name) for name in sorted(frozen.keys() ^ frozen_now.keys())]
        else:
            row.about = [titles.get(file, file) for file in sorted({*files, *now}) if files.get(file) != now.get(file)]


@require_GET
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: every published book against its file. 0 is the files."""
    if not number:
        return _installed(request)
    found = get_object_or_404(Version.objects.select_related("author"), number=number)
    files = store.files()
    books = [
        (str(BookDraft(file=file, text=text)), file, diff(files[file], text) if file in files else None, text)
        for file, text in found.texts().items()
    ]
    shown = {"version": found, "books": books, "in_force": store.standing().version == number}
    shown |= frame(str(found), {"url": reverse("rulebook_history"), "label": _("History of the rules")})
    return render(request, "rulebook/books/version.html", shown)


def _installed(request: HttpRequest) -> HttpResponse:
    drafts, published = dict(BookDraft.objects.values_list("file", "pk")), store.standing().published
    books = [
        (str(BookDraft(file=file, text=text)), file, text, drafts.get(file), file in published)
        for file, text in store.files().items()
    ]
    way = {"url": reverse("rulebook_history"), "label": _("History of the rules")}
    shown = {"books": books, **frame(_("The installed files"), way)}
    return render(request, "rulebook/books/installed.html", shown)


@require_POST
def roll_back(request: HttpRequest, number: int) -> HttpResponse:
    to = get_object_or_404(Version, number=number) if number else None
    return _changed(request, lambda by, note: publishing.roll_back(to, by=by, note=note))


@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    book = request.POST.get("book", "")
    return _changed(request, lambda by, note: publishing.freeze(book, by=by, note=note))


@require_POST
def thaw(request: HttpRequest) -> HttpResponse:
    book = request.POST.get("book", "")
    return _changed(request, lambda by, note: publishing.thaw(book, by=by, note=note))


def _changed(request: HttpRequest, change: Any) -> HttpResponse:
    by: User = request.user  # type: ignore[assignment]
    form = NoteForm(request.POST)
    against = list(map(str, form.errors.get("note", [])))
    row = None
    try:
        row = None if against else change(by, form.cleaned_data["note"])
    except NotPublished as refused:
        against = refused.objections
    for each in against:
        messages.error(request, each)
    if row is not None:
        messages.success(request, _("Done: %s.") % row.get_kind_display())
    return redirect("rulebook_history")


@require_POST
def restore_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft that says what the file says; publishing it is a step of its own."""
    draft = get_object_or_404(BookDraft, pk=pk)
    text = store.files().get(draft.file)
    if text is None:
        messages.error(request, _("There is no file of this book: it was written here."))
        return redirect("wagtailsnippets_rulebook_bookdraft:edit", draft.pk)
    restore(draft, text, request.user, _("As installed."))  # type: ignore[arg-type]
    return redirect("rulebook_review", draft.pk)


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in force, as the file it would be."""
    draft = get_object_or_404(BookDraft, pk=pk)
    texts = {**store.files(), **store.standing().published}
    response = HttpResponse(texts.get(draft.file, draft.text), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{draft.file.rpartition("/")[2]}"'
    return response
