"""Columns of an export for what each kind asks itself: one for each field, shared by kinds that call it alike."""

from collections import defaultdict
from collections.abc import Collection, Iterable
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
    who: Any = None

    @classmethod
    def of(cls, model: type[Stateful], kinds: Collection[str], who: Any) -> "AnswerColumns":
        """Those of these kinds; of all, when none is named. `who` reads them."""
        found = cls(who=who)
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

    def look_up(self, items: Iterable[Stateful]) -> None:
        """Ask for the names of all that these rows name, in a number of queries that does not grow with them."""
        wanted: dict[Any, set[int]] = defaultdict(set)
        for item in items:
            for name, param in showing.asked(flow.machine(item)).items():
                if (of := param.refers or param.model) and isinstance(item, Declared):
                    wanted[of].update(showing.keys_in(item.answers.get(name)))
        for of, keys in wanted.items():
            absent = {key for key in keys if (of, key) not in self.names}
            if not absent:
                continue
            there = showing.chosen(of, absent, self.who) if isinstance(of, str) else of._base_manager.in_bulk(absent)
            self.names.update(((of, key), str(there.get(key, key))) for key in absent)

    def cell(self, param: Param, stored: Any) -> Any:
        if stored in (None, "", []):
            return None
        if isinstance(stored, list):
            return ", ".join(str(self.cell(param, one)) for one in stored)
        if param.kind is Kind.MONEY:
            return money.from_minor(stored, param.currency)
        if param.model is not None:
            return self.names.get((param.refers or param.model, stored), str(stored))
        return showing.in_words(param, stored)


def heading_of(param: Param) -> str:
    """Money is a number in its column, so the currency stands above it."""
    return f"{param.label} ({param.currency})" if param.kind is Kind.MONEY else str(param.label)
