"""A book is read whole; a mistake names its file, line and key, and what would be right."""

from datetime import timedelta
from pathlib import Path

import pytest

from gradus.accounts.roles import Role
from gradus.policy import BookErrors, RuleSet, UnknownName, load, load_texts
from gradus.policy.errors import EchoError
from gradus.policy.process import Calendar, Rolling
from gradus.policy.source import Source
from tests.platform.policy.conftest import CAT, CODED

START = 'model = "zoo.Animal"\n'
FIELDS = START + '[fields]\nauthor = "author"\namount = "amount"\nborn = "born"\n'
LIMIT = (
    FIELDS + 'word = "word"\ndue = "due"\nall = "friends"\n[transitions.submit]\nstudent = "always"\n'
    '[[limits]]\nid = "x"\non = "submit"\nallow = 1\nper = "1 day"\nsay = "No."\n'
)


def _mistake(text: str) -> str:
    with pytest.raises(BookErrors) as caught:
        load_texts({"a.toml": text})
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('model = "zoo.Animall"', "a.toml:1: model: there is no model zoo.Animall; did you mean zoo.Animal?"),
        ("model =", "a.toml:1: no valid TOML"),
        (
            START + "[permisions.view]",
            "a.toml:2: permisions: “permisions” means nothing here; did you mean permissions?",
        ),
        (
            FIELDS + '[permissions.view]\nstudent = "obj.autor == user"',
            "a.toml:7: permissions.view.student: obj.autor: unknown field; did you mean obj.author?",
        ),
        (
            FIELDS + '[permissions.view]\nstudnet = "always"',
            "a.toml:7: permissions.view.studnet: “studnet” means nothing here; did you mean student?",
        ),
        (
            FIELDS + '[conditions.own]\nif = "obj.author == user"\n[permissions.view]\nstudent = "onw"',
            "a.toml:9: permissions.view.student: “onw”: unknown condition; did you mean own?",
        ),
        (FIELDS + "[permissions.view]\nstudent = \"user.emial == 'x'\"", "did you mean user.email?"),
        (
            START + '[fields]\nkeeper = "keper"',
            "a.toml:3: fields.keeper: keper: zoo.Animal has no field keper; did you mean",
        ),
        (
            '[process]\nname = "zoo.cat"\nlabels = { txet = "What" }\nstates = { a = "A" }',
            "process.labels.txet: zoo.Animal does not ask for “txet” itself",
        ),
        (START + '[fields]\nname = "amount.name"', "amount leads nowhere; a path goes over relations"),
        (START + '[fields]\nall = "friends.groups.name"', "a path passes one to-many relation at most"),
        (START + '[fields]\namount = { path = "amount", show = ["boss"] }', "“boss” is not a role"),
        (FIELDS + '[conditions.a]\nif = "b"\n[conditions.b]\nif = "a"', "conditions go round in a circle: a → b → a"),
        (FIELDS + '[conditions.now]\nif = "always"', "“now” cannot be the name of a condition"),
        (
            FIELDS + "[permissions.view]\nstudent = 3",
            "a.toml:7: permissions.view.student: text is expected here, not 3",
        ),
        (
            FIELDS + '[permissions.a]\nadmin = "always"\n[transitions.a]\nadmin = "always"',
            "“a” is a transition already",
        ),
        (FIELDS + '[[tests]]\nas = { role = "student" }\nmay = ["veiw"]', "a.toml:8: tests.1.may: “veiw” is neither"),
        (FIELDS + '[[limits]]\nid = "x"', "a.toml:6: limits.1.say: a limit needs this"),
        (
            LIMIT + 'of = "obj.word"',
            "a.toml:17: limits.1.of: obj.word is text, and a limit is counted under",
        ),
        (LIMIT + 'of = "obj.due"', "limits.1.of: obj.due is a date, and a limit is counted under the lock of a row"),
        (LIMIT + 'of = "obj.all"', "limits.1.of: obj.all holds many values; a limit counts for one"),
        (LIMIT + 'of = "obj.autor"', "limits.1.of: obj.autor: unknown field; did you mean obj.author?"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_a_hint(text: str, said: str) -> None:
    assert said in _mistake(text)


def test_all_mistakes_are_told_at_once() -> None:
    said = _mistake(FIELDS + '[permissions.view]\nstudent = "obj.x"\nadmin = "obj.y"\nforbid = "obj.z"')
    assert [name for name in ("obj.x", "obj.y", "obj.z") if f"{name}: unknown" in said] == ["obj.x", "obj.y", "obj.z"]


KIND = '[process]\nname = "zoo.cat"\nstates = { a = "A" }\nfields = { girth = "numbr" }\n'
USED = '[permissions.view]\nstudent = "dear"\nadmin = "not dear"\n[conditions.dear]\nif = "big and obj.born < now"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FIELDS + USED + '[conditions.big]\nif = "obj.amuont > 1"', "conditions.big.if: obj.amuont: unknown field"),
        (FIELDS + USED + '[conditions.big]\nif = "dear"', "conditions.big.if: conditions go round in a circle"),
        (
            FIELDS.replace('"amount"', '"amuont"') + USED + '[conditions.big]\nif = "obj.amount > 1"',
            "fields.amount: amuont: zoo.Animal has no field amuont",
        ),
        (
            KIND + '[conditions.big]\nif = "obj.girth > 1"\n[permissions.view]\nadmin = "big and obj.girth > 2"',
            "process.fields.girth.type: “numbr” is not a type of field",
        ),
        (LIMIT.replace('"author"', '"autor"') + 'of = "obj.author"', "fields.author: autor: zoo.Animal has no field"),
        (
            FIELDS.replace('"author"', '"autor"') + '[[tests]]\nas = { role = "student", is = "author" }\nmay = []',
            "fields.author: autor: zoo.Animal has no field",
        ),
        (FIELDS + USED + "[conditions.big]\nif = 5", "conditions.big.if: text is expected here, not 5"),
        (FIELDS + "[conditions]\nbig = 5\n" + USED, "conditions.big: a table is expected here"),
    ],
)
def test_a_mistake_is_told_once_where_it_stands_and_not_wherever_it_is_named(text: str, said: str) -> None:
    (told,) = _mistake(text).splitlines()
    assert said in told


def test_what_only_echoes_is_told_where_nothing_else_is() -> None:
    source = Source("a.toml", START)
    with source.at("permissions", "view", "admin"):
        raise EchoError("“big” is wrong")
    source.settle()
    assert [problem.text for problem in source.problems] == ["“big” is wrong"]


def test_named_conditions_cannot_grow_beyond_reason() -> None:
    steps = "\n".join(f'[conditions.c{n}]\nif = "c{n + 1} and c{n + 1}"' for n in range(30))
    assert "becomes too large" in _mistake(FIELDS + steps + '\n[conditions.c30]\nif = "obj.amount == 1"')


def test_two_books_for_the_same_thing_are_a_mistake() -> None:
    with pytest.raises(BookErrors, match=r"b.toml:1: a.toml is a book for zoo.Animal"):
        load_texts({"a.toml": START, "b.toml": START})


def test_books_are_keyed_by_model_process_and_name(declared: RuleSet) -> None:
    cat = declared.book("zoo.Animal", "cat")
    assert (cat.title, cat.label, cat.process) == ("Cats", "zoo.Animal", "cat")
    assert len(cat.version) == 64
    approve = cat.transitions["approve"]
    assert (approve.from_, approve.to, approve.label) == ({"submitted"}, "approved", "Approve the cat")
    assert approve.ask["note"].required
    assert list(approve.rows) == [Role.INSTRUCTOR]
    assert cat.definition is not None
    assert [state.label for state in cat.definition.states.values()] == ["Submitted", "Approved"]
    with pytest.raises(UnknownName):
        declared.book("zoo.Animal", "bird")


def test_declared_answers_are_typed(declared: RuleSet) -> None:
    text = declared.book("zoo.Animal", "cat").text
    with pytest.raises(BookErrors, match=r"obj\.colour is never “blak”; did you mean black"):
        load_texts({"zoo/cat.toml": text.replace("== 'black'", "== 'blak'")})
    with pytest.raises(BookErrors, match="is not a state; did you mean submitted"):
        load_texts({"zoo/cat.toml": text.replace('from       = ["submitted"]', 'from = ["sumbitted"]')})


def test_limits_are_typed(coded: RuleSet) -> None:
    limit = '[[limits]]\nid = "{}"\non = "submit"\ncount = "approve"\nallow = 1\nper = "{}"\n'
    limit += 'of = "obj.author"\nsay = "No."\n'
    text = CODED + limit.format("a", "180 days") + limit.format("b", "calendar month")
    rolling, calendar = load_texts({"a.toml": text}).book("zoo.Animal").limits
    assert (rolling.per, calendar.per) == (Rolling(timedelta(days=180)), Calendar("month"))
    assert (rolling.on, rolling.count, rolling.allow, rolling.say) == ("submit", "approve", 1, "No.")
    assert "“2 moons” is not a period" in _mistake(CODED + limit.format("a", "2 moons"))


def test_books_of_numbers_have_bounds() -> None:
    text = '[values.share]\nvalue = 0.95\nunit = "share"\nmin = 0\nmax = 1\ntitle = "Of a video"'
    assert load_texts({"metrics.toml": text}).values["metrics"].values["share"].value == 0.95
    assert "lies outside 0 … 1" in _mistake(text.replace("0.95", "95"))


def test_a_folder_is_read_with_its_sub_folders(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "animals.toml").write_text(START + '[permissions.view]\nadmin = "always"')
    assert [book.file for book in load(tmp_path).books] == ["deep/animals.toml"]


def test_a_transition_tells_that_it_has_happened_in_words_of_its_own(declared: RuleSet) -> None:
    told = CAT.replace('"Approve the cat"\n', '"Approve the cat"\ndone = "Taken in"\n')
    [book] = load_texts({"a.toml": told}).books
    assert book.transitions["approve"].done == "Taken in"
    assert declared.book("zoo.Animal", "cat").transitions["approve"].done == ""
    assert "transitions.approve.done: done says what has happened then" in _mistake(told.replace('"Taken in"', '" "'))
    assert _mistake(told.replace('"Taken in"', "3")).endswith("transitions.approve.done: text is expected here, not 3")
