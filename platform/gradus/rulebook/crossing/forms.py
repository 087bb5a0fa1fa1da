"""The form that states a mapping: each state that is in use, each field that is answered."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from gradus.flow import moving
from gradus.flow.carrying import Crossing, may_fit
from gradus.flow.params import Param
from gradus.flow.shapes import State
from gradus.rulebook.crossing.older import Older
from gradus.rulebook.shape import answered

BEHIND = "-"  # no name of a field: the answer stays in the history


class CrossingForm(forms.Form):
    """`state-…` and `field-…` say what each becomes; same names are chosen beforehand where they fit."""

    def __init__(self, older: Older, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.older, self.blank = older, Crossing(older.book.model, older.book.process)  # type: ignore[arg-type]
        for state, count in older.states:
            self.fields[f"state-{state.name}"] = self._state(state, count)
        things = moving.things(self.blank)
        for name, param in self.blank.old.items():
            if answered(things, name):
                self.fields[f"field-{name}"] = self._field(name, param)

    def _state(self, state: State, count: int) -> forms.ChoiceField:
        known = [(name, str(found.label)) for name, found in self.blank.after.states.items()]
        same = state.name if state.name in self.blank.after.states else ""
        return _choice(str(state.label), known, same, help_text=str(count))

    def _field(self, name: str, param: Param) -> forms.ChoiceField:
        fitting = [(to, str(new.label)) for to, new in self.blank.new.items() if may_fit(param, new)]
        same = name if name in dict(fitting) else ""
        return _choice(str(param.label), [*fitting, (BEHIND, _("Leave it behind"))], same)

    def clean(self) -> dict[str, Any]:
        """Two answers cannot go to one field."""
        given = super().clean() or {}
        taken: dict[str, str] = {}
        for name, to in list(given.items()):
            if name.startswith("field-") and to != BEHIND and taken.setdefault(to, name) != name:
                words = {"other": self.fields[taken[to]].label}
                self.add_error(name, _("“%(other)s” goes there already. Choose another, or leave it behind.") % words)
        return given

    @property
    def states(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("state-")]

    @property
    def answers(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("field-")]

    def crossing(self) -> Crossing:
        """What a valid form states."""
        given = self.cleaned_data.items()
        states = {name.removeprefix("state-"): to for name, to in given if name.startswith("state-")}
        fields = {
            name.removeprefix("field-"): None if to == BEHIND else to for name, to in given if name.startswith("field-")
        }
        return Crossing(self.blank.model, self.blank.source, states, fields)


def _choice(label: str, known: list[tuple[str, str]], same: str, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("Choose")), *known], initial=same, help_text=help_text)
