"""Put rules in force: published, rolled back, frozen, released. Whole or not at all, one after the other.

Who may do so is not a matter of rules: active administrators may, and nobody can write a rule that says otherwise.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.policy.errors import BookErrors
from gradus.policy.ruleset import RuleSet, load_texts
from gradus.rulebook import editions, live, store
from gradus.rulebook.comparing import name_of
from gradus.rulebook.gate import objections
from gradus.rulebook.models import Activation, BookText, Version, hash_of
from gradus.rulebook.store import Standing

Changes = Mapping[str, str | None]  # file to text; None: what the file says


class NotPublished(Exception):  # noqa: N818 - says what happened: nothing
    """What stands against it, in people's words. Nothing was changed."""

    def __init__(self, objections: list[str]) -> None:
        self.objections = objections
        super().__init__("\n".join(objections))


class Overtaken(NotPublished):
    """Somebody else put something in force after this was looked at."""

    def __init__(self) -> None:
        super().__init__([_("Somebody else has changed the rules meanwhile. Look at what this would do now.")])


def candidate(changes: Changes, found: Standing | None = None) -> Standing:
    """What would be in force; a book that says what its file says is not kept as published.

    A new edition of a kind leaves the older one's text beside it; an edition nothing needs any more is left out.
    """
    found = found or store.standing()
    files = store.files()
    changes, frozen = _with_editions(changes, found, files)
    published = {file: text for file, text in {**found.published, **changes}.items() if text is not None}
    kept = {file: text for file, text in published.items() if text != files.get(file)}
    base = {
        file: hash_of(files.get(file, "")) if file in changes else found.base.get(file, hash_of("")) for file in kept
    }
    return Standing(found.number, found.version, kept, base, frozen)


def _with_editions(changes: Changes, found: Standing, files: Mapping[str, str]) -> tuple[Changes, Mapping[str, str]]:
    """The changes with the texts of older editions that come and go by them, and what is frozen then."""
    meant, texts = _meant(changes, files), {**files, **found.published}
    kept = any(map(editions.kept_for, texts))
    books = {book.file: book for book in store.build(found).books} if kept or found.frozen else {}
    left = editions.left_behind(meant, texts)
    gone = editions.needless(meant, books) - left.keys()
    frozen = editions.frozen_on(meant, books, found.frozen)
    return {**dict.fromkeys(gone), **left, **changes}, frozen


def _meant(changes: Changes, files: Mapping[str, str]) -> dict[str, str]:
    return {file: files.get(file, "") if text is None else text for file, text in changes.items()}


def rules_of(found: Standing) -> RuleSet:
    """The rules of a candidate, with nothing left standing still. Raises NotPublished when a book cannot be read."""
    try:
        return load_texts({**store.files(), **found.published})
    except BookErrors as errors:
        raise NotPublished(list(map(str, errors.problems))) from errors


def publish(changes: Changes, *, by: User, note: str, seen: int | None = None) -> Activation:
    """Put these books in force. `seen` is the number of the standing that was looked at beforehand.

    Raises NotPublished with everything that stands against it, Overtaken when `seen` is not the newest any more.
    """
    before = _look(by, note, seen)
    return _put_in_force("publish", _after(changes, before), by=by, note=note, before=before)


def ready(changes: Changes, *, by: User, note: str) -> None:
    """For what is to be published later. Raises NotPublished with what would stand against it now."""
    before = _look(by, note, None)
    _raise_objections(before, _after(changes, before))


def _after(changes: Changes, before: Standing) -> Standing:
    after = candidate(changes, before)
    if (after.published, after.frozen) == (before.published, before.frozen):
        raise NotPublished([_("These rules are in force already.")])
    files = store.files()
    if lowered := list(editions.lowered(_meant(changes, files), {**files, **before.published})):
        raise NotPublished(lowered)
    return after


def roll_back(to: Version | None, *, by: User, note: str, seen: int | None = None) -> Activation:
    """Put an older version in force again; None is the files."""
    before = _look(by, note, seen)
    texts, base = (to.texts(), to.base) if to else ({}, {})
    after = Standing(before.number, to.number if to else 0, texts, base, before.frozen)
    if after.version == before.version:
        raise NotPublished([_("These rules are in force already.")])
    return _put_in_force("rollback", after, by=by, note=note, before=before, version=to)


def freeze(book: str, *, by: User, note: str) -> Activation:
    """Let nobody move anything in a process ("requests.Request/refund"), until it is released."""
    before = _look(by, note, None)
    if book not in names(before):
        raise NotPublished([_("There is no process %s.") % book])
    return _switch("freeze", before, {**before.frozen, book: note}, by=by, note=note)


def thaw(book: str, *, by: User, note: str) -> Activation:
    """Let a frozen process move again."""
    before = _look(by, note, None)
    if book not in before.frozen:
        raise NotPublished([_("%s is not frozen.") % book])
    left = {name: why for name, why in before.frozen.items() if name != book}
    return _switch("thaw", before, left, by=by, note=note)


def names(found: Standing) -> set[str]:
    return {name_of(book) for book in store.build(found).books}


def _look(by: User, note: str, seen: int | None) -> Standing:
    if not by.is_active or Role.ADMIN not in by.roles:
        raise NotPublished([_("Only administrators may change the rules in force.")])
    if not note.strip():
        raise NotPublished([_("Say why: everybody who looks at the history will want to know.")])
    found = store.standing()
    if seen is not None and seen != found.number:
        raise Overtaken
    return found


def _put_in_force(
    kind: str, after: Standing, *, by: User, note: str, before: Standing, version: Version | None = None
) -> Activation:
    _raise_objections(before, after)
    return _write(kind, after, by=by, note=note, make=version is None and kind == "publish", version=version)


def _raise_objections(before: Standing, after: Standing) -> None:
    against = objections(store.unfrozen(before), rules_of(after))
    if against:
        raise NotPublished(against)


def _switch(kind: str, before: Standing, frozen: Mapping[str, str], *, by: User, note: str) -> Activation:
    after = Standing(before.number, before.version, before.published, before.base, frozen)
    version = Version.objects.filter(number=before.version).first()
    return _write(kind, after, by=by, note=note, version=version)


def _write(
    kind: str, after: Standing, *, by: User, note: str, version: Version | None = None, make: bool = False
) -> Activation:
    row = Activation(number=after.number + 1, kind=kind, by=by, note=note.strip(), frozen=dict(after.frozen))
    try:
        with transaction.atomic():
            row.version = _version(after, by, note) if make else version
            row.save(force_insert=True)
    except IntegrityError:
        raise Overtaken from None
    transaction.on_commit(partial(live.tell, row.number))
    return row


def _version(after: Standing, by: User, note: str) -> Version:
    installed = [text for text in store.files().values() if hash_of(text) in after.base.values()]
    texts = [BookText(hash=hash_of(text), text=text) for text in [*after.published.values(), *installed]]
    BookText.objects.bulk_create(texts, ignore_conflicts=True)
    files: dict[str, Any] = {file: hash_of(text) for file, text in sorted(after.published.items())}
    newest = Version.objects.values_list("number", flat=True).first() or 0
    said = {"files": files, "base": dict(after.base)}
    return Version.objects.create(number=newest + 1, hash=hash_of(files), author=by, note=note.strip(), **said)
