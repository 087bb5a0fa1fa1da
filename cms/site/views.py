from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

PRIVATE = ("/admin/", "/accounts/", "/api/", "/learning/", "/notifications/", "/people/", "/profile/", "/requests/")


@require_safe
@cache_control(public=True, max_age=31536000, immutable=True)
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Renditions of images, whose names change with their content. Originals and documents are not handed out here."""
    return serve(request, path, document_root=str(Path(settings.MEDIA_ROOT) / "images"))


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: {address}" for address in PRIVATE),
        f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
