"""Which of the things a transition may ask are asked: decided over what has been filled in so far, on the server."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gradus.accounts.roles import Actor, actor_for
from gradus.flow import values
from gradus.policy.process import When
from gradus.policy.stating import stated

if TYPE_CHECKING:
    from gradus.flow.params import Param

NOTHING: tuple[Any, ...] = (None, "", [], ())


@dataclass(frozen=True, slots=True)
class Setting:
    """Who is asked, and about what: the thing, or the blank one they propose, whose `columns` they fill in too."""

    obj: Any
    actor: Actor
    at: datetime
    columns: frozenset[str] = frozenset()

    def holds(self, when: When, given: Mapping[str, Any]) -> bool:
        """Whether the condition holds once these cleaned values are part of the thing."""
        proposed = copy.copy(self.obj)
        proposed.answers = {**(proposed.answers or {})}
        for name, value in given.items():
            if name in self.columns:
                setattr(proposed, name, value)
            else:
                proposed.answers[name] = values.answered(value)
        return when.check(proposed, self.actor.id, self.actor.user, self.at)


def setting(obj: Any, who: Any, *, columns: frozenset[str] = frozenset()) -> Setting:
    """The same for somebody who is asked now."""
    return Setting(obj, actor_for(who), timezone.now(), columns)


def hint(param: "Param") -> str:
    """When it is asked, in people's words; nothing where it always is."""
    if param.when is None:
        return ""
    words = {"condition": stated(param.when.node)}
    if param.required:
        return _("Needed only if: %(condition)s.") % words
    return _("Asked only if: %(condition)s.") % words
