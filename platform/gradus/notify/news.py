"""What happened in a workflow since somebody opened its queue."""

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max

from gradus.flow import showing
from gradus.flow.models import Stateful, TransitionRecord

MOST = 200  # records looked at; a page that has missed more is old enough to be loaded again


@dataclass(frozen=True)
class News:
    """Objects this person may view, created or moved by others; each counts once."""

    new: int
    changed: int


def latest_record() -> int:
    return TransitionRecord.objects.aggregate(latest=Max("pk"))["latest"] or 0


def since(model: type[Stateful], record: int, who: Any) -> News:
    """Three queries, however much happened."""
    records = TransitionRecord.objects.done().filter(
        content_type=ContentType.objects.get_for_model(model), pk__gt=record
    )
    found = records.exclude(actor=who).order_by("-pk").values_list("object_id", "source")[:MOST]
    moved: dict[int | None, bool] = {}
    for object_id, source in found:
        moved[object_id] = moved.get(object_id, False) or not source
    seen = showing.visible(model, who).filter(pk__in=[pk for pk in moved if pk]).values_list("pk", flat=True)
    created = [moved[pk] for pk in seen]
    return News(new=sum(created), changed=len(created) - sum(created))
