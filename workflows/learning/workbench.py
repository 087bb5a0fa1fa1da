"""Where instructors see how far students have come: nothing waits here, so it opens on everybody."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Count, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from gradus.flow.errors import Text
from gradus.flow.workbench import Workbench, register
from gradus.flow.workbench.columns import Cell
from gradus.flow.workbench.listing import ALL, QueueView
from workflows.learning.models import CourseProgress, LessonProgress

DONE = _("Lessons complete")


class ProgressView(QueueView):
    scope = ALL

    @property
    def columns(self) -> list[Column]:
        found = super().columns
        before = [column.name for column in found].index("state")
        return [*found[:before], Cell("lessons_done", label=DONE), *found[before:]]

    def get_base_queryset(self) -> QuerySet[Any]:
        done = LessonProgress.objects.filter(course_progress=OuterRef("pk"), completed_at__isnull=False)
        number = done.order_by().values("course_progress").annotate(number=Count("pk")).values("number")
        rows: QuerySet[Any] = super().get_base_queryset().annotate(lessons_done=Coalesce(number, 0))
        return rows

    def get_heading(self, queryset: QuerySet[Any], field: str) -> str:
        return str(DONE) if field == "lessons_done" else super().get_heading(queryset, field)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(*args, **kwargs), "scopes": []}


@register
class LearningWorkbench(Workbench):
    model = CourseProgress
    waits = False
    icon = "doc-full-inverse"
    menu_order = 110
    columns = ("user", "course")
    details = ("user", "course", "created_at")
    search = ("user__display_name", "user__email", "course__title")
    filters = ("course",)
    exports = ("user", "user__email", "course", "lessons_done")
    labels: ClassVar[Mapping[str, Text]] = {"created_at": _("Enrolled on")}

    def waiting_count(self, request: HttpRequest) -> str:
        return "0"

    def get_urlpatterns(self) -> list[Any]:
        first = self.construct_view(ProgressView, bench=self)
        results = self.construct_view(ProgressView, bench=self, results_only=True)
        index = [path("", first, name="index"), path("results/", results, name="index_results")]
        return [*index, *(found for found in super().get_urlpatterns() if found.name not in {"index", "index_results"})]
