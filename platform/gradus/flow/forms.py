"""Django forms built from Params: the same questions on the site and in the workbench."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gradus.core import formats, money, uploads
from gradus.flow import asking, choosing, staging
from gradus.flow.asking import NOTHING
from gradus.flow.choosing import Search
from gradus.flow.models import Attachment
from gradus.flow.params import Kind, Param, Params
from gradus.flow.values import LARGEST, LONG_TEXT_LIMIT, TEXT_LIMIT


class MoneyInput(forms.TextInput):
    """A text field with its currency beside it: a number field of a browser reads by the browser's language."""

    template_name = "flow/widgets/money.html"

    def __init__(self, *, currency: str) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off"})
        self.currency = currency

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"] | {"sign": money.sign(self.currency)}
        if "id" in shown["attrs"]:
            shown["sign_id"] = f"{shown['attrs']['id']}_currency"
            described = shown["attrs"].get("aria-describedby", "")
            shown["attrs"] |= {"aria-describedby": f"{described} {shown['sign_id']}".strip()}
        return {**context, "widget": shown}


class MoneyField(forms.Field):
    """People type 12.50 as their language writes it; the value, its bounds and its initial are 1250 minor units.

    How what is typed is read is told in `gradus.core.money.read`.
    """

    def __init__(self, *, currency: str, least: int | None = None, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(widget=MoneyInput(currency=currency), **kwargs)
        self.currency, self.least, self.most = currency, least or 0, LARGEST if most is None else most

    def to_python(self, value: Any) -> int | None:
        text = "" if value is None else str(value).strip()
        return money.read(text, self.currency) if text else None

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if value is None:
            return
        if value < 0:
            raise ValidationError(_("An amount cannot be negative."))
        if value < self.least:
            raise ValidationError(_("At least %(least)s."), params={"least": formats.money(self.least, self.currency)})
        if value > self.most:
            raise ValidationError(_("At most %(most)s."), params={"most": formats.money(self.most, self.currency)})

    def prepare_value(self, value: Any) -> Any:
        return money.typed(value, self.currency) if isinstance(value, int) else value


class FilesInput(forms.FileInput):
    """A file input that remembers what was staged when the form has to be shown again."""

    allow_multiple_selected = True
    template_name = "flow/widgets/files.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        ids = data.getlist(f"{name}-staged") if hasattr(data, "getlist") else data.get(f"{name}-staged", [])
        uploads = files.getlist(name) if hasattr(files, "getlist") else [files[name]] if files and name in files else []
        return {"staged": list(ids), "uploads": [upload for upload in uploads if upload]}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}-staged" not in data

    def get_context(self, name: str, _value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        context["widget"]["staged"] = getattr(self, "staged", [])
        return context


class FilesField(forms.Field):
    """Files, staged as soon as they are seen to be good; the value is their ids."""

    widget = FilesInput

    def __init__(self, *, owner: Any, many: int, max_bytes: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owner, self.many, self.max_bytes = owner, many, max_bytes
        self.widget.attrs["multiple"] = many > 1
        self.help_text = plain(self.help_text, self.limits())

    def limits(self) -> str:
        """What is taken, told before anybody chooses."""
        most = min(self.max_bytes or settings.ATTACHMENT_BYTES, settings.ATTACHMENT_BYTES)
        told = {
            "number": self.many,
            "size": filesizeformat(most),
            "kinds": ", ".join(uploads.endings(uploads.DOCUMENTS)),
        }
        if self.many == 1:
            return _("One, at most %(size)s: %(kinds)s.") % told
        return _("Up to %(number)d, at most %(size)s each: %(kinds)s.") % told

    def clean(self, value: Any) -> list[Any]:
        value = value or {"staged": [], "uploads": []}
        files = staging.mine(self.owner, value["staged"])
        self.widget.staged = files  # type: ignore[attr-defined]  # the same list: what is good is kept, whatever follows
        if len(files) + len(value["uploads"]) > self.many:
            told = ngettext("At most %(most)d file.", "At most %(most)d files.", self.many)
            raise ValidationError(told, params={"most": self.many})
        if errors := self.stage(value["uploads"], files):
            raise ValidationError(errors)
        if self.required and not files:
            raise ValidationError(_("Please choose a file."), code="required")
        return [attachment.pk for attachment in files]

    def stage(self, uploads: list[Any], files: list[Attachment]) -> list[ValidationError]:
        """Add the good ones to the files; answers what is wrong with the others."""
        errors = []
        for upload in uploads:
            try:
                files.append(staging.stage(upload, owner=self.owner, max_bytes=self.max_bytes))
            except ValidationError as error:
                errors.append(error)
        return errors


HOW_TO_CHOOSE = {
    Kind.PERSON: _("Begin to type a name, or write an e-mail address or a number."),
    Kind.OBJECT: _("Begin to type its name, or write its number."),
}


class ChoiceInput(forms.TextInput):
    """A text field that offers what it finds while somebody types. Of several, those already chosen are ticked."""

    template_name = "flow/widgets/choice.html"

    def __init__(self, *, several: bool, search_url: str) -> None:
        super().__init__(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
        self.several, self.search_url = several, search_url

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = data.get(name, "")
        if not self.several:
            return typed
        chosen = data.getlist(f"{name}-chosen") if hasattr(data, "getlist") else data.get(f"{name}-chosen", [])
        return [*chosen, *(one.strip() for one in str(typed).split(",") if one.strip())]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None if self.several else value, attrs)
        context["widget"] |= {"search_url": self.search_url, "several": self.several}
        context["widget"]["chosen"] = list(value or []) if self.several else []
        return context


class ObjectField(forms.Field):
    """People or objects, named as `gradus.flow.choosing` understands it; the value is the object, or a list."""

    def __init__(self, *, param: Param, search_url: str, **kwargs: Any) -> None:
        kwargs["help_text"] = kwargs["help_text"] or HOW_TO_CHOOSE[param.kind]
        super().__init__(widget=ChoiceInput(several=param.several, search_url=search_url), **kwargs)
        self.param = param

    def clean(self, value: Any) -> Any:
        return self.param.clean(value)

    def prepare_value(self, value: Any) -> Any:
        return choosing.text_of(value) if isinstance(value, models.Model) else value


@dataclass(frozen=True, slots=True)
class Asking:
    """For the script that shows fields as they are asked: where it asks, and by their names in the form, which answers
    decide, which fields hang on them, and which of those are asked now."""

    url: str
    reads: list[str]
    fields: list[str]
    shown: list[str]


SEEN = "asked-then"  # no name of a field has a hyphen


class AskingForm(forms.Form):
    """A form some of whose fields are asked only under a condition. What is not asked is neither checked nor kept."""

    template_name = "flow/form.html"
    params: Params
    search: Search | None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._keep_what_is_lost()
        asked = set(self.params.asked(cleaned))
        for param in self.params:
            if param.when is None or param.name not in self.fields:
                continue
            if param.name not in asked:
                cleaned.pop(param.name, None)
                self.errors.pop(param.name, None)
            elif param.required and param.name not in self.errors and cleaned.get(param.name) in NOTHING:
                self.add_error(param.name, ValidationError(_("Please fill this in."), code="required"))
        return cleaned

    @property
    def seen_name(self) -> str:
        return self.add_prefix(SEEN)

    def _keep_what_is_lost(self) -> None:
        """An answer to what was asked when the page was made, and is no more, is not dropped without a word."""
        known = {SEEN, *self.fields}
        gone = [name for name in self.data.get(self.seen_name, "").split() if name not in known]
        lost = [answer for name in gone if (answer := self.data.get(self.add_prefix(name)))]
        lost += [str(self.files.get(name)) for name in map(self.add_prefix, gone) if name in self.files]
        if lost:
            told = _(
                "The form has changed since you opened it, and has no place any more for “%(answers)s”. "
                "Look at it again; sent once more, it is sent without that."
            )
            self.add_error(None, ValidationError(told, params={"answers": ", ".join(lost)}))

    def asked_names(self) -> list[str]:
        """The names of what is asked with what has been filled in so far, good or not."""
        if self.is_bound and self.errors is not None:  # which has read everything that was filled in
            return self.params.asked(self.cleaned_data)
        return self.params.asked({param.name: param.default for param in self.params if param.default is not None})

    @property
    def asking(self) -> Asking | None:
        """None where everything is asked of everybody, and where nobody said what for."""
        url = self.search.asking_url(self.prefix) if self.search and self.params.conditional else ""
        if not url:
            return None
        hanging = {param.name: param.when.reads for param in self.params if param.when is not None}
        reads = {name for names in hanging.values() for name in names if name in self.params}
        shown = [name for name in self.asked_names() if name in hanging]
        return Asking(url, *(list(map(self.add_prefix, names)) for names in (sorted(reads), hanging, shown)))


def form_for(
    params: Params,
    data: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    *,
    uploader: Any = None,
    initial: Mapping[str, Any] | None = None,
    prefix: str | None = None,
    search: Search | None = None,
) -> AskingForm:
    """A form that asks for these parameters; its `cleaned_data` is what `apply` and `create` take.

    With files among them, `uploader` is the person whose staged attachments they become; with people or objects,
    `search` is where they are found while somebody types.
    """
    fields: dict[str, Any] = {param.name: field_for(param, uploader=uploader, search=search) for param in params}
    more = {"params": params, "search": search}
    cls: type[AskingForm] = type("TransitionForm", (AskingForm,), {**fields, **more})
    return cls(data=data, files=files, initial=initial, prefix=prefix)  # type: ignore[arg-type]


def field_for(param: Param, *, uploader: Any = None, search: Search | None = None) -> forms.Field:
    if param.when is not None:  # the form sees whether it is asked, and only then whether it is missing
        found = field_for(replace(param, when=None, required=False), uploader=uploader, search=search)
        found.help_text = plain(found.help_text, asking.hint(param))
        found.needed = param.required  # type: ignore[attr-defined]
        return found
    shared: dict[str, Any] = {"label": param.label, "help_text": plain(param.help), "required": param.required}
    if param.default is not None:
        shared["initial"] = param.default
    if param.kind is Kind.FILE:
        return FilesField(owner=uploader, many=param.many, max_bytes=param.most, **shared)
    if param.kind in {Kind.PERSON, Kind.OBJECT}:
        return ObjectField(param=param, search_url=search.url(param.name) if search else "", **shared)
    if param.choices:
        return _choices(param, shared)
    return BUILDERS[param.kind](param, shared)


def plain(*texts: Any) -> SafeString:
    """Texts of a book beside each other, none of it HTML: templates print a field's help as it is."""
    return format_html_join(" ", "{}", ((text,) for text in texts if text))


def _choices(param: Param, shared: dict[str, Any]) -> forms.Field:
    if param.several:
        return forms.MultipleChoiceField(choices=param.choices, widget=forms.CheckboxSelectMultiple, **shared)
    return forms.ChoiceField(choices=[("", _("Please choose")), *param.choices], **shared)


def _text(param: Param, shared: dict[str, Any]) -> forms.Field:
    return forms.CharField(max_length=param.most or TEXT_LIMIT, min_length=param.least, **shared)


def _long_text(param: Param, shared: dict[str, Any]) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(max_length=param.most or LONG_TEXT_LIMIT, min_length=param.least, widget=widget, **shared)


def _number(param: Param, shared: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(min_value=param.least, max_value=param.most, **shared)


def _money(param: Param, shared: dict[str, Any]) -> forms.Field:
    return MoneyField(currency=param.currency, least=param.least, most=param.most, **shared)


def _flag(_param: Param, shared: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(**{**shared, "required": False})


def _date(_param: Param, shared: dict[str, Any]) -> forms.Field:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **shared)


def _datetime(_param: Param, shared: dict[str, Any]) -> forms.Field:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, **shared)


BUILDERS: dict[Kind, Callable[[Param, dict[str, Any]], forms.Field]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.EMAIL: lambda param, shared: forms.EmailField(max_length=param.most or TEXT_LIMIT, **shared),
    Kind.URL: lambda param, shared: forms.URLField(
        max_length=param.most or TEXT_LIMIT, assume_scheme="https", **shared
    ),
}
