"""Whatever stands in a book, its author gets sentences with file, line and key; never a traceback, never silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradus.policy import BookErrors, load_texts

ZOO = 'model = "zoo.Animal"\n'
PROCESS = 'process = "zoo.cat"\n[process.states]\nopen = "Open"\n'
FIELD = PROCESS + "[process.fields.{}]\n{}\n"
MOVE = PROCESS + '[transitions.go]\nfrom = [""]\nto = "open"\n{}\n'
TEST = ZOO + '[permissions.view]\nadmin = "always"\n[[tests]]\n{}\n'


def _said(text: str) -> str:
    with pytest.raises(BookErrors) as caught:
        load_texts({"a.toml": text})
    return str(caught.value)


def test_the_samples_themselves_are_sound() -> None:
    load_texts({"a.toml": FIELD.format("colour", 'type = "text"')})
    load_texts({"a.toml": MOVE.format('student = "always"')})
    load_texts({"a.toml": TEST.format('as = { role = "admin" }\nmay = ["view"]')})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 3000, "a.toml:1: lists and tables are nested too deeply"),
        ("a = " + "{a=" * 900 + "1" + "}" * 900, "nested too deeply"),
        (f"a = {'9' * 5000}", "no valid TOML"),
        ("# " + "x" * 200_000, "a book has at most 200,000 characters"),
    ],
)
def test_a_text_that_is_hardly_a_book(text: str, said: str) -> None:
    assert said in _said(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEST.format('as = { role = "admin" }\nmay = [["view"]]'), "tests.1.may: a list of texts is expected here"),
        (TEST.format('as = { role = "admin", is = 5 }'), "tests.1.as.is: a list is expected here, not 5"),
        (TEST.format('as = { role = "admin", is = [["author"]] }'), "tests.1.as.is: a list of texts is expected"),
        (TEST.format('as = { role = ["admin"] }'), "tests.1.as.role: text is expected here"),
        (PROCESS + '[transitions.go]\nfrom = [[""]]\nto = "open"', "transitions.go.from: a list of texts is expected"),
        (PROCESS + '[transitions.go]\nfrom = [{ a = 1 }]\nto = "open"', "transitions.go.from: a list of texts"),
        (FIELD.format("colour", 'type = "choice"\nchoices = 5'), "choices are a list of texts"),
        (FIELD.format("colour", 'type = "choice"\nchoices = "abc"'), "choices are a list of texts"),
        ('[values.share]\nvalue = 1\nmin = "x"', "values.share.min: a number is expected here, not 'x'"),
        ("[values.share]\nvalue = nan\nmin = 0", "values.share.value: a number is expected here, not nan"),
    ],
)
def test_a_value_of_the_wrong_form_is_named(text: str, said: str) -> None:
    assert said in _said(text)


@pytest.mark.parametrize("name", ["a/b c", "x y", "", "Go", "1st", "ü", "a-b", "a" * 61])
def test_names_are_what_addresses_and_columns_take(name: str) -> None:
    for section, row in (("permissions", 'admin = "always"'), ("conditions", 'if = "always"')):
        assert f"{section}.{name}: " in _said(ZOO + f'[{section}."{name}"]\n{row}')
    assert f"transitions.{name}: " in _said(PROCESS + f'[transitions."{name}"]\nfrom = [""]\nadmin = "always"')
    assert f"process.states.{name}: " in _said(PROCESS + f'"{name}" = "Odd"')
    assert f"process.fields.{name}: " in _said(PROCESS + f'[process.fields]\n"{name}" = "text"')


def test_names_fit_their_columns() -> None:
    assert "the name of a state has at most 40 characters" in _said(PROCESS + f'{"s" * 41} = "Long"')
    assert "the name of a process has at most 60" in _said(PROCESS.replace("zoo.cat", f"zoo.{'c' * 61}"))


@pytest.mark.parametrize("name", ["by", "now", "kind", "expect_version", "id", "answers", "state"])
def test_a_field_cannot_be_called_what_the_protocol_takes(name: str) -> None:
    assert f"“{name}” is taken" in _said(FIELD.format(name, 'type = "text"'))
    assert f"“{name}” is taken" in _said(MOVE.format(f'ask = {{ {name} = {{ type = "text" }} }}'))


def test_a_field_cannot_hide_a_column() -> None:
    assert "zoo.Animal has “word” itself" in _said(FIELD.format("word", 'type = "number"'))


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ('type = "number"\nmin = 5\nmax = 3', "min: nothing lies between 5 and 3"),
        ('type = "text"\nmany = -5', "many = 1 to 100"),
        ('type = "text"\nmany = 5000', "many = 1 to 100"),
        ('type = "number"\ndefault = "abc"', "default: 'abc' is no answer to a field of type number"),
        ('type = "number"\ndefault = true', "default: True is no answer"),
        ('type = "number"\nmax = 3\ndefault = 4', "default: 4 is no answer"),
        ('type = "flag"\ndefault = 1', "default: 1 is no answer"),
        ('type = "choice"\nchoices = ["a"]\ndefault = "b"', "default: 'b' is no answer"),
        ('type = "person"\ndefault = 1', "default: 1 is no answer"),
    ],
)
def test_bounds_and_defaults_make_sense(field: str, said: str) -> None:
    assert said in _said(FIELD.format("girth", field))


@pytest.mark.parametrize(
    "field", ['type = "number"\nmin = 1\ndefault = 2', 'type = "flag"\ndefault = true', 'type = "text"\ndefault = "a"']
)
def test_a_fitting_default_is_taken(field: str) -> None:
    load_texts({"a.toml": FIELD.format("girth", field)})


def test_a_book_holds_what_a_person_can_read() -> None:
    many = "\n".join(f'[conditions.c{n}]\nif = "always"' for n in range(501))
    assert "conditions: at most 500 are allowed here; these are 501" in _said(ZOO + many)
    calls = ", ".join('{ notify = "author", template = "x" }' for _ in range(21))
    assert "then: at most 20" in _said(MOVE.format(f'student = "always"\nthen = [{calls}]'))
    chain = "\n".join(f'[conditions.c{n}]\nif = "c{n + 1}"' for n in range(499))
    assert "conditions name each other more than 40 deep" in _said(f'{ZOO}{chain}\n[conditions.c499]\nif = "always"')


def test_a_period_is_longer_than_nothing() -> None:
    limit = '[[limits]]\nid = "x"\non = "go"\nallow = 1\nper = "0 days"\nof = "user"\nsay = "No."'
    assert "“0 days” is not a period" in _said(MOVE.format('student = "always"') + limit)


_scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text("ab.\"' [", max_size=4)
_written = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1), inner, max_size=3)
)
_PLACES = [
    "title", "model", "process.name", "process.states", "process.states.open", "process.fields", "process.fields.f",
    "process.fields.f.type", "process.fields.f.choices", "process.fields.f.min", "process.fields.f.show", "fields",
    "fields.word", "fields.word.path", "conditions", "conditions.c", "conditions.c.if", "permissions",
    "permissions.view", "permissions.view.admin", "permissions.view.forbid", "transitions", "transitions.go",
    "transitions.go.from", "transitions.go.to", "transitions.go.ask", "transitions.go.then", "transitions.go.tone",
    "transitions.go.confirm", "transitions.go.waiting",
    "limits", "tests", "values", "values.v", "values.v.value", "values.v.unit",
]  # fmt: skip


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
    return '""' if value is None else str(value)


@given(st.sampled_from(_PLACES), _written, st.booleans())
def test_anything_anywhere_is_sound_or_told(place: str, value: object, declared: bool) -> None:
    head = 'process.name = "zoo.cat"\n' if declared and not place.startswith("process") else ""
    head = head or ('model = "zoo.Animal"\n' if place != "model" else "")
    try:
        load_texts({"a.toml": f"{head}{place} = {_toml(value)}\n"})
    except BookErrors as errors:
        told = errors
    else:
        return
    assert all(problem.text and problem.line for problem in told.problems)
