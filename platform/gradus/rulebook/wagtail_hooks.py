"""Puts the pages about rules into the admin, for administrators."""

from django.urls import URLPattern, URLResolver, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from gradus.accounts import sections
from gradus.accounts.roles import Role
from gradus.accounts.sections import may_enter
from gradus.rulebook.seeing import urls

sections.own("rules/", [Role.ADMIN])

RULES = Menu(register_hook_name="register_rules_menu_item")


class RulesMenu(SubmenuMenuItem):
    def is_shown(self, request: object) -> bool:
        return may_enter(request.user, "rules/")  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    return [*urls.urlpatterns]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return RulesMenu(_("Rules"), RULES, name="rules", icon_name="key", order=400)


@hooks.register("register_rules_menu_item")
def processes() -> MenuItem:
    return MenuItem(_("Processes"), reverse_lazy("rules"), name="rules-processes", icon_name="list-ul", order=100)


@hooks.register("register_rules_menu_item")
def person() -> MenuItem:
    return MenuItem(_("For a person"), reverse_lazy("rules_person"), name="rules-person", icon_name="user", order=200)


@hooks.register("register_rules_menu_item")
def why() -> MenuItem:
    return MenuItem(_("Why?"), reverse_lazy("rules_why"), name="rules-why", icon_name="help", order=300)
