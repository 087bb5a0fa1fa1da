"""A site comes into being once, and keeps its shape."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Page, Site

from cms.catalog.models import CourseIndexPage, CoursePage, LessonPage
from cms.site.models import HomePage, StandardPage
from cms.site.services import Pages, ensure_site, move_site
from tests.cms.conftest import MakeCourse, MakeLesson


def test_making_the_site_twice_changes_nothing(site: Pages) -> None:
    before = Page.objects.count()
    assert ensure_site() == site
    assert Page.objects.count() == before
    assert Site.objects.get(is_default_site=True).root_page_id == site.home.pk


def test_there_is_one_home_and_one_catalogue(site: Pages) -> None:
    root = Page.get_first_root_node()
    assert not HomePage.can_create_at(root)
    assert not CourseIndexPage.can_create_at(site.home)


def test_pages_go_only_where_they_belong(site: Pages, make_course: MakeCourse, make_lesson: MakeLesson) -> None:
    course = make_course()
    lesson = make_lesson(course)
    assert CoursePage.can_create_at(site.courses)
    assert LessonPage.can_create_at(course)
    assert not LessonPage.can_create_at(site.courses)
    assert not CoursePage.can_create_at(site.home)
    assert not any(model.can_create_at(lesson) for model in (LessonPage, CoursePage, StandardPage))


def test_two_lessons_of_a_course_cannot_share_an_address(make_course: MakeCourse, make_lesson: MakeLesson) -> None:
    course = make_course()
    make_lesson(course, "One", slug="one")
    with pytest.raises(ValidationError):
        make_lesson(course, "Another", slug="one")


@pytest.mark.parametrize(
    ("written", "followed"), [(("127.0.0.1", 8000), True), (("localhost", 80), True), (("school.example", 443), False)]
)
def test_the_site_follows_its_address_until_somebody_gives_it_a_host(
    site: Pages, written: tuple[str, int], followed: bool
) -> None:
    Site.objects.update(hostname=written[0], port=written[1])
    move_site("http://127.0.0.1:8291")
    assert Site.objects.values_list("hostname", "port").get() == (("127.0.0.1", 8291) if followed else written)
    assert site.home.full_url.startswith("http://127.0.0.1:8291/") == followed
