"""Two books that mean different things never compare as equal, whichever key of the language it is."""

import itertools
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from gradus import policy
from gradus.policy import automations, definitions, reading, values
from gradus.policy.errors import BookErrors
from gradus.policy.source import as_toml
from gradus.rulebook.comparing import changes
from gradus.rulebook.form.writing import key_text, value_text

RICH = """
title = "Grain"

[process]
name    = "mill.grain"
title   = "Grain of others"
help    = "Ask for grain."
edition = 2
labels  = { title = "What for" }

[process.fields.sacks]
type     = "number"
label    = "How many sacks"
required = true
help     = "Full ones."
min      = 1
max      = 90
default  = 2
show     = ["instructor"]

[process.fields.sort]
type    = "choice"
choices = { rye = "Rye", oats = "Oats" }
when    = "obj.sacks > 5"

[process.fields.papers]
type = "file"
many = 3

[process.states]
asked  = { label = "Asked for", tone = "info" }
given  = "Given"
closed = "Closed"

[fields]
author   = "author"
reviewer = { path = "claimed_by", show = ["admin"] }
number   = { path = "version", type = "money" }

[conditions.own]
if  = "obj.author == user"
yes = "it is your own"
no  = "it is not yours"

[permissions.view]
guest      = "never"
student    = "own"
instructor = "not own"
editor     = "own"
analyst    = "own"
admin      = "not own"
system     = "own"
forbid     = "obj.sacks > 80"

[transitions.order]
from    = [""]
to      = "asked"
student = "own"

[transitions.hand_over]
from    = ["asked", "closed"]
to      = "given"
label   = "Give it"
done    = "Given out"
tone    = "success"
confirm = "Really?"
waiting = false
guest      = "never"
student    = "own"
instructor = "not own"
editor     = "own"
analyst    = "own"
admin      = "not own"
system     = "own"
forbid  = "obj.sacks > 70"
ask     = { note = { type = "text", required = true }, why = "text" }
then    = [{ notify = "author", template = "x" }, { assign = "reviewer", to = "least loaded", role = "admin" }]

[[limits]]
id    = "a-month"
on    = "order"
count = "hand_over"
allow = 3
per   = "calendar month"
of    = "obj.author"
say   = "Three a month."

[[limits]]
id    = "a-day"
on    = "hand_over"
allow = 9
per   = "2 days"
of    = "user"
say   = "Nine a day."

[[automations]]
id = "tell"
on = "hand_over"
do = [{ notify = "author", template = "y" }, { webhook = "shop", type = "a.b" }]

[[automations]]
id    = "hurry"
after = "2 days in asked"
if    = "obj.sacks > 3"
clock = "reviewing"
again = "3 days"
live  = true
do    = [{ notify = "role:instructor", template = "z" }]

[[automations]]
id    = "sweep"
every = "monday at 07:00"
if    = "obj.state == 'given'"
do    = [{ apply = "hand_over" }]

[[tests]]
as    = { role = "student", is = "author", language = "en" }
given = { state = "asked", sacks = 4 }
may   = ["view", "hand_over"]
"""
CODED = 'model = "mill.Stone"\ntitle = "Stones"\n\n[permissions.view]\nadmin = "always"\n'
NUMBERS = """
title = "Numbers"

[values.enough]
value = 95
unit  = "percent"
min   = 50
max   = 100
title = "Enough"
help  = "Of it."
"""
# Any of these may stand where a text stands; what is wrong there is not read, and the next is tried.
WORDS = (
    "always", "never", "asked", "given", "hand_over", "order", "own", "text", "date", "file", "danger", "student",
    "5 days", "calendar year", "user", "obj.reviewer", "reviewer", "month on 3 at 08:30", "3 hours in given",
    "asked -> given", "state", "mill.Order", "mill.barley", "milling", "grain-x", "share",
)  # fmt: skip
# What the language does not promise an order for.
UNORDERED = {
    (), ("fields",), ("conditions",), ("permissions",), ("process",), ("process", "labels"), ("values",), ("tests",),
}  # fmt: skip
ASKED = 'as { role = "student", is = ["author"], language = "en" }, given { sacks = 4, state = "asked" }'
TOLD_W = '{ notify = "author", template = "w" }'
TOLD = '{ notify = "author", template = "x" }'
_GIVEN = '{ assign = "reviewer", role = "admin", to = "least loaded" }'
BOTH, BOTH_W = f"[{TOLD}, {_GIVEN}]", f"[{TOLD_W}, {_GIVEN}]"
Path = tuple[Any, ...]


def written(data: dict[str, Any]) -> str:
    return "".join(f"{key_text(key)} = {value_text(value)}\n" for key, value in data.items())


def read(data: dict[str, Any]) -> policy.RuleSet | None:
    try:
        return policy.load_texts({"rich.toml": written(data)})
    except BookErrors:
        return None


def places(data: Any, path: Path = ()) -> Iterator[Path]:
    """Every key and every entry of every list."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def others(whole: Any, key: Any) -> Iterator[Any]:
    """The table or list around a place, with something else there or nothing."""
    less = deepcopy(whole)
    del less[key]
    yield less
    value = whole[key]
    instead: tuple[Any, ...] = ()
    match value:
        case bool():
            instead = (not value,)
        case int():
            instead = (value + 1, value - 1)
        case str():
            instead = (f"{value}.", *WORDS)
    for each in instead:
        if each != value:
            more = deepcopy(whole)
            more[key] = each
            yield more


def put(data: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    found = deepcopy(data)
    found[path[0]] = put(data[path[0]], path[1:], value)
    return found


def mutants(data: dict[str, Any], path: Path) -> list[policy.RuleSet]:
    """A few books that differ from it in this place alone."""
    whole = data
    for key in path[:-1]:
        whole = whole[key]
    found = (read(put(data, path[:-1], each)) for each in others(whole, path[-1]))
    return list(itertools.islice((each for each in found if each is not None), 2))


def kinds() -> set[str]:
    """Every key there is in the language."""
    return {
        *reading.SECTIONS, *reading.FIELD_KEYS, *reading.CONDITION_KEYS, *reading.DECLARED_KEYS,
        *definitions.PROCESS_KEYS, *definitions.STATE_KEYS, *definitions.QUESTION_KEYS, *definitions.LIMIT_KEYS,
        *definitions.TEST_KEYS, *automations.KEYS, *values.SECTIONS, *values.KEYS,
    }  # fmt: skip


def test_whatever_differs_is_named_whichever_key_of_the_language_it_is() -> None:
    silent, tried = [], set[str]()
    for text in (RICH, CODED, NUMBERS):
        data = tomllib.loads(as_toml(text))
        base = read(data)
        assert base is not None
        assert changes(base, base) == []
        for path in places(data):
            found = mutants(data, path)
            silent += [path for each in found if not changes(base, each)]
            tried |= {str(key) for key in path} if found else set()
    assert silent == []
    assert kinds() - tried == set()


def test_an_order_that_means_something_is_named() -> None:
    data = tomllib.loads(as_toml(RICH))
    base = read(data)
    assert base is not None
    named = set()
    for path in [(), *places(data)]:
        whole = data
        for key in path:
            whole = whole[key]
        if not isinstance(whole, dict | list) or len(whole) < 2:
            continue
        turned = dict(reversed(whole.items())) if isinstance(whole, dict) else whole[::-1]
        other = read(put(data, path, turned))
        if other is not None and path not in UNORDERED and changes(base, other):
            named.add(".".join(map(str, path)))
        elif other is not None and path in UNORDERED:
            assert changes(base, other) == [], path
    assert {
        "process.fields", "process.fields.sort.choices", "process.states", "transitions", "transitions.hand_over.ask",
        "transitions.hand_over.then", "limits", "automations", "automations.0.do",
    } <= named  # fmt: skip


def test_layout_comments_and_short_forms_are_no_difference() -> None:
    same = (
        RICH.replace('why = "text"', 'why = { type = "text", label = "Why" }')
        .replace('given  = "Given"', 'given = { label = "Given", tone = "neutral" }')
        .replace('"obj.sacks > 5"', '"( obj.sacks  >  5 )"  # many')
        .replace('per   = "2 days"', 'count = "hand_over"\nper = "48 hours"')
        .replace('from    = ["asked", "closed"]', 'from = ["closed", "asked"]')
        .replace('may   = ["view", "hand_over"]', 'may = ["hand_over", "view"]')
    )
    assert same.count("48 hours") == same.count("# many") == 1
    before, after = (policy.load_texts({"rich.toml": text}) for text in (RICH, same))
    assert changes(before, after) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("allow = 3", "allow = 4", "limits.a-month.allow: 3 → 4"),
        ('say   = "Nine a day."', 'say = "-"', 'limits.a-day.say: Nine a day. → "-"'),
        ('"2 days in asked"', '"1 week in asked"', "automations.hurry.after: 2 days in asked → 1 week in asked"),
        ("live  = true", "live = false", "automations.hurry.live: true → false"),
        ("max      = 90", 'max = 90\nwhen = "own"', "process.fields.sacks.when: - → own"),
        ('rye = "Rye"', 'rye = "Dark rye"', "process.fields.sort.choices.rye: Rye → Dark rye"),
        ('closed = "Closed"', 'closed = "Shut"', "process.states.closed.label: Closed → Shut"),
        ('path = "claimed_by"', 'path = "author"', "fields.reviewer.path: claimed_by → author"),
        ("why = \"text\"", 'why = "date"', "hand_over.ask.why.type: text → date"),
        ('may   = ["view", "hand_over"]', 'may = ["view"]', f"tests.{ASKED}.may: hand_over, view → view"),
        ('"author", template = "x"', '"author", template = "w"', f"hand_over.then: {BOTH} → {BOTH_W}"),
    ],
)  # fmt: skip
def test_a_difference_is_told_as_the_book_writes_it(old: str, new: str, said: str) -> None:
    assert RICH.count(old) == 1
    before, after = (policy.load_texts({"rich.toml": text}) for text in (RICH, RICH.replace(old, new)))
    assert list(map(str, changes(before, after))) == [f"mill.Order/grain-2: {said}"]
