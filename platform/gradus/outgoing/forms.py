"""Forms of the back office."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gradus.outgoing import addresses
from gradus.outgoing.models import Endpoint


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A name, given once, and an address."""

    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")

    class Meta:
        model = Endpoint
        fields = ["name", "url"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["name"]

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        addresses.check(url)
        return url
