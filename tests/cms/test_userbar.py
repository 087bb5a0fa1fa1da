"""Wagtail's bar is for those who work on pages: nobody else pays for asking whether they may."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.site.services import ensure_site


@pytest.mark.django_db
@pytest.mark.parametrize(("fixture", "shown"), [("editor", True), ("student", False)])
def test_only_the_team_sees_the_bar(
    request: pytest.FixtureRequest, client: Client, fixture: str, *, shown: bool
) -> None:
    ensure_site()
    client.force_login(request.getfixturevalue(fixture))
    with CaptureQueriesContext(connection) as queries:
        content = client.get("/").content.decode()
    assert ("<wagtail-userbar" in content) is shown
    assert any("auth_permission" in query["sql"] for query in queries) is shown
