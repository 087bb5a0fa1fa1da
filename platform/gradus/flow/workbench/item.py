"""One object in the workbench: its data, its timeline, what may be done with it and why not the rest."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from gradus import flow
from gradus.flow import pace
from gradus.flow.errors import FlowError
from gradus.flow.forms import form_for
from gradus.flow.models import Stateful
from gradus.flow.offering import Offer
from gradus.flow.panels import Attempted, search
from gradus.flow.values import whole
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
        if not offer.allowed:
            for reason in offer.reasons:
                messages.error(request, reason)
            return HttpResponseRedirect(self.item_url(pk))
        return self.ask(item, offer, form_for(offer.params, search=search(item, transition)))

    def post(self, request: HttpRequest, pk: int, transition: str) -> HttpResponse:
        item = self.one(pk)
        offer = offered(item, transition, request.user)
        found_at = search(item, transition)
        form = form_for(offer.params, request.POST, request.FILES, uploader=request.user, search=found_at)
        if not form.is_valid():
            return self.ask(item, offer, form, status=422)
        seen = whole(request.POST.get("expect_version", ""))
        try:
            pace.keep(request.user)
            flow.apply(item, transition, by=request.user, expect_version=seen, **form.cleaned_data)
        except FlowError as refusal:
            fresh = self.one(pk)
            return self.ask(fresh, offered(fresh, transition, request.user), form, refusal=refusal)
        except ValidationError as error:
            Attempted(transition, form).invalid(error)
            return self.ask(item, offer, form, status=422)
        messages.success(request, _("“%(item)s”: %(done)s.") % {"item": item, "done": offer.label})
        return HttpResponseRedirect(self.item_url(pk))

    def ask(
        self, item: Stateful, offer: Offer, form: Any, *, refusal: FlowError | None = None, status: int = 200
    ) -> HttpResponse:
        self.page_title = str(offer.label)
        self.page_subtitle = str(item)
        self.breadcrumbs_items = self.crumbs((self.item_url(item.pk), str(item)), ("", str(offer.label)))
        context = item_context(self, item, self.request.user)
        context |= {"form": form, "offer": offer, "refusal": refusal}
        if refusal is None:
            return self.rendered(context, status=status)
        response = self.rendered(context, status=refusal.status)
        for name, value in refusal.headers.items():
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
        "details": details_of(item, view.bench.details),
    }
