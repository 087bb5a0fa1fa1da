"""Yes or no to an attempt, and which kind of no."""

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from gradus import policy
from gradus.accounts.roles import Actor
from gradus.flow import limits
from gradus.flow.errors import Denied, NotNow, Stale
from gradus.flow.models import Stateful, TransitionRecord
from gradus.flow.records import Attempt
from gradus.flow.registry import machine

VIEW = "view"


def check(attempt: Attempt, *, expect_version: int | None) -> None:
    """Raises the refusal that fits, or nothing. Who may not view the object learns only that nothing is there."""
    obj, decision = attempt.obj, attempt.decision
    if decision is None:
        raise TypeError("undecided")
    stale = expect_version is not None and expect_version != obj.version
    if (stale or not decision.allowed) and obj.pk is not None and not may_view(obj, attempt.actor):
        raise Denied(hidden=True)
    if stale:
        raise Stale(who_was_first(obj))
    if decision.wrong_state:
        raise NotNow(why_not_now(obj, attempt.name))
    if not decision.allowed:
        raise Denied(decision.reasons)
    limits.check(attempt)


def may_view(obj: Stateful, who: Actor) -> bool:
    return policy.decide(who, VIEW, obj).allowed


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
        "label": its.label(last.transition),
        "when": formats.date_format(timezone.localtime(last.at), "SHORT_DATETIME_FORMAT"),
        "state": its.state(obj.state).label,
    }
    return [_("%(who)s was first: “%(label)s” (%(when)s). It is “%(state)s” now.") % words]
