"""Every part of the back office is somebody's work, and only theirs; what nobody registered is nobody's."""

import re

import pytest
from django.core.management import call_command
from django.http import HttpRequest
from django.test import RequestFactory

from cms.catalog.models import Topic
from gradus.accounts.models import User
from gradus.accounts.roles import STAFF, Role
from gradus.accounts.sections import owners_of
from tests.addresses import routes
from tests.conftest import MakePerson
from tests.platform.accounts.conftest import Browse

OPEN = ("login/", "logout/", "password_reset/", "sprite/", "jsi18n/", "^.*/$")
EDITORS = ["/admin/snippets/", "/admin/snippets/catalog/topic/", "/admin/snippets/catalog/topic/add/"]
EDITORS += ["/admin/snippets/catalog/video/", "/admin/reports/lesson-media/", "/admin/reports/workflow/"]
EDITORS += ["/admin/bulk/catalog/topic/delete/?id=1", "/admin/settings/site/anything/"]


def _sections() -> list[str]:
    """The fixed beginnings of all addresses of the back office, as a path would show them."""
    found = {route.removeprefix("admin/") for route, _pattern in routes() if route.startswith("admin/")}
    return sorted(re.sub(r"\^|<[^>]+>", "1", section) for section in found if not section.startswith(OPEN))


def test_every_address_of_the_back_office_has_an_owner() -> None:
    assert len(_sections()) > 100
    assert [section for section in _sections() if not owners_of(section)] == []


def test_what_nobody_registered_is_nobodys() -> None:
    assert owners_of("nobodys/1/") == frozenset()
    assert owners_of("requests/1/") == STAFF  # registered by its workbench


@pytest.mark.parametrize("address", EDITORS)
def test_an_editor_who_acts_as_instructor_does_no_editors_work(
    make_person: MakePerson, browse: Browse, address: str
) -> None:
    client = browse(make_person("Bo", Role.EDITOR, Role.INSTRUCTOR))
    assert client.get(address).status_code == 403
    client.post("/people/mode/", {"role": "editor"})
    assert client.get(address).status_code != 403


def test_nor_makes_a_topic(make_person: MakePerson, browse: Browse) -> None:
    call_command("ensure_site", verbosity=0)
    client = browse(make_person("Bo", Role.EDITOR, Role.INSTRUCTOR))
    form = {"name": "Sales", "slug": "sales", "description": ""}
    for role, made in (("instructor", False), ("editor", True)):
        client.post("/people/mode/", {"role": role})
        client.post("/admin/snippets/catalog/topic/add/", form)
        assert Topic.objects.filter(slug="sales").exists() is made


def test_people_are_the_administrators_in_bulk_too(make_person: MakePerson, browse: Browse, student: User) -> None:
    client = browse(make_person("Bo", Role.EDITOR, Role.ADMIN))
    client.post("/people/mode/", {"role": "editor"})
    address = f"/admin/bulk/accounts/user/set_active_state/?id={student.pk}&next=/admin/users/"
    assert client.post(address, {"mark_as_active": "False"}).status_code == 403


def test_the_menu_shows_what_may_be_entered(make_person: MakePerson) -> None:
    from wagtail.admin.menu import reports_menu

    both = make_person("Bo", Role.EDITOR, Role.INSTRUCTOR)
    request: HttpRequest = RequestFactory().get("/admin/")
    request.user = both
    for role, shown in ((Role.INSTRUCTOR, False), (Role.EDITOR, True)):
        both.act_as = role
        assert bool(reports_menu.menu_items_for_request(request)) is shown
