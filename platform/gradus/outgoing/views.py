"""Endpoints in the back office: add, change, switch, give a new secret, send again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gradus.outgoing import selectors, services
from gradus.outgoing.forms import EndpointForm
from gradus.outgoing.models import Endpoint, Off

ENDPOINT = "webhook_endpoint"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _secret(request, services.create_endpoint(**form.cleaned_data))
    return render(request, "outgoing/add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    form = EndpointForm(request.POST or None, instance=endpoint)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The address is saved."))
        return redirect(ENDPOINT, pk)
    shown = {
        "form": form,
        "endpoint": endpoint,
        "failed": services.failed(endpoint).count(),
        "used": selectors.users_of(endpoint.name),
    }
    return render(request, "outgoing/endpoint.html", shown, status=422 if form.errors else 200)


@never_cache
@require_POST
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    return _secret(request, services.rotate(get_object_or_404(Endpoint, pk=pk)))


def _secret(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    """The one time the secret is shown: as the answer itself, never at an address of its own."""
    return render(request, "outgoing/secret.html", {"endpoint": endpoint})


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    if request.POST.get("to") == "on":
        services.switch_on(endpoint)
        messages.success(request, _("It is switched on. What was held back waits until you send it."))
    else:
        services.switch_off(endpoint, Off.BY_HAND)
        messages.success(request, _("It is switched off. What happens meanwhile is held back."))
    return redirect(ENDPOINT, pk)


@require_POST
def send_test(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = services.send_test(get_object_or_404(Endpoint, pk=pk))
    if delivery is None:
        messages.warning(request, _("Nothing was sent: the endpoint is switched off."))
        return redirect(ENDPOINT, pk)
    messages.success(request, _("A test is on its way. Load this page again to see what came back."))
    return redirect("webhook_delivery", delivery.pk)


@require_POST
def send_all_again(request: HttpRequest, pk: int) -> HttpResponse:
    queued = services.send_all_again(get_object_or_404(Endpoint, pk=pk))
    if queued:
        said = ngettext("%(n)d delivery is queued again.", "%(n)d deliveries are queued again.", queued)
        messages.success(request, said % {"n": queued})
    else:
        messages.warning(request, _("Nothing was queued: nothing has failed, or the endpoint is switched off."))
    return redirect(ENDPOINT, pk)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    endpoint.delete()
    messages.success(request, _("“%(name)s” and its deliveries are removed.") % {"name": endpoint.name})
    return redirect("webhook_endpoints")
