"""The demo academy's site, courses and staff, from the files in `fixtures/`. Loading twice changes nothing."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.models import Page

from cms.catalog import markup
from cms.catalog.models import CourseIndexPage, CoursePage, LessonFile, LessonPage, Topic, Video
from cms.site.models import HomePage, StandardPage
from cms.site.services import ensure_site
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import create_person


@dataclass(frozen=True)
class Loaded:
    """What the demo academy has now."""

    people: dict[str, User]
    courses: list[CoursePage]


@transaction.atomic
def load(fixtures: Path, *, password: str | None = None) -> Loaded:
    """Make what is missing; what is there already, edited or not, is left alone."""
    academy = tomllib.loads((fixtures / "academy.toml").read_text("utf-8"))
    people = {person["email"]: _person(person, password) for person in academy["people"]}
    site = ensure_site()
    _name(site.home, site.courses, academy, fixtures)
    for entry in academy["pages"]:
        _standard_page(site.home, entry)
    topics = {slug: _topic(slug, place, entry) for place, (slug, entry) in enumerate(academy["topics"].items())}
    files = sorted((fixtures / "courses").glob("*.md"))
    texts = [markup.parse_course(file.read_text("utf-8")) for file in files]
    return Loaded(people, [_course(site.courses, text, topics, people, fixtures) for text in texts])


def _person(entry: dict[str, Any], password: str | None) -> User:
    found = User.objects.filter(email__iexact=entry["email"]).first()
    return found or create_person(
        email=entry["email"],
        display_name=entry["name"],
        time_zone=entry["time_zone"],
        roles=[Role(role) for role in entry["roles"]],
        password=password,
    )


def _name(home: HomePage, courses: Page, academy: dict[str, Any], fixtures: Path) -> None:
    if not home.lead:
        home.title, home.lead = academy["home"]["title"], academy["home"]["lead"]
        home.share_image = _image(fixtures, academy["home"]["share"])
        home.save_revision().publish()
    if isinstance(courses, CourseIndexPage) and not courses.lead:
        courses.title, courses.lead = academy["courses"]["title"], academy["courses"]["lead"]
        courses.save_revision().publish()


def _standard_page(home: HomePage, entry: dict[str, Any]) -> None:
    if not home.get_children().filter(slug=entry["slug"]).exists():
        body = list(markup.blocks(entry["body"]))
        page = StandardPage(title=entry["title"], slug=entry["slug"], lead=entry["lead"], body=body)
        _publish(home, page)


def _topic(slug: str, place: int, entry: dict[str, str]) -> Topic:
    topic, _made = Topic.objects.get_or_create(slug=slug, defaults={**entry, "sort_order": place})
    return topic


def _image(fixtures: Path, name: str, shows: str = "") -> Any:
    model = get_image_model()
    title = Path(name).stem.replace("-", " ").capitalize()
    found = model.objects.filter(title=title).first()
    if found is not None:
        return found
    with (fixtures / "images" / name).open("rb") as file:
        image = model(title=title, description=shows or f"Steps, drawn for “{title}”", file=File(file, name=name))
        image.save()
    return image


def _course(
    index: Page, text: markup.CourseText, topics: dict[str, Topic], people: dict[str, User], fixtures: Path
) -> CoursePage:
    about = text.about
    found: CoursePage | None = CoursePage.objects.child_of(index).filter(slug=about["slug"]).first()
    if found is not None:
        return found
    plain = {name: about[name] for name in ("title", "slug", "summary", "level")}
    outcomes = [("outcome", outcome) for outcome in about["outcomes"]]
    course = CoursePage(**plain, outcomes=outcomes, about=text.introduction, cover=_image(fixtures, about["cover"]))
    course.topics = [topics[slug] for slug in about["topics"]]
    course.instructors = [people[email] for email in about["instructors"]]
    _publish(index, course)
    for lesson in text.lessons:
        _lesson(course, lesson, fixtures)
    return course


def _lesson(course: CoursePage, text: markup.LessonText, fixtures: Path) -> None:
    body = [_block(fixtures, kind, value) for kind, value in text.body]
    if text.video:
        body.insert(0, _video_block(fixtures, text.video))
    lesson = LessonPage(title=text.title, summary=text.summary, is_preview=text.is_preview, body=body)
    _publish(course, lesson)


def _block(fixtures: Path, kind: str, value: Any) -> markup.Block:
    """The block with the image or file its text names."""
    if kind == "image":
        image = _image(fixtures, value["image"], value["alt"])
        image.contextual_alt_text, image.decorative = value["alt"], False
        return kind, {"image": image, "caption": value["caption"]}
    if kind == "file":
        file = _file(fixtures, value["file"], value["title"])
        return kind, {"file": file, "description": value["description"]}
    return kind, value


def _file(fixtures: Path, name: str, title: str) -> LessonFile:
    found = LessonFile.objects.filter(title=title).first()
    if found is not None:
        return found
    with (fixtures / "files" / name).open("rb") as content:
        file = LessonFile(title=title, file=File(content, name=name))
        file.full_clean()
        file.save()
    return file


def _video_block(fixtures: Path, name: str) -> markup.Block:
    entry = tomllib.loads((fixtures / "videos" / f"{name}.toml").read_text("utf-8"))
    video = Video.objects.filter(title=entry["title"]).first() or _video(fixtures, entry)
    return "video", {"video": video, "caption": entry["caption"]}


def _video(fixtures: Path, entry: dict[str, Any]) -> Video:
    folder = fixtures / "videos"
    with (folder / entry["file"]).open("rb") as file, (folder / entry["captions"]).open("rb") as captions:
        video = Video(
            title=entry["title"],
            seconds=entry["seconds"],
            transcript=entry["transcript"].strip(),
            poster=_image(fixtures, entry["poster"]),
            file=File(file, name=entry["file"]),
            captions=File(captions, name=entry["captions"]),
        )
        video.full_clean()
        video.save()
    return video


def _publish(parent: Page, page: Page) -> None:
    """Through a revision, as an editor would, so that history and dates are what they are for every page."""
    page.live = False
    parent.add_child(instance=page)
    page.save_revision().publish()
