"""A report for editors: lessons that leave somebody out."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import page_permission_policy

from cms.catalog.models import LessonPage

MISSING = Q(video__captions="") | Q(video__transcript="")


def missing_parts(lesson: LessonPage) -> str:
    """What the lesson's video lacks, in words."""
    video = lesson.video
    lacking = [(video.captions, _("captions")), (video.transcript, _("transcript"))] if video else []
    return ", ".join(str(name) for present, name in lacking if not present)


class LessonMediaView(ReportView):
    page_title = _("Videos without captions or transcript")
    header_icon = "media"
    index_url_name = "catalog_lesson_media"
    index_results_url_name = "catalog_lesson_media_results"
    default_ordering = "title"
    permission_policy = page_permission_policy
    any_permission_required = {"add", "change", "publish"}
    list_export = ["course.title", "title", "video.title", "missing"]
    export_headings = {
        "course.title": _("Course"),
        "title": _("Lesson"),
        "video.title": _("Video"),
        "missing": _("Missing"),
    }
    columns = [
        TitleColumn("title", label=_("Lesson"), url_name="wagtailadmin_pages:edit"),
        Column("course", label=_("Course")),
        Column("video", label=_("Video")),
        Column("missing", label=_("Missing")),
        DateColumn("last_published_at", label=_("Published")),
    ]

    def get_queryset(self) -> QuerySet[Any]:
        editable = page_permission_policy.instances_user_has_permission_for(self.request.user, "change")
        lessons = LessonPage.objects.live().filter(MISSING, pk__in=editable.values("pk"))
        self.queryset = lessons.select_related("course", "video").defer("body").order_by("path")
        found: QuerySet[Any] = super().get_queryset()
        return found

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        for lesson in object_list:
            lesson.missing = missing_parts(lesson)
        return object_list
