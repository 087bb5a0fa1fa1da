"""Erasing what history recorded about a person who stays: asked first, and written down."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.log_actions import log

from gradus.accounts.models import User
from gradus.flow.erasing import records_of
from gradus.flow.models import RecordQuerySet

ERASED = "gradus.erase_facts"


def recorded(person: User) -> RecordQuerySet:
    """Their records that still hold facts."""
    return records_of(person).exclude(facts=None)


@require_http_methods(["GET", "POST"])
def erase_facts(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return render(request, "flow/audit/erase.html", {"person": person, "number": recorded(person).count()})
    with transaction.atomic():
        number = recorded(person).count()
        records_of(person).erase_facts()
        log(person, ERASED, user=request.user, data={"records": number})
    told = ngettext("The facts of %(number)d record are erased.", "The facts of %(number)d records are erased.", number)
    messages.success(request, told % {"number": number})
    return redirect(f"{reverse('audit')}?person={person.pk}")
