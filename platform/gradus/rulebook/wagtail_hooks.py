"""Puts rules into the admin, for administrators: pages that show them, and books that are written and published."""

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.models import Task, Workflow
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from gradus.accounts import sections
from gradus.accounts.roles import Role
from gradus.accounts.sections import may_enter
from gradus.core.home import Tile
from gradus.rulebook.books import urls as books
from gradus.rulebook.books.access import BookPolicy, WorkflowPolicy
from gradus.rulebook.books.moderation import to_review
from gradus.rulebook.books.viewset import BookViewSet, review_instead_of_publish
from gradus.rulebook.crossing import urls as crossing
from gradus.rulebook.models import BookDraft
from gradus.rulebook.seeing import urls

sections.own("rules/", [Role.ADMIN])
sections.own("editing-sessions/", [Role.EDITOR, Role.ADMIN])  # Wagtail's: who else has the same thing open
sections.own("workflows/", [Role.EDITOR, Role.ADMIN])  # who reviews books
register_permission_policy(BookDraft, BookPolicy(BookDraft))
for _model in (Workflow, Task):
    register_permission_policy(_model, WorkflowPolicy(_model))
register_snippet(BookViewSet)
hooks.register("construct_snippet_action_menu", review_instead_of_publish)

RULES = Menu(register_hook_name="register_rules_menu_item")


class RulesMenu(SubmenuMenuItem):
    def is_shown(self, request: object) -> bool:
        return may_enter(request.user, "rules/")  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    return [*books.urlpatterns, *crossing.urlpatterns, *urls.urlpatterns]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return RulesMenu(_("Rules"), RULES, name="rules", icon_name="key", order=400)


@hooks.register("register_rules_menu_item")
def written() -> MenuItem:
    url = reverse_lazy("wagtailsnippets_rulebook_bookdraft:list")
    return MenuItem(_("Books"), url, name="rules-books", icon_name="edit", order=50)


@hooks.register("register_rules_menu_item")
def processes() -> MenuItem:
    return MenuItem(_("Processes"), reverse_lazy("rules"), name="rules-processes", icon_name="list-ul", order=100)


@hooks.register("register_rules_menu_item")
def person() -> MenuItem:
    return MenuItem(_("For a person"), reverse_lazy("rules_person"), name="rules-person", icon_name="user", order=200)


@hooks.register("register_rules_menu_item")
def why() -> MenuItem:
    return MenuItem(_("Why?"), reverse_lazy("rules_why"), name="rules-why", icon_name="help", order=300)


@hooks.register("register_rules_menu_item")
def moderation() -> MenuItem:
    url = reverse_lazy("rulebook_moderation")
    return MenuItem(_("Moderation"), url, name="rules-moderation", icon_name="tasks", order=350)


@hooks.register("gradus_home_tiles")
def books_to_review(request: HttpRequest) -> list[Tile]:
    if not may_enter(request.user, "rules/"):  # type: ignore[arg-type]
        return []
    found = to_review(request.user).count()
    note = ngettext("book waits for you.", "books wait for you.", found)
    return (
        [Tile(_("Rules"), f"{reverse('rulebook_moderation')}?reviewable=true", str(found), note, 60)] if found else []
    )


@hooks.register("register_rules_menu_item")
def history() -> MenuItem:
    return MenuItem(
        _("History"), reverse_lazy("rulebook_history"), name="rules-history", icon_name="history", order=400
    )
