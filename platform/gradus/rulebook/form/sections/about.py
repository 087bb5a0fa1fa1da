"""What the book is called, and the numbers of a book of numbers."""

from typing import Any

from django.utils.translation import gettext as _

from gradus.core.words import in_words
from gradus.policy.values import UNITS
from gradus.rulebook.form.keys import options
from gradus.rulebook.form.known import Known, table, text
from gradus.rulebook.form.parts import Entry, Input, Section


def about(known: Known) -> Section:
    at = ("process",) if known.declares else ()
    data = table(known.data, *at) if at else known.data
    title = "title" if "title" in data or "title" not in known.data else ""
    inputs = [
        Input((*at, "title") if title else ("title",), _("Title"), value=data.get("title", known.data.get("title")))
    ]
    if known.declares:
        inputs.append(
            Input(
                ("process", "help"),
                _("When to choose it"),
                value=data.get("help"),
                help=_("One sentence people read before they choose it."),
            )
        )
        labels = table(data, "labels")
        for name in getattr(known.model, "asked", ()):
            label = getattr(known.model._meta.get_field(name), "verbose_name", name) if known.model else name
            said = _("What “%s” is called here") % str(label)
            inputs.append(Input(("process", "labels", name), said, value=labels.get(name), placeholder=str(label)))
    return Section("about", _("About"), inputs=inputs, keys=("title", "model", "process"))


def numbers(known: Known) -> Section:
    """The numbers of a book that holds nothing else: what is written, its unit and its bounds."""
    written = table(known.data, "values")
    entries = [_number(name, table(written, name)) for name in written]
    return Section("values", _("Numbers"), entries=entries, keys=("values",))


def _number(name: str, given: dict[str, Any]) -> Entry:
    path = ("values", name)
    unit = text(given.get("unit"))
    bounds = [
        Input((*path, key), label, "decimal", given.get(key), short=True)
        for key, label in (("min", _("Smallest")), ("max", _("Largest")))
    ]
    said = text(given.get("title")) or in_words(name)
    value = Input(
        (*path, "value"),
        f"{said} ({unit})" if unit else said,
        "decimal",
        given.get("value"),
        short=True,
        help=text(given.get("help")),
    )
    chosen = options({each: each or "-" for each in UNITS}, unit)
    more = [
        Input((*path, "title"), _("What people read"), value=given.get("title")),
        Input((*path, "unit"), _("Unit"), "select", unit, options=chosen, short=True),
        *bounds,
        Input((*path, "help"), _("Help below it"), "long", given.get("help")),
    ]
    return Entry(path, said, note=name, inputs=[value], more=more, moves=False, removes=False)
