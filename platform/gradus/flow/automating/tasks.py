"""The task of every minute."""

import time
from datetime import datetime

from django.utils import timezone

from gradus import policy
from gradus.core import correlation
from gradus.flow.automating.due import matches
from gradus.flow.automating.running import run

SECONDS = 45.0


def run_due(now: datetime | None = None) -> int:
    """Deal with everything that is due, as long as there is time; the rest waits a minute. Returns how many rows."""
    now, until, made = now or timezone.now(), time.monotonic() + SECONDS, 0
    for book in policy.active().books:
        for automation in book.automations:
            for match in matches(book, automation, now):
                if time.monotonic() > until:
                    return made
                with correlation.bind():
                    made += run(match, now=now) is not None
    return made
