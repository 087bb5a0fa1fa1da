"""Where lesson videos and files lie: outside MEDIA, so that only a view that asks a rule hands them out."""

from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.db.models import Model


class PrivateStorage(FileSystemStorage):
    """Files below PRIVATE_ROOT, read at each use. They have no address: `url` raises ValueError."""

    @property
    def base_location(self) -> Path:
        return Path(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:
        return str(self.base_location.resolve())

    @property
    def base_url(self) -> None:  # type: ignore[override]  # Django itself allows None here
        return None


def private_storage() -> Storage:
    return PrivateStorage()


def _path(folder: str, filename: str) -> str:
    return f"catalog/{folder}/{uuid4().hex}.{filename.rpartition('.')[2].lower()}"


def video_path(_instance: Model, filename: str) -> str:
    return _path("videos", filename)


def captions_path(_instance: Model, filename: str) -> str:
    return _path("captions", filename)


def file_path(_instance: Model, filename: str) -> str:
    return _path("files", filename)
