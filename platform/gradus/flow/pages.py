"""The site's pages of any workflow: what there is, one of them, a new one, and the private files of each."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.http import require_POST, require_safe

from gradus.core import ratelimit
from gradus.flow import attachments, attempts, filing, showing
from gradus.flow.errors import Text
from gradus.flow.forms import form_for
from gradus.flow.models import Stateful
from gradus.flow.offering import Offer, offered
from gradus.flow.params import Kind, Params
from gradus.flow.registry import newest
from gradus.flow.values import whole
from gradus.flow.views import model_of
from gradus.policy.editions import kind_of

PER_PAGE = 20
ASKED = 600  # times a minute: a form asks a moment after each change, and somebody may have several open


@require_safe
@login_required
def listing(request: HttpRequest, label: str) -> HttpResponse:
    """What this person may see, newest first."""
    model = model_of(label)
    page = Paginator(showing.visible(model, request.user).order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"title": named(model), "page": page, "label": label, "offers": filing.offered(model, request.user)}
    return render(request, "flow/list.html", context)


@require_safe
@login_required
def item(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    """One of them: what was filled in, what may be done, what happened."""
    model = model_of(label)
    found = get_object_or_404(showing.visible(model, request.user), pk=pk)
    context = {
        "object": found,
        "answers": showing.answers(found, request.user),
        "label": label,
        "workflow": named(model),
    }
    return render(request, "flow/item.html", context)


@require_POST
@ratelimit.limited("asked", limit=ASKED, seconds=60)
def asked(request: HttpRequest, label: str) -> HttpResponse:
    """The names of the fields that are asked, as JSON, for what has been filled in so far.

    The address says which form: its `transition`, the thing `of` which it is made or the `kind` that is created, and
    the `prefix` of its fields.
    """
    model, given = model_of(label), request.GET
    if "of" in given:
        thing = get_object_or_404(showing.visible(model, request.user), pk=whole(given["of"]))
        offer = offered([thing], given.get("transition", ""), request.user).get(thing.pk)
    else:
        found = filing.offered(model, request.user, kind=given.get("kind", ""), name=given.get("transition", ""))
        offer = found[0] if len(found) == 1 else None
    if offer is None or not offer.allowed:
        raise Http404
    form = form_for(without_files(offer.params), request.POST, prefix=given.get("prefix") or None)
    return JsonResponse({"asked": [form.add_prefix(name) for name in form.asked_names()]})


def without_files(params: Params) -> Params:
    """Which files are asked for, but none is read: a file is staged by the form that sends it."""
    kept = (replace(param, kind=Kind.TEXT) if param.kind is Kind.FILE else param for param in params)
    return Params(tuple(kept), params.setting)


@require_safe
def file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A private file, for its uploader while it is staged, and then for those who may view what it belongs to."""
    return attachments.serve(request, attachments.found(pk, request.user))


class FileView(LoginRequiredMixin, View):
    """Creates one. `which` names the kind, or the transition where there are no kinds; left out, people choose.

    Mount it with templates of your own: `FileView.as_view(model=Request, template_name="requests/submit.html")`.
    """

    model: type[Stateful] | None = None
    template_name = "flow/new.html"
    done: Text = _("It is sent.")

    def get(self, request: HttpRequest, label: str = "", which: str = "") -> HttpResponse:
        model = self.model or model_of(label)
        offers = filing.offered(model, request.user)
        if not which and len(offers) != 1:
            choices = [(newest(model, offer.kind).title if offer.kind else offer.label, offer) for offer in offers]
            context = {"label": label, "workflow": named(model), "choices": choices}
            return render(request, "flow/choose.html", context)
        offer = meant(offers, which)
        if not offer.allowed:  # whatever one filled in
            return self.asked(request, model, offer, None)
        return self.asked(
            request, model, offer, form_for(offer.params, uploader=request.user, search=filing.search(model, offer))
        )

    def post(self, request: HttpRequest, label: str = "", which: str = "") -> HttpResponse:
        model = self.model or model_of(label)
        offer = meant(filing.offered(model, request.user), which)
        search = filing.search(model, offer)
        form = form_for(offer.params, request.POST, request.FILES, uploader=request.user, search=search)
        attempted = attempts.file(model, offer, by=request.user, form=form)
        if attempted.done is None:
            return self.asked(request, model, offer, form, attempted)
        messages.success(request, str(self.done))
        return redirect(attempted.done.get_absolute_url())

    def asked(
        self,
        request: HttpRequest,
        model: type[Stateful],
        offer: Offer,
        form: Any,
        attempted: attempts.Attempted | None = None,
    ) -> HttpResponse:
        """The form, with what was typed and why it did not happen."""
        context = {"offer": offer, "machine": newest(model, offer.kind), "form": form}
        context |= {"refusal": attempted and attempted.refusal}
        context |= {"label": model._meta.label_lower, "workflow": named(model)}
        response = render(request, self.template_name, context, status=attempted.status if attempted else 200)
        for name, value in (attempted.headers if attempted else {}).items():
            response[name] = value
        return response


def named(model: type[Stateful]) -> str:
    return capfirst(str(model._meta.verbose_name_plural))


def meant(offers: list[Offer], which: str) -> Offer:
    """The offer of an address: the only one, or the one of that kind or name. 404 when there is none.

    The address of an edition leads to the newest.
    """
    found = [offer for offer in offers if kind_of(which) in {"", offer.which}]
    if len(found) != 1:
        raise Http404
    return found[0]
