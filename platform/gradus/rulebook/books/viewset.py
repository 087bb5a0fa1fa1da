"""Books as Wagtail snippets: drafts, schedule, moderation, locks and comparison are Wagtail's; publishing is ours."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, LiveStatusTagColumn, UpdatedAtColumn
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.views.snippets import (
    CollectWorkflowActionDataView,
    CreateView,
    DeleteView,
    EditView,
    IndexView,
    SnippetViewSet,
    UnpublishView,
    WorkflowActionView,
)

from gradus.policy.ruleset import active
from gradus.rulebook import store
from gradus.rulebook.books.moderation import Refusable
from gradus.rulebook.books.panels import RulesInput
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.editions import title_of
from gradus.rulebook.models import BookDraft

MOMENT = timedelta(seconds=30)
HIDDEN = ("action-publish", "action-unpublish", "action-delete")
START = """[process]
name  = "requests.new"
title = "A new kind of request"
help  = "When to file one."

[process.fields.what]
type     = "long text"
label    = "What is it about?"
required = true

[process.states]
submitted = "Submitted"
approved  = { label = "Approved", tone = "success" }
rejected  = { label = "Rejected", tone = "danger" }

[fields]
author   = "author"
reviewer = "claimed_by"
since    = "state_since"

[conditions.own]
if  = "obj.author == user"
yes = "it is your own request"
no  = "it is not your request"

[permissions.view]
student    = "own"
instructor = "always"
admin      = "always"

[transitions.submit]
label   = "Send the request"
done    = "Sent"
from    = [""]
to      = "submitted"
student = "own"
then    = [{ notify = "role:instructor", template = "requests/submitted" }]

[transitions.approve]
label      = "Approve"
done       = "Approved"
from       = ["submitted"]
to         = "approved"
instructor = "always"
admin      = "always"
forbid     = "own"
then       = [{ notify = "author", template = "requests/approved" }]

[transitions.reject]
label      = "Reject"
done       = "Rejected"
from       = ["submitted"]
to         = "rejected"
ask        = { note = { type = "long text", label = "Why not", required = true } }
instructor = "always"
admin      = "always"
forbid     = "own"
then       = [{ notify = "author", template = "requests/rejected" }]
"""


class ReviewMenuItem(ActionMenuItem):
    """In the place of “Publish”: the page that says what a publish would do stands before it."""

    name = "action-review"
    label = gettext_lazy("Save and look at what it would do")
    icon_name = "view"
    order = 5


def review_instead_of_publish(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """For Wagtail's hook `construct_snippet_action_menu`."""
    if context["model"] is BookDraft:
        menu_items[:] = [ReviewMenuItem(), *(item for item in menu_items if item.name not in HIDDEN)]


class _Saving:
    """After saving: on to the page before a publish, where one asked for it."""

    request: HttpRequest
    object: BookDraft

    def get_success_url(self) -> str:
        if "action-review" in self.request.POST:
            return reverse("rulebook_review", args=[self.object.pk])
        return str(super().get_success_url())  # type: ignore[misc]


class BookCreateView(_Saving, CreateView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who saves in the moment in which Wagtail has saved the new book by itself saves that one, not a second."""
        saved = None if self.expects_json_response else begun_just_now(request)
        if saved is None:
            made: HttpResponse = super().post(request, *args, **kwargs)
            return made
        edit: Callable[..., HttpResponse] = BookDraft.snippet_viewset.edit_view
        return edit(request, pk=str(saved.pk))

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "text": START}

    def get_initial_form_instance(self) -> BookDraft:
        return BookDraft(text=START, live=False)


def begun_just_now(request: HttpRequest) -> BookDraft | None:
    """The draft of this file that the same person began, never published, and saved a moment ago."""
    mine = BookDraft.objects.filter(file=request.POST.get("file", ""), live=False, first_published_at=None)
    saved = mine.filter(latest_revision__created_at__gt=timezone.now() - MOMENT).select_related("latest_revision")
    return next((draft for draft in saved if draft.latest_revision.user_id == request.user.pk), None)


class BookEditView(Refusable, _Saving, EditView):
    def get_object(self, queryset: Any = None) -> Any:
        """As it is in force now, where nobody is writing it: something older may have been put in force again."""
        if self.request.method == "GET":
            follow_what_is_in_force()
        return super().get_object(queryset)

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["file"].disabled = True
        return form

    def get_page_subtitle(self) -> str:
        """As it is called now: a revision keeps what it was called when it was saved."""
        return str(self.object)


class BookIndexView(IndexView):
    page_title = gettext_lazy("Rules")
    add_item_label = gettext_lazy("Add a book")

    @cached_property
    def columns(self) -> list[Any]:
        """Without boxes to tick: nothing is done to several books at once."""
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        follow_what_is_in_force()
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> Any:
        return BookDraft.with_status(super().get_base_queryset())

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found = store.standing()
        shown: dict[str, Any] = super().get_context_data(*args, **kwargs)
        moved = store.moved_on(found)
        titles = [(draft.file, str(draft)) for draft in BookDraft.objects.filter(file__in=moved)] if moved else []
        rules = active()
        frozen = [(title_of(book, rules), book.frozen) for book in rules.books if book.frozen]
        return {**shown, "moved_on": titles, "frozen": frozen}


class BookWorkflowView(Refusable, WorkflowActionView):
    pass


class BookWorkflowDataView(Refusable, CollectWorkflowActionDataView):
    pass


class _Nowhere:
    """For routes of Wagtail's that make no sense here."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


class NoDeleteView(_Nowhere, DeleteView):
    pass


class NoUnpublishView(_Nowhere, UnpublishView):
    pass


class BookViewSet(SnippetViewSet):
    model = BookDraft
    icon = "list-ul"
    menu_label = gettext_lazy("Books")
    menu_name = "rule-books"
    menu_url = "rules/books/"
    base_url_path = "rules/books"
    admin_url_namespace = "wagtailsnippets_rulebook_bookdraft"
    index_view_class = BookIndexView
    index_template_name = "rulebook/books/index.html"
    add_view_class = BookCreateView
    edit_view_class = BookEditView
    workflow_action_view_class = BookWorkflowView
    collect_workflow_action_data_view_class = BookWorkflowDataView
    delete_view_class = NoDeleteView
    unpublish_view_class = NoUnpublishView
    list_display = ["title", "file", LiveStatusTagColumn(), UpdatedAtColumn()]
    copy_view_enabled = False
    inspect_view_enabled = False
    panels = [
        FieldPanel("text", widget=RulesInput),
        FieldPanel("file", read_only=False, required_on_save=True),  # it can never be given later
        FieldPanel("note"),
    ]
