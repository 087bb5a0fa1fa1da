"""One unit of change: its locks taken in one go, one transaction, and refusals written after it is left."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models, transaction

Key = tuple[str, Any]
_current: ContextVar["Unit | None"] = ContextVar("flow_unit", default=None)


class Unit:
    """The transaction going on: what it holds locked, and the refusals to write once it is over."""

    def __init__(self) -> None:
        self.asked: set[Key] = set()
        self.held: dict[Key, models.Model] = {}
        self.refusals: list[Callable[[], None]] = []
        self.nested = False

    def lock(self, plan: Iterable[models.Model]) -> None:
        """Lock these rows sorted by (table, key) and read them again. Rows that are gone are not held."""
        wanted = sorted({key(obj): type(obj) for obj in plan}.items(), key=lambda item: item[0])
        self.asked.update(its for its, _model in wanted)
        for model in dict.fromkeys(model for _key, model in wanted):
            for fresh in locked(model, [pk for (_table, pk), its in wanted if its is model]):
                self.held[key(fresh)] = fresh

    def planned(self, obj: models.Model) -> bool:
        return key(obj) in self.asked

    def holds(self, obj: models.Model) -> bool:
        return key(obj) in self.held

    def keep(self, obj: models.Model) -> None:
        """This is the object's current reading: it was changed or created in here."""
        self.asked.add(key(obj))
        self.held[key(obj)] = obj

    @contextmanager
    def nesting(self) -> Iterator[None]:
        """Changes made in this block belong to another change."""
        before, self.nested = self.nested, True
        try:
            yield
        finally:
            self.nested = before


def key(obj: models.Model) -> Key:
    return obj._meta.db_table, obj.pk


def locked(model: type[models.Model], ids: list[Any]) -> Iterable[models.Model]:
    """Fresh instances, their rows locked against writers but not against foreign keys to them.

    One statement locks and reads: on PostgreSQL a row that had to be waited for is read as its writer left it.
    """
    rows = model._base_manager.select_for_update(of=("self",), no_key=True)
    return rows.filter(pk__in=ids).order_by("pk")


def current() -> Unit | None:
    return _current.get()


@contextmanager
def begin(plan: Iterable[models.Model] = ()) -> Iterator[Unit]:
    """The outermost unit. It is durable: inside somebody else's transaction a refusal could not outlive it."""
    unit = Unit()
    token = _current.set(unit)
    try:
        with transaction.atomic(durable=True):
            unit.lock(plan)
            yield unit
    finally:
        _current.reset(token)
        for write in unit.refusals:
            write()


@contextmanager
def together(*objs: models.Model) -> Iterator[None]:
    """Several creates and applies in one transaction. Name every existing object they change: all are locked first.

    The instances passed to `apply` inside are read again under the lock, as always.
    """
    if _current.get() is not None:
        raise RuntimeError("flow.together cannot be nested: name every object in the outermost.")
    with begin(objs) as unit, unit.nesting():
        yield
