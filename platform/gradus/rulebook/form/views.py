"""What the form asks the server: how a text looks as a form, and what a change makes of it. Nothing is stored here."""

import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gradus.policy.bounds import LONGEST_BOOK
from gradus.policy.errors import RuleError
from gradus.policy.ruleset import active
from gradus.rulebook.form.editing import Unreadable, WriteByHand
from gradus.rulebook.form.outline import outline
from gradus.rulebook.form.plain import NoSuchPlace
from gradus.rulebook.form.sections.moves import suggestions
from gradus.rulebook.form.steps import Step, take

LONGEST_CHANGE = 50_000
LONGEST_FILE = 100


@require_POST
def show(request: HttpRequest) -> JsonResponse:
    """The form of the text as it stands."""
    text = _text(request)
    if text is None:
        return _refused(_("This book is too long."))
    return JsonResponse(_shown(request, Step(text)))


@require_POST
def change(request: HttpRequest) -> JsonResponse:
    """The text after one change, and its form. A change that cannot be made answers 400 with a sentence."""
    text = _text(request)
    if text is None:
        return _refused(_("This book is too long."))
    file = _file(request)
    try:
        wanted = _wanted(request)
        step = take(text, wanted, file=file, new=request.POST.get("new") == "1", kept=_kept(file))
    except Unreadable as wrong:
        return _refused(_("Line %(line)s cannot be read. Mend it in the text first.") % {"line": wrong.line})
    except WriteByHand:
        return _refused(_("This part of the book is written in a way the form cannot change. Change it in the text."))
    except NoSuchPlace:
        return _refused(_("This is no longer there. Look at the text, or undo."))
    except RuleError as wrong:
        return _refused(str(wrong))
    if len(step.text) > LONGEST_BOOK:
        return _refused(_("This book is too long."))
    return JsonResponse(_shown(request, step))


def _text(request: HttpRequest) -> str | None:
    text = request.POST.get("text", "").replace("\r\n", "\n")
    return None if len(text) > LONGEST_BOOK else text


def _file(request: HttpRequest) -> str:
    return request.POST.get("file", "")[:LONGEST_FILE]


def _wanted(request: HttpRequest) -> dict[str, Any]:
    sent = request.POST.get("change", "")
    try:
        found = json.loads(sent) if len(sent) <= LONGEST_CHANGE else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RuleError(_("This form does not know what to do with that. Load the page again."))
    return found


def _kept(file: str) -> frozenset[str]:
    """Names in force: things are stored under them, so they do not follow a label."""
    book = next((each for each in active().books if each.file == file), None)
    if book is None or book.definition is None:
        return frozenset()
    names = (("field", book.definition.fields), ("state", book.definition.states), ("transition", book.transitions))
    return frozenset(f"{kind}.{name}" for kind, found in names for name in found)


def _shown(request: HttpRequest, step: Step) -> dict[str, Any]:
    found = outline(step.text, _file(request))
    words = {"outline": found, "suggestions": suggestions()}
    return {
        "text": step.text,
        "html": render_to_string("rulebook/form/form.html", words, request),
        "focus": step.focus,
        "renamed": step.renamed,
        "file": step.file,
        "words": found.words,
        "wrong": len(found.mistakes) + bool(found.unreadable),
    }


def _refused(why: str) -> JsonResponse:
    return JsonResponse({"error": why}, status=400)
