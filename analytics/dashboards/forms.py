"""The filters above a dashboard. They live in the address, so a link, a reload and an export see the same."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from analytics.period import Filters
from cms.catalog.models import CoursePage
from gradus.core.forms import REASONABLE_DAYS, OneOf

LONGEST = timedelta(days=5 * 366)


class FilterForm(forms.Form):
    course = OneOf(CoursePage.objects.none(), required=False, label=_("Course"), empty_label=_("All courses"))
    since = forms.DateField(
        required=False, label=_("From"), widget=forms.DateInput({"type": "date"}), validators=REASONABLE_DAYS
    )
    until = forms.DateField(
        required=False, label=_("Until"), widget=forms.DateInput({"type": "date"}), validators=REASONABLE_DAYS
    )

    def __init__(self, data: QueryDict) -> None:
        self.asked = data
        self.usual = Filters.usual()
        shown = {"since": self.usual.since.isoformat(), "until": self.usual.until.isoformat()}
        super().__init__({**shown, **{name: value for name, value in data.items() if value}})
        courses: Any = self.fields["course"]
        courses.queryset = CoursePage.objects.filter(progresses__isnull=False).distinct().order_by("title")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", _("The period ends before it begins. Choose a later day."))
        elif since and until and until - since > LONGEST:
            self.add_error("since", _("Choose a period of at most five years."))
        return data

    def filters(self) -> Filters:
        """What was asked for; when that cannot be, what is usual, and the form says why."""
        if not self.is_valid():
            return self.usual
        course = self.cleaned_data["course"]
        return Filters(self.cleaned_data["since"], self.cleaned_data["until"], course.pk if course else None)

    def periods(self) -> list[tuple[str, str]]:
        """Usual periods up to today, as label and query; everything else stays as it is."""
        names = [(4, _("4 weeks")), (12, _("12 weeks")), (26, _("26 weeks")), (52, _("a year"))]
        return [(str(label), self._query(Filters.last(weeks))) for weeks, label in names]

    def _query(self, filters: Filters) -> str:
        query = self.asked.copy()
        query["since"], query["until"] = filters.since.isoformat(), filters.until.isoformat()
        return query.urlencode()
