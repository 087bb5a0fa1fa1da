"""Addresses below /admin/analytics/. Each asks who is there before it loads what it needs."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.module_loading import import_string

from analytics.access import may_read

View = Callable[..., HttpResponseBase]


def for_readers(name: str) -> View:
    """The view of this name, imported when a reader first asks for it; 403 for everybody else."""

    def view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        # Not PermissionDenied: the Wagtail admin turns that into a redirect.
        if not may_read(request):
            return render(request, "analytics/refused.html", status=403)
        page: View = import_string(f"analytics.dashboards.views.{name}")
        return page(request, **kwargs)

    view.__name__ = name
    return view


app_name = "analytics"
urlpatterns = [
    path("", for_readers("learn_rate"), name="learn_rate"),
    path("students/", for_readers("students"), name="students"),
    path("students/<int:pk>/", for_readers("student"), name="student"),
]
