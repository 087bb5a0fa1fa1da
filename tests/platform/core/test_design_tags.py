"""The design system's tags write what the documentation says."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from gradus.core import formats, navigation
from gradus.core.stairs import MOST_BARS, stair

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def _render(source: str, **context: object) -> str:
    return Template("{% load gradus %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [(125000, "EUR", "€1,250.00"), (5, "usd", "$0.05"), (-990, "EUR", "\N{MINUS SIGN}€9.90"), (1200, "JPY", "¥1,200")],
)
def test_money_is_written_from_minor_units(minor: int, currency: str, written: str) -> None:
    assert formats.money(minor, currency) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0 s"), (45, "45 s"), (719, "12 min"), (3600, "1 h"), (4850, "1 h 21 min"), (3599, "1 h"), (259200, "3 days")],
)
def test_a_duration_has_at_most_two_units(seconds: int, written: str) -> None:
    assert formats.duration(seconds) == written


@pytest.mark.parametrize(("name", "letters"), [("Ada Lovelace", "AL"), ("ada", "A"), ("  ", "?"), ("ö@x.org", "ÖX")])
def test_initials_stand_for_a_name(name: str, letters: str) -> None:
    assert formats.initials(name) == letters


def test_a_stair_rises_and_marks_the_step_one_stands_on() -> None:
    bars = stair(2, 5, width=100, height=20)

    assert [bar.part for bar in bars] == ["done", "done", "now", "ahead", "ahead"]
    assert [bar.height for bar in bars] == sorted(bar.height for bar in bars)


@pytest.mark.parametrize("done", [0, 1, 30, 61])
def test_a_long_stair_shares_bars_and_is_full_only_at_the_end(done: int) -> None:
    bars = stair(done, 61, width=100, height=20)

    assert len(bars) == MOST_BARS
    assert all(bar.part == "done" for bar in bars) == (done == 61)


def test_nothing_to_do_is_not_everything_done() -> None:
    assert [bar.part for bar in stair(0, 0, width=10, height=10)] == ["now"]


def test_a_state_says_its_name_and_escapes_it() -> None:
    assert "&lt;b&gt;" in _render('{% state_badge label "info" 1 4 %}', label="<b>")


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(hours=3, minutes=5), "3\xa0hours\xa0ago"),
        (timedelta(days=-1), "in\xa01\xa0day"),
    ],
)
def test_a_moment_near_by_is_told_in_words(ago: timedelta, words: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert words in _render("{% when moment %}", moment=NOW - ago)


def test_a_moment_long_ago_is_a_date_in_the_viewers_zone() -> None:
    moment = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    with time_machine.travel(NOW, tick=False):
        written = _render(
            '{% load tz %}{% timezone "Europe/Berlin" %}{% when moment %}{% endtimezone %}', moment=moment
        )

    assert "Feb. 1, 2026" in written
    assert 'datetime="2026-01-31T23:30:00+00:00"' in written


def test_page_links_keep_the_question_asked() -> None:
    page = Paginator(range(100), 10).page(3)
    written = _render("{% pagination page %}", page=page, request=RequestFactory().get("/?q=a+b&page=3"))

    assert 'href="?q=a+b&amp;page=4"' in written
    assert written.count('aria-current="page"') == 1


def test_a_slot_nobody_fills_is_empty() -> None:
    assert _render('{% slot "nobody/has/this.html" %}') == ""


def test_a_callout_shows_its_title_and_keeps_its_content() -> None:
    written = _render('{% callout "warning" title=title %}<p>{{ why }}</p>{% endcallout %}', title="Locked", why="<3")

    assert "g-callout--warning" in written
    assert "<p>&lt;3</p>" in written


class Ask(forms.Form):
    name = forms.CharField(help_text="As on your passport.")
    how = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A")], required=False)


def test_a_forms_errors_are_tied_to_their_fields_and_told_on_top() -> None:
    written = str(Ask({}))

    assert 'aria-describedby="id_name_helptext id_name_error"' in written
    assert 'id="id_name_error"' in written
    assert '<a href="#id_name">Name: This field is required.</a>' in written


def test_choices_are_a_fieldset_with_a_legend() -> None:
    assert "<legend>How" in str(Ask())


def test_a_menu_entry_without_an_address_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {
        "gone": navigation.Entry("Gone", "no-such-name"),
        "here": navigation.Entry("Here", lambda request: "/x/"),
    }
    monkeypatch.setitem(navigation._entries, "main", entries)

    links = navigation.links(RequestFactory().get("/x/y/"), "main")

    assert [(link.label, link.current) for link in links] == [("Here", True)]


def test_an_entry_for_people_signed_in_is_hidden_from_guests() -> None:
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(is_authenticated=False)  # type: ignore[assignment]

    assert not navigation.signed_in(request)


def test_the_summary_counts_what_it_lists() -> None:
    form = Ask({"name": "Ada"})
    for field, told in [("name", "Too short."), ("name", "Taken."), (None, "Nobody can file this today.")]:
        form.add_error(field, told)

    html = str(form)

    assert "3 things need your attention" in html
    assert html.count("<li>") == 3
