"""The dashboard: what it shows is what its tables say, is what its exports contain."""

import csv
import json
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gradus.accounts.models import User
from tests.analytics.conftest import Academy

LEARN_RATE = "/admin/analytics/"
QUERIES = 25


@pytest.fixture
def reader(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def figure(html: str, key: str) -> dict[str, Any]:
    found = re.search(rf'<script id="{key}-figure" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found, f"no figure called {key}"
    parsed: dict[str, Any] = json.loads(found[1])
    return parsed


def exported(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(StringIO(text)))


def body_rows(html: str, key: str) -> list[list[str]]:
    """The texts of a table's rows on the page."""
    section = html.split(f'<section class="g-chart" id="{key}"')[1].split("</section>", maxsplit=1)[0]
    body = section.split("<tbody>")[1].split("</tbody>")[0]
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>")[:-1])
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_the_tiles_say_the_overall_learn_rate(reader: Client, academy: Academy) -> None:
    html = reader.get(LEARN_RATE).content.decode()
    assert "53.3\N{NO-BREAK SPACE}%" in html  # Ben 10 of 45 minutes, Cleo 30 of 30
    assert "2 have begun" in html


def test_the_bars_are_the_rows_of_their_table_and_of_its_export(reader: Client, academy: Academy) -> None:
    html = reader.get(LEARN_RATE).content.decode()
    rows = exported(reader, f"{LEARN_RATE}?table=courses&export=csv")
    assert [row["Learn rate (%)"] for row in rows] == ["66.7", "", "50.0"]
    assert figure(html, "courses")["data"][0]["x"] == pytest.approx([2 / 3, None, 0.5])
    assert body_rows(html, "courses") == [
        ["Pricing", "1", "10.0", "15.0", "66.7"],
        ["Reading", "1", "0.0", "0.0", "\N{EN DASH}"],
        ["Selling", "2", "30.0", "60.0", "50.0"],
    ]


def test_the_bins_add_up_to_the_students_behind_them(reader: Client, academy: Academy) -> None:
    html = reader.get(LEARN_RATE).content.decode()
    bins = figure(html, "distribution")["data"][0]
    assert bins["y"] == [0, 0, 1, 0, 0, 0, 0, 0, 0, 1]
    rows = exported(reader, f"{LEARN_RATE}?table=distribution&export=csv")
    assert sum(int(row["Students"]) for row in rows) == sum(bins["y"]) == 2
    for number, url in zip(bins["y"], bins["customdata"], strict=True):
        assert len(exported(reader, f"{url}&export=csv")) == number


def test_the_weeks_add_up_to_the_minutes_of_the_students_behind_them(reader: Client, academy: Academy) -> None:
    html = reader.get(LEARN_RATE).content.decode()
    rate, minutes = figure(html, "weeks")["data"]
    assert sum(minutes["y"]) == 40
    assert rate["y"][-1] == pytest.approx(40 / 75)
    for bar, url in zip(minutes["y"], rate["customdata"], strict=True):
        behind = exported(reader, f"{url}&export=csv")
        assert sum(float(row["Watched in the week (min)"]) for row in behind) == bar


def test_filters_stay_in_every_link_and_hold_for_the_export(reader: Client, academy: Academy) -> None:
    query = f"course={academy.courses['Selling'].pk}&since=2026-02-23&until=2026-03-01"
    html = reader.get(f"{LEARN_RATE}?{query}").content.decode()
    assert body_rows(html, "courses") == [["Selling", "1", "15.0", "30.0", "50.0"]]
    assert len(exported(reader, f"{LEARN_RATE}?{query}&table=courses&export=csv")) == 1
    assert len(exported(reader, f"{LEARN_RATE}?{query}&table=weeks&export=csv")) == 1
    for link in re.findall(r'<a href="(/admin/analytics/students/[^"]*)', html):
        assert "since=2026-02-23&amp;until=2026-03-01" in link
        assert f"course={academy.courses['Selling'].pk}" in link


def test_tables_are_sorted_by_the_address_and_so_are_exports(reader: Client, academy: Academy) -> None:
    query = "courses-sort=-rate"
    html = reader.get(f"{LEARN_RATE}?{query}").content.decode()
    assert [row[0] for row in body_rows(html, "courses")] == ["Pricing", "Selling", "Reading"]
    rows = exported(reader, f"{LEARN_RATE}?{query}&table=courses&export=csv")
    assert [row["Course"] for row in rows] == ["Pricing", "Selling", "Reading"]
    assert 'aria-sort="descending"' in html


def test_a_long_table_is_paged_and_its_export_is_whole(
    reader: Client, academy: Academy, make_person: Callable[..., User]
) -> None:
    for number in range(30):
        academy.enrol(make_person(f"Student{number:02}"), "Pricing")
    address = reverse("analytics:students")
    first, second = (reader.get(f"{address}?students-page={page}").content.decode() for page in (1, 2))
    assert len(body_rows(first, "students")) == 25
    assert len(body_rows(second, "students")) == 8
    assert "Rows 26 to 33 of 33" in second
    assert len(exported(reader, f"{address}?students-page=2&export=csv")) == 33


def test_the_definition_stands_beside_each_chart(reader: Client, academy: Academy) -> None:
    html = reader.get(LEARN_RATE).content.decode()
    for words in ("Replaying a part counts once", "One bar per course", "Monday to Sunday in UTC", "Ten bins of ten"):
        assert words in html


def test_an_xlsx_is_downloaded_too(reader: Client, academy: Academy) -> None:
    response = reader.get(f"{LEARN_RATE}?table=weeks&export=xlsx")
    assert response["Content-Disposition"] == 'attachment; filename="learn-rate-weeks.xlsx"'
    assert response.content.startswith(b"PK")


@pytest.mark.parametrize("query", ["table=people&export=csv", "export=csv", "table=courses&export=pdf"])
def test_what_cannot_be_exported_is_not_found(reader: Client, academy: Academy, query: str) -> None:
    assert reader.get(f"{LEARN_RATE}?{query}").status_code == 404


@pytest.mark.parametrize("query", ["bin=10", "bin=-1", "bin=x", "week=yesterday", "week=2026-13-01", "week=9999-12-31"])
def test_a_bin_or_a_week_that_cannot_be_is_not_found(reader: Client, academy: Academy, query: str) -> None:
    assert reader.get(f"{reverse('analytics:students')}?{query}").status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2026-03-01&until=2026-02-01", "ends before it begins"),
        ("since=1990-01-01", "at most five years"),
        ("since=soon", "Enter a valid date"),
        ("course=0", "Select a valid choice"),
        ("course=99999999999999999999", "Select a valid choice"),
        ("since=9998-01-01&until=9999-12-31", "less than or equal to"),
    ],
)
def test_filters_that_cannot_be_say_so_and_show_what_is_usual(
    reader: Client, academy: Academy, query: str, words: str
) -> None:
    html = reader.get(f"{LEARN_RATE}?{query}").content.decode()
    assert words in html
    assert len(body_rows(html, "weeks")) == 12


def test_one_course_is_said_in_one_sentence(reader: Client, academy: Academy) -> None:
    assert "highest: Pricing with" in reader.get(LEARN_RATE).content.decode()
    html = reader.get(f"{LEARN_RATE}?course={academy.courses['Pricing'].pk}").content.decode()
    assert "Pricing has a learn rate of 66.7\N{NO-BREAK SPACE}%." in html
    assert "highest" not in html


def test_an_academy_without_students_says_so(reader: Client, empty_academy: Academy) -> None:
    html = reader.get(LEARN_RATE).content.decode()
    assert "Nothing to draw here yet" in html
    assert "No rows for these filters" in html
    assert "data-chart=" not in html


def test_one_students_page_has_their_courses_and_weeks(
    reader: Client, academy: Academy, people: dict[str, User]
) -> None:
    ben = people["Ben"]
    html = reader.get(reverse("analytics:student", args=[ben.pk])).content.decode()
    assert body_rows(html, "courses") == [
        ["Pricing", "10.0", "15.0", "66.7"],
        ["Selling", "0.0", "30.0", "0.0"],
    ]
    assert "22.2\N{NO-BREAK SPACE}%" in html
    assert f'href="/people/{ben.pk}/"' in html
    assert sum(figure(html, "weeks")["data"][1]["y"]) == 10


def test_somebody_who_is_not_a_student_has_no_such_page(reader: Client, academy: Academy, analyst: User) -> None:
    assert reader.get(reverse("analytics:student", args=[analyst.pk])).status_code == 404


def test_names_are_escaped_in_pages_and_charts(
    reader: Client, academy: Academy, make_person: Callable[..., User]
) -> None:
    academy.courses["Pricing"].title = "<img src=x onerror=alert(1)> & co"
    academy.courses["Pricing"].save()
    html = reader.get(LEARN_RATE).content.decode()
    assert "<img src=x" not in html
    assert figure(html, "courses")["layout"]["annotations"][0]["text"].startswith("&lt;img")


@pytest.mark.parametrize("name", ["learn_rate", "students", "student"])
def test_the_number_of_queries_is_fixed(
    reader: Client, academy: Academy, people: dict[str, User], django_assert_max_num_queries: Any, name: str
) -> None:
    address = reverse(f"analytics:{name}", args=[people["Ben"].pk] if name == "student" else [])
    reader.get(address)
    with django_assert_max_num_queries(QUERIES) as few:
        reader.get(address)
    for person in User.objects.exclude(pk__in=[person.pk for person in people.values()]):
        academy.enrol(person, "Pricing")
    with CaptureQueriesContext(connection) as more:
        reader.get(address)
    assert len(more) == len(few)
