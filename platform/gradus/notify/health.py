"""How the machinery is: workers, the queue, what failed and what is overdue; and running things again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import Failure, OrmQ, Schedule
from django_q.status import Stat
from django_q.tasks import async_task

from gradus.notify.models import Mail, MailStatus

SHOWN = 50  # rows of a list on the page; the number beside it counts them all
OVERDUE = timedelta(minutes=5)  # the scheduler looks every 30 seconds


@dataclass(frozen=True)
class Queue:
    waiting: int
    running: int
    oldest: timedelta | None


@dataclass(frozen=True)
class Listing:
    """The newest rows of a table, and how many there are."""

    rows: list[Any]
    total: int

    @property
    def more(self) -> bool:
        return self.total > len(self.rows)


@dataclass(frozen=True)
class Part:
    """A section of the page that another app fills: its template sees `part`, what `report` gives."""

    template: str
    report: Callable[[], Any]
    problems: Callable[[], int]


_parts: dict[str, Part] = {}


def add(part: Part) -> None:
    """Show this on the page and count its problems; for `AppConfig.ready`."""
    _parts[part.template] = part


@dataclass(frozen=True)
class Report:
    workers: list[Stat]
    queue: Queue
    tasks: Listing
    mails: Listing
    mails_due: int
    rounds: list[Schedule]
    parts: list[tuple[str, Any]]
    elsewhere: int  # problems of the parts
    now: datetime = field(default_factory=timezone.now)

    @property
    def problems(self) -> int:
        return (not self.workers) + self.tasks.total + self.mails.total + len(self.late) + self.elsewhere

    @property
    def processes(self) -> int:
        return sum(len(worker.workers) for worker in self.workers)

    @property
    def soon(self) -> datetime:
        """Before that something is due: it is run when the scheduler looks next."""
        return self.now + timedelta(minutes=1)

    @property
    def late(self) -> list[Schedule]:
        return [each for each in self.rounds if each.next_run and each.next_run < self.now - OVERDUE]


def report() -> Report:
    now = timezone.now()
    mails = Mail.objects.filter(status=MailStatus.FAILED).select_related("notification__user")
    due = Mail.objects.filter(status__in=[MailStatus.QUEUED, MailStatus.SENDING], due_at__lte=now)
    return Report(
        workers=Stat.get_all(),
        queue=_queue(now),
        tasks=_listing(dead_tasks()),
        mails=_listing(mails),
        mails_due=due.count(),
        rounds=list(Schedule.objects.order_by("next_run")),
        parts=[(part.template, part.report()) for part in _parts.values()],
        elsewhere=_elsewhere(),
        now=now,
    )


def problems() -> int:
    """What the report's `problems` counts, without the report."""
    late = Schedule.objects.filter(next_run__lt=timezone.now() - OVERDUE)
    failed = Mail.objects.filter(status=MailStatus.FAILED)
    counts = [failed.count(), late.count(), dead_tasks().count(), 0 if Stat.get_all() else 1, _elsewhere()]
    return sum(counts)


def _elsewhere() -> int:
    return sum(part.problems() for part in _parts.values())


def dead_tasks() -> Any:
    """Tasks that failed and are not tried again by themselves."""
    return Failure.objects.filter(attempt_count__gte=Conf.MAX_ATTEMPTS).order_by("-stopped")


def run_again(*, task_id: str) -> bool:
    """Queue a dead task once more, with the same arguments; False when somebody did already."""
    with transaction.atomic():
        task = dead_tasks().filter(pk=task_id).first()
        if task is None or not Failure.objects.filter(pk=task_id).delete()[0]:
            return False
        async_task(task.func, *(task.args or ()), task_name=task.name, group=task.group, **(task.kwargs or {}))
    return True


def dismiss(*, task_id: str) -> bool:
    """Forget a dead task: somebody has dealt with it by hand."""
    return bool(dead_tasks().filter(pk=task_id).delete()[0])


def _queue(now: datetime) -> Queue:
    # A waiting row's lock is the moment it was queued, a running one's is when it counts as lost.
    waiting = OrmQ.objects.filter(lock__lte=now)
    oldest = waiting.aggregate(first=Min("lock"))["first"]
    return Queue(waiting.count(), OrmQ.objects.filter(lock__gt=now).count(), now - oldest if oldest else None)


def _listing(rows: Any) -> Listing:
    return Listing(list(rows[:SHOWN]), rows.count())
