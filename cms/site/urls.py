"""What crawlers ask for."""

from django.urls import path
from wagtail.contrib.sitemaps.views import sitemap

from cms.site.views import robots

urlpatterns = [
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", robots, name="robots"),
]
