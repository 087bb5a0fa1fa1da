"""The demo academy's requests, in every state, from `fixtures/requests.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role
from workflows.requests.models import Request

STUDENT = "students/"  # by = "students/7": the seventh of the demo's students


def load(fixtures: Path) -> int:
    """Add the requests unless there are any; returns how many were added."""
    if Request.objects.exists():
        return 0
    entries = tomllib.loads((fixtures / "requests.toml").read_text("utf-8"))["requests"]
    now = timezone.now()
    return len(flow.backfill(Request, [_past(entry, now) for entry in entries], facts=True))


def _past(entry: Mapping[str, Any], now: datetime) -> flow.Past:
    author = _person(entry["by"])
    values = {"author": author, "title": entry["title"], "text": entry["text"], **entry["answers"]}
    steps = [_happened(step, author, now) for step in entry["steps"]]
    return flow.Past(values=values, steps=steps, kind=entry["kind"])


def _happened(step: Mapping[str, Any], author: User, now: datetime) -> flow.Happened:
    """A step with whoever took it: its author unless it names an instructor."""
    by = Actor(_person(step["by"]), Role.INSTRUCTOR) if "by" in step else Actor(author, Role.STUDENT)
    at = now - timedelta(hours=step["hours"])
    sets = {"claimed_by": by.user, "claimed_at": at} if step["name"] == "claim" else {}
    return flow.Happened(name=step["name"], at=at, by=by, note=step.get("note", ""), sets=sets)


def _person(name: str) -> User:
    if not name.startswith(STUDENT):
        return User.objects.get(email=name)
    place = int(name.removeprefix(STUDENT))
    students = User.objects.filter(groups__name=Role.STUDENT).exclude(groups__name=Role.INSTRUCTOR).order_by("email")
    return students[place]
