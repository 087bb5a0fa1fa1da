"""The Wagtail admin: each role its own work, in the menu and behind it."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem, admin_menu

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.conftest import MakePerson
from tests.platform.accounts.conftest import Browse

pytestmark = pytest.mark.django_db

WAGTAILS = {"explorer", "images", "documents", "redirects", "collections", "users", "groups", "sites", "workflows"}
WAGTAILS |= {"workflow-tasks", "locked-pages", "site-history", "aging-pages", "page-types-usage", "editor-guide"}
PAGES = ["/admin/pages/", "/admin/images/", "/admin/documents/", "/admin/redirects/", "/admin/collections/"]
PAGES += ["/admin/reports/locked/", "/admin/reports/site-history/", "/admin/choose-page/"]
PAGES += ["/admin/snippets/choose/catalog/video/", "/admin/api/main/images/", "/admin/embeds/chooser/"]
PEOPLE = ["/admin/users/", "/admin/groups/", "/admin/sites/", "/admin/users/new/", "/admin/groups/new/"]
EVERYBODYS = ["/admin/", "/admin/account/"]


def _entries(menu: Menu, person: User) -> set[str]:
    request = RequestFactory().get("/admin/")
    request.user = person
    names: set[str] = set()
    for item in menu.menu_items_for_request(request):
        names |= _entries(item.menu, person) if isinstance(item, SubmenuMenuItem) else {_name(item)}
    return names


def _name(item: MenuItem) -> str:
    return str(item.name)


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.INSTRUCTOR, set()),
        (Role.ANALYST, set()),
        (Role.ADMIN, {"users", "groups", "sites", "workflows", "workflow-tasks"}),
        (
            Role.EDITOR,
            {"explorer", "images", "documents", "redirects", "collections", "editor-guide", "locked-pages"}
            | {"site-history", "aging-pages", "workflows", "workflow-tasks", "page-types-usage"},
        ),
    ],
)
def test_each_role_has_the_menu_of_its_work(make_person: MakePerson, role: Role, shown: set[str]) -> None:
    assert _entries(admin_menu, make_person("Pia", role)) & WAGTAILS == shown


def test_somebody_with_two_roles_has_the_menu_of_the_one_acted_in(make_person: MakePerson) -> None:
    both = make_person("Bo", Role.EDITOR, Role.ADMIN)
    both.act_as = Role.EDITOR
    assert "explorer" in _entries(admin_menu, both)
    assert "users" not in _entries(admin_menu, both)
    both.act_as = Role.ADMIN
    assert "explorer" not in _entries(admin_menu, both)
    assert "users" in _entries(admin_menu, both)


@pytest.mark.parametrize("address", PAGES + PEOPLE + EVERYBODYS)
@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ANALYST, Role.EDITOR, Role.ADMIN])
def test_the_views_let_in_whose_work_it_is(make_person: MakePerson, browse: Browse, role: Role, address: str) -> None:
    owner = {**dict.fromkeys(PAGES, Role.EDITOR), **dict.fromkeys(PEOPLE, Role.ADMIN)}.get(address, role)
    assert browse(make_person("Pia", role)).get(address).status_code == (200 if role is owner else 403)


def test_permissions_of_another_role_do_not_help_in_this_one(make_person: MakePerson, browse: Browse) -> None:
    client = browse(make_person("Bo", Role.EDITOR, Role.INSTRUCTOR))
    assert client.get("/admin/pages/").status_code == 403
    client.post("/people/mode/", {"role": "editor"})
    assert client.get("/admin/pages/").status_code == 200


@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/admin/pages/", "/admin/users/"])
def test_students_and_people_without_a_role_are_told_so(
    student: User, outsider: User, browse: Browse, address: str
) -> None:
    for person in (student, outsider):
        answer = browse(person).get(address)
        assert answer.status_code == 403
        assert "g-fault" in answer.content.decode()


def test_staff_who_act_as_students_stay_outside(make_person: MakePerson, browse: Browse) -> None:
    client = browse(make_person("Bo", Role.STUDENT, Role.ADMIN))
    assert client.get("/admin/").status_code == 200
    client.post("/people/mode/", {"role": "student"})
    answer = client.get("/admin/")
    assert answer.status_code == 403
    assert "switch" in answer.content.decode()


def test_signing_out_works_for_everybody(student: User, browse: Browse) -> None:
    assert browse(student).post("/admin/logout/").status_code == 302


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.EDITOR, Role.ANALYST, Role.ADMIN])
def test_emergency_access_is_for_superusers(make_person: MakePerson, browse: Browse, role: Role) -> None:
    person = make_person("Pia", role, is_staff=True)
    assert browse(person).get("/django-admin/", follow=True).status_code == 403


def test_a_superuser_gets_in_everywhere(superuser: User, browse: Browse) -> None:
    client = browse(superuser)
    for address in ["/django-admin/", *PAGES, *PEOPLE]:
        assert client.get(address).status_code == 200, address
    assert client.get("/django-admin/password_change/").headers["Location"] == "/accounts/password/change/"


# Looking after people


def _form(**changed: object) -> dict[str, object]:
    return {"email": "new@example.com", "display_name": "New", "groups": []} | changed


def test_an_administrator_adds_somebody_who_then_sets_a_password(admin: User, browse: Browse) -> None:
    role = Group.objects.get(name="instructor")
    answer = browse(admin).post("/admin/users/new/", _form(groups=[role.pk]))
    assert answer.status_code == 302
    made = User.objects.get(email="new@example.com")
    assert made.roles == {Role.INSTRUCTOR}
    assert not made.has_usable_password()


def test_an_administrator_cannot_make_a_superuser(admin: User, student: User, browse: Browse) -> None:
    client = browse(admin)
    client.post("/admin/users/new/", _form(is_superuser="on"))
    client.post(reverse("wagtailusers_users:edit", args=[student.pk]), _form(is_superuser="on", is_active="on"))
    assert User.objects.filter(email="new@example.com").exists()
    assert not User.objects.filter(is_superuser=True).exists()


def test_an_administrator_switches_somebody_off(admin: User, student: User, browse: Browse) -> None:
    browse(admin).post(reverse("wagtailusers_users:edit", args=[student.pk]), _form(email=student.email))
    student.refresh_from_db()
    assert not student.is_active


def test_nobody_is_deleted(admin: User, student: User, browse: Browse) -> None:
    browse(admin).post(reverse("wagtailusers_users:delete", args=[student.pk]))
    assert User.objects.filter(pk=student.pk).exists()


def test_an_administrator_cannot_take_over_a_superuser(
    admin: User, superuser: User, student: User, browse: Browse
) -> None:
    client = browse(admin)
    for target, changed in ((superuser, False), (student, True)):
        client.post(reverse("wagtailusers_users:edit", args=[target.pk]), _form(display_name="Taken", is_active="on"))
        target.refresh_from_db()
        assert (target.display_name == "Taken") is changed


def test_an_address_is_changed_by_its_person_alone(admin: User, student: User, browse: Browse) -> None:
    """The one they sign in with is allauth's, which asks them to confirm another."""
    client, address = browse(admin), reverse("wagtailusers_users:edit", args=[student.pk])
    assert "confirm the new one" in client.get(address).content.decode()
    client.post(address, _form(email="other@example.com", display_name="Ada L.", is_active="on"))
    student.refresh_from_db()
    assert (student.email, student.display_name) == ("ada@example.com", "Ada L.")


def test_nor_switch_one_off_in_bulk(admin: User, superuser: User, student: User, browse: Browse) -> None:
    client = browse(admin)
    for target, active in ((superuser, True), (student, False)):
        address = f"/admin/bulk/accounts/user/set_active_state/?id={target.pk}&next=/admin/users/"
        client.post(address, {"mark_as_active": "False"})
        target.refresh_from_db()
        assert target.is_active is active


def test_a_role_keeps_its_name_and_stays(superuser: User, browse: Browse) -> None:
    client, role = browse(superuser), Group.objects.get(name="editor")
    client.post(reverse("wagtailusers_groups:edit", args=[role.pk]), {"name": "writers"})
    client.post(reverse("wagtailusers_groups:delete", args=[role.pk]))
    assert Group.objects.filter(pk=role.pk, name="editor").exists()


def test_the_list_of_people_costs_the_same_for_many(admin: User, make_person: MakePerson, browse: Browse) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(client: Client) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/admin/users/").status_code == 200
        return len(queries)

    client = browse(admin)
    client.get("/admin/users/")
    few = count(client)
    for number in range(10):
        make_person(f"P{number}", Role.STUDENT, Role.EDITOR)
    assert count(client) == few
