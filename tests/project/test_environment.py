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
