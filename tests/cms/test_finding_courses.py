"""Finding courses by words, topic and level; and what finding must not give away."""

import pytest
from django.test import Client

from cms.catalog.models import CoursePage, Topic
from cms.catalog.models.courses import RESULTS_ID
from tests.cms.conftest import MakeCourse, MakeLesson


def found(client: Client, **query: str) -> list[str]:
    page = client.get("/courses/", query)
    assert page.status_code == 200
    return [course.title for course in page.context["courses"]]


@pytest.fixture
def sales(db: None) -> Topic:
    return Topic.objects.create(name="Sales", slug="sales")


def test_without_wishes_all_published_courses_are_shown(client: Client, make_course: MakeCourse) -> None:
    make_course("Beta")
    make_course("Alpha")
    make_course("Draft", live=False)
    assert found(client) == ["Beta", "Alpha"]


def test_topic_level_and_words_narrow_together(client: Client, make_course: MakeCourse, sales: Topic) -> None:
    make_course("Negotiating fees", topics=[sales], level="expert")
    make_course("Negotiating scope", topics=[sales])
    make_course("Negotiating alone", level="expert")
    assert found(client, topic="sales") == ["Negotiating fees", "Negotiating scope"]
    assert found(client, topic="sales", level="expert") == ["Negotiating fees"]
    assert found(client, q="negotiating", topic="sales", level="expert") == ["Negotiating fees"]
    assert found(client, q="scope fees") == []


def test_a_title_matches_better_than_a_lesson(client: Client, make_course: MakeCourse, make_lesson: MakeLesson) -> None:
    other = make_course("Running workshops")
    make_lesson(other, "Warm up", text="A word about retainers, once.")
    make_course("Retainers", summary="Retainers that last.")
    assert found(client, q="retainers") == ["Retainers", "Running workshops"]


def test_words_of_a_locked_lesson_find_its_course_and_show_nothing_of_it(
    client: Client, make_course: MakeCourse, make_lesson: MakeLesson
) -> None:
    make_lesson(make_course("Pricing"), "Anchors", text="The secret number is seventeen elephants.")
    assert found(client, q="elephants") == ["Pricing"]
    html = client.get("/courses/", {"q": "elephants"}).content.decode()
    assert "seventeen" not in html
    assert "Anchors" not in html


def test_words_of_drafts_and_unpublished_lessons_find_nothing(
    client: Client, make_course: MakeCourse, make_lesson: MakeLesson
) -> None:
    course = make_course("Pricing")
    lesson = make_lesson(course, text="elephants", live=False)
    assert found(client, q="elephants") == []
    lesson.save_revision().publish()
    assert found(client, q="elephants") == ["Pricing"]
    lesson.refresh_from_db()
    lesson.unpublish()
    assert found(client, q="elephants") == []


def test_a_moved_lesson_is_found_in_its_new_course(
    client: Client, make_course: MakeCourse, make_lesson: MakeLesson
) -> None:
    old, new = make_course("Old"), make_course("New")
    make_lesson(old, text="elephants").move(new, pos="last-child")
    assert found(client, q="elephants") == ["New"]


@pytest.mark.parametrize("words", ['"', "*", "a:b", "(", "AND", "'; --", "%", "\0", "x" * 500, "naïve café", "-scope"])
def test_any_words_are_answered(client: Client, make_course: MakeCourse, words: str) -> None:
    make_course()
    assert client.get("/courses/", {"q": words}).status_code == 200


@pytest.mark.parametrize("query", [{"topic": "nothing"}, {"level": "nothing"}])
def test_unknown_wishes_find_nothing_and_offer_everything(
    client: Client, make_course: MakeCourse, query: dict[str, str]
) -> None:
    make_course()
    page = client.get("/courses/", query).content.decode()
    assert "No course matches" in page
    assert "Show all courses" in page


def test_an_empty_catalogue_says_so(client: Client, catalogue: object) -> None:
    assert "No courses yet" in client.get("/courses/").content.decode()


@pytest.mark.parametrize("words", ["", "steps"])
def test_many_courses_are_paged_and_wishes_kept(client: Client, make_course: MakeCourse, words: str) -> None:
    for number in range(13):
        make_course(f"Steps {number}")
    first = client.get("/courses/", {"q": words})
    assert len(first.context["courses"]) == 12
    assert "13 courses" in first.content.decode()
    assert "page=2" in first.content.decode()
    assert len(found(client, q=words, page="2")) == 1
    assert found(client, q=words, page="nonsense") == [course.title for course in first.context["courses"]]


def test_htmx_gets_the_results_alone_and_everybody_else_the_page(client: Client, make_course: MakeCourse) -> None:
    make_course()
    part = client.get("/courses/", headers={"HX-Request": "true", "HX-Target": f"section#{RESULTS_ID}"})
    whole = client.get("/courses/")
    assert "<html" not in part.content.decode()
    assert f'id="{RESULTS_ID}"' in part.content.decode()
    assert f'id="{RESULTS_ID}"' in whole.content.decode()
    assert "HX-Target" in part["Vary"]
    assert "HX-Target" in whole["Vary"]


def test_narrowed_catalogues_stay_out_of_search_engines(client: Client, make_course: MakeCourse) -> None:
    make_course()
    assert "noindex" not in client.get("/courses/").content.decode()
    assert "noindex" in client.get("/courses/", {"q": "pricing"}).content.decode()


def test_a_course_knows_the_words_of_its_published_lessons(make_course: MakeCourse, make_lesson: MakeLesson) -> None:
    course = make_course()
    make_lesson(course, "One", text="<b>bold</b> words")
    text = CoursePage.objects.get(pk=course.pk).lesson_text()
    assert "bold" in text
    assert "<b>" not in text
