"""What a condition may say, and what is said back when it says something else."""

import time
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradus.policy import tree
from gradus.policy.errors import RuleError
from gradus.policy.language import parse
from gradus.policy.normal import normalise


@dataclass
class AnyScope:
    """Knows a few names, so that random text can also be right."""

    def field(self, name: str) -> tree.Field:
        kinds: dict[str, tree.Kind] = {"a": "whole", "b": "whole", "t": "text", "m": "moment", "f": "flag", "d": "date"}
        kinds |= {"p": "decimal", "g": "float"}
        if name not in kinds:
            raise RuleError(f"obj.{name}: unknown field")
        return tree.Field(name, kinds[name], name, lambda obj: None, name)

    def fact(self, name: str) -> tree.Fact:
        raise RuleError(f"user.{name}: unknown fact")

    def condition(self, name: str) -> tree.Node:
        if name != "own":
            raise RuleError(f"{name}: unknown condition")
        return tree.Named("own", tree.Truth(value=True))


def _tree(text: str) -> tree.Node:
    return normalise(parse(text, AnyScope()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("obj.a == 1 == 2", "cannot be chained"),
        ("__import__('os')", "is not a condition"),
        ("obj.a.b == 1", "one step deep"),
        ("obj.a + 1 == 2", "obj.a is a whole number, not a moment in time; nothing can be added to it"),
        ("obj.d + days(1) == obj.d", "obj.d is a date, not a moment in time; nothing can be added to it"),
        ("obj.p - 1 == 2", "obj.p is a number, not a moment in time; nothing can be added to it"),
        ("now - obj.d < days(1)", "obj.d is a date, not a moment in time, so it has no age"),
        (
            "obj.d < now",
            "obj.d is a date and cannot be compared with now, which is a moment in time; when a day",
        ),
        ("obj.d == '2026-03-01'", "obj.d is a date and cannot be compared with '2026-03-01', which is text"),
        (
            "obj.p == obj.g",
            "obj.p is a number and cannot be compared with obj.g, which is a number without fixed",
        ),
        ("obj.p * 2 > 1", "holds something that is no part of the language"),
        ("obj.t < 'x'", "has no order"),
        ("obj.a == 'x'", "cannot be compared"),
        ("obj.a == None", "write is None"),
        ("obj.a is 3", "“is” goes with None only"),
        ("obj.a", "is not yes or no"),
        ("t == 'x'", "“t” is a field; write obj.t"),
        ("usr == 3", "“usr” is not a value; did you mean user?"),
        ("obj.t = 'x'", "write == with two signs"),
        ("obj.t == 'a = b' own", "invalid syntax"),
        ("obj.f == yes", "“yes” is not a value; write true"),
        ("obj.f == No", "“No” is not a value; write false"),
        ("user", "alone is not a condition"),
        ("obj.a in []", "between 1 and 100"),
        ("obj.a in [obj.b]", "literals only"),
        ("obj.a == 2.5", "is a whole number"),
        ("obj.m > day(3)", "did you mean days?"),
        ("obj.m > now - days(40000)", "longer than a hundred years"),
        ("lambda: 1", "no part of the language"),
        ("obj.t == f'x'", "is not a value"),
        ("[x for x in obj]", "is not a condition"),
        ("obj.a == 10000000000000000", "is not a number"),
        ("obj.a == 0x1F", "is not a number"),
        ("obj.a == 1_000", "is not a number"),
        ("obj.\u0430 == 1", "no part of the language"),
        ("obj.t == '\\x00'", "no backslashes"),
        ("", "empty"),
        ("not " * 150 + "own", "too many"),
        ("(" * 60 + "own" + ")" * 60, "nested too deeply"),
        ("own and " * 200 + "own", "at most 1000 characters"),
    ],
)
def test_what_is_not_in_the_language_is_refused_with_a_hint(text: str, said: str) -> None:
    with pytest.raises(RuleError, match=said.replace("(", r"\(").replace("?", r"\?")):
        parse(text, AnyScope())


def test_negation_ends_in_the_leaves() -> None:
    assert _tree("not (obj.a < 3 and not obj.t == 'x')") == tree.Or(
        (
            tree.Compare("ge", AnyScope().field("a"), tree.Const(3, "whole"), missing=True),
            tree.Compare("eq", AnyScope().field("t"), tree.Const("x", "text"), missing=False),
        )
    )


def test_a_duration_moves_away_from_its_column() -> None:
    one, other = _tree("obj.m + days(2) < now"), _tree("now - obj.m > days(2)")
    assert one == other
    assert isinstance(one, tree.Compare)
    assert one.left == AnyScope().field("m")


WORDS = """
obj.a obj.b obj.t obj.m obj.f user now own always never and or not in is None == != < <= > >= ( ) [ ] , 1 2.5 'x' " '
days(7) - + . : = { } lambda if else for await yield * ** @ ~ % & | ^ ; # 9999999999999999 1e999 0x 1j 1_0 f'' b'' ''
"""
PIECES = st.sampled_from([*WORDS.split(), "\\", "\x00", "\ud800", "é", "\n", "\t"])


@settings(max_examples=1500, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES).map("".join)))
@example("(" * 1000)
@example("-" * 1000)
@example("not " * 250)
@example("[" * 500 + "]" * 500)
@example("own and (" * 100)
@example("{" * 200 + "}" * 200)
@example("a" * 1000)
@example("9" * 1000)
@example("\ud800")
@example("\x00")
@example("1if 1else 1")
@example("obj." * 250)
@example("own" + " in own" * 120)
@example("'" * 999)
@example("x" * 1_000_000)
@example("1<" * 400 + "1")
def test_random_text_raises_nothing_but_our_error_and_takes_no_time(text: str) -> None:
    started = time.perf_counter()
    with suppress(RuleError):
        normalise(parse(text, AnyScope()))
    assert time.perf_counter() - started < 0.05
