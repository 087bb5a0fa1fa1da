"""What crawlers ask for, and the images of pages."""

from django.urls import path
from wagtail.contrib.sitemaps.views import sitemap

from cms.site.sitemaps import PublicPages
from cms.site.views import picture, robots

urlpatterns = [
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": PublicPages}}, name="sitemap"),
    path("media/images/<path:path>", picture, name="picture"),
    path("robots.txt", robots, name="robots"),
]
