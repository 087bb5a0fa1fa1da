"""The Wagtail admin shows each role its own work and nothing else."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.sections import may_enter, section_of
from gradus.accounts.services import keep_an_admin


@hooks.register("construct_main_menu")
@hooks.register("construct_settings_menu")
@hooks.register("construct_reports_menu")
def hide_what_others_do(request: HttpRequest, items: list[MenuItem]) -> None:
    items[:] = [item for item in items if item.url == "#" or may_enter(_person(request), section_of(item.url))]


@hooks.register("construct_help_menu")
def keep_help_for_editors(request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's guides are about its editor."""
    if _person(request).acting_role is not Role.EDITOR:
        items.clear()


@hooks.register("construct_homepage_panels", order=-100)
def keep_page_panels_for_editors(request: HttpRequest, panels: list[Any]) -> None:
    """Before other apps add theirs: Wagtail's own panels are all about pages."""
    if not may_enter(_person(request), "pages/"):
        panels.clear()


@hooks.register("construct_homepage_summary_items", order=100)
def keep_summary_for_editors(request: HttpRequest, items: list[Any]) -> None:
    if not may_enter(_person(request), "pages/"):
        items[:] = [item for item in items if not type(item).__module__.startswith("wagtail.")]


@hooks.register("before_edit_user")
def protect_superuser(request: HttpRequest, chosen: User) -> None:
    """Whoever could change a superuser's address could become one."""
    if chosen.is_superuser and not _person(request).is_superuser:
        raise PermissionDenied(_("Only a superuser may change superusers."))


@hooks.register("before_bulk_action")
def protect_superusers(request: HttpRequest, action: str, objects: list[Any], view: object) -> None:
    for chosen in objects:
        if isinstance(chosen, User):
            protect_superuser(request, chosen)


@hooks.register("before_bulk_action")
def keep_an_administrator(request: HttpRequest, action: str, objects: list[Any], view: Any) -> HttpResponse | None:
    """Wagtail asks this in the transaction of the action itself."""
    leaving = [chosen.pk for chosen in objects if isinstance(chosen, User)]
    switched_on = action == "set_active_state" and view.cleaned_form.cleaned_data["mark_as_active"]
    if not leaving or action not in {"set_active_state", "delete"} or switched_on:
        return None
    try:
        keep_an_admin(without=leaving)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(view.next_url)
    return None


def _person(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]  # Wagtail asks signed-in people only
