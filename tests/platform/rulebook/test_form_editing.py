"""One change of a book's text: it says what the same change makes of plain data, and everything else stays."""

import re
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradus.rulebook import store
from gradus.rulebook.books.viewset import START
from gradus.rulebook.form import plain
from gradus.rulebook.form.editing import (
    Drop,
    Move,
    Put,
    Rename,
    Unreadable,
    WriteByHand,
    apply,
    edit,
    order,
    read,
)
from gradus.rulebook.form.plain import NoSuchPlace, at, pruned
from gradus.rulebook.form.statements import Path, take_apart

BOOKS = {**store.files(), "start": START}
REFUND = BOOKS["requests/refund.toml"]
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.sampled_from(
    ['"', "\\", "# no", "ä\n"]
)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
VALUES = st.one_of(WORDS, st.integers(-5, 10**6), st.booleans(), st.lists(WORDS, max_size=3))
TABLES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=3)
RENAMED = (("process", "states"), ("process", "fields"), ("conditions",), ("transitions",))


def commented(text: str) -> str:
    """A comment of its own above each header and behind each line that has room for one."""
    lines = []
    for number, line in enumerate(text.splitlines()):
        if line.startswith("["):
            lines.append(f"# above {number}")
        lines.append(f"{line}  # behind {number}" if "=" in line and "#" not in line else line)
    return "\n".join(lines) + "\n"


def comments(text: str) -> set[str]:
    return set(re.findall(r"# (?:above|behind) \d+$", text, re.MULTILINE))


def places(data: Any, path: Path = ()) -> list[Path]:
    """Everything in the data that has a place."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [place for key, each in inner for place in ((*path, key), *places(each, (*path, key)))]


def entries(data: dict[str, Any]) -> list[Path]:
    """What can be moved: the entries of sections and what follows in a transition."""
    found = [
        path for path in places(data) if path[:2] in {("process", "fields"), ("process", "states")} and len(path) == 3
    ]
    found += [
        path for path in places(data) if path[0] in {"conditions", "transitions", "limits", "tests"} and len(path) == 2
    ]
    return found + [
        path for path in places(data) if path[0] == "transitions" and path[2:3] == ("then",) and len(path) == 4
    ]


@st.composite
def changes(draw: st.DrawFn, data: dict[str, Any]) -> Any:
    """A change that can be made of this data."""
    kind = draw(st.sampled_from(["put", "leaf", "key", "table", "append", "drop", "move", "rename"]))
    if kind == "leaf":
        leaves = [path for path in places(data) if not isinstance(at(data, path), dict | list)]
        return Put(draw(st.sampled_from(leaves)), draw(VALUES))
    if kind == "key":
        tables = [path for path in places(data) if isinstance(at(data, path), dict) and len(path) > 1]
        tables = [path for path in tables if path != ("process", "fields")]  # there, new things are tables
        place = draw(st.sampled_from(tables))
        return Put((*place, draw(NAMES.filter(lambda name: name not in at(data, place)))), draw(VALUES))
    if kind == "table":
        start: Path = draw(
            st.sampled_from([("conditions",), ("transitions",), ("permissions",), ("process", "fields")])
        )
        return Put((*start, draw(NAMES.filter(lambda name: name not in (at(data, start) or {})))), draw(TABLES))
    if kind == "append":
        section = draw(st.sampled_from(["limits", "automations", "tests"]))
        return Put((section, len(data.get(section, []))), draw(TABLES))
    if kind == "move":
        by = draw(st.sampled_from([-1, 1]))
        return Move(draw(st.sampled_from(entries(data))), by)
    if kind == "rename":
        named = [path for path in entries(data) if path[:-1] in RENAMED]
        return Rename(draw(st.sampled_from(named)), draw(NAMES)) if named else Put(("title",), draw(WORDS))
    if kind == "drop":
        return Drop(draw(st.sampled_from([path for path in places(data) if len(path) > 1])))
    return Put(("title",), draw(WORDS))


@settings(max_examples=50, deadline=None)
@given(data=st.data(), file=st.sampled_from([name for name, text in BOOKS.items() if "[values" not in text]))
def test_any_sequence_of_changes_says_what_plain_data_would(data: st.DataObject, file: str) -> None:
    text = commented(BOOKS[file])
    said = read(text)
    for _ in range(data.draw(st.integers(1, 6))):
        change = data.draw(changes(said))
        try:
            wanted = apply(said, change)
        except NoSuchPlace:
            with pytest.raises(NoSuchPlace):
                edit(text, change)
            continue
        after = edit(text, change)
        found = tomllib.loads(after)
        assert pruned(found) == pruned(wanted)
        assert order(found) == order(wanted)
        if not isinstance(change, Drop):
            assert comments(text) <= comments(after)
        else:
            around = edit_free(text, change.path)
            assert around <= comments(after)
        text, said = after, found


def edit_free(text: str, path: Path) -> set[str]:
    """The comments that have nothing to do with a place."""
    kept = "".join(str(block) for block in take_apart(text) if not overlaps(block.path, path))
    return comments(kept)


def overlaps(one: Path, two: Path) -> bool:
    length = min(len(one), len(two))
    return one[:length] == two[:length]


@settings(max_examples=40, deadline=None)
@given(data=st.data(), file=st.sampled_from(sorted(BOOKS)))
def test_a_change_and_its_inverse_leave_the_data_as_it_was(data: st.DataObject, file: str) -> None:
    text = BOOKS[file]
    said = read(text)
    leaves = [path for path in places(said) if not isinstance(at(said, path), dict | list)]
    place = data.draw(st.sampled_from(leaves))
    there = edit(edit(text, Put(place, data.draw(WORDS))), Put(place, at(said, place)))
    assert read(there) == said
    tables = [path for path in places(said) if isinstance(at(said, path), dict) and len(path) > 1]
    new = (*data.draw(st.sampled_from(tables)), "something_new")
    assert read(edit(edit(text, Put(new, data.draw(VALUES.filter(lambda value: value != [])))), Drop(new))) == said


@pytest.mark.parametrize("file", sorted(BOOKS))
def test_taking_a_book_apart_loses_nothing(file: str) -> None:
    assert "".join(map(str, take_apart(BOOKS[file]))) == BOOKS[file]


@pytest.mark.parametrize(
    "text",
    [
        'a = """\n[no.header]\n# no comment\n"""\n[b]\nc = [ # yes\n  "x]", # more\n  \'y#\',\n]\n',
        '[a . "b c"]\nx.\'y z\' = { k = "}" } # end',
        "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a]]\n[a.c]\ny = '''it''s'''\n",
        "",
        "# nothing else",
    ],
)
def test_odd_texts_are_taken_apart_too(text: str) -> None:
    assert "".join(map(str, take_apart(text))) == text


def test_a_new_key_stands_below_the_others_and_lines_up() -> None:
    after = edit(REFUND, Put(("process", "fields", "order", "required"), True))
    block = after.split("[process.fields.order]\n")[1].split("\n\n")[0]
    assert block.splitlines() == [
        'type     = "text"',
        'label    = "Order number"',
        'help     = "If you have one: it helps us to find the payment."',
        "required = true",
    ]


def test_what_is_renamed_is_renamed_wherever_it_is_meant() -> None:
    text = REFUND.replace(
        'instructor = "free"', "instructor = \"free or obj.state == 'in_review' and obj.files_left\"", 1
    )
    text = text.replace('"obj.reviewer is None"', "\"obj.reviewer is None and obj.reason != 'mine'\"")
    found = read(edit(text, Rename(("process", "states", "in_review"), "looked_at")))
    assert found["transitions"]["release"]["from"] == ["looked_at", "needs_answer"]
    assert found["transitions"]["claim"]["to"] == "looked_at"
    assert "obj.state == 'looked_at'" in found["transitions"]["approve"]["instructor"]
    assert found["tests"][5]["given"]["state"] == "looked_at"
    assert list(found["process"]["states"])[1] == "looked_at"
    found = read(edit(text, Rename(("conditions", "mine"), "its_reviewer")))
    assert found["conditions"]["free"]["if"] == "unclaimed or its_reviewer"
    assert found["conditions"]["unclaimed"]["if"] == "obj.reviewer is None and obj.reason != 'mine'"  # a text, no name
    found = read(edit(text, Rename(("fields", "reviewer"), "who")))
    assert found["conditions"]["mine"]["if"] == "obj.who == user"
    assert found["transitions"]["answer"]["then"][0]["notify"] == "who"
    assert found["tests"][5]["as"]["is"] == "who"
    assert "who" in found["tests"][8]["given"]
    found = read(edit(text, Rename(("process", "states", "submitted"), "sent")))
    assert found["automations"][0]["after"] == "2 days in sent"
    choice = Put(("process", "fields", "reason", "choices", "student"), "mine")
    found = read(edit(edit(text, choice), Rename(("conditions", "mine"), "its_reviewer")))
    assert found["process"]["fields"]["reason"]["choices"]["student"] == "mine"  # a word people read
    shown = Put(("process", "fields", "files", "when"), "mine or obj.amount > 5")
    found = read(edit(edit(text, shown), Rename(("process", "fields", "amount"), "price")))
    assert found["process"]["fields"]["files"]["when"] == "mine or obj.price > 5"
    found = read(edit(text, Rename(("transitions", "submit"), "send")))
    assert found["limits"][0]["on"] == "send"


def test_short_forms_are_written_out_when_they_get_another_key() -> None:
    text = 'process = "requests.x"\n[process.fields]\nwhy = "text" # because\n[process.states]\nsent = "Sent"\n'
    after = edit(
        edit(text, Put(("process", "states", "sent", "tone"), "info")),
        Put(("process", "fields", "why", "label"), "Why"),
    )
    assert 'sent = { label = "Sent", tone = "info" }' in after
    assert 'why = { type = "text", label = "Why" } # because' in after
    assert read(after)["process"]["name"] == "requests.x"


def test_a_text_that_is_no_toml_says_where() -> None:
    with pytest.raises(Unreadable) as wrong:
        edit("a = 1\nb = = 2\n", Put(("a",), 2))
    assert wrong.value.line == 2


def test_what_the_text_cannot_do_is_refused_and_changes_nothing() -> None:
    with pytest.raises(WriteByHand):
        edit("[process]\nstates.a = 'A'\nstates.b = 'B'\n", Move(("process", "states", "a"), 1))
    with pytest.raises(NoSuchPlace):
        edit(REFUND, Drop(("conditions", "nobody")))
    with pytest.raises(NoSuchPlace):
        edit(REFUND, Move(("process", "states", "submitted"), -1))
    with pytest.raises(NoSuchPlace):
        plain.put({"a": 1}, ("a", "b"), 2)
