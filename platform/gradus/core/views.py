"""The living style guide: every component, and sample pages to copy from."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from gradus.core import samples


def _check_may_look(request: HttpRequest) -> None:
    if not (settings.DEMO or request.user.is_staff):
        raise Http404


def style_guide(request: HttpRequest) -> HttpResponse:
    _check_may_look(request)
    return render(request, "gradus/guide/index.html", samples.everything(request))


def layout(request: HttpRequest, name: str) -> HttpResponse:
    """A sample page: what a course, a lesson, a request looks like when built from the components."""
    _check_may_look(request)
    if name not in samples.LAYOUTS:
        raise Http404
    return render(request, f"gradus/guide/{name}.html", samples.everything(request))
