"""Creating on a surface, the site's or the API's: only what is asked for, and not faster than people file."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gradus.core import ratelimit
from gradus.flow import showing
from gradus.flow.choosing import Search
from gradus.flow.errors import Limited, NotNow
from gradus.flow.models import Stateful
from gradus.flow.offering import Offer, creations
from gradus.flow.protocol import create
from gradus.flow.registry import filed_under

S = TypeVar("S", bound=Stateful)
AT_MOST, SECONDS = 20, 60


def offered(model: type[Stateful], who: Any, *, kind: str = "", name: str = "") -> list[Offer]:
    """What can be created, allowed or not: all of it, or that of one kind or transition."""
    found = creations(model, who)
    return [offer for offer in found if kind in {"", offer.kind} and name in {"", offer.name}]


def kind_asked(model: type[Stateful], kind: str) -> str:
    """The kind somebody names, also by its newest edition. Raises NotNow for an older one."""
    try:
        return filed_under(model, kind).kind if kind else ""
    except LookupError:
        return kind  # nobody offers it, and that is said where offers are chosen from


def search(model: type[Stateful], offer: Offer) -> Search:
    """Where the people and objects this creation asks for are found."""
    return Search(showing.slug(model), offer.name, kind=offer.kind, label=model._meta.label_lower)


def file(model: type[S], offer: Offer, *, by: Any, values: Mapping[str, Any]) -> S:
    """Create what was offered. Raises what `flow.create` raises."""
    if unknown := values.keys() - offer.params.by_name.keys():
        # `create` takes further fields of the model, for code; a person is not to set them.
        raise ValidationError(dict.fromkeys(unknown, gettext_lazy("This is not asked for.")))
    verdict = ratelimit.check(f"filing:{by.pk}", AT_MOST, SECONDS)
    if not verdict.allowed:
        again = timezone.now() + timedelta(seconds=verdict.retry_after)
        raise Limited([_("That was too often. Please wait a minute before you send the next one.")], again=again)
    try:
        return create(model, offer.name, by=by, kind=offer.kind, **values)
    except IntegrityError:
        raise NotNow([_("There is one like it already.")]) from None
