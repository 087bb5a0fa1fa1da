"""Books with their reviewers: what is approved is what was read, and nothing else is put in force."""

from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views.reports.workflows import WorkflowView
from wagtail.models import Revision, TaskState, WorkflowState

from gradus.rulebook.books.access import BookPolicy
from gradus.rulebook.models import BookDraft
from gradus.rulebook.publishing import NotPublished

Meaning = tuple[Any, ...]
PUBLISHED = ("text", "note", "go_live_at")  # what a publish takes over from a revision


def meant(revision: Revision) -> Meaning:
    return tuple(revision.content.get(name) for name in PUBLISHED)


def locked(pk: int) -> None:
    """Hold this book until the transaction ends: saving and approving take turns."""
    BookDraft.objects.select_for_update(no_key=True).filter(pk=pk).first()


def waiting_for(draft: BookDraft) -> tuple[WorkflowState, Meaning] | None:
    """The moderation a book is in, and what its reviewers have been asked to approve."""
    state = draft.current_workflow_state
    if state is None or state.status != WorkflowState.STATUS_IN_PROGRESS or state.current_task_state is None:
        return None
    return state, meant(state.current_task_state.revision)


def ask_again(state: WorkflowState, asked: Meaning, revision: Revision) -> None:
    """Something was saved while reviewers read: if it says something else, every one of them is asked anew.

    The step they were asked at is over, so whoever still looks at the older text approves nothing they have not seen.
    """
    step = state.current_task_state
    if meant(revision) == asked:
        TaskState.objects.filter(pk=step.pk).update(revision=revision)
        return
    state.task_states.filter(status=TaskState.STATUS_APPROVED).update(status=TaskState.STATUS_CANCELLED)
    step.specific.cancel(user=revision.user, comment=_("The rules were changed meanwhile."))


class Refusable:
    """An approval whose publish is refused changes nothing, and says why on the page one came from."""

    kwargs: dict[str, Any]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            locked(self.kwargs["pk"])  # whoever saves meanwhile waits, so what is approved is what was read
            step = getattr(self, "task_state", None)
            if step is not None and not TaskState.objects.filter(pk=step.pk, status=step.STATUS_IN_PROGRESS).exists():
                told = _("Nothing was done: this has been changed or decided since. Look at it again.")
                messages.error(request, told)
                return self.back()
            try:
                return super().post(request, *args, **kwargs)  # type: ignore[misc,no-any-return]
            except NotPublished as refused:  # the approval is undone, and what was written is kept
                messages.error(request, _("Nothing was published. %s") % " ".join(refused.objections))
                return self.back()

    def back(self) -> HttpResponse:
        return redirect(reverse("wagtailsnippets_rulebook_bookdraft:edit", args=[self.kwargs["pk"]]))


class ModerationView(WorkflowView):
    """Wagtail's report of what is with its reviewers, of books alone and for administrators."""

    page_title = gettext_lazy("Moderation of books")
    results_template_name = "rulebook/books/moderation_results.html"
    index_url_name = "rulebook_moderation"
    index_results_url_name = "rulebook_moderation_results"
    permission_policy = BookPolicy(BookDraft)
    any_permission_required = ["change"]
    header_buttons: list[Any] = []

    def get_queryset(self) -> QuerySet[WorkflowState]:
        found = _of_books().select_related("workflow", "requested_by", "current_task_state__task")
        found = found.prefetch_related("content_object", "content_object__latest_revision")
        return found.order_by("-created_at")


def _of_books() -> QuerySet[WorkflowState]:
    found: QuerySet[WorkflowState] = WorkflowState.objects.filter(
        content_type=ContentType.objects.get_for_model(BookDraft)
    )
    return found


def to_review(user: Any) -> QuerySet[TaskState]:
    """The steps at which this person is asked about a book."""
    found: QuerySet[TaskState] = TaskState.objects.reviewable_by(user)
    return found.filter(workflow_state__in=_of_books().values("pk"))
