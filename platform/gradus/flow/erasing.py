"""What history holds about a person, and forgetting it. Who did what and when stays, and so does every state."""

from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet

from gradus.accounts.models import User
from gradus.flow.models import AutomationRun, RecordQuerySet, Stateful, TransitionRecord
from gradus.flow.registry import governed

STALE = "stale"


def owned_models() -> Iterator[type[Stateful]]:
    """Models whose objects belong to whoever created them."""
    yield from (model for model in governed() if model.author_field)


def theirs(model: type[Stateful], user: User) -> QuerySet[Stateful]:
    return model._base_manager.filter(**{model.author_field: user.pk})


def about(user: User) -> Q:
    """Generic relations (`content_type`, `object_id`) to what is theirs."""
    found = Q(pk__in=[])
    for model in owned_models():
        its = ContentType.objects.get_for_model(model)
        found |= Q(content_type=its, object_id__in=theirs(model, user).values("pk"))
    return found


def records_of(user: User) -> RecordQuerySet:
    """What they did, what was done to what is theirs, and what told a colleague that they were first."""
    did = TransitionRecord.objects.filter(
        actor=user, content_type=OuterRef("content_type"), object_id=OuterRef("object_id")
    )
    return TransitionRecord.objects.filter(Q(actor=user) | about(user) | Q(Exists(did), outcome=STALE))


def forget_runs(user: User) -> None:
    """What automations said about what is theirs: reasons quote values, tracebacks anything."""
    for model in owned_models():
        runs = AutomationRun.objects.filter(
            automation__startswith=f"{model._meta.label}/", object_id__in=theirs(model, user).values("pk")
        )
        runs.update(note="", traceback="")
