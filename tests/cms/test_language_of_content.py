"""What editors write stays in their language, whatever language the frame around it has."""

import pytest
from django.test import Client
from wagtail.models import Page

from cms.site.services import Pages
from tests.cms.conftest import MakeCourse, MakeLesson

GERMAN = {"Accept-Language": "de"}


@pytest.fixture
def pages(site: Pages, make_course: MakeCourse, make_lesson: MakeLesson) -> list[Page]:
    course = make_course("Pricing", outcomes=[("outcome", "You name a price.")])
    return [site.home, site.courses, course, make_lesson(course, "Scope", text="Scope first.", is_preview=True)]


def test_a_german_reader_is_told_that_pages_are_in_english(client: Client, pages: list[Page]) -> None:
    for page in pages:
        shown = client.get(page.url, headers=GERMAN).content.decode()
        assert '<html lang="de"' in shown
        assert f' lang="en">{page.title}</h1>' in shown
    assert '<div class="g-prose" lang="en">' in shown
    assert ' lang="en">Scope</a>' in client.get(pages[2].url, headers=GERMAN).content.decode()


def test_an_english_reader_need_not_be_told(client: Client, pages: list[Page]) -> None:
    for page in pages:
        assert client.get(page.url).content.decode().count('lang="en"') == 1
