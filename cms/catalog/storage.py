"""The names under which videos and files of lessons are kept."""

from uuid import uuid4

from django.db.models import Model


def _path(folder: str, filename: str) -> str:
    return f"catalog/{folder}/{uuid4().hex}.{filename.rpartition('.')[2].lower()}"


def video_path(_instance: Model, filename: str) -> str:
    return _path("videos", filename)


def captions_path(_instance: Model, filename: str) -> str:
    return _path("captions", filename)


def file_path(_instance: Model, filename: str) -> str:
    return _path("files", filename)
