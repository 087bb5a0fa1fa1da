"""Django keeps the words of each app in a dictionary of its own and asks twenty of them for every text.

It means to keep one for each plural rule (`TranslationCatalog.update`), but compares a function with its code, which
are never equal. A page of ours asks for some two hundred texts.
"""

from typing import Any

from django.utils.translation.trans_real import TranslationCatalog


def merge() -> None:
    """From now on apps whose plurals work alike share one dictionary, as Django means them to."""
    TranslationCatalog.update = _update  # type: ignore[method-assign, assignment]


def _update(self: Any, translation: Any) -> None:
    for index, (words, plural) in enumerate(zip(self._catalogs, self._plurals, strict=True)):
        if plural.__code__ == translation.plural.__code__:
            words.update(translation._catalog)  # noqa: SLF001
            for asked_first in self._catalogs[:index]:  # what comes later is meant to win over all of them
                for text in translation._catalog:  # noqa: SLF001
                    asked_first.pop(text, None)
            return
    self._catalogs.insert(0, translation._catalog.copy())  # noqa: SLF001
    self._plurals.insert(0, translation.plural)
