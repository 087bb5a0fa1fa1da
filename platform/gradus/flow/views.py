"""Where the site posts transitions."""

import json
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from gradus import policy
from gradus.flow import asking, panels
from gradus.flow.attempts import Attempted, attempt
from gradus.flow.forms import form_for
from gradus.flow.models import Stateful
from gradus.flow.offering import stopped
from gradus.flow.registry import governed, machine
from gradus.flow.values import whole

PANEL = "closest [data-flow-panel]"


class MoveView(View):
    """Makes one transition. Mount it with a model: `MoveView.as_view(model=Request, url_name="requests:move")`.

    Answers htmx with the panel alone. A refusal or a mistake answers 4xx with what was typed still in its form.
    """

    model: type[Stateful] | None = None
    url_name = ""
    http_method_names = ("get", "post", "head", "options")

    def get(self, request: HttpRequest, pk: int, name: str, label: str = "") -> HttpResponse:
        """The form on a page of its own, for a link or a reload after a mistake."""
        obj = self.found(request, pk, label)
        self.known(obj, name)
        return self.shown(request, obj, Attempted(name, None))

    def post(self, request: HttpRequest, pk: int, name: str, label: str = "") -> HttpResponse:
        obj = self.found(request, pk, label)
        move = self.known(obj, name)
        search = panels.search(obj, name)
        params = move.params.given_to(asking.setting(obj, request.user))
        form = form_for(params, request.POST, request.FILES, uploader=request.user, prefix=name, search=search)
        attempted = attempt(obj, name, by=request.user, form=form, expect_version=_version(request))
        if attempted.done is not None:
            return self.moved(request, attempted.done, name)
        return self.refused(request, obj, attempted)

    def found(self, request: HttpRequest, pk: int, label: str) -> Stateful:
        """The object, for those who may view it; for all others there is none."""
        model = self.model or model_of(label)
        return get_object_or_404(policy.filter(model._default_manager.all(), "view", request.user), pk=pk)

    def known(self, obj: Stateful, name: str) -> Any:
        try:
            return machine(obj).move(name)
        except LookupError:
            raise Http404 from None

    def moved(self, request: HttpRequest, obj: Stateful, name: str) -> HttpResponse:
        said = panels.told(obj, name)
        if not _from_htmx(request):
            messages.success(request, said)
            return redirect(obj.get_absolute_url())
        if not policy.decide(request.user, "view", obj).allowed:
            return HttpResponse(headers={"HX-Redirect": "/"})
        toast = {"gradus:toast": {"text": said, "tone": "success"}, "gradus:moved": {"id": obj.pk, "state": obj.state}}
        return self.shown(request, obj, None, headers={"HX-Trigger": json.dumps(toast)})

    def refused(self, request: HttpRequest, obj: Stateful, attempted: Attempted) -> HttpResponse:
        if attempted.status == 404:
            raise Http404
        now = obj if attempted.refusal is None else type(obj)._default_manager.get(pk=obj.pk)
        return self.shown(request, now, attempted, status=attempted.status, headers=attempted.headers)

    def shown(
        self,
        request: HttpRequest,
        obj: Stateful,
        attempted: Attempted | None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> HttpResponse:
        template = "flow/panel.html" if _from_htmx(request) else "flow/move.html"
        context = {
            "object": obj,
            "address": obj.get_absolute_url(),
            "state": panels.state_of(obj),
            "actions": panels.actions(obj, request.user, url_name=self.url_name, attempted=attempted),
            "attempted": attempted,
            "stopped": stopped(obj),
        }
        response = render(request, template, context, status=status)
        if status >= 400:
            response["HX-Retarget"] = PANEL  # htmx shows a refusal only when told where
        for name, value in (headers or {}).items():
            response[name] = value
        return response


def model_of(label: str) -> type[Stateful]:
    """The governed model of an address, or 404."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        raise Http404 from None
    if model not in governed():
        raise Http404
    return model


def _from_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _version(request: HttpRequest) -> int | None:
    """The version the person was looking at."""
    return whole(request.POST.get("version", ""))
