"""After an upgrade: what the file of a published book changed, beside what was changed here, and both put together."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gradus.rulebook import store
from gradus.rulebook.books.publishing import restore
from gradus.rulebook.books.review import diff
from gradus.rulebook.books.views import frame
from gradus.rulebook.merging import Merged, merge
from gradus.rulebook.models import BookDraft, BookText, hash_of

EDIT = "wagtailsnippets_rulebook_bookdraft:edit"


@require_http_methods(["GET", "POST"])
def rebase(request: HttpRequest, file: str) -> HttpResponse:
    """Posting makes a draft; what it would do is looked at before anybody publishes it."""
    draft = get_object_or_404(BookDraft, file=file)
    found = store.standing()
    moved = store.moved_on(found)
    if file not in moved:
        messages.info(request, _("The installed file has not changed since this book was published."))
        return redirect("rulebook_review", draft.pk)
    published, installed = moved[file]
    ours = draft.get_latest_revision_as_object().text
    base = BookText.objects.filter(hash=found.base.get(file, "")).values_list("text", flat=True).first()
    merged = merge(base, ours, installed) if base is not None and installed else None  # no file, nothing to take over
    if request.method == "POST" and merged is not None:
        return _taken_over(request, draft, ours, merged)
    shown = {
        "draft": draft,
        "installed": installed,
        "theirs": diff(published if base is None else base, installed),
        "ours": [] if base is None else diff(base, ours),
        "written": ours != published,
        "merged": merged,
        "result": diff(ours, merged.text) if merged else [],
        "seen": hash_of(ours),
        **frame(_("What is new in the file of %s") % draft),
    }
    return render(request, "rulebook/books/rebase.html", shown)


def _taken_over(request: HttpRequest, draft: BookDraft, ours: str, merged: Merged) -> HttpResponse:
    lock = draft.get_lock()
    if lock is not None and lock.for_user(request.user):
        messages.error(request, _("Somebody else has locked this book."))
        return redirect("rulebook_rebase", draft.file)
    if request.POST.get("seen") != hash_of(ours):
        messages.warning(request, _("The draft has changed meanwhile. Look at both again."))
        return redirect("rulebook_rebase", draft.file)
    restore(draft, merged.text, request.user, _("With what is new in the installed file."))  # type: ignore[arg-type]
    if not merged.conflicts:
        messages.success(request, _("It is a draft now. Look at what it would do before you publish it."))
        return redirect("rulebook_review", draft.pk)
    text = ngettext(
        "At %(number)d place both changed the same lines. Keep what is to hold there: it cannot be published before.",
        "At %(number)d places both changed the same lines. Keep what is to hold there: it cannot be published before.",
        merged.conflicts,
    )
    messages.warning(request, text % {"number": merged.conflicts})
    return redirect(EDIT, draft.pk)
