"""The place where Django asks: `user.has_perm` for people and guests, answered by django-rules' registry."""

from typing import Any

from rules.permissions import ObjectPermissionBackend

from gradus.policy.ruleset import active


class RulesBackend(ObjectPermissionBackend):
    """django-rules' backend, with the books read before the first question."""

    def has_perm(self, user: Any, perm: str, *args: Any, **kwargs: Any) -> bool:
        active()
        return bool(super().has_perm(user, perm, *args, **kwargs))
