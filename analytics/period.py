"""What figures are narrowed to: a period of days in UTC, and perhaps one course."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

WEEKS = 12


def today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Filters:
    """Both days are included."""

    since: date
    until: date
    course: int | None = None

    @classmethod
    def usual(cls) -> "Filters":
        return cls.last(WEEKS)

    @classmethod
    def last(cls, weeks: int) -> "Filters":
        """So many weeks up to today, the running one included."""
        until = today()
        return cls(until - timedelta(days=until.weekday(), weeks=weeks - 1), until)

    def query(self, **more: object) -> str:
        """As the query of an address. Only what is set, so that links stay short."""
        values = {"course": self.course, "since": self.since, "until": self.until, **more}
        return urlencode({name: str(value) for name, value in values.items() if value is not None})

    @property
    def reaches_today(self) -> bool:
        return self.until >= today()

    @property
    def end(self) -> datetime:
        """The first moment after the period."""
        return datetime.combine(self.until + timedelta(days=1), datetime.min.time(), UTC)
