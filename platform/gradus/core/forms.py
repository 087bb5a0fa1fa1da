"""How forms are drawn: every Django form of the site gets our labels, help, errors and error summary."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

SELECT, OPTION = "django/forms/widgets/select.html", "django/forms/widgets/select_option.html"

# Days outside cannot be reckoned with: the calendar ends.
REASONABLE_DAYS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class Renderer(DjangoTemplates):
    form_template_name = "gradus/forms/form.html"
    field_template_name = "gradus/forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """A list of choices is written in place: Django's has two templates for each of them."""
        if template_name == SELECT and _plain(context["widget"]):
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _plain(widget: dict[str, Any]) -> bool:
    return all(
        option["template_name"] == OPTION for _name, options, _index in widget["optgroups"] for option in options
    )


def _select(widget: dict[str, Any]) -> str:
    groups = format_html_join("", "{}", ((_group(name, options),) for name, options, _index in widget["optgroups"]))
    return format_html('<select name="{}"{}>{}</select>', widget["name"], _attributes(widget["attrs"]), groups)


def _group(name: Any, options: Any) -> SafeString:
    written = SafeString("".join(map(_option, options)))
    return format_html('<optgroup label="{}">{}</optgroup>', name, written) if name else written


def _option(option: dict[str, Any]) -> str:
    value, label = conditional_escape(str(option["value"])), conditional_escape(option["label"])
    return f'<option value="{value}"{_attributes(option["attrs"])}>{label}</option>'


def _attributes(attrs: dict[str, Any]) -> SafeString:
    """As Django's `attrs.html` has them: True is a bare name, False is none."""
    kept = {name: value if value is True else str(value) for name, value in attrs.items() if value is not False}
    return flatatt(kept) if kept else SafeString("")


class OfAnySize:
    """Of a choice of rows: a number no database keeps is none of them. SQLite raises, PostgreSQL finds nothing."""

    error_messages: dict[str, Any]

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)  # type: ignore[misc]  # of the field it is mixed into
        except OverflowError:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
            ) from None


class OneOf(OfAnySize, forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Also for what people put into an address."""
