"""Made-up content for the style guide. It shows states, lengths and numbers; it is not data."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LAYOUTS = {
    "courses": _("Courses"),
    "course": _("Course"),
    "lesson": _("Lesson"),
    "requests": _("Requests"),
    "request": _("Request"),
    "form": _("Form"),
    "dashboard": _("Dashboard"),
}
TONES = ["neutral", "info", "success", "warning", "danger"]


class SampleForm(forms.Form):
    subject = forms.CharField(label=_("Subject"), help_text=_("One line the instructor sees in the list."))
    amount = forms.DecimalField(label=_("Amount"), required=False, help_text=_("Leave empty for the full price."))
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("Choose one")), ("moved", _("I moved away")), ("other", _("Other"))]
    )
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"),
        widget=forms.RadioSelect,
        choices=[("week", _("This week")), ("month", _("This month"))],
    )
    story = forms.CharField(label=_("What happened?"), widget=forms.Textarea)
    proof = forms.FileField(label=_("Proof"), required=False, help_text=_("PDF or image, at most 10 MB."))
    agree = forms.BooleanField(label=_("I have read the refund terms"))


@dataclass(frozen=True, slots=True)
class Lesson:
    title: str
    seconds: int
    state: str
    note: str = ""


def lessons() -> list[Lesson]:
    return [
        Lesson("What a melody remembers", 480, "done"),
        Lesson("Steps, skips and leaps", 720, "done"),
        Lesson("The shape of a phrase", 900, "done"),
        Lesson("Writing against a drone", 1260, "now", "You stopped at 7:42"),
        Lesson("Two voices, note against note", 1500, "open"),
        Lesson("Dissonance on the weak beat", 1140, "locked", "Opens when you have watched lesson 5"),
    ]


def courses() -> list[dict[str, Any]]:
    return [
        {"title": "Counterpoint from the first step", "topic": "Music", "done": 3, "total": 6, "cover": 1},
        {"title": "Reading the sky without instruments", "topic": "Science", "done": 0, "total": 9, "cover": 3},
        {"title": "Letters that get answered", "topic": "Writing", "done": 8, "total": 8, "cover": 2},
        {"title": "A kitchen with four ingredients", "topic": "Craft", "done": 0, "total": 12, "cover": 4},
    ]


def requests() -> list[dict[str, Any]]:
    now = timezone.now()
    rows = [
        ("Refund of “Counterpoint”", "Submitted", "info", 1, 2),
        ("More time for the final essay", "In review", "info", 2, 30),
        ("Transfer to the spring cohort", "Waiting for you", "warning", 2, 70),
        ("Proof of attendance", "Approved", "success", 4, 200),
        ("Refund of “Letters”", "Declined", "danger", 4, 400),
    ]
    return [
        {"title": title, "state": state, "tone": tone, "step": step, "at": now - timedelta(hours=hours)}
        for title, state, tone, step, hours in rows
    ]


def steps() -> list[dict[str, Any]]:
    return [
        {"label": _("Submitted"), "state": "done", "note": _("2 June")},
        {"label": _("Taken up"), "state": "done", "note": _("3 June")},
        {"label": _("In review"), "state": "now", "note": _("since yesterday")},
        {"label": _("Decided"), "state": "ahead"},
    ]


def everything(request: HttpRequest) -> dict[str, Any]:
    invalid = SampleForm({"subject": "", "amount": "a lot", "reason": "moved", "urgency": "week"})
    pages = Paginator(range(240), 12)
    return {
        "layouts": LAYOUTS,
        "tones": TONES,
        "form": SampleForm(),
        "invalid": invalid,
        "lessons": lessons(),
        "courses": courses(),
        "requests": requests(),
        "steps": steps(),
        "page_obj": pages.get_page(request.GET.get("page", 4)),
        "now": timezone.now(),
        "earlier": timezone.now() - timedelta(hours=3),
        "long_ago": timezone.now() - timedelta(days=40),
        "nobody": "Ada Lovelace",
    }
