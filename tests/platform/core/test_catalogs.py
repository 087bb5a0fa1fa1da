"""Words of all apps with one plural rule lie in one dictionary."""

import gettext

import pytest
from django.utils import translation
from django.utils.translation import ngettext, trans_real

from gradus.core import catalogs


@pytest.mark.parametrize("language", ["en", "de", "fr", "pl"])
def test_a_text_is_looked_up_in_as_few_dictionaries_as_there_are_plural_rules(language: str) -> None:
    kept = trans_real.translation(language)._catalog
    rules = {plural.__code__.co_code for plural in kept._plurals}
    assert len(kept._catalogs) <= 4
    assert len(kept._catalogs) <= len(rules) + 1  # Django's own English rule is written otherwise than gettext's


def test_newer_words_win_and_plurals_keep_their_rule() -> None:
    first, second, other = (gettext.NullTranslations() for _ in range(3))
    alike, unlike = gettext.c2py("n != 1"), gettext.c2py("n > 1")
    for words, plural, catalog in ((first, alike, {"a": "1", "b": "1"}), (second, gettext.c2py("n != 1"), {"a": "2"})):
        words.plural, words._catalog = plural, catalog  # type: ignore[attr-defined]
    other.plural, other._catalog = unlike, {("day", 1): "dagen"}  # type: ignore[attr-defined]
    kept = trans_real.TranslationCatalog(first)
    kept.update(second)
    kept.update(other)
    assert [kept["a"], kept["b"]] == ["2", "1"]
    assert len(kept._catalogs) == 2
    assert kept.plural("day", 2) == "dagen"


def test_german_days_are_counted_in_german() -> None:
    with translation.override("de"):
        assert ngettext("%(num)d day", "%(num)d days", 2) % {"num": 2} == "2 Tage"


def test_merging_twice_changes_nothing() -> None:
    catalogs.merge()
    assert trans_real.TranslationCatalog.update is catalogs._update


def test_newer_words_win_over_those_of_another_plural_rule_too() -> None:
    ours, theirs, newer = (gettext.NullTranslations() for _ in range(3))
    rules = ("n != 1", "n > 1", "n != 1")
    for words, rule, said in zip((ours, theirs, newer), rules, ("1", "2", "3"), strict=True):
        words.plural, words._catalog = gettext.c2py(rule), {"a": said}  # type: ignore[attr-defined]
    kept = trans_real.TranslationCatalog(ours)
    kept.update(theirs)
    kept.update(newer)
    assert kept["a"] == "3"
