"""The catalogue and its courses."""

from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count, OuterRef, Prefetch, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model_string
from wagtail.models import PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from cms.catalog import hooks, structured
from cms.catalog.finding import Filters
from cms.catalog.models.topics import Topic
from cms.site import pictures, privacy
from cms.site.models import SHARE_SPEC, BasePage
from cms.site.pictures import with_renditions
from gradus.accounts.roles import Role

CARD_SPEC = "fill-720x405"
PROSE = ["h2", "h3", "bold", "italic", "link", "ol", "ul"]


PER_PAGE = 12
RESULTS_ID = "course-results"
HERO_SPEC = "fill-960x600"


class Level(models.TextChoices):
    FOUNDATION = "foundation", _("Foundation")
    PRACTITIONER = "practitioner", _("Practitioner")
    EXPERT = "expert", _("Expert")


class CourseIndexPage(BasePage):
    lead = models.TextField(_("lead"), blank=True, max_length=400, help_text=_("A sentence above the search."))

    template = "catalog/course_index_page.html"
    parent_page_types = ["site.HomePage"]
    subpage_types = ["catalog.CoursePage"]
    max_count = 1
    content_panels = [*BasePage.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("course catalogue")
        verbose_name_plural = _("course catalogues")

    @property
    def description(self) -> str:
        return str(self.search_description or self.lead)

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """Typing in the search asks for the results alone."""
        wanted = request.headers.get("HX-Target", "").endswith(RESULTS_ID)
        return "catalog/_results.html" if wanted else str(super().get_template(request, *args, **kwargs))

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().serve(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Target"])
        return response

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        filters = Filters.read(request.GET)
        courses = CoursePage.objects.visible_to(request.user).child_of(self).with_sizes().with_cards()
        found = Paginator(filters.find(courses), PER_PAGE).get_page(request.GET.get("page"))
        return {
            **super().get_context(request, *args, **kwargs),
            "filters": filters,
            "courses": found,
            "topics": Topic.objects.all(),
            "levels": Level.choices,
            "results_id": RESULTS_ID,
        }


class CourseQuerySet(PageQuerySet):
    def visible_to(self, who: Any) -> "CourseQuerySet":
        """The published courses that editors do not keep from this person; asks once for all of them."""
        visible: CourseQuerySet = self.live().filter(privacy.visible_to(who))
        return visible

    def with_sizes(self) -> "CourseQuerySet":
        """Adds `lesson_count` and `total_seconds`, both over the steps of the course."""
        lessons = apps.get_model("catalog.LessonPage").objects.steps().filter(course=OuterRef("pk"))
        totals = lessons.order_by().with_sizes().values("course").annotate(number=Count("pk"), total=Sum("seconds"))
        sized: CourseQuerySet = self.annotate(
            lesson_count=Coalesce(Subquery(totals.values("number")), 0),
            total_seconds=Coalesce(Subquery(totals.values("total")), 0),
        )
        return sized

    def with_cards(self) -> "CourseQuerySet":
        """Brings along what a course's card shows: topics and the cover at the card's size."""
        shown: CourseQuerySet = self.prefetch_related("topics", Prefetch("cover", with_renditions(CARD_SPEC)))
        return shown


CourseManager = PageManager.from_queryset(CourseQuerySet)


class CoursePage(BasePage):
    """A course; its lessons are the pages below it, in the order of the tree."""

    summary = models.TextField(
        _("summary"),
        max_length=300,
        help_text=_("For the catalogue: for whom it is, and what they can do after."),
    )
    cover = models.ForeignKey(
        get_image_model_string(), models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("cover")
    )
    about = RichTextField(_("about this course"), blank=True, features=PROSE)
    outcomes = StreamField(
        [("outcome", blocks.CharBlock(label=_("outcome"), max_length=160))],
        blank=True,
        verbose_name=_("outcomes"),
        help_text=_("What somebody can do afterwards, each starting with a verb."),
    )
    level = models.CharField(_("level"), max_length=20, choices=Level.choices, default=Level.FOUNDATION)
    topics = ParentalManyToManyField(Topic, blank=True, related_name="courses", verbose_name=_("topics"))
    instructors = ParentalManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="taught_courses",
        limit_choices_to={"groups__name": Role.INSTRUCTOR.value},
        verbose_name=_("instructors"),
    )

    objects = CourseManager()

    template = "catalog/course_page.html"
    parent_page_types = ["catalog.CourseIndexPage"]
    subpage_types = ["catalog.LessonPage"]
    admin_default_ordering = "ord"  # its lessons are steps: their order is what editors look for
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("cover"),
        FieldPanel("outcomes"),
        FieldPanel("about"),
        MultiFieldPanel(
            [
                FieldPanel("level"),
                FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
                FieldPanel("instructors", widget=forms.CheckboxSelectMultiple),
            ],
            _("Where it belongs"),
        ),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("summary", boost=3),
        index.SearchField("about"),
        index.SearchField("outcomes"),
        index.SearchField("lesson_text", boost=0.5),
        index.FilterField("level"),
        index.RelatedFields("topics", [index.FilterField("slug")]),
    ]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    @property
    def description(self) -> str:
        return str(self.search_description or self.summary)

    @property
    def sharing_image(self) -> Any:
        return self.share_image or self.cover

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        pictures.prefetch({self.cover, self.sharing_image}, HERO_SPEC, SHARE_SPEC)
        lessons, instructors = self.outline(request), list(self.instructors.all())
        seconds = sum(lesson.seconds for lesson, _state in lessons)
        return {
            **super().get_context(request, *args, **kwargs),
            "lessons": lessons,
            "total_seconds": seconds,
            "topics": self.topics.all(),
            "instructors": instructors,
            "structured_data": structured.course(self, request, seconds=seconds, instructors=instructors),
            "aside": hooks.course_aside(request, self),
        }

    def outline(self, request: HttpRequest) -> list[tuple[Any, hooks.LessonState]]:
        """Each lesson of its list with what it is to the reader."""
        lessons = list(self.lessons_for(request.user))
        states = hooks.states_for(request, lessons)
        return [(lesson, states[lesson.pk]) for lesson in lessons]

    def lessons_for(self, who: Any) -> Any:
        """The published ones they may know of, in order, with their sizes, without their bodies."""
        published = apps.get_model("catalog.LessonPage").objects.child_of(self).live()
        lessons = published.filter(privacy.visible_below(self, who)).order_by("path")
        return lessons.with_sizes().select_related("video").defer("body")

    def lesson_text(self) -> str:
        """Its steps' words: searching them finds the course, and shows nothing else of them."""
        lessons = self.lessons.steps().order_by("path")
        return "\n".join(f"{lesson.title}\n{lesson.plain_text()}" for lesson in lessons)
