"""What the groups that are roles may do in Wagtail: little, and nothing more."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import GroupCollectionPermission, GroupPagePermission

from gradus.accounts.roles import HELD

pytestmark = pytest.mark.django_db

ACCESS = "wagtailadmin.access_admin"
ADMINS = {f"accounts.{action}_user" for action in ("add", "change")}
ADMINS |= {
    f"{model}"
    for action in ("add", "change", "delete")
    for model in (f"auth.{action}_group", f"wagtailcore.{action}_site")
}
EDITORS = {f"wagtailredirects.{action}_redirect" for action in ("add", "change", "delete")}


def _permissions(role: str) -> set[str]:
    found = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in found}


def test_there_is_a_group_for_each_role_and_no_other() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {role.value for role in HELD}


def test_who_holds_which_permission() -> None:
    # Editors also get those of the snippets that the catalogue adds for them.
    assert _permissions("student") == set()
    assert _permissions("instructor") == _permissions("analyst") == {ACCESS}
    assert _permissions("admin") == {ACCESS} | ADMINS
    assert {ACCESS} | EDITORS <= _permissions("editor")
    assert not _permissions("editor") & ADMINS


def test_pages_and_files_are_the_editors_alone() -> None:
    assert set(GroupPagePermission.objects.values_list("group__name", flat=True)) == {"editor"}
    assert set(GroupCollectionPermission.objects.values_list("group__name", flat=True)) == {"editor"}
