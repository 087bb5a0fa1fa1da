"""Limits that nothing reaches and automations that another covers are said at their line; in doubt, nothing is."""

import pytest

from gradus.policy import load_texts
from gradus.policy.unused import unused

BOOK = """
[process]
name = "requests.errand"
title = "Errand"
[process.fields]
weight = "number"
[process.states]
open = "Open"
done = "Done"
lost = "Lost"
[fields]
author = "author"
[transitions.file]
from = [""]
to = "open"
student = "always"
[transitions.finish]
from = ["open"]
to = "done"
instructor = "always"
[transitions.burn]
from = ["open"]
to = "done"
admin = "never"
[transitions.find]
from = ["lost"]
to = "open"
admin = "always"
"""
LIMIT = '[[limits]]\nid = "few"\non = "file"\nallow = 1\nper = "1 day"\nof = "obj.author"\nsay = "Enough."\n'
AFTER = 'after = "2 days in open"'


def said(more: str) -> list[str]:
    (book,) = load_texts({"errand.toml": BOOK + more}).books
    return [f"{problem.key}: {problem.text}" for problem in unused(book)]


def automation(name: str, *lines: str, do: str = 'apply = "finish"', live: bool = False) -> str:
    return "\n".join(
        [f'[[automations]]\nid = "{name}"', *lines, f"do = [{{ {do} }}]", "live = true" if live else "", ""]
    )


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("", None),
        ('count = "finish"', None),
        ('count = "burn"', "limits.1.count: nobody may make “burn”"),
        ('count = "find"', "limits.1.count: nobody may make “find”"),
    ],
)
def test_a_limit_on_what_never_happens(line: str, key: str | None) -> None:
    found = said(LIMIT + line)
    assert found == [] if key is None else [key in text for text in found] == [True]


def test_a_limit_that_is_asked_for_nothing() -> None:
    (found,) = said(LIMIT.replace('"file"', '"burn"'))
    assert found.startswith("limits.1.on: nobody may make “burn”")


@pytest.mark.parametrize(
    ("one", "two", "covered"),
    [
        ([AFTER], [AFTER], True),
        ([AFTER], [AFTER, 'if = "obj.weight > 5"'], True),
        ([AFTER, 'if = "obj.weight > 5"'], [AFTER], True),
        ([AFTER, 'if = "obj.weight > 5"'], [AFTER, 'if = "obj.weight < 5"'], False),
        ([AFTER], ['after = "3 days in open"'], False),  # reminded, and once more
        ([AFTER], [AFTER, 'again = "2 days"'], False),
        (['on = "file"'], ['on = "* -> open"'], True),
        (['on = "* -> done"'], ['on = "* -> open"'], False),
        (['on = "finish"'], ['on = "open -> done"'], True),
        (['on = "file"'], ['on = "finish"'], False),
    ],
)  # fmt: skip
def test_an_automation_that_another_covers(one: list[str], two: list[str], covered: bool) -> None:
    notify = 'notify = "author", template = "requests/waiting"'
    found = said(automation("first", *one, do=notify) + automation("second", *two, do=notify))
    assert ["“first” does the same" in text for text in found] == [True] * covered


def test_what_is_only_tried_covers_nothing() -> None:
    notify = 'notify = "author", template = "requests/waiting"'
    assert said(automation("first", AFTER, do=notify, live=True) + automation("second", AFTER, do=notify)) == []
    other = 'notify = "author", template = "requests/still_asked"'
    assert said(automation("first", AFTER, do=notify) + automation("second", AFTER, do=other)) == []
