"""Tasks that carry the correlation id of whoever started them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django_q.signals import post_execute_in_worker, pre_enqueue, pre_execute
from django_q.tasks import async_task

from gradus.core import correlation

_bound: list[AbstractContextManager[str]] = []


def enqueue(func: str | Callable[..., object], *args: Any, **q_options: Any) -> str:
    """Queue `func` with ids as arguments; options are django-q2's (`group`, `timeout`, `task_name`...).

    Inside a transaction the task exists if and only if the transaction commits.
    """
    return str(async_task(_path(func), *args, q_options=q_options))


def _path(func: str | Callable[..., object]) -> str:
    return func if isinstance(func, str) else f"{func.__module__}.{func.__qualname__}"


# The id rides in django-q2's own task package: schedules and retries, which never pass through
# `enqueue`, get one too, and the recorded function stays the one that was asked for.
def _store(task: dict[str, Any], **kwargs: Any) -> None:
    task["correlation"] = correlation.current() or correlation.new()


def _bind(task: dict[str, Any], **kwargs: Any) -> None:
    bound = correlation.bind(task.get("correlation", ""))
    bound.__enter__()
    _bound.append(bound)


def _release(**kwargs: Any) -> None:
    if _bound:
        _bound.pop().__exit__(None, None, None)


def connect() -> None:
    pre_enqueue.connect(_store, dispatch_uid="gradus.correlation.store")
    pre_execute.connect(_bind, dispatch_uid="gradus.correlation.bind")
    post_execute_in_worker.connect(_release, dispatch_uid="gradus.correlation.release")
