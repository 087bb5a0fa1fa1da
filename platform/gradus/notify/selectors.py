"""What a person was told, and how they want to be told."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from gradus import policy
from gradus.accounts.models import User
from gradus.accounts.roles import HELD, Actor, Role
from gradus.notify import topics
from gradus.notify.models import Channel, Notification, NotificationQuerySet, Preference
from gradus.policy.sql import ALL, join

BELL_CAP = 99


def listed(user: User, *, unread_only: bool = False) -> NotificationQuerySet:
    found = Notification.objects.listed_for(user)
    return found.unread() if unread_only else found


def unread_count(user: User) -> str:
    """The bell's number, as it is written: nothing, 1 to 99, or 99+. Never counts further than it shows."""
    count = len(Notification.objects.listed_for(user).unread().order_by().values_list("pk")[: BELL_CAP + 1])
    return f"{BELL_CAP}+" if count > BELL_CAP else str(count or "")


def channels_wanted(users: Collection[User], topic: topics.Topic) -> dict[int, set[Channel]]:
    """Each person's channels for a topic: its defaults, changed by their preferences. One query."""
    defaults = {Channel(name) for name in ("app", "mail") if getattr(topic, name)}
    wanted = {user.pk: set(defaults) for user in users}
    for choice in Preference.objects.filter(user__in=users, topic=topic.name):
        (wanted[choice.user_id].add if choice.wanted else wanted[choice.user_id].discard)(Channel(choice.channel))
    return wanted


def preference_grid(user: User) -> list[tuple[topics.Topic, dict[Channel, bool]]]:
    chosen: dict[str, dict[Channel, bool]] = defaultdict(dict)
    for choice in Preference.objects.filter(user=user):
        chosen[choice.topic][Channel(choice.channel)] = choice.wanted
    return [
        (topic, {Channel.APP: topic.app, Channel.MAIL: topic.mail} | chosen[topic.name])
        for topic in topics.every()
        if topic.concerns(user.roles)
    ]


def about(notification: Notification) -> models.Model | None:
    """The object a notification is about, as it is now."""
    if not notification.about_model:
        return None
    model: Any = apps.get_model(notification.about_model)
    found: models.Model | None = model._base_manager.filter(pk=notification.about_id).first()
    return found


def gone(user: User, listed: Iterable[Notification]) -> set[int]:
    """Those of the listed whose object this person may not view any more, or that is no longer there.

    As when they were told, any role they hold will do. One query for each model, and one for the roles.
    """
    by_model: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for told in listed:
        if told.about_model:
            by_model[told.about_model][told.about_id].append(told.pk)
    roles = _roles(user, set(user.roles)) if by_model else set()
    lost: set[int] = set()
    for label, told_about in by_model.items():
        seen = _viewable(user, roles, apps.get_model(label), told_about)
        lost.update(pk for about_id, pks in told_about.items() if about_id not in seen for pk in pks)
    return lost


def _viewable(user: User, roles: set[Role], model: type[models.Model], keys: Iterable[str]) -> set[str]:
    allowed = join([policy.condition(model, "view", Actor(user, role)) for role in sorted(roles)], every=False)
    found = model._base_manager.filter(pk__in=list(keys))
    if isinstance(allowed, Q):
        found = found.filter(allowed)
    elif allowed is not ALL:
        return set()
    return {str(pk) for pk in found.values_list("pk", flat=True)}


def who_may_view(users: Collection[User], obj: models.Model) -> list[User]:
    """Those who may view the object in some role they hold: what people are told does not depend on today's mode.

    An object no book governs is nobody's to be told about. One query, however many people.
    """
    held: dict[int, set[Role]] = defaultdict(set)
    names = User.groups.through.objects.filter(user__in=users, group__name__in=HELD)
    for user_id, name in names.values_list("user_id", "group__name"):
        held[user_id].add(Role(name))
    return [user for user in users if any(_decides(user, role, obj) for role in sorted(_roles(user, held[user.pk])))]


def _roles(user: User, held: set[Role]) -> set[Role]:
    return held | {Role.ADMIN} if user.is_superuser else held or {Role.GUEST}


def _decides(user: User, role: Role, obj: models.Model) -> bool:
    return policy.decide(Actor(user, role), "view", obj).allowed
