"""How long things stay in a state, and where they now stay too long.

The usual time in a state is the median over finished stays: those that somebody ended within the last 90 days by a
transition that led out of it, from the moment the state was reached (a transition that leaves the state does not end a
stay). It is read from history and from a bounded sample: the newest 1,000 records of each transition, so its cost does
not grow with the table. Where a transition has more, only stays that ended since the oldest of its sample count,
whatever ended them: no way out of a state is counted longer than another.

A state stands out when the median age of what is in it now is more than twice its usual time, which is to say: when
more than half of them have been there longer than that. That, and how many there are, is one aggregate over the table.
Of fewer than five finished stays nobody can say what is usual: no state stands out by them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, OuterRef, Q, Subquery

from gradus.flow.models import TransitionRecord
from gradus.flow.shapes import Machine, Move
from gradus.policy.books import Book
from gradus.rulebook.seeing import processes

WINDOW = timedelta(days=90)
SAMPLE = 1_000
TOO_LONG = 2
ENOUGH = 5
Left = tuple[str, datetime, datetime | None]  # the state, when it was left, when it had been reached


@dataclass(frozen=True, slots=True)
class Standing:
    """One state now: how many are in it, the usual seconds over so many stays, and how many are over twice that."""

    number: int = 0
    usual: float | None = None
    stays: int = 0
    late: int = 0

    @property
    def stands_out(self) -> bool:
        return self.stays >= ENOUGH and 2 * self.late > self.number


def standings(book: Book, its: Machine, now: datetime) -> dict[str, Standing]:
    """Every state of the machine, by name."""
    usual = usual_stays(its, now)
    late = Q(pk__in=())
    for state, lengths in usual.items():
        late |= Q(state=state, state_since__lt=now - timedelta(seconds=TOO_LONG * median(lengths)))
    rows = processes.rows_of(book).order_by().values("state")
    counts = {row["state"]: row for row in rows.annotate(number=Count("pk"), late=Count("pk", filter=late))}
    return {state: _standing(counts.get(state), usual.get(state, [])) for state in its.states}


def _standing(row: dict[str, int] | None, lengths: list[float]) -> Standing:
    usual = median(lengths) if lengths else None
    return Standing(row["number"] if row else 0, usual, len(lengths), row["late"] if row else 0)


def usual_stays(its: Machine, now: datetime) -> dict[str, list[float]]:
    """Seconds of the finished stays of the sample, by state; states nobody left in that time are left out."""
    ways = [move for move in its.moves.values() if move.target and not move.only_creates]
    found = {move.name: _left_by(its, move, now) for move in ways}
    lengths: dict[str, list[float]] = {}
    for state in its.states:
        out = [found[move.name] for move in ways if state in move.sources]
        since = max((left[-1][1] for left in out if len(left) == SAMPLE), default=None)
        spans = _spans(state, (each for left in out for each in left if since is None or each[1] >= since))
        lengths |= {state: spans} if spans else {}
    return lengths


def _spans(state: str, left: Iterable[Left]) -> list[float]:
    return [(at - reached).total_seconds() for source, at, reached in left if source == state and reached is not None]


def _left_by(its: Machine, move: Move, now: datetime) -> list[Left]:
    """The newest stays that this transition ended."""
    before = TransitionRecord.objects.done().filter(
        content_type=OuterRef("content_type"), object_id=OuterRef("object_id"), version__lt=OuterRef("version")
    )
    reached = before.filter(target=OuterRef("source")).exclude(source=F("target")).order_by("-version").values("at")[:1]
    records = TransitionRecord.objects.done().filter(
        content_type=ContentType.objects.get_for_model(its.model),
        transition=move.name,
        process=its.process,
        at__range=(now - WINDOW, now),
    )
    ended = records.exclude(source=F("target")).exclude(source="").order_by("-at")
    return list(ended.values_list("source", "at", Subquery(reached))[:SAMPLE])
