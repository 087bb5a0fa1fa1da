"""Columns of an export for what each kind asks itself: one for each field, shared by kinds that call it alike."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from gradus import flow
from gradus.core import money
from gradus.flow import showing
from gradus.flow.models import Declared, Stateful
from gradus.flow.params import Kind, Param


@dataclass(frozen=True)
class AnswerColumns:
    """`headings` by the path of a column; `paths` by kind and field."""

    headings: dict[str, str] = field(default_factory=dict)
    paths: dict[tuple[str, str], str] = field(default_factory=dict)
    names: dict[tuple[Any, Any], str] = field(default_factory=dict)  # of people and objects, each asked for once

    @classmethod
    def of(cls, model: type[Stateful], kinds: Collection[str]) -> "AnswerColumns":
        """Those of these kinds; of all, when none is named."""
        found = cls()
        for its in flow.machines(model) if issubclass(model, Declared) else ():
            if kinds and its.kind not in kinds:
                continue
            for name, param in showing.asked(its).items():
                if name not in model.asked and param.kind is not Kind.FILE:
                    path = f"answers.{name}.{heading_of(param)}"
                    found.headings[path] = heading_of(param)
                    found.paths[its.process, name] = path
        return found

    def of_item(self, item: Declared) -> dict[str, Any]:
        """Its answers by path, as a spreadsheet reads them."""
        asked = showing.asked(flow.machine(item))
        own = {name: path for (kind, name), path in self.paths.items() if kind == item.kind}
        return {path: self.cell(asked[name], item.answers.get(name)) for name, path in own.items()}

    def cell(self, param: Param, stored: Any) -> Any:
        if stored in (None, "", []):
            return None
        if isinstance(stored, list):
            return ", ".join(str(self.cell(param, one)) for one in stored)
        if param.kind is Kind.MONEY:
            return money.from_minor(stored, param.currency)
        if param.model is not None:
            return self.named(param.model, stored)
        return showing.in_words(param, stored)

    def named(self, model: Any, key: Any) -> str:
        if (model, key) not in self.names:
            self.names[model, key] = str(model._base_manager.filter(pk=key).first() or key)
        return self.names[model, key]


def heading_of(param: Param) -> str:
    """Money is a number in its column, so the currency stands above it."""
    return f"{param.label} ({param.currency})" if param.kind is Kind.MONEY else str(param.label)
