"""The catalogue in the editors' admin: snippets, explorer columns, a report, and what may not be deleted."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.catalog.blocks import NOTHING_YET
from cms.catalog.models import CoursePage, LessonFile, LessonPage, Topic, Video
from cms.catalog.protection import kept_by
from cms.catalog.reports import MISSING, LessonMediaView
from cms.catalog.widgets import PrivateFileInput
from gradus.accounts.roles import Role, actor_for
from gradus.core.home import Tile


class VideoViewSet(SnippetViewSet):
    model = Video
    icon = "media"
    list_display = ["title", "seconds", BooleanColumn("captions"), BooleanColumn("transcript"), "created_at"]
    list_filter = ["created_at"]
    panels = [
        FieldPanel("title"),
        MultiFieldPanel(
            [FieldPanel("file", widget=PrivateFileInput), FieldPanel("seconds"), FieldPanel("poster")],
            gettext_lazy("Video"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("captions", widget=PrivateFileInput), FieldPanel("captions_language")]),
                FieldPanel("transcript"),
            ],
            gettext_lazy("For everybody who cannot see or hear it"),
        ),
    ]


class LessonFileViewSet(SnippetViewSet):
    model = LessonFile
    icon = "download"
    list_display = ["title", "filename", "size", "created_at"]
    panels = [FieldPanel("title"), FieldPanel("file", widget=PrivateFileInput)]


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    sort_order_field = "sort_order"
    list_display = ["name", "slug", "description"]
    panels = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("description")]


class CatalogueGroup(SnippetViewSetGroup):
    menu_label = gettext_lazy("Lesson media")
    menu_icon = "media"
    menu_name = "lesson-media"
    menu_order = 250
    items = (VideoViewSet, LessonFileViewSet, TopicViewSet)


register_snippet(CatalogueGroup)


def _columns(*extra: Column) -> list[Any]:
    """The explorer's columns with ours before "Updated"."""
    standard = [column for column in ExplorableIndexView.base_columns if column.name not in {"parent", "type"}]
    at = next(place for place, column in enumerate(standard) if column.name == "latest_revision_created_at")
    return [*standard[:at], *extra, *standard[at:]]


class CourseViewSet(PageViewSet):
    model = CoursePage
    columns = _columns(
        Column("level", label=gettext_lazy("Level"), accessor="get_level_display", sort_key="level"),
        Column("lessons", label=gettext_lazy("Lessons"), accessor=lambda course: course.numchild),
    )


class LessonViewSet(PageViewSet):
    model = LessonPage
    columns = _columns(
        Column("minutes", label=gettext_lazy("Minutes")),
        BooleanColumn("is_preview", label=gettext_lazy("Open to all"), sort_key="is_preview"),
        BooleanColumn("has_video", label=gettext_lazy("Video"), accessor=lambda lesson: bool(lesson.video_id)),
    )


@hooks.register("register_admin_viewset")
def page_listings() -> list[PageViewSet]:
    return [CourseViewSet(), LessonViewSet()]


@hooks.register("register_admin_urls")
def report_urls() -> list[URLPattern]:
    return [
        path("reports/lesson-media/", LessonMediaView.as_view(), name="catalog_lesson_media"),
        path(
            "reports/lesson-media/results/",
            LessonMediaView.as_view(results_only=True),
            name="catalog_lesson_media_results",
        ),
    ]


@hooks.register("register_reports_menu_item")
def report_menu_item() -> MenuItem:
    address = reverse("catalog_lesson_media")
    return MenuItem(gettext_lazy("Missing captions"), address, icon_name="media", order=800)


@hooks.register("gradus_home_tiles")
def missing_captions(request: HttpRequest) -> list[Tile]:
    if actor_for(request.user).role is not Role.EDITOR:
        return []
    mute = LessonPage.objects.live().filter(MISSING).count()
    said = ngettext("lesson leaves somebody out", "lessons leave somebody out", mute)
    note = said if mute else gettext_lazy("Every video can be read as well.")
    address = reverse("catalog_lesson_media")
    return [Tile(gettext_lazy("Missing captions"), address, str(mute), note, order=30, urgent=mute > 0)]


@hooks.register("before_delete_page")
def keep_history(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse(request, [page], back=page)


@hooks.register("before_bulk_action")
def keep_history_in_bulk(request: HttpRequest, action: str, pages: Iterable[Any], _view: Any) -> HttpResponse | None:
    found = [page for page in pages if isinstance(page, Page)]
    return _refuse(request, found, back=found[0]) if action == "delete" and found else None


@hooks.register("before_bulk_action")
def publish_no_empty_lesson(request: HttpRequest, action: str, pages: Iterable[Any], view: Any) -> HttpResponse | None:
    if action != "publish":
        return None
    chosen = [page for page in pages if isinstance(page, Page)]
    asked = Q(pk__in=[page.pk for page in chosen])
    if view.cleaned_form.cleaned_data.get("include_descendants"):
        asked = reduce(or_, (Q(path__startswith=page.path, live=False) for page in chosen), asked)
    lessons = LessonPage.objects.filter(asked).select_related("latest_revision")
    empty = [lesson for lesson in lessons if not lesson.get_latest_revision_as_object().body]
    if not empty:
        return None
    for lesson in empty:
        messages.error(request, f"{lesson.get_admin_display_title()}: {NOTHING_YET}")
    return redirect(view.next_url)


def _refuse(request: HttpRequest, pages: list[Page], *, back: Page) -> HttpResponse | None:
    kept = next((page for page in pages if kept_by(page)), None)
    if kept is None:
        return None
    words = _("“%(page)s” cannot be deleted: students have a history in it. Unpublish it instead; it then disappears.")
    messages.error(request, words % {"page": kept.get_admin_display_title()})
    return redirect("wagtailadmin_explore", back.get_parent().pk)
