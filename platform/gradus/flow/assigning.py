"""Who a thing is assigned to by itself: chosen in turn or by load, written as a transition is.

Those who choose from the same role at once wait for each other at the row of the role, which is locked with the thing:
whoever comes later counts what the earlier have assigned.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from gradus import policy
from gradus.accounts.models import User
from gradus.accounts.roles import HELD, SYSTEM, Actor, Role
from gradus.flow import protocol, units
from gradus.flow.errors import NotNow
from gradus.flow.models import Stateful, TransitionRecord
from gradus.flow.params import Params
from gradus.flow.queues import still_open
from gradus.flow.records import Attempt
from gradus.flow.registry import machine
from gradus.flow.shapes import ASSIGN, Move, Runner
from gradus.policy import Decision
from gradus.policy.actions import ActionCall
from gradus.policy.books import Book
from gradus.policy.errors import RuleError, nearest, phrase
from gradus.policy.tree import Field

S = TypeVar("S", bound=Stateful)
LEAST_LOADED, ROUND_ROBIN = "least loaded", "round robin"
WAYS = (LEAST_LOADED, ROUND_ROBIN)
ASSIGNED = "assign"  # the rule on record: no row of a book decided


def check(book: Book, call: ActionCall) -> None:
    """Raise RuleError unless the field can take a person, and it is said who that may be."""
    fits = [name for name, field in book.fields.items() if _takes_a_person(book.model, field)]
    if call.target not in fits:
        why = phrase("is not a person") if call.target in book.fields else phrase("is not one of [fields]")
        if call.target == getattr(book.model, "author_field", ""):
            why = phrase("is who created it, and stays so")
        raise RuleError(phrase("“{}” {}, so nobody is assigned there{}", call.target, why, nearest(call.target, fits)))
    to, role = call.params["to"], call.params.get("role", "")
    if to not in WAYS and "@" not in to:
        raise RuleError(phrase("to = “{}” is neither an e-mail address nor a way to choose{}", to, nearest(to, WAYS)))
    if to in WAYS and not role:
        raise RuleError(phrase("to = “{}” needs a role to choose from, such as role = “instructor”", to))
    if role and role not in HELD:
        raise RuleError(phrase("role = “{}” is not a role anybody holds{}", role, nearest(role, HELD)))


def _takes_a_person(model: type[Model], field: Field) -> bool:
    """An answer, or a column of the thing itself other than its author."""
    if field.to != User._meta.label or field.many:
        return False
    author = f"{getattr(model, 'author_field', '')}_id"
    return bool(field.answer) or (len(field.hops) == 1 and field.hops[0] not in {author, "pk"})


def locked(_obj: Stateful, call: ActionCall) -> Iterable[Model]:
    """The role, where one of its people is chosen."""
    return Group.objects.filter(name=call.params.get("role", "")) if call.params["to"] in WAYS else ()


def assign(obj: S, name: str, *, to: str, role: str = "") -> S:
    """Put a person into the field `name` and return the fresh object. Within a unit that holds the object and `locked`.

    Raises NotNow when nobody fits. Who is named and has it already keeps it, and nothing is written.
    """
    unit = units.current()
    if unit is None:
        raise RuntimeError("Somebody is assigned within a unit that holds the object.")
    fresh = protocol.read(unit, obj)
    book = policy.active().book(fresh._meta.label, fresh.process)
    field, at = book.fields[name], timezone.now()
    person = _chosen(fresh, field, to, role) if to in WAYS else _named(fresh, to, role)
    if field.read(fresh) == person.pk:
        return fresh
    move = Move(ASSIGN + name, _("Assign"), (), "", Params(), _putting(field, person.pk))
    decided = Decision(allowed=True, role=SYSTEM.role, rule=ASSIGNED, version=book.version)
    params = {name: person.pk}
    attempt = Attempt(fresh, move, machine(fresh).process, SYSTEM, at, fresh.state, decision=decided, params=params)
    protocol.change(unit, attempt, {})
    return fresh


def _putting(field: Field, person_id: int) -> Runner:
    def put(obj: Any, by: Actor, at: datetime, given: Mapping[str, Any]) -> None:
        if field.answer:
            obj.answers = {**obj.answers, field.answer: person_id}
        else:
            obj.assigned(field.hops[0], person_id, at=at)

    return put


def _named(obj: Stateful, address: str, role: str) -> User:
    person = User.objects.filter(is_active=True, email__iexact=address).first()
    roles = [Role(role)] if role else sorted(person.roles) if person else []
    if person is None or (role and role not in person.roles) or not _may_have(obj, person, roles):
        raise NotNow([_("%(address)s cannot take it.") % {"address": address}])
    return person


def _chosen(obj: Stateful, field: Field, to: str, role: str) -> User:
    for person in _in_turn(obj, field, role, by_load=to == LEAST_LOADED):
        if person.pk != field.read(obj) and _may_have(obj, person, [Role(role)]):
            return person
    raise NotNow([_("Nobody with the role “%(role)s” can take it.") % {"role": Role(role).label}])


def _may_have(obj: Stateful, person: User, roles: Iterable[Role]) -> bool:
    """Whether it is not their own, and they may see it in one of these roles."""
    if obj.author_field and getattr(obj, f"{obj.author_field}_id") == person.pk:
        return False
    return any(policy.decide(Actor(person, role), "view", obj).allowed for role in roles)


def _in_turn(obj: Stateful, field: Field, role: str, *, by_load: bool) -> Iterator[User]:
    """The active people of a role, who comes next first; by load, where they have equally many, in that order."""
    people = list(User.objects.filter(is_active=True, groups__name=role).order_by("pk"))
    last = _last(obj, field.name)
    load = _loads(type(obj), field, people) if by_load else {}
    yield from sorted(people, key=lambda person: (load.get(person.pk, 0), person.pk <= last, person.pk))


def _last(obj: Stateful, name: str) -> int:
    """Who was put into that field most recently, as history tells."""
    records = TransitionRecord.objects.done().filter(
        content_type=ContentType.objects.get_for_model(obj), transition=ASSIGN + name
    )
    params = records.order_by("-at", "-pk").values_list("params", flat=True).first() or {}
    return int(params.get(name, 0))


def _loads(model: type[Stateful], field: Field, people: list[User]) -> dict[int, int]:
    """How many of these things that are still open each person has."""
    column = f"answers__{field.answer}" if field.answer else field.hops[0]
    theirs = model._default_manager.filter(still_open(model), **{f"{column}__in": [person.pk for person in people]})
    return dict(theirs.order_by().values_list(column).annotate(Count("pk")))
