"""May this person do this to this object, now? The source state is part of the answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role, actor_for
from gradus.policy import machines
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.registration import answer_with
from gradus.policy.ruleset import active, move_of, permission_name
from gradus.policy.words import no_row, nothing_there, unknown_rule, wrong_state

Complaint = tuple[str, tuple[str, ...]]  # a reason, and what it is about: answers, or columns of the object
About = tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and where it comes from. `wrong_state`: the state said no and the rule was not asked."""

    allowed: bool
    role: Role
    rule: str
    version: str
    reasons: tuple[str, ...] = ()
    wrong_state: bool = False
    about: About = ()
    printed: bool = False  # whether the reasons hold values, which are not for everybody

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True)
class Case:
    """A question put to one rule: what is explained, decided and recorded."""

    actor: Actor
    name: str
    obj: models.Model | None
    now: datetime
    book: Book | None
    rule: Right | None
    move: machines.Move | None = None
    state_field: str = "state"

    @property
    def known(self) -> bool:
        """Whether the rule exists and, for a transition, the machine knows it as well."""
        return self.rule is not None and not (self.move is None and isinstance(self.rule, TransitionRule))

    @property
    def state(self) -> str:
        return str(getattr(self.obj, self.state_field, ""))

    @property
    def in_state(self) -> bool:
        return self.move is None or self.move.starts_in(self.state)


def process_of(obj: models.Model) -> str:
    """The kind of a declared object; coded machines and plain models have none."""
    return _process(obj, machines.for_model(type(obj)))


def _process(obj: models.Model, machine: machines.Machine | None) -> str:
    return str(getattr(obj, machine.kind_field)) if machine and machine.kind_field else ""


def book_of(obj: models.Model) -> Book | None:
    """The book in force that governs this object."""
    return active().of(type(obj)).get(process_of(obj))


def case_for(who: Any, name: str, obj: Any, now: datetime | None, process: str | None = None) -> Case:
    actor, now = actor_for(who), now or timezone.now()
    if obj is None:
        return Case(actor, name, None, now, None, None)
    model = type(obj)
    machine = machines.for_model(model)
    book = active().of(model).get(_process(obj, machine) if process is None else process)
    rule = book.rule(short_name(name, model)) if book else None
    if book is None or rule is None:
        return Case(actor, name, obj, now, book, rule)
    return Case(
        actor, rule.name, obj, now, book, rule, move_of(book, rule), machine.state_field if machine else "state"
    )


def short_name(name: str, model: type[models.Model]) -> str:
    """`requests.approve_request` is `approve`; a permission of another model stays what it is."""
    if "." not in name:
        return name
    for parent in model.__mro__:
        meta = getattr(parent, "_meta", None)
        if meta is None:
            continue
        head, tail = f"{meta.app_label}.", f"_{meta.model_name}"
        if name.startswith(head) and name.endswith(tail):
            return name[len(head) : -len(tail)]
    return name


def decide(
    who: Any, name: str, obj: Any, *,
    now: datetime | None = None, process: str | None = None, viewer: Actor | None = None,
) -> Decision:  # fmt: skip
    """The verdict on one right or transition (`approve` or `requests.approve_request`).

    `viewer` is who reads the reasons, where that is somebody else.
    """
    return decide_case(case_for(who, name, obj, now, process), viewer)


def decide_case(case: Case, viewer: Actor | None = None) -> Decision:
    actor, rule, book = case.actor, case.rule, case.book
    if rule is None or book is None or not case.known:
        reason = nothing_there() if case.obj is None else unknown_rule(case.name)
        return Decision(False, actor.role, "", "", (reason,))  # noqa: FBT003 - the verdict
    if not case.in_state:
        reason = wrong_state(book, rule, case.state, case.move)
        return Decision(False, actor.role, rule.key, book.version, (reason,), wrong_state=True)  # noqa: FBT003
    row = rule.rows.get(actor.role)
    if row is None:
        return Decision(False, actor.role, rule.key, book.version, (no_row(rule),))  # noqa: FBT003 - the verdict
    if row.check(case.obj, actor.id, actor.user, case.now):
        return Decision(True, actor.role, row.origin, book.version)  # noqa: FBT003 - the verdict
    return _refused(case, rule, book, viewer)


def _refused(case: Case, rule: Right, book: Book, viewer: Actor | None) -> Decision:
    from gradus.policy.explaining import explain_case

    actor = case.actor
    forbidden = rule.forbids is not None and rule.forbids(case.obj, actor.id, actor.user, case.now)
    origin = f"{rule.key}.forbid" if forbidden else rule.rows[actor.role].origin
    why = explain_case(case, brief=True, viewer=viewer)
    return Decision(
        False,  # noqa: FBT003 - the verdict
        actor.role,
        origin,
        book.version,
        why.reasons,
        about=why.about,
        printed=why.printed,
    )


def allowed(case: Case) -> bool:
    """Only the verdict: what has_perm and lists of rights need."""
    rule = case.rule
    if rule is None or not case.known or not case.in_state:
        return False
    row = rule.rows.get(case.actor.role)
    return row is not None and row.check(case.obj, case.actor.id, case.actor.user, case.now)


def has_permission(name: str, user: Any, obj: Any) -> bool:
    """The answer for a governed permission; False without an object, and for an object of another model."""
    governed = active().permission(name)
    if governed is None or obj is None or not isinstance(obj, governed[0]):
        return False
    return allowed(case_for(user, governed[1], obj, None))


def governed_answer(user: User, name: str, obj: Any) -> bool | None:
    """What User.has_perm asks first: None when no rule governs the permission."""
    return None if active().permission(name) is None else has_permission(name, user, obj)


answer_with(has_permission)

__all__ = ["Case", "Decision", "allowed", "case_for", "decide", "governed_answer", "permission_name"]
