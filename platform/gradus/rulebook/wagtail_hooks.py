"""The administrators' part of the back office about rules."""

from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from gradus.accounts import sections
from gradus.accounts.roles import Role
from gradus.rulebook.books import urls as books
from gradus.rulebook.books.access import BookPolicy
from gradus.rulebook.books.viewset import BookViewSet, review_instead_of_publish
from gradus.rulebook.models import BookDraft

sections.own("rules/", [Role.ADMIN])
sections.own("editing-sessions/", [Role.EDITOR, Role.ADMIN])  # Wagtail's: who else has the same thing open
register_permission_policy(BookDraft, BookPolicy(BookDraft))
register_snippet(BookViewSet)
hooks.register("construct_snippet_action_menu", review_instead_of_publish)


@hooks.register("register_admin_urls")
def book_urls() -> list[URLPattern]:
    return books.urlpatterns


@hooks.register("register_admin_menu_item")
def books_menu_item() -> MenuItem:
    return MenuItem(_("Rules"), reverse("wagtailsnippets_rulebook_bookdraft:list"), icon_name="list-ul", order=700)
