from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ImproperlyConfigured

from gradus.project import environment as env


@pytest.fixture(autouse=True)
def keep_the_list_of_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "VARIABLES", {})


def test_an_unset_variable_has_its_default() -> None:
    assert env.number("GRADUS_TEST_X", 3, "something.") == 3


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADUS_TEST_X", " ")
    assert env.flag("GRADUS_TEST_X", True, "something.") is True


@pytest.mark.parametrize(("raw", "value"), [("yes", True), ("0", False), ("Off", False)])
def test_a_flag_reads_the_usual_words(monkeypatch: pytest.MonkeyPatch, raw: str, value: bool) -> None:
    monkeypatch.setenv("GRADUS_TEST_X", raw)
    assert env.flag("GRADUS_TEST_X", False, "something.") is value


def test_a_list_is_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADUS_TEST_X", "a.example, b.example,")
    assert env.names("GRADUS_TEST_X", [], "something.") == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("reader", "default", "raw", "expected"),
    [(env.number, 1, "many", "a whole number"), (env.flag, False, "perhaps", "expected yes or no")],
)
def test_a_wrong_value_fails_loudly(monkeypatch, reader, default, raw, expected) -> None:
    monkeypatch.setenv("GRADUS_TEST_X", raw)
    with pytest.raises(ImproperlyConfigured, match=f"GRADUS_TEST_X='{raw}'.*{expected}.*It sets the number"):
        reader("GRADUS_TEST_X", default, "the number of things.")


@pytest.mark.parametrize(
    ("reader", "raw", "expected"),
    [
        (partial(env.number, default=1, least=1), "0", "expected at least 1"),
        (
            partial(env.url, default="", schemes=("redis", "unix")),
            "foo",
            "expected an address that begins with redis://",
        ),
        (partial(env.url, default="", schemes=("redis", "unix")), "http://a", "expected an address that begins with"),
        (partial(env.zone, default="UTC"), "Nowhere/Nix", "expected a time zone such as Europe/Berlin"),
        (partial(env.currency, default="EUR"), "xx", "expected three capital letters such as EUR"),
    ],
)
def test_so_does_one_that_means_nothing(
    monkeypatch: pytest.MonkeyPatch, reader: Callable[..., object], raw: str, expected: str
) -> None:
    monkeypatch.setenv("GRADUS_TEST_X", raw)
    with pytest.raises(ImproperlyConfigured, match=f"GRADUS_TEST_X='{raw}': {expected}"):
        reader("GRADUS_TEST_X", help="the number of things.")
