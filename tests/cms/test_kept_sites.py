"""Which site an address belongs to is remembered for a moment, and forgotten when a site changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Site

from cms.site import routing
from tests.cms.conftest import MakeCourse


@pytest.fixture(autouse=True)
def keeping(settings: Any) -> Any:
    settings.SITE_SECONDS = 3600
    routing.forget_sites()
    yield
    routing.forget_sites()


def test_it_is_asked_once(
    client: Client, make_course: MakeCourse, django_assert_num_queries: Callable[..., Any], settings: Any
) -> None:
    url = make_course("Pricing").url
    client.get(url)
    with django_assert_num_queries(0):
        routing._site("testserver", "80", routing.lapse())
    assert client.get(url).status_code == 200


def test_a_change_shows_at_once_where_it_was_made(client: Client, make_course: MakeCourse) -> None:
    course = make_course("Pricing")
    assert client.get(course.url).status_code == 200
    site = Site.objects.get()
    site.root_page = course.get_parent()
    site.save()
    assert client.get(f"/{course.slug}/").status_code == 200


def test_no_request_finds_what_another_noted_on_the_home_page(client: Client, make_course: MakeCourse) -> None:
    make_course("Pricing")
    seen = []
    for _each in range(2):
        site = client.get("/").wsgi_request._wagtail_site  # type: ignore[attr-defined]
        seen.append(site.root_page)
    assert seen[0] == seen[1]
    assert seen[0] is not seen[1]
