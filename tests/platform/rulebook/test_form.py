"""The form over a book: what it shows, what it asks the server, and whom the server answers."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gradus.accounts.models import User
from gradus.policy.bounds import LONGEST_BOOK
from gradus.policy.errors import RuleError
from gradus.policy.ruleset import load_texts
from gradus.rulebook import store
from gradus.rulebook.books.viewset import START
from gradus.rulebook.form.editing import read
from gradus.rulebook.form.keys import question_inputs
from gradus.rulebook.form.outline import outline
from gradus.rulebook.form.steps import take
from gradus.rulebook.form.typed import value_of

FILES = store.files()
Send = Callable[..., Any]


def did(text: str, op: str, *path: str | int, **more: Any) -> Any:
    return take(text, {"op": op, "path": list(path), **more})


def written(text: str, *path: str | int, way: str = "text", value: Any = "", **options: Any) -> Any:
    return take(text, {"op": "set", "path": list(path), "as": way, "value": value}, **options)


@pytest.mark.parametrize("file", sorted(FILES))
def test_every_book_is_shown_whole_and_without_mistakes(file: str) -> None:
    found = outline(FILES[file], file)
    assert not found.mistakes
    data = read(FILES[file])
    shown = {section.name: section for section in found.sections}
    for name, at in (
        ("transitions", "transitions"),
        ("conditions", "conditions"),
        ("values", "values"),
        ("tests", "tests"),
    ):
        if at in data:
            assert len(shown[name].entries) == len(data[at])


def test_what_a_new_book_begins_with_is_a_book() -> None:
    (book,) = load_texts({"new.toml": START}).books
    assert [len(section.entries) for section in outline(START).sections] == [0, 1, 3, 3, 1, 1, 3, 0, 0, 0]
    assert book.process == "new"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "process = 5",
        "[process]\nfields = 3\nstates = []",
        "transitions = 1\nlimits = {}\n[conditions]\na = 5",
        "[[transitions]]\na = 1",
        "title = 3\n[process]\nname = 7",
        "[process.states]\na = 1\n[transitions.b]\nask = 4\nthen = 2\nfrom = 5",
        "[values]\na = 5",
        "[[automations]]\non = 4\n[[limits]]\nper = []\n[[tests]]\nas = 5\ngiven = 3\nmay = {}",
    ],
)
def test_odd_books_are_shown_with_what_is_wrong(text: str) -> None:
    found = outline(text)
    assert found.mistakes
    assert found.unreadable is None


def test_a_mistake_is_shown_at_its_input() -> None:
    found = outline(FILES["requests/refund.toml"].replace("obj.author == user", "obj.autor == user"))
    assert found.mistakes[0].anchor == "rf-conditions-own-if"
    assert len(found.mistakes) == 1  # thirteen rows name it, and are right
    assert found.mistakes[0].where == "Conditions / own / Holds when"
    own = next(section for section in found.sections if section.name == "conditions").entries[0]
    assert "did you mean obj.author?" in own.inputs[1].problems[0]
    assert own.inputs[1].described == "rf-conditions-own-if-wrong"
    assert own.wrong


def test_what_a_limit_lacks_is_told_at_its_input() -> None:
    text = re.sub(r"(?m)^say +=.*$", 'say = ""', FILES["requests/refund.toml"], count=1)
    assert [each.anchor for each in outline(text).mistakes] == ["rf-limits-0-say"]


def test_what_an_action_lacks_is_told_while_it_is_written() -> None:
    found = outline(FILES["requests/refund.toml"].replace('notify = "author"', 'notify = "autor"', 1))
    (mistake,) = found.mistakes
    assert mistake.text == "“autor” is not one of [fields], so nobody is told; did you mean author?"
    assert mistake.where == "Transitions / Claim"


@pytest.mark.parametrize(
    ("what", "path", "choice"),
    [
        ("field", ("process", "fields"), ""),
        ("state", ("process", "states"), ""),
        ("transition", ("transitions",), ""),
        ("condition", ("conditions",), ""),
        ("fact", ("fields",), "claimed_at"),
        ("limit", ("limits",), ""),
        ("automation", ("automations",), ""),
        ("test", ("tests",), ""),
        ("question", ("transitions", "approve", "ask"), ""),
        ("effect", ("transitions", "approve", "then"), "notify"),
        ("effect", ("transitions", "approve", "then"), "assign"),
    ],
)
def test_what_is_added_leaves_the_book_readable_and_can_be_removed(
    what: str, path: tuple[str, ...], choice: str
) -> None:
    text = START
    for _ in range(3):
        added = did(text, "add", *path, what=what, choice=choice)
        text = added.text
        assert added.focus
    load_texts({"new.toml": text})
    found = read(text)
    for key in path:
        found = found[key]
    last = len(found) - 1 if isinstance(found, list) else list(found)[-1]
    assert read(did(text, "remove", *path, last).text) != read(text)


def test_whom_it_is_about_hears_of_a_transition_that_was_added() -> None:
    added = read(did(START, "add", "transitions", what="transition").text)["transitions"]["new_transition"]
    assert added["then"] == [{"notify": "author"}]
    nobodys = START.replace('author   = "author"\n', "", 1)
    assert nobodys != START
    lonely = read(did(nobodys, "add", "transitions", what="transition").text)["transitions"]["new_transition"]
    assert "then" not in lonely


def test_a_name_follows_its_label_until_things_are_stored_under_it() -> None:
    added = did(START, "add", "process", "fields", what="field")
    typed = written(added.text, "process", "fields", "new_field", "label", value="Größe?")
    assert typed.renamed == [(("process", "fields", "new_field"), ("process", "fields", "groesse"))]
    assert read(typed.text)["process"]["fields"]["groesse"]["label"] == "Größe?"
    again = written(typed.text, "process", "fields", "groesse", "label", value="What is it about?")
    assert read(again.text)["process"]["fields"].keys() == {"what", "what_is_it_about"}
    kept = written(START, "process", "states", "approved", "label", value="Agreed", kept={"state.approved"})
    assert kept.renamed == []
    free = written(START, "process", "states", "approved", "label", value="Agreed")
    assert read(free.text)["transitions"]["approve"]["to"] == "agreed"


def test_a_new_book_is_called_after_its_title() -> None:
    first = written(START, "process", "title", value="Certificate", new=True)
    assert (first.file, read(first.text)["process"]["name"]) == ("requests/certificate.toml", "requests.certificate")
    then = written(first.text, "process", "title", value="Certificate re-issue", new=True, file=first.file)
    assert then.file == "requests/certificate_re_issue.toml"
    mine = written(first.text, "process", "title", value="Other", new=True, file="requests/mine.toml")
    assert (mine.file, read(mine.text)["process"]["name"]) == ("", "requests.other")
    assert read(written(START, "process", "title", value="Other").text)["process"]["name"] == "requests.new"


def test_a_choice_keeps_its_words_when_it_is_worded_anew() -> None:
    text = FILES["requests/refund.toml"]
    path = ("process", "fields", "reason", "choices")
    lines = "I never used it\nI bought it by mistake\nIt was not what I expected\nI was charged twice\nSomething else"
    found = read(written(text, *path, way="choices", value=lines).text)["process"]["fields"]["reason"]["choices"]
    assert found["unused"] == "I never used it"
    assert list(found) == ["unused", "mistake", "quality", "twice", "other"]
    more = read(written(text, *path, way="choices", value=lines + "\nStolen").text)["process"]["fields"]["reason"][
        "choices"
    ]
    assert more["stolen"] == "Stolen"
    assert more["twice"] == "I was charged twice"


def test_the_word_of_a_new_choice_follows_its_label_until_a_rule_or_an_answer_has_it() -> None:
    path = ("process", "fields", "what")
    begun = written(START, *path, "type", value="choice").text

    def words(text: str, lines: str, kept: tuple[str, ...] = ()) -> list[str]:
        wanted = {"op": "set", "path": [*path, "choices"], "as": "choices", "value": lines}
        return list(read(take(text, wanted, kept=kept).text)["process"]["fields"]["what"]["choices"])

    assert words(begun, "It is lost\nIt has a mistake") == ["it_is_lost", "it_has_a_mistake"]
    assert words(begun, "It is lost\nSecond") == ["it_is_lost", "second"]
    assert words(begun, "It is lost\nIt has a mistake", kept=("field.what",)) == ["first", "second"]
    asked = begun.replace('if  = "obj.author == user"', "if  = 'obj.author == user and obj.what == \"first\"'")
    assert words(asked, "It is lost\nIt has a mistake") == ["first", "it_has_a_mistake"]


def test_a_type_brings_what_it_needs_and_takes_away_what_no_longer_fits() -> None:
    path = ("process", "fields", "what")
    choice = written(START, *path, "type", value="choice").text
    load_texts({"new.toml": choice})
    assert "choices" not in read(written(choice, *path, "type", value="text").text)["process"]["fields"]["what"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"when": "after", "amount": "3", "unit": "hours", "state": "approved"}, {"after": "3 hours in approved"}),
        ({"when": "on"}, {"on": "submit"}),
        ({"when": "on", "transition": "reject"}, {"on": "reject"}),
        ({"when": "pair", "source": "submitted", "target": "rejected"}, {"on": "submitted -> rejected"}),
        ({"when": "every"}, {"every": "day at 07:00"}),
        ({"when": "every", "day": "monday", "time": "09:30"}, {"every": "monday at 09:30"}),
        ({"when": "every", "day": "month", "number": "5", "time": "09:30"}, {"every": "month on 5 at 09:30"}),
    ],
)
def test_when_something_happens_is_one_choice(sent: dict[str, str], expected: dict[str, str]) -> None:
    text = did(START, "add", "automations", what="automation").text
    after = read(written(text, "automations", 0, way="trigger", value=sent).text)["automations"][0]
    assert {key: after[key] for key in after if key in {"on", "after", "every"}} == expected
    shown = next(
        each
        for each in outline(written(text, "automations", 0, way="trigger", value=sent).text).sections
        if each.name == "automations"
    )
    parts = {
        part.name: part.value or next(o.value for o in part.options if o.chosen)
        for part in shown.entries[0].inputs[0].parts
    }
    assert sent.items() <= parts.items()


@pytest.mark.parametrize(
    ("way", "sent", "value"),
    [
        ("text", " ", None),
        ("text", "a\r\nb", "a\nb"),
        ("number", " 3 ", 3),
        ("number", "", None),
        ("decimal", "2,5", 2.5),
        ("money", "49.90", 4990),
        ("flag", True, True),
        ("flag", False, None),
        ("flag on", False, False),
        ("flag on", True, None),
        ("texts", ["a"], ["a"]),
        ("names", "a, b", ["a", "b"]),
        ("names", "a", "a"),
        ("names", "", None),
        ("given", "amount = 5", {"amount": 5}),
        ("span", {"amount": "2", "unit": "days"}, "2 days"),
        ("span", {}, None),
        ("per", {"amount": "", "unit": "calendar month"}, "calendar month"),
        ("per", {"unit": "weeks"}, "30 weeks"),
    ],
)
def test_what_is_typed_becomes_a_value(way: str, sent: Any, value: Any) -> None:
    assert value_of(way, sent) == value


@pytest.mark.parametrize(
    ("way", "sent"),
    [
        ("number", "three"),
        ("number", "1.5"),
        ("money", "much"),
        ("given", "a = = 1"),
        ("texts", "a"),
        ("text", 5),
        ("text", "\x00"),
        ("text", "\ud800"),
        ("text", "x" * 20_001),
        ("decimal", "nan"),
        ("no way", ""),
    ],
)
def test_what_cannot_be_read_says_what_to_write(way: str, sent: Any) -> None:
    with pytest.raises(RuleError) as wrong:
        value_of(way, sent)
    assert str(wrong.value).endswith(".")


@pytest.fixture
def send(client: Client, admin: User) -> Send:
    """`send(change)`: ask for a change of the text a new book begins with, or of another text."""
    client.force_login(admin, "django.contrib.auth.backends.ModelBackend")

    def post(change: Any, text: str = START, **more: str) -> Any:
        sent = change if isinstance(change, str) else json.dumps(change)
        return client.post(reverse("rulebook_form_change"), {"text": text, "change": sent, **more})

    return post


def test_a_change_answers_with_the_text_and_its_form(send: Send, django_assert_max_num_queries: Any) -> None:
    change = {"op": "set", "path": ["process", "title"], "as": "text", "value": "Lost key"}
    with django_assert_max_num_queries(8):
        answer = send(change, new="1", file="").json()
    assert 'title = "Lost key"' in answer["text"]
    assert answer["file"] == "requests/lost_key.toml"
    assert 'value="Lost key"' in answer["html"]
    assert answer["wrong"] == 0
    assert ["own", "it is your own request"] in answer["words"]


def test_what_may_be_answered_from_a_list_is_offered_as_whole_conditions(send: Send) -> None:
    answer = send({"op": "set", "path": ["process", "fields", "what", "type"], "as": "text", "value": "choice"}).json()
    assert ['obj.what == "second"', "What is it about? Second"] in answer["words"]
    words = [word for word, _about in answer["words"]]
    assert words.index('obj.what == "first"') < words.index("obj.what")


def test_nothing_filled_in_is_one_choice_among_those_of_a_question(send: Send) -> None:
    change = {"op": "set", "path": ["process", "fields", "what", "type"], "as": "text", "value": "choice"}
    html = send(change).json()["html"]
    filled = html.partition('id="rf-process-fields-what-default"')[2].partition("</select>")[0]
    found = re.findall(r'<option value="(\w*)"( selected)?', filled)
    assert found == [("", " selected"), ("first", ""), ("second", "")]


def test_a_mail_has_room_for_words_of_its_own(send: Send) -> None:
    html = send({"op": "add", "path": ["automations"], "what": "automation"}).json()["html"]
    assert "Subject in your own words" in html
    assert re.search(r'<textarea id="rf-automations-0-do-0-text"', html)


def test_what_is_in_force_keeps_its_names(send: Send) -> None:
    text = FILES["requests/refund.toml"]
    change = {"op": "set", "path": ["process", "states", "approved", "label"], "as": "text", "value": "Agreed"}
    assert send(change, text, file="requests/refund.toml").json()["renamed"] == []
    (followed,) = send(change, text, file="requests/copied.toml").json()["renamed"]
    assert followed[1] == ["process", "states", "agreed"]


def test_the_number_of_queries_does_not_grow_with_the_book(
    client: Client, send: Send, django_assert_num_queries: Any
) -> None:
    client.post(reverse("rulebook_form"), {"text": START})
    for text in (START, FILES["requests/refund.toml"]):
        with django_assert_num_queries(QUERIES):
            assert client.post(reverse("rulebook_form"), {"text": text}).status_code == 200


QUERIES = 6  # session, person, role, and which rules are in force


@pytest.mark.parametrize(
    "change",
    [
        "",
        "[",
        "[1]",
        "[" * 100_000,
        {},
        {"op": "burn", "path": ["title"]},
        {"op": "set", "path": [], "as": "text", "value": "x"},
        {"op": "set", "path": [1], "as": "text", "value": "x"},
        {"op": "set", "path": [True], "as": "text", "value": "x"},
        {"op": "set", "path": ["process", "title"], "as": "text", "value": {}},
        {"op": "set", "path": ["x"] * 50, "as": "text", "value": "x"},
        {"op": "remove", "path": ["conditions", "gone"]},
        {"op": "up", "path": ["process", "states", "submitted"]},
        {"op": "add", "path": ["limits"], "what": "house"},
        {"op": "set", "path": ["process", "title", "deeper"], "as": "text", "value": "x"},
        {"op": "set", "path": ["conditions", "own"], "as": "name", "value": ""},
        {"op": "add", "path": ["transitions", "submit", "then"], "what": "effect", "choice": "burn"},
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(send: Send, change: Any) -> None:
    answer = send(change)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


def test_a_text_that_cannot_be_read_says_its_line(client: Client, send: Send) -> None:
    answer = send({"op": "set", "path": ["title"], "as": "text", "value": "x"}, text="a = 1\nb = = 2\n")
    assert (answer.status_code, "Line 2" in answer.json()["error"]) == (400, True)
    shown = client.post(reverse("rulebook_form"), {"text": "a = 1\nb = = 2\n"}).json()
    assert 'data-line="2"' in shown["html"]
    assert shown["wrong"] == 1


def test_a_book_that_is_too_long_is_not_read(client: Client, send: Send) -> None:
    long = "#" * (LONGEST_BOOK + 1)
    assert send({"op": "set", "path": ["title"], "as": "text", "value": "x"}, text=long).status_code == 400
    assert client.post(reverse("rulebook_form"), {"text": long}).status_code == 400


@pytest.mark.parametrize("name", ["rulebook_form", "rulebook_form_change"])
def test_only_administrators_are_answered_and_only_to_a_post(
    client: Client, student: User, instructor: User, editor: User, admin: User, name: str
) -> None:
    for person in (student, instructor, editor):
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        assert client.post(reverse(name), {"text": START}).status_code in {302, 403, 404}
    client.force_login(admin, "django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse(name)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin, "django.contrib.auth.backends.ModelBackend")
    assert strict.post(reverse(name), {"text": START}).status_code == 403


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("text", ["Fewest characters", "Most characters"]),
        ("long text", ["Fewest characters", "Most characters"]),
        ("number", ["Smallest", "Largest"]),
        ("date", []),
    ],
)
def test_bounds_are_called_what_they_bound(kind: str, labels: list[str]) -> None:
    always, folded = question_inputs(("process", "fields", "a"), {"type": kind})
    assert [each.label for each in (*always, *folded) if each.path[-1] in {"min", "max"}] == labels
    always, _folded = question_inputs(("process", "fields", "a"), {"type": kind, "min": 3})
    assert [each.label for each in always if each.path[-1] == "min"] == (labels[:1] or ["Fewest characters"])
