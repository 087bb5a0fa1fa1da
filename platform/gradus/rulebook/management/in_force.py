"""The commands that read and change what is in force. Each gives what to print as JSON and as text, and its success."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from gradus.accounts.models import User
from gradus.policy.errors import nearest
from gradus.rulebook import publishing, store
from gradus.rulebook.models import Activation, Version
from gradus.rulebook.publishing import NotPublished

Answer = tuple[Any, str, bool]


def count(text: str) -> int:
    """How many, on the command line."""
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text} is no number of things")
    return int(text)


def add_arguments(name: str, sub: ArgumentParser) -> None:
    if name == "export":
        sub.add_argument("book", help="its file's name in rules/, such as requests/refund.toml")
        sub.add_argument("--version", type=int, help="of the rules; what is in force when left out")
    if name == "publish":
        sub.add_argument("file", nargs="+", type=Path, help="books, below a folder called rules/")
    if name == "rollback":
        sub.add_argument("number", type=int, help="the version, as `rules history` shows it")
    if name in {"publish", "rollback"}:
        sub.add_argument("--by", required=True, help="the e-mail address of the administrator who does it")
        sub.add_argument("--note", required=True, help="why")
    if name == "history":
        sub.add_argument("--limit", type=count, default=20, help="how many of the newest changes")


def export(book: str, version: int | None, **_: Any) -> Answer:
    texts = {**store.files(), **(store.standing().published if version is None else _version(version))}
    if book not in texts:
        raise CommandError(f"there is no book {book}{nearest(book, texts)}")
    return {"file": book, "text": texts[book]}, texts[book].rstrip("\n"), True


def publish(file: list[Path], by: str, note: str, **_: Any) -> Answer:
    changes = {_name(path): _read(path) for path in file}
    return _told(lambda: publishing.publish(changes, by=_person(by), note=note))


def rollback(number: int, by: str, note: str, **_: Any) -> Answer:
    to = _found(number)
    return _told(lambda: publishing.roll_back(to, by=_person(by), note=note))


def history(limit: int, **_: Any) -> Answer:
    found = list(Activation.objects.select_related("version", "by")[:limit])
    payload = [
        {
            "number": row.number, "version": row.version_number, "kind": row.kind, "by": row.by.email if row.by else "",
            "at": row.at.isoformat(), "note": row.note, "frozen": row.frozen,
        }
        for row in found
    ]  # fmt: skip
    lines = [
        f"{row['at'][:16]}  version {row['version']}  {row['kind']}  {row['by']}: {row['note']}" for row in payload
    ]
    return payload, "\n".join(lines) or "nothing was published: the files are in force", True


def _told(change: Callable[[], Activation]) -> Answer:
    try:
        row = change()
    except NotPublished as refused:
        return {"published": False, "objections": refused.objections}, "\n".join(refused.objections), False
    payload = {"published": True, "number": row.number, "version": row.version_number}
    return payload, f"version {row.version_number} is in force", True


def _version(number: int) -> dict[str, str]:
    found = _found(number)
    return found.texts() if found else {}


def _found(number: int) -> Version | None:
    if number == 0:
        return None
    found = Version.objects.filter(number=number).first()
    if found is None:
        raise CommandError(f"there is no version {number}; `gradus rules history` lists them")
    return found


def _name(path: Path) -> str:
    parts = path.resolve().parts
    if "rules" not in parts:
        raise CommandError(f"{path} is in no folder called rules/, so nobody can tell which book it is")
    return "/".join(parts[len(parts) - parts[::-1].index("rules") :])


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None


def _person(email: str) -> User:
    found = User.objects.filter(email__iexact=email).first()
    if found is None:
        raise CommandError(f"nobody has the address {email}")
    return found


RUN: dict[str, Callable[..., Answer]] = {"export": export, "publish": publish, "rollback": rollback, "history": history}
