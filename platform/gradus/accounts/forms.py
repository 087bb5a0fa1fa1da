"""Forms people fill in about themselves."""

import zoneinfo
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gradus.accounts.models import ApiKey, User, validate_time_zone, validate_visible
from gradus.accounts.roles import HELD, Role


class SignupForm(forms.Form):
    """What allauth's sign-up asks beside e-mail and password."""

    field_order = ["display_name", "email", "password1"]
    display_name = forms.CharField(
        label=_("Name shown to others"),
        max_length=80,
        validators=[validate_visible],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("You can change it whenever you like."),
    )
    # Filled in by the page's script from the browser; nobody has to know what it means.
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))

    def clean_time_zone(self) -> str:
        """A zone this server does not know is no reason to turn somebody away."""
        offered = self.cleaned_data["time_zone"]
        return offered if offered in zoneinfo.available_timezones() else ""

    def signup(self, request: HttpRequest, user: User) -> None:
        """Asked for by allauth; `AccountAdapter.save_user` has done it all."""


def _zones() -> list[tuple[str, Any]]:
    """Zones of places, by continent; the default first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zoneinfo.available_timezones()):
        area, _slash, place = name.partition("/")
        if place and area not in {"Etc", "SystemV", "US", "posix", "right"}:
            groups.setdefault(area, []).append((name, place.replace("_", " ")))
    default = _("The academy's time zone (%(zone)s)") % {"zone": settings.TIME_ZONE}
    return [("", default), ("UTC", "UTC"), *groups.items()]


class ProfileForm(forms.ModelForm[User]):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=_zones,
        validators=[validate_time_zone],
        help_text=_("Times are shown in this zone. A class keeps the zone it takes place in."),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)

    class Meta:
        model = User
        fields = ["display_name", "time_zone", "language", "visible_to"]
        widgets = {"display_name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_on_the_team:  # whom everybody finds, being named beside courses and decisions
            del self.fields["visible_to"]
        language = cast("forms.ChoiceField", self.fields["language"])
        language.choices = [("", _("As my browser asks")), *settings.LANGUAGES]


LIFETIMES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("one year")), ("", _("until you revoke it"))]


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"), max_length=80, help_text=_("A name you will know it by, such as the program's.")
    )
    role = forms.ChoiceField(label=_("Acts as"), help_text=_("The key sees and does what you do in this role."))
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=ApiKey.Scope.choices, initial=["read"], widget=forms.CheckboxSelectMultiple
    )
    lifetime = forms.ChoiceField(label=_("Valid for"), required=False, choices=LIFETIMES, initial="90")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = cast("forms.ChoiceField", self.fields["role"])
        role.choices = [(held.value, held.label) for held in HELD if held in user.roles]
        role.initial = user.acting_role.value

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean_lifetime(self) -> datetime | None:
        days = self.cleaned_data["lifetime"]
        return timezone.now() + timedelta(days=int(days)) if days else None
