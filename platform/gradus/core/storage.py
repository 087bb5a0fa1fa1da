"""Where private files lie: outside MEDIA, so that only a view that asks a rule hands them out."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage


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
