"""One object in the workbench: its data, its timeline, what may be done with it and why not the rest."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from gradus import flow
from gradus.core import markup
from gradus.core.reasons import About
from gradus.flow.attempts import Attempted, attempt
from gradus.flow.forms import form_for
from gradus.flow.models import Stateful
from gradus.flow.offering import Offer, stopped
from gradus.flow.panels import search, told
from gradus.flow.values import whole
from gradus.flow.verdicts import who_was_first
from gradus.flow.workbench.access import BenchMixin
from gradus.flow.workbench.details import details_of


class ObjectView(BenchMixin, WagtailAdminTemplateMixin, View):
    """What the item page and its transition pages share."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.header_icon = self.bench.icon

    def rendered(self, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(**context), status=status)
        return response

    def item_url(self, pk: int) -> str:
        return reverse(self.bench.get_url_name("item"), args=[pk])

    def crumbs(self, *last: tuple[str, str]) -> list[dict[str, str]]:
        home = {"url": reverse("wagtailadmin_home"), "label": _("Home")}
        index = {"url": reverse(self.bench.get_url_name("index")), "label": self.bench.menu_label}
        return [home, index, *({"url": url, "label": label} for url, label in last)]


class ItemView(ObjectView):
    template_name = "flow/workbench/item.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = self.one(pk)
        self.page_title = str(item)
        self.breadcrumbs_items = self.crumbs(("", str(item)))
        return self.rendered(item_context(self, item, request.user))


class TransitionView(ObjectView):
    """GET asks what the transition needs; POST makes it. What was typed is kept whatever happens."""

    template_name = "flow/workbench/transition.html"

    def get(self, request: HttpRequest, pk: int, transition: str) -> HttpResponse:
        item = self.one(pk)
        offer = offered(item, transition, request.user)
        if not offer.allowed and "seen" not in request.GET:  # with it, an open form asks whether it still stands
            about = About(item, transition, offer.label)
            messages.error(request, markup.refusal(request.user, offer.reasons, about))
            return HttpResponseRedirect(self.item_url(pk))
        return self.ask(item, offer, form_for(offer.params, search=search(item, transition)))

    def post(self, request: HttpRequest, pk: int, transition: str) -> HttpResponse:
        item = self.one(pk)
        offer = offered(item, transition, request.user)
        found_at = search(item, transition)
        form = form_for(offer.params, request.POST, request.FILES, uploader=request.user, search=found_at)
        seen = whole(request.POST.get("expect_version", ""))
        attempted = attempt(item, transition, by=request.user, form=form, expect_version=seen)
        if attempted.done is not None:
            messages.success(request, told(item, transition))
            return HttpResponseRedirect(self.item_url(pk))
        if attempted.refusal is not None:
            item = self.one(pk)
            offer = offered(item, transition, request.user)
        return self.ask(item, offer, form, attempted)

    def ask(self, item: Stateful, offer: Offer, form: Any, attempted: Attempted | None = None) -> HttpResponse:
        self.page_title = str(offer.label)
        self.page_subtitle = str(item)
        self.breadcrumbs_items = self.crumbs((self.item_url(item.pk), str(item)), ("", str(offer.label)))
        context = item_context(self, item, self.request.user)
        seen = whole(self.request.GET.get("seen", ""))
        context |= {"form": form, "offer": offer, "refusal": attempted and attempted.refusal}
        context |= {"seen": seen or item.version, "since": who_was_first(item) if seen and seen < item.version else []}
        response = self.rendered(context, status=attempted.status if attempted else 200)
        for name, value in (attempted.headers if attempted else {}).items():
            response[name] = value
        return response


def offered(item: Stateful, name: str, who: Any) -> Offer:
    """The offer of this transition, allowed or not; 404 when the object's machine has none of that name."""
    found = next((offer for offer in flow.offers(item, who) if offer.name == name), None)
    if found is None:
        raise Http404
    return found


def item_context(view: ObjectView, item: Stateful, user: Any) -> dict[str, Any]:
    return {
        "bench": view.bench,
        "item": item,
        "machine": flow.machine(item),
        "offers": [offer for offer in flow.offers(item, user) if offer.shown],
        "stopped": stopped(item),
        "details": details_of(item, view.bench, user),
    }
