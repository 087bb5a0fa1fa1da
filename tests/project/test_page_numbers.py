"""A page number that is none gives the nearest page, or 404 in Wagtail's choosers: never an error of ours."""

import pytest
from django.test import Client

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.cms.conftest import private_files
from tests.everything import make_everything

__all__ = ["private_files"]
pytestmark = pytest.mark.django_db

NUMBERS = ("-1", "0", "999999", "9" * 400, "abc", "1.5", "%00", "", "last")
LISTS = {
    "admin": ["/admin/requests/?scope=all", "/admin/requests/results/", "/admin/users/", "/admin/users/results/",
              "/admin/groups/", "/admin/analytics/", "/requests/", "/steps/requests.request/", "/notifications/"],
    "editor": ["/admin/pages/", "/admin/pages/search/?q=a", "/admin/images/", "/admin/documents/", "/admin/redirects/",
               "/admin/collections/", "/admin/reports/site-history/", "/admin/reports/aging-pages/", "/courses/"],
}  # fmt: skip
CHOOSERS = ["/admin/images/chooser/", "/admin/documents/chooser/", "/admin/choose-page/"]


@pytest.mark.parametrize("role", LISTS)
def test_a_list_shows_the_nearest_page(role: str) -> None:
    User.objects.bulk_create(User(email=f"crowd{n}@example.com", display_name=f"Crowd {n}") for n in range(60))
    everything = make_everything()
    client = Client(raise_request_exception=False)
    client.force_login(everything.people[role], "django.contrib.auth.backends.ModelBackend")
    wrong = []
    for address in LISTS[role]:
        for number in NUMBERS:
            # Wagtail's lists read one of these names and ours the other; neither minds what it does not read.
            url = f"{address}{'&' if '?' in address else '?'}p={number}&page={number}"
            status = client.get(url).status_code
            wrong += [f"{url[:80]}: {status}"] if status != 200 else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("address", CHOOSERS)
def test_a_chooser_says_that_there_is_no_such_page(address: str) -> None:
    client = Client(raise_request_exception=False)
    editor = make_everything().people[Role.EDITOR.value]
    client.force_login(editor, "django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 200
    assert {client.get(f"{address}?p={number}").status_code for number in NUMBERS} <= {200, 404}
