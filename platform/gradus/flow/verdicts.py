"""Yes or no to an attempt, and which kind of no."""

from dataclasses import replace

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from gradus import policy
from gradus.accounts.roles import GUEST, Actor, Role
from gradus.core.formats import moment
from gradus.flow import limits
from gradus.flow.errors import Denied, FlowError, NotNow, Stale
from gradus.flow.models import Stateful, TransitionRecord
from gradus.flow.records import Attempt
from gradus.flow.registry import machine
from gradus.flow.shapes import Machine

VIEW = "view"


def check(attempt: Attempt, *, expect_version: int | None) -> None:
    """Raises the refusal that fits, or nothing. Who may not view the object learns only that nothing is there."""
    obj, decision = attempt.obj, attempt.decision
    if decision is None:
        raise TypeError("undecided")
    moved = attempt.process != obj.process  # to another edition, since the caller read it
    stale = moved or (expect_version is not None and expect_version != obj.version)
    if (stale or not decision.allowed) and obj.pk is not None and not may_view(obj, attempt.actor):
        raise Denied(hidden=True)
    if stale:
        raise Stale(who_was_first(obj))
    if decision.wrong_state:
        raise NotNow(why_not_now(obj, attempt.name))
    if not decision.allowed:
        raise Denied(decision.reasons, fields=wrong_values(attempt))
    limits.check(attempt)


def wrong_values(attempt: Attempt) -> dict[str, list[str]]:
    """Of a refused proposal, each reason at the value it is about; nothing when a reason is about something else."""
    asked, decision = attempt.move.params, attempt.decision
    about = () if decision is None or attempt.obj.pk is not None else decision.about
    found: dict[str, list[str]] = {}
    for reason, fields in about:
        name = next((field for field in fields if field in asked), None)
        if name is None:
            return {}
        found.setdefault(name, []).append(str(reason))
    return found


def on_record(attempt: Attempt, error: FlowError, *, expect_version: int | None) -> list[str]:
    """The reasons as history keeps them: in the academy's language, whoever was refused, and without values.

    Others read them later, who may not see what this person saw; the facts hold the values, for those who may.
    """
    printed = attempt.decision is not None and attempt.decision.printed
    if get_language() in {None, settings.LANGUAGE_CODE} and not printed:
        return error.reasons
    with override(settings.LANGUAGE_CODE):
        decision = policy.decide(attempt.actor, attempt.name, attempt.obj, now=attempt.at, viewer=GUEST)
        try:
            check(replace(attempt, decision=decision), expect_version=expect_version)
        except FlowError as same:
            return same.reasons
    return error.reasons


def may_view(obj: Stateful, who: Actor) -> bool:
    """The platform itself knows of everything; a refusal tells it why."""
    return who.role is Role.SYSTEM or policy.decide(who, VIEW, obj).allowed


def has_row(its: Machine, name: str, actor: Actor) -> bool:
    """Whether the rule says anything for the role somebody acts in."""
    rule = policy.active().book(its.model._meta.label, its.process).rule(name)
    return rule is not None and actor.role in rule.rows


def no_such_step() -> str:
    return _("This kind has no such step.")


def why_not_now(obj: Stateful, name: str) -> list[str]:
    its = machine(obj)
    words = {"state": its.state(obj.state).label, "label": its.label(name)}
    return [_("It is “%(state)s” now, and “%(label)s” is not possible then.") % words]


def who_was_first(obj: Stateful) -> list[str]:
    """Who did what since: the newest entry of its history."""
    last = TransitionRecord.objects.about(obj).done().select_related("actor").order_by("-version").first()
    its = machine(obj)
    if last is None:
        return [_("It has changed since you looked at it.")]
    words = {
        "who": last.actor or _("The system"),
        "done": its.done(last.transition),
        "when": moment(last.at),
        "state": its.state(obj.state).label,
    }
    return [_("%(who)s was first: “%(done)s” (%(when)s). It is “%(state)s” now.") % words]
