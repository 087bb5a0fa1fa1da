"""How forms are drawn: every Django form of the site gets our labels, help, errors and error summary."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    form_template_name = "gradus/forms/form.html"
    field_template_name = "gradus/forms/field.html"


class OneOf(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Also for what people put into an address: a number no database keeps is one of no choices."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except OverflowError:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
            ) from None
