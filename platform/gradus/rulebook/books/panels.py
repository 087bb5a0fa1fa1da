"""The editor of a book: a form over its text, the text with numbered lines, and beside it the words that exist."""

from typing import Any

from django import forms
from django.forms.widgets import Script
from django.urls import reverse

from gradus.accounts.roles import Role
from gradus.policy import actions, machines, people, terms
from gradus.policy.errors import BookErrors
from gradus.policy.ruleset import load_texts


class RulesInput(forms.Textarea):
    """A textarea that works as it is; scripts add the form, line numbers and what is wrong."""

    template_name = "rulebook/books/rules_input.html"

    class Media:
        css = {"all": ("rulebook/editor.css", "rulebook/form.css", "rulebook/inputs.css")}
        js = ("rulebook/editor.js", Script("rulebook/form/form.js", type="module"))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context |= {"check": reverse("rulebook_check"), "show": reverse("rulebook_form")}
        context["change"] = reverse("rulebook_form_change")
        context["words"] = words(value or "")
        return context


def words(text: str) -> dict[str, list[tuple[str, str]]]:
    """Everything a condition or an effect can name, as (word, what it is); of the book itself, if it can be read."""
    try:
        (book,) = load_texts({"book.toml": text}).books
    except (BookErrors, ValueError):
        book = None
    found: dict[str, list[tuple[str, str]]] = {
        "roles": [(role.value, role.label) for role in Role],
        "person": [(f"user.{name}", fact.kind) for name, fact in people.facts().items()],
        "actions": [(name, _first_line(actions.get(name))) for name in actions.names()],
    }
    if book is None:
        return found
    machine = machines.for_model(book.model)
    states = book.definition.states if book.definition else (machine.states if machine else {})
    return {
        "fields": [(f"obj.{name}", field.kind) for name, field in book.fields.items()],
        "conditions": [(name, condition.text) for name, condition in book.conditions.items()],
        "terms": [(name, "") for name in terms.for_model(book.label)],
        "transitions": [(name, str(rule.label)) for name, rule in book.transitions.items()],
        "states": [(name, str(getattr(state, "label", state))) for name, state in states.items()],
        **found,
    }


def _first_line(action: Any) -> str:
    return str(action.help).partition("\n")[0]
