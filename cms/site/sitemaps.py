"""The pages guests may find."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.functions import Length, Substr
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page

from cms.site import privacy


class PublicPages(Sitemap):
    """Without what lies below a page that is not published, which Wagtail alone lists."""

    def items(self) -> Any:
        above = Substr(OuterRef("path"), 1, Length(OuterRef("path")) - Page.steplen)
        unpublished = Page.objects.filter(live=False, path=above)
        return super().items().filter(privacy.visible_to(None)).exclude(Exists(unpublished))
