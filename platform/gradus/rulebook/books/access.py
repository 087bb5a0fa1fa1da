"""Books are the administrators' work: who may write them is no matter of groups' permissions, or of rules."""

from typing import Any

from wagtail.permission_policies.base import BasePermissionPolicy, ModelPermissionPolicy

from gradus.accounts.models import User
from gradus.accounts.roles import Role

OFFERED = frozenset({"add", "change", "view", "publish", "lock", "unlock"})


class BookPolicy(BasePermissionPolicy):
    """No deleting: a book is taken back by what it says, or by its file."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in OFFERED and getattr(user, "acting_role", None) is Role.ADMIN

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def users_with_any_permission(self, actions: Any) -> Any:
        allowed = OFFERED & set(actions)
        admins = User.objects.filter(is_active=True, groups__name=Role.ADMIN.value)
        return admins if allowed else User.objects.none()


class WorkflowPolicy(ModelPermissionPolicy):
    """Who reviews books is the administrators' to say; for others it is what their groups are given, as in Wagtail."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return getattr(user, "acting_role", None) is Role.ADMIN or super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)
