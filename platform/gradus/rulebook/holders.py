"""Who holds a role, for questions about everybody who does."""

from collections.abc import Collection
from functools import cached_property

from django.db.models import Q, QuerySet

from gradus.accounts.models import User
from gradus.accounts.roles import HELD, Role

SAMPLE = 25


class Holders:
    """The active people who may act in a role. Guests are people without a role, and whoever is not signed in."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self._samples: dict[tuple[int, ...], list[User]] = {}

    @cached_property
    def people(self) -> QuerySet[User]:
        active = User.objects.filter(is_active=True).order_by("pk")
        if self.role is Role.SYSTEM:
            return active.none()
        if self.role is Role.GUEST:
            return active.filter(is_superuser=False).exclude(groups__name__in=[role.value for role in HELD])
        held = Q(pk__in=User.groups.through.objects.filter(group__name=self.role.value).values("user_id"))
        return active.filter(held | Q(is_superuser=True) if self.role is Role.ADMIN else held)

    @property
    def nobody(self) -> bool:
        """Whether somebody acts in it who is no person of ours."""
        return self.role in {Role.GUEST, Role.SYSTEM}

    @cached_property
    def keys(self) -> QuerySet[User, int]:
        """Always the same, so that the same question is known to be the same."""
        return self.people.order_by().values_list("pk", flat=True)

    @cached_property
    def count(self) -> int:
        return self.people.count()

    @property
    def too_many(self) -> bool:
        """Whether only some of them can be asked one by one."""
        return self.count > SAMPLE

    @cached_property
    def _spread(self) -> list[int]:
        keys = list(self.people.values_list("pk", flat=True))
        return keys if len(keys) <= SAMPLE else [keys[number * len(keys) // SAMPLE] for number in range(SAMPLE)]

    def sample(self, named: Collection[int] = ()) -> list[User]:
        """All of them, or some: half of these those named, the rest spread evenly from the oldest account on."""
        first = list(dict.fromkeys(named))[: (SAMPLE + 1) // 2] if self.too_many else []
        chosen = tuple(dict.fromkeys([*first, *self._spread]))[:SAMPLE]
        if chosen not in self._samples:
            self._samples[chosen] = list(User.objects.filter(pk__in=chosen).order_by("pk"))
            for person in self._samples[chosen]:
                person.act_as = None if self.role is Role.GUEST else self.role
        return self._samples[chosen]

    @cached_property
    def _first(self) -> list[int]:
        return list(self.people.values_list("pk", flat=True)[:SAMPLE])

    def other_than(self, named: Collection[int]) -> int | None:
        """One of them who is none of these."""
        found = next((key for key in self._first if key not in named), None)
        return found or self.people.exclude(pk__in=named).values_list("pk", flat=True).first()
