"""Pages by cursor: (created, id) is a total order that new rows do not shift."""

import base64
import binascii
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.errors import HttpError

from gradus.flow.api.schemas import thing
from gradus.flow.models import Stateful

PER_PAGE = 50


def page_of(found: QuerySet[Any], cursor: str) -> dict[str, Any]:
    if cursor:
        at, pk = read(cursor)
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk))
    items = list(found.order_by("-created_at", "-pk")[: PER_PAGE + 1])
    page, more = items[:PER_PAGE], len(items) > PER_PAGE
    return {"items": [thing(item) for item in page], "next": write(page[-1]) if more else None}


def write(item: Stateful) -> str:
    return base64.urlsafe_b64encode(f"{item.created_at.isoformat()} {item.pk}".encode()).decode()


def read(cursor: str) -> tuple[datetime, int]:
    try:
        at, pk = base64.urlsafe_b64decode(cursor.encode()).decode().split(" ")
        moment, number = datetime.fromisoformat(at), int(pk)
    except (ValueError, binascii.Error):
        raise HttpError(422, _("This cursor is not one of ours; begin without one.")) from None
    return (moment if timezone.is_aware(moment) else timezone.make_aware(moment)), number
