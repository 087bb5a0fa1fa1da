"""What a player says was watched, and whether that can be true. Only the server's clock counts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext_lazy as _

from gradus.flow.errors import FlowError
from workflows.learning import ranges
from workflows.learning.ranges import Ranges

SALT = "learning.opened"
PER_PAGE = 2**32  # reports
MAX_INTERVALS = 500
MAX_SECOND = 10**6
FASTEST = 2
GRACE_SECONDS = 5


class Malformed(FlowError):  # noqa: N818
    status, code, title = 400, "malformed", _("This report cannot be read.")


class Impossible(FlowError):  # noqa: N818
    """Nothing of the report is stored; the player sends it again when more time has passed."""

    status, code, title = 422, "impossible", _("This cannot have been watched.")


@dataclass(frozen=True, slots=True)
class Report:
    """`id` makes a repeated report harmless; `opened_at` is when we served the page it comes from.

    The last four bytes of an id count the reports of one opened page, the others are the page's own.
    """

    id: UUID
    watched: Ranges
    position: int
    opened_at: datetime | None = None

    def is_late(self, taken: Iterable[str]) -> bool:
        """Whether a report that the same page sent later is among these ids."""
        page, number = divmod(self.id.int, PER_PAGE)
        return any(its == page and other > number for its, other in (divmod(UUID(one).int, PER_PAGE) for one in taken))

    def check_within(self, seconds: int) -> None:
        """Raise Impossible when it speaks of seconds the video does not have."""
        if self.position > seconds or any(end > seconds for _start, end in self.watched):
            raise Impossible([_("The report is about a part beyond the end of the video.")])


def check_pace(watched: Ranges, *, since: datetime, now: datetime) -> None:
    """Raise Impossible when more was watched than twice the time the lesson has been open, and a grace."""
    if ranges.total(watched) > FASTEST * (now - since).total_seconds() + GRACE_SECONDS:
        raise Impossible([_("More was reported than can have been watched since the lesson was opened.")])


def parse(data: Any, *, user_id: int, lesson_id: int) -> Report:
    """The report in a form's fields: `id`, `ranges` (JSON), `position` and the page's `opened` mark."""
    try:
        watched = json.loads(data.get("ranges", "[]"))
        report_id, position = UUID(data.get("id", "")), int(data.get("position", "0"))
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if not _are_intervals(watched) or not 0 <= position <= MAX_SECOND:
        raise Malformed
    opened_at = opened(data.get("opened", ""), user_id=user_id, lesson_id=lesson_id)
    return Report(report_id, ranges.normalise(watched), position, opened_at)


def _are_intervals(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MAX_INTERVALS and all(map(_is_interval, value))


def _is_interval(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2 or any(type(second) is not int for second in value):
        return False
    start, end = value
    return bool(0 <= start < end <= MAX_SECOND)


def opening(*, user_id: int, lesson_id: int, now: datetime) -> str:
    """A signed mark of when this person was given this lesson's page, so that a lost first report costs nothing."""
    return signing.dumps([user_id, lesson_id, int(now.timestamp())], salt=SALT)


def opened(mark: str, *, user_id: int, lesson_id: int) -> datetime | None:
    try:
        user, lesson, moment = signing.loads(mark, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return datetime.fromtimestamp(moment, UTC) if (user, lesson) == (user_id, lesson_id) else None
