"""How forms are drawn: every Django form of the site gets our labels, help, errors and error summary."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    form_template_name = "gradus/forms/form.html"
    field_template_name = "gradus/forms/field.html"
