"""Lessons: pages below a course whose body only some people may read."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import PageManager, PageViewRestriction, Revision
from wagtail.query import PageQuerySet
from wagtail.search import index

from cms.catalog import hooks, structured
from cms.catalog.blocks import NOTHING_YET, LessonBody
from cms.catalog.models.courses import CoursePage
from cms.catalog.models.media import LessonFile, Video
from cms.site import pictures, privacy
from cms.site.models import BasePage

FIGURE_SPEC, POSTER_SPEC = "width-1200", "fill-1280x720"
WORDS_PER_SECOND = 200 / 60
MINUTE = 60
DERIVED = frozenset({"course", "video", "reading_seconds"})


def whole_minutes(seconds: Any) -> Any:
    """Seconds, as a number or in a query, rounded to full minutes; still in seconds."""
    return seconds + 30 - (seconds + 30) % MINUTE


class LessonQuerySet(PageQuerySet):
    def visible_to(self, who: Any) -> "LessonQuerySet":
        """The published lessons of published courses that editors do not keep from this person."""
        visible: LessonQuerySet = self.live().filter(privacy.visible_to(who), course__live=True)
        return visible

    def steps(self) -> "LessonQuerySet":
        """The published lessons that count: one that is kept to some of a course's students is an extra for them."""
        kept_to_some = PageViewRestriction.objects.filter(page=OuterRef("pk"))
        counting: LessonQuerySet = self.live().filter(~Exists(kept_to_some))
        return counting

    def with_sizes(self) -> "LessonQuerySet":
        """Adds `seconds`: what its text and its video take, in whole minutes so that a course is the sum of its own."""
        sized: LessonQuerySet = self.annotate(
            seconds=Greatest(whole_minutes(F("reading_seconds") + Coalesce(F("video__seconds"), 0)), Value(MINUTE))
        )
        return sized


LessonManager = PageManager.from_queryset(LessonQuerySet)


class LessonPage(BasePage):
    """A lesson. `course`, `video`, `files` and `reading_seconds` follow from its place and its published body."""

    summary = models.TextField(
        _("summary"), blank=True, max_length=300, help_text=_("Shown to everybody, also while the lesson is locked.")
    )
    body = StreamField(LessonBody(), blank=True, block_counts={"video": {"max_num": 1}}, verbose_name=_("body"))
    is_preview = models.BooleanField(
        _("open to everybody"), default=False, help_text=_("Guests can read this lesson to get to know the course.")
    )
    course = models.ForeignKey(
        CoursePage, models.SET_NULL, null=True, editable=False, related_name="lessons", verbose_name=_("course")
    )
    video = models.ForeignKey(
        Video, models.PROTECT, null=True, editable=False, related_name="lessons", verbose_name=_("video")
    )
    files = models.ManyToManyField(LessonFile, editable=False, related_name="lessons", verbose_name=_("files"))
    reading_seconds = models.PositiveIntegerField(_("reading time in seconds"), default=0, editable=False)

    objects = LessonManager()

    template = "catalog/lesson_page.html"
    parent_page_types = ["catalog.CoursePage"]
    subpage_types: list[str] = []
    content_panels = [*BasePage.content_panels, FieldPanel("summary"), FieldPanel("is_preview"), FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    @property
    def description(self) -> str:
        return str(self.search_description or self.summary)

    @property
    def indexed(self) -> bool:
        return self.is_preview

    @property
    def total_seconds(self) -> int:
        """What `with_sizes` adds, for one lesson: at least a minute."""
        exact = self.reading_seconds + (self.video.seconds if self.video else 0)
        return max(int(whole_minutes(exact)), MINUTE)

    @property
    def minutes(self) -> int:
        return self.total_seconds // MINUTE

    def plain_text(self) -> str:
        parts = self._meta.get_field("body").get_searchable_content(self.body)
        return strip_tags("\n".join(map(str, parts)))

    def blocks(self, kind: str) -> Iterable[Any]:
        return (block.value for block in self.body if block.block_type == kind)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A locked lesson answers with the reason, and says that it refused; without its course it is not there."""
        if not getattr(request, "is_preview", False) and not (self.course and self.course.live):
            raise Http404
        response: HttpResponse = super().serve(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        if "gate" in context and not context["gate"].allowed:
            response.status_code = 403
        return response

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        course = self.course or self.get_parent().specific
        course.restrictions = self.restrictions
        outline = course.outline(request)
        lessons = [lesson for lesson, _state in outline]
        gate = hooks.gate_for(request, self)
        listed = [lesson.seconds for lesson in lessons if lesson.pk == self.pk]
        seconds = listed[0] if listed else self.total_seconds
        return {
            **super().get_context(request, *args, **kwargs),
            "course": course,
            "seconds": seconds,
            "gate": gate,
            "lessons": outline,
            **self._neighbours(lessons),
            "structured_data": structured.lesson(self, request, parent=course, seconds=seconds),
            **(self._open_context(request) if gate.allowed else {}),
        }

    def _neighbours(self, lessons: Sequence["LessonPage"]) -> dict[str, Any]:
        """What comes before and after, and which step this is; an unpublished lesson in preview has no number."""
        at = next((place for place, lesson in enumerate(lessons) if lesson.pk == self.pk), None)
        if at is None:
            return {"number": None, "previous": None, "next": None}
        return {
            "number": at + 1,
            "previous": lessons[at - 1] if at else None,
            "next": next(iter(lessons[at + 1 :]), None),
        }

    def _open_context(self, request: HttpRequest) -> dict[str, Any]:
        """What only an open lesson loads: its images and video, and what other apps put under it."""
        video = next((block["video"] for block in self.blocks("video") if block["video"]), None)
        poster = video.poster if video else None
        pictures.prefetch([*(block["image"] for block in self.blocks("image")), poster], FIGURE_SPEC, POSTER_SPEC)
        return {
            "player": hooks.player_for(request, self, video) if video else None,
            "footer": hooks.lesson_footer(request, self),
        }

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> None:
        """Every way of publishing comes through here; forms and lists say what to add before they do."""
        if not revision.as_object().body:
            raise PublishPermissionError(NOTHING_YET)
        super().publish(revision, *args, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Columns that follow from the body are kept here alone; saves of single fields carry a draft's body."""
        if kwargs.get("update_fields") is not None:
            super().save(*args, **kwargs)
            return
        self._derive()
        super().save(*args, **kwargs)
        self.files.set({block["file"] for block in self.blocks("file") if block["file"]})

    def _derive(self) -> None:
        self.course = CoursePage.objects.parent_of(self).first()
        self.video = next((block["video"] for block in self.blocks("video")), None)
        self.reading_seconds = round(len(self.plain_text().split()) / WORDS_PER_SECOND)

    def serializable_data(self) -> dict[str, Any]:
        """Revisions leave out what follows from place and body: it would come back stale."""
        return {name: value for name, value in super().serializable_data().items() if name not in DERIVED}

    def with_content_json(self, content: dict[str, Any]) -> "LessonPage":
        lesson: LessonPage = super().with_content_json(content)
        lesson.course_id, lesson.video_id = self.course_id, self.video_id
        lesson.reading_seconds = self.reading_seconds
        return lesson
