"""The pages every site has: home and plain pages, and what all pages of Gradus share."""

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from cms.site import guests, privacy
from cms.site.blocks import BodyBlock
from cms.site.routing import RootedPage

SHARE_SPEC = "fill-1200x630"


class BasePage(Page):
    """A page with an image for links shared elsewhere. `search_description` is its description."""

    share_image = models.ForeignKey(
        get_image_model_string(),
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image for shared links"),
        help_text=_("Shown where somebody shares this page; 1200 by 630 pixels or larger."),
    )

    promote_panels = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description"), FieldPanel("share_image")],
            _("For search engines and shared links"),
        ),
        MultiFieldPanel([FieldPanel("show_in_menus")], _("Menus")),
    ]

    # Without a shared password: what it opens cannot be asked of a person, as lists and rules do. See `privacy`.
    private_page_options = ["login", "groups"]

    class Meta:
        abstract = True

    @property
    def page_title(self) -> str:
        return str(self.seo_title or self.title)

    @property
    def description(self) -> str:
        return str(self.search_description)

    @property
    def sharing_image(self) -> Any:
        return self.share_image

    @property
    def indexed(self) -> bool:
        """Whether search engines may list this page."""
        return True

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Wagtail has asked about restrictions by now; a restricted page is nobody's to keep."""
        response: HttpResponse = super().serve(request, *args, **kwargs)
        if not self._restrictions:
            guests.mark(response)
        return response

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        return self._restrictions

    @cached_property
    def restrictions(self) -> list[privacy.Restriction]:
        """All that there are on any page, read once for as long as a request shows this one."""
        return privacy.restrictions()

    @cached_property
    def _restrictions(self) -> QuerySet[PageViewRestriction]:
        """Wagtail's own of this page, without a further query where there are none; an alias has its source's."""
        found: QuerySet[PageViewRestriction] = PageViewRestriction.objects.all()
        if not any(self.path.startswith(each.paths) for each in self.restrictions):
            return found.none()
        above = Page.objects.ancestor_of(self, inclusive=True).order_by()
        return found.filter(page_id__in=above.values_list(Coalesce("alias_of_id", "pk"), flat=True))

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        return list(super().get_sitemap_urls(request)) if self.indexed else []


class HomePage(RootedPage, BasePage):
    lead = models.TextField(
        _("lead"),
        blank=True,
        max_length=400,
        help_text=_("One or two sentences under the title: what this academy is."),
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    template = "site/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    max_count = 1
    content_panels = [*BasePage.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("lead"), index.SearchField("body")]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    @property
    def description(self) -> str:
        return str(self.search_description or self.lead)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        about = {
            "@type": "EducationalOrganization",
            "name": self.page_title,
            "url": self.get_full_url(request),
            "description": self.description,
        }
        return {**super().get_context(request, *args, **kwargs), "structured_data": about}


class StandardPage(BasePage):
    lead = models.TextField(
        _("lead"), blank=True, max_length=400, help_text=_("What this page is about, in a sentence.")
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    template = "site/standard_page.html"
    parent_page_types = ["site.HomePage", "site.StandardPage"]
    content_panels = [*BasePage.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("lead"), index.SearchField("body")]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")

    @property
    def description(self) -> str:
        return str(self.search_description or self.lead)
