"""The pages around a publish: what it would do, what was in force, and how to go back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.admin.widgets import AdminDateTimeInput

from gradus.accounts.models import User
from gradus.policy.bounds import LONGEST_BOOK
from gradus.policy.ruleset import active
from gradus.rulebook import publishing, store
from gradus.rulebook.books.publishing import restore
from gradus.rulebook.books.review import diff, review
from gradus.rulebook.books.viewset import problems
from gradus.rulebook.comparing import name_of
from gradus.rulebook.editions import title_of
from gradus.rulebook.models import Activation, BookDraft, Version
from gradus.rulebook.publishing import NotPublished, Overtaken

PER_PAGE = 30


class PublishForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        help_text=gettext_lazy("Everybody who looks at the history of these rules reads it."),
    )  # fmt: skip
    go_live_at = forms.DateTimeField(
        label=gettext_lazy("Not before"), required=False, widget=AdminDateTimeInput,
        help_text=gettext_lazy("Left empty, it is published at once."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)


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
    found = review(draft.file, meant.text)
    if form.is_bound:  # what is shown now is what is looked at
        form.data = {**form.data.dict(), "seen": found.seen}  # type: ignore[attr-defined]
    shown = {"draft": draft, "review": found, "form": form, "in_workflow": draft.workflow_in_progress}
    return render(request, "rulebook/books/review.html", shown)


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
    return JsonResponse({"problems": problems(file, text)})


@require_GET
def history(request: HttpRequest) -> HttpResponse:
    rows = Activation.objects.select_related("version", "by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    found = store.standing()
    books = [(name_of(book), title_of(book, active()), str(book.frozen)) for book in active().books]
    shown = {"page_obj": page, "standing": found, "books": books, "versions": Version.objects.count()}
    return render(request, "rulebook/books/history.html", shown)


@require_GET
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: every published book against its file."""
    found = get_object_or_404(Version.objects.select_related("author"), number=number)
    files = store.files()
    books = [(file, diff(files.get(file, ""), text), text) for file, text in found.texts().items()]
    shown = {"version": found, "books": books, "in_force": store.standing().version == number}
    return render(request, "rulebook/books/version.html", shown)


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
    try:
        row = change(by, request.POST.get("note", ""))
    except NotPublished as refused:
        for each in refused.objections:
            messages.error(request, each)
    else:
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
