"""The sections of a book that are data rather than conditions: the process, limits and tests."""

import re
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from gradus.accounts.roles import Role
from gradus.core.words import in_words
from gradus.policy import editions, tree
from gradus.policy.bounds import COUNTED, LONGEST, MOST_ANSWERS, TAKEN, check_name, check_number
from gradus.policy.errors import EchoError, RuleError, nearest, phrase
from gradus.policy.kinds import describe
from gradus.policy.machines import ANY, Move
from gradus.policy.process import (
    TONES,
    Calendar,
    Limit,
    Process,
    Question,
    Rolling,
    State,
    TestCase,
    When,
    kind_of,
    model_of,
    types,
)
from gradus.policy.scope import BookScope
from gradus.policy.source import Path, Source

PROCESS_KEYS = ("name", "title", "help", "edition", "labels", "fields", "states")
STATE_KEYS = ("label", "tone")
QUESTION_KEYS = ("type", "label", "required", "help", "choices", "min", "max", "many", "show", "default", "when")
LIMIT_KEYS = ("id", "on", "count", "allow", "per", "of", "say")
TEST_KEYS = ("as", "given", "may")
CALENDAR = ("day", "week", "month", "quarter", "year")
_ROLLING = re.compile(rf"(\d{{1,5}}) {COUNTED}")
ROLES = tuple(role.value for role in Role)
FORMS: dict[str, type] = {"whole": int, "flag": bool, "date": date}


def read_definition(source: Source, written: Any) -> Process:
    """`[process]`: its name without the app, its fields, its states in order."""
    table = source.table(("process",), written)
    source.only(("process",), table, PROCESS_KEYS)
    name = str(table.get("name", "")).rsplit(".", 1)[-1]
    with source.at("process", "name"):
        check_name("process", name)
    edition = _edition(source, table, name)
    questions = read_questions(source, ("process", "fields"), table.get("fields"))
    states = source.table(("process", "states"), table.get("states"))
    source.named(("process", "states"), states, "state", "states")
    if not states:
        source.report(("process", "states"), phrase("a process has at least one state"))
    title = source.take(("process",), table, "title", str, source.data.get("title", ""))
    about = source.take(("process",), table, "help", str, "")
    found = {key: _state(source, key, value) for key, value in states.items()}
    return Process(name, title, about, questions, found, _labels(source, table.get("labels")), edition)


def _edition(source: Source, table: dict[str, Any], name: str) -> int:
    edition: int = source.take(("process",), table, "edition", int, editions.FIRST)
    if not editions.FIRST <= edition <= editions.MOST:
        source.report(
            ("process", "edition"), phrase("an edition is a whole number from 1 to {}, not {}", editions.MOST, edition)
        )
        return editions.FIRST
    if len(editions.process_of(name, edition)) > LONGEST >= len(name):
        text = phrase(
            "the name of a process and its edition have at most {} characters together, such as “name-2”", LONGEST
        )
        source.report(("process", "name"), text)
    return edition


def _labels(source: Source, written: Any) -> dict[str, str]:
    path = ("process", "labels")
    table = source.table(path, written)
    return {name: source.take(path, table, name, str, "") for name in table}


def _state(source: Source, name: str, written: Any) -> State:
    if isinstance(written, str):
        return State(name, written)
    path = ("process", "states", name)
    table = source.table(path, written)
    source.only(path, table, STATE_KEYS)
    tone = source.take(path, table, "tone", str, "neutral")
    if tone not in TONES:
        source.report((*path, "tone"), phrase("“{}” is not a tone{}", tone, nearest(tone, TONES)))
    return State(name, source.take(path, table, "label", str, in_words(name)), tone)


def read_questions(source: Source, path: Path, written: Any) -> dict[str, Question]:
    found = {}
    asked = source.table(path, written)
    source.named(path, asked, "field", "ask", TAKEN)
    for name, value in asked.items():
        table = source.table((*path, name), {"type": value} if isinstance(value, str) else value)
        found[name] = _question(source, (*path, name), name, table)
    return found


def _question(source: Source, path: Path, name: str, table: dict[str, Any]) -> Question:
    source.only(path, table, QUESTION_KEYS)
    form = source.take(path, table, "type", str, "")
    if form not in types():
        source.report((*path, "type"), phrase("“{}” is not a type of field{}", form, nearest(form, types())))
    choices = _choices(source, path, table)
    if (form == "choice") != bool(choices):
        source.report((*path, "choices"), phrase("choices go with type = “choice”, and it needs them"))
    question = Question(
        name=name, type=form, choices=choices,
        label=source.take(path, table, "label", str, in_words(name)),
        required=source.take(path, table, "required", bool, False),  # noqa: FBT003 - the default
        help=source.take(path, table, "help", str, ""),
        min=source.take(path, table, "min", int), max=source.take(path, table, "max", int),
        many=source.take(path, table, "many", int, 1),
        show=read_roles(source, path, table), default=table.get("default"), when=_when(source, path, table),
    )  # fmt: skip
    for key, text in _senseless(question):
        source.report((*path, key), text)
    return question


def _when(source: Source, path: Path, table: dict[str, Any]) -> When | None:
    """As it is written: what its names mean is known once the whole book is read."""
    text = source.take(path, table, "when", str)
    return None if text is None else When(text, tree.Truth(value=True), lambda *_: True)


def _senseless(question: Question) -> Iterator[tuple[str, str]]:
    """Bounds and defaults that no answer could meet: the key and why."""
    low, high = question.min, question.max
    if low is not None and high is not None and low > high:
        yield "min", phrase("nothing lies between {} and {}", low, high)
    if not 1 <= question.many <= MOST_ANSWERS:
        yield "many", phrase("many = 1 to {} says how many answers there may be, not {}", MOST_ANSWERS, question.many)
    if question.default is not None and not _fits(question, question.default):
        yield "default", phrase("{!r} is no answer to a field of type {}", question.default, question.type)


def _fits(question: Question, value: Any) -> bool:
    kind = kind_of(question.type)
    if question.many > 1 or kind is None or model_of(question.type):
        return False
    if question.type == "choice":
        return value in [word for word, _label in question.choices]
    form = FORMS.get(kind, str)
    if not isinstance(value, form) or isinstance(value, bool) != (form is bool) or isinstance(value, datetime):
        return False
    if not isinstance(value, int):
        return True
    return (question.min is None or value >= question.min) and (question.max is None or value <= question.max)


def read_roles(source: Source, path: Path, table: dict[str, Any]) -> frozenset[str]:
    """`show = ["instructor"]`: who may read the value in an explanation."""
    roles = source.texts(path, table, "show")
    for role in roles:
        if role not in ROLES:
            source.report((*path, "show"), phrase("“{}” is not a role{}", role, nearest(role, ROLES)))
    return frozenset(roles)


def _choices(source: Source, path: Path, table: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Either a list of words or a table of word = label."""
    written = table.get("choices", ())
    if not isinstance(written, dict | list | tuple):
        source.report((*path, "choices"), phrase("choices are a list of texts, or word = “label”"))
        return ()
    with source.at(*path, "choices"):
        check_number("choices", len(written))
    pairs = written.items() if isinstance(written, dict) else [(word, word) for word in written]
    if not all(isinstance(word, str) and isinstance(label, str) for word, label in pairs):
        source.report((*path, "choices"), phrase("choices are texts, or word = “label”"))
        return ()
    return tuple(pairs)


def read_move(source: Source, path: Path, table: dict[str, Any], definition: Process) -> Move:
    """`from` and `to` of a declared transition; `""` is where a creation starts, and no `to` stays where it is."""
    sources = table.get("from", [])
    sources = [sources] if isinstance(sources, str) else source.texts(path, table, "from")
    for state in sources:
        if state not in {*definition.states, "", ANY}:
            source.report((*path, "from"), phrase("“{}” is not a state{}", state, nearest(state, definition.states)))
    if not sources:
        source.report((*path, "from"), phrase('from = ["state", …] says where it starts; "" is before the beginning'))
    target = source.take(path, table, "to", str)
    if target is not None and target not in definition.states:
        source.report((*path, "to"), phrase("“{}” is not a state{}", target, nearest(target, definition.states)))
    return Move(frozenset(sources), target, source.take(path, table, "label", str, ""))


def read_limits(source: Source, written: Any, scope: BookScope, transitions: Collection[str]) -> tuple[Limit, ...]:
    if written is None:
        return ()
    if not isinstance(written, list):
        source.report(("limits",), phrase("limits are written [[limits]]"))
        return ()
    with source.at("limits"):
        check_number("limits", len(written))
    found, ids = [], set[str]()
    for number, value in enumerate(written, start=1):
        with source.at("limits", number):
            limit = _limit(source, ("limits", number), source.table(("limits", number), value), scope, transitions)
            if limit.id in ids:
                raise RuleError(phrase("there is a limit {} already", limit.id))
            ids.add(limit.id)
            found.append(limit)
    return tuple(found)


def _limit(source: Source, path: Path, table: dict[str, Any], scope: BookScope, transitions: Collection[str]) -> Limit:
    source.only(path, table, LIMIT_KEYS)
    texts = {key: source.take(path, table, key, str, "") for key in ("id", "on", "per", "of", "say")}
    if missing := [key for key, value in texts.items() if not value]:
        for key in (key for key in missing if isinstance(table.get(key, ""), str)):  # of others that is said
            source.report((*path, key), phrase("a limit needs this"))
        raise EchoError(phrase("a limit needs this"))
    check_name("limit", texts["id"])
    count = source.take(path, table, "count", str, texts["on"])
    for key, name in (("on", texts["on"]), ("count", count)):
        if name not in transitions:
            source.report((*path, key), phrase("“{}” is not a transition{}", name, nearest(name, transitions)))
    allow = source.take(path, table, "allow", int, -1)
    if allow < 0:
        with source.at(*path, "allow"):
            raise RuleError(phrase("allow = a whole number says how many"))
    of: tree.Field | tree.Person = tree.Person()
    with source.at(*path, "of"):
        of = _owner(texts["of"], scope)
    return Limit(texts["id"], texts["on"], count, allow, read_period(texts["per"]), of, texts["say"])


def read_period(text: str) -> Rolling | Calendar:
    """`180 days` rolls; `calendar month` begins anew with the month."""
    if text.startswith("calendar ") and (unit := text.removeprefix("calendar ")) in CALENDAR:
        return Calendar(unit)
    if (found := _ROLLING.fullmatch(text)) and int(found[1]):
        return Rolling(timedelta(**{f"{found[2]}s": int(found[1])}))
    raise RuleError(phrase("“{}” is not a period; write “180 days” or “calendar month”", text))


def _owner(text: str, scope: BookScope) -> tree.Field | tree.Person:
    if text == "user":
        return tree.Person()
    name = text.removeprefix("obj.")
    if not text.startswith("obj."):
        raise RuleError(phrase("{}: unknown field{}", text, nearest(name, scope.fields, prefix="obj.")))
    field = scope.field(name)
    if field.many:
        raise RuleError(phrase("{} holds many values; a limit counts for one", text))
    if field.kind != "ref":
        raise RuleError(
            phrase(
                "{} is {}, and a limit is counted under the lock of a row; "
                "name a field that is a person or another reference, or write user",
                text,
                describe(field),
            )
        )
    return field


def read_tests(source: Source, written: Any, scope: BookScope, names: Collection[str]) -> tuple[TestCase, ...]:
    if not isinstance(written, list):
        if written is not None:
            source.report(("tests",), phrase("tests are written [[tests]]"))
        return ()
    with source.at("tests"):
        check_number("tests", len(written))
    return tuple(
        _test(source, number, source.table(("tests", number), value), scope, names)
        for number, value in enumerate(written, start=1)
    )


def _test(source: Source, number: int, table: dict[str, Any], scope: BookScope, names: Collection[str]) -> TestCase:
    path: Path = ("tests", number)
    source.only(path, table, TEST_KEYS)
    person = dict(source.table((*path, "as"), table.get("as", {})))
    role = source.take((*path, "as"), person, "role", str, "")
    if role not in ROLES:
        source.report((*path, "as"), phrase("“{}” is not a role{}", role, nearest(role, ROLES)))
    holds = [person["is"]] if isinstance(person.get("is"), str) else source.texts((*path, "as"), person, "is")
    for name in holds:
        if name not in {*scope.fields, *scope.lost}:
            source.report((*path, "as"), phrase("is = “{}”: unknown field{}", name, nearest(name, scope.fields)))
    may = source.texts(path, table, "may")
    for name in may:
        if name not in names:
            source.report(
                (*path, "may"), phrase("“{}” is neither a right nor a transition{}", name, nearest(name, names))
            )
    given = source.table((*path, "given"), table.get("given", {}))
    facts = {key: value for key, value in person.items() if key not in {"role", "is"}}
    return TestCase(number, source.line(path), role, tuple(holds), facts, given, frozenset(may))
