"""`gradus rules check | test | matrix | explain | filter | diff | replay | export | publish | rollback | history`."""

import json
import os
import sys
from argparse import ArgumentParser
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role, actor_for
from gradus.policy import Book, BookErrors, RuleSet, condition, explain, load
from gradus.policy import filter as filter_rows
from gradus.policy.checks import mistakes, warnings
from gradus.policy.errors import nearest
from gradus.policy.explaining import Explanation, Part
from gradus.policy.matrix import as_text, matrix, values_as_text
from gradus.policy.ruleset import activate
from gradus.policy.sql import ALL
from gradus.policy.trying import try_all
from gradus.rulebook import live
from gradus.rulebook.comparing import changes
from gradus.rulebook.effects import Effect, effects
from gradus.rulebook.management import in_force
from gradus.rulebook.replaying import replay
from gradus.rulebook.store import build, unfrozen

GUEST = "guest"


class Command(BaseCommand):
    help = "Check, test, print and question the rules of the academy."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        for name, about in (
            ("check", "read every book and say what is wrong"),
            ("test", "run the tests of every book"),
            ("matrix", "who may do what"),
            ("explain", "why somebody may or may not"),
            ("filter", "everything somebody may do it to"),
            ("diff", "what another folder of books says differently; exit code 1 when anything"),
            ("replay", "which recorded decisions another folder of books would change; exit code 1 when any"),
            ("export", "a book as the file it would be"),
            (
                "publish",
                "put books in force, after their checks and tests; exit code 1 when something stands against it",
            ),
            ("rollback", "put an older version in force again; 0 is the files"),
            ("history", "what was in force since when, by whom and why"),
        ):
            sub = commands.add_parser(name, help=about, description=about)
            sub.add_argument("--json", action="store_true", help="print JSON")
            if name in {"test", "matrix"}:
                sub.add_argument("book", nargs="?", default="", help="a part of the book's file name")
            if name in {"explain", "filter"}:
                sub.add_argument("permission", help="such as requests.approve_request")
                sub.add_argument("--user", required=True, help=f"the person's e-mail address, or {GUEST}")
                sub.add_argument("--role", choices=[role.value for role in Role], help="act in this role")
            if name in {"diff", "replay"}:
                sub.add_argument("folder", type=Path, help="the other books, such as a changed copy of rules/")
            if name == "diff":
                sub.add_argument("--rows", action="store_true", help="count the objects each role gains and loses")
            if name == "replay":
                sub.add_argument("--last", type=in_force.count, default=10_000, help="how many of the newest decisions")
            in_force.add_arguments(name, sub)
            if name == "explain":
                sub.add_argument("--object", required=True, help="its primary key")
            if name == "filter":
                sub.add_argument("--limit", type=in_force.count, default=20, help="how many keys to print")

    def handle(self, *, command: str, json: bool, **options: Any) -> None:
        """Exit code 1 says no, 2 that there is no answer: a wrong name, an unreadable folder, no database."""
        try:
            payload, text, good = (in_force.RUN.get(command) or getattr(self, f"run_{command}"))(**options)
        except (CommandError, DatabaseError, OSError) as error:
            why = f"the database does not answer: {error}".strip() if isinstance(error, DatabaseError) else str(error)
            if json:
                self.say(_json({"error": why}))
            raise CommandError(why, returncode=2) from error
        self.say(_json(payload) if json else text)
        if not good:
            raise SystemExit(1)

    def say(self, text: str) -> None:
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except BrokenPipeError:  # whoever reads has read enough, and Python is not to complain about it when it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def run_check(self, **_: Any) -> tuple[Any, str, bool]:
        try:
            ruleset = load(Path(settings.RULES_DIR))
        except BookErrors as errors:
            wrong, doubtful, books = list(errors.problems), [], 0
        else:
            wrong, doubtful, books = mistakes(ruleset), warnings(ruleset), len(ruleset.books) + len(ruleset.values)
        payload = {"books": books, "errors": list(map(asdict, wrong)), "warnings": list(map(asdict, doubtful))}
        lines = [*map(str, wrong), *(f"{problem} (warning)" for problem in doubtful)]
        return payload, "\n".join([*lines, f"{books} books, {len(wrong)} errors, {len(doubtful)} warnings"]), not wrong

    def run_test(self, book: str, **_: Any) -> tuple[Any, str, bool]:
        found = try_all(_books(_rules(), book))
        results = [result for tried in found.values() for result in tried]
        failed = [result for result in results if not result.passed]
        payload = {"tests": len(results), "failed": list(map(asdict, failed))}
        summary = f"{len(results)} tests in {len(found)} books, {len(failed)} failed"
        return payload, "\n".join([*map(str, failed), summary]), not failed

    def run_matrix(self, book: str, **_: Any) -> tuple[Any, str, bool]:
        ruleset = _rules()
        tables = [matrix(found) for found in _books(ruleset, book)]
        numbers = [replace(found, text="") for found in ruleset.values.values() if book in found.file]
        texts = [f"{each.file}\n{as_text(each)}" for each in tables]
        texts += [f"{each.file}\n{values_as_text(each)}" for each in numbers]
        return [*map(asdict, tables), *map(asdict, numbers)], "\n\n".join(texts), True

    def run_explain(self, permission: str, user: str, object: str, role: str | None, **_: Any) -> tuple[Any, str, bool]:  # noqa: A002
        actor = _actor(user, role)
        model, name = _governed(_rules(), permission)
        try:
            obj = model._base_manager.filter(pk=object).first()
        except (ValueError, ValidationError):  # no key of this model looks like that
            obj = None
        if obj is None:
            raise CommandError(f"there is no {model._meta.label} {object}")
        found = explain(actor, name, obj)
        payload = {"allowed": found.allowed, **asdict(found)}
        return payload, _explained(found), True

    def run_filter(self, permission: str, user: str, role: str | None, limit: int, **_: Any) -> tuple[Any, str, bool]:
        actor, now = _actor(user, role), timezone.now()
        model, name = _governed(_rules(), permission)
        found = condition(model, name, actor, now=now)
        rows = filter_rows(model._base_manager.order_by("pk"), name, actor, now=now)
        kind = "some" if isinstance(found, Q) else "all" if found is ALL else "none"
        count, keys = rows.count(), list(rows.values_list("pk", flat=True)[:limit])
        payload = {"role": actor.role.value, "filter": kind, "count": count, "objects": keys}
        shown = ", ".join(map(str, keys)) + (", …" if count > len(keys) else "")
        return payload, f"{actor.role.value}: {kind}, {count} objects" + (f": {shown}" if keys else ""), True

    def run_diff(self, folder: Path, rows: bool, **_: Any) -> tuple[Any, str, bool]:  # noqa: FBT001 - an option
        _rules()
        before, after = unfrozen(live.at_first()), _read(folder)  # a freeze is no difference between books
        found = changes(before, after)
        cells = list(map(asdict, found))
        summary = f"{len(found)} difference{'s' * (len(found) != 1)}" if found else "the same"
        if not rows:
            return cells, "\n".join([*map(str, found), summary]), not found
        counted = effects(before, after)
        payload = {"cells": cells, "rows": [{**asdict(each), "estimated": each.estimated} for each in counted]}
        lines = [*map(str, found), summary, *(line for each in counted for line in _effect(each))]
        return payload, "\n".join(lines), not found and not counted

    def run_replay(self, folder: Path, last: int, **_: Any) -> tuple[Any, str, bool]:
        _rules()
        found = replay(_read(folder), last=last)
        summary = (
            f"{found.decided} decisions: {found.same} the same, {found.allowed} allowed that were refused, "
            f"{found.refused} refused that were allowed, {found.unknown} unknown"
        )
        return asdict(found), "\n".join([*map(str, found.examples), summary]), not found.changed


def _effect(found: Effect) -> list[str]:
    listed = (("gained", found.examples_gained), ("lost", found.examples_lost))
    return [str(found), *(f"  {word}: {', '.join(map(str, examples))}" for word, examples in listed if examples)]


def _rules() -> RuleSet:
    """What is in force, as the database says now: where there is none, nobody knows what was published."""
    connection.ensure_connection()
    try:
        return activate(build(live.at_first()))
    except BookErrors as errors:
        raise CommandError(str(errors)) from None


def _read(folder: Path) -> RuleSet:
    if not folder.is_dir():
        raise CommandError(f"there is no folder {folder}")
    try:
        return load(folder)
    except BookErrors as errors:
        raise CommandError(str(errors)) from None


def _books(ruleset: RuleSet, part: str) -> list[Book]:
    found = [book for book in ruleset.books if part in book.file]
    if part and not any(part in file for file in ruleset.versions):
        raise CommandError(f"no book is called {part}{nearest(part, map(_stem, ruleset.versions))}")
    return found


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].removesuffix(".toml")


def _governed(ruleset: RuleSet, permission: str) -> tuple[Any, str]:
    found = ruleset.permission(permission)
    if found is None:
        raise CommandError(f"no rule governs {permission}{nearest(permission, ruleset.permissions)}")
    return found


def _actor(email: str, role: str | None) -> Actor:
    if email == GUEST:
        return actor_for(None)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise CommandError(f"nobody has the address {email}")
    if role:
        user.act_as = Role(role)
        if user.acting_role != user.act_as:
            raise CommandError(f"{email} is no {role}")
    return actor_for(user)


def _json(payload: Any) -> str:
    return json.dumps(payload, indent=2, ensure_ascii=False, default=sorted)


def _explained(found: Explanation) -> str:
    verdict = "allowed" if found.allowed else "refused"
    lines = [f"{verdict} as {found.role.value} ({found.rule or 'no rule'})", *(f"- {why}" for why in found.reasons)]
    return "\n".join([*lines, *(_tree(found.part, 0) if found.part else [])])


def _tree(part: Part, depth: int) -> list[str]:
    line = f"{'  ' * depth}{'✓' if part.holds else '✗'} {part.name or part.form}"
    return [line, *(text for inner in part.parts for text in _tree(inner, depth + 1))]
