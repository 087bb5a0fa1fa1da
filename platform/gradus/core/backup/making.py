"""Making an archive."""

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.db import connection

from gradus.core.backup import databases
from gradus.core.backup.manifest import DATABASE, MANIFEST, Manifest, Refusal, applied_migrations, roots


class _Hashing(io.RawIOBase):
    """Reads on behalf of tarfile and remembers the checksum of what went by."""

    def __init__(self, source: BinaryIO) -> None:
        self.source = source
        self.sha = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self.source.read(size)
        self.sha.update(part)
        return part


def make(target: Path, *, overwrite: bool = False) -> Manifest:
    """Write the archive and return its manifest. The database first: a file that is newer than it does no harm."""
    if target.exists() and not overwrite:
        raise Refusal(f"{target} exists. Give another name, or --yes to replace it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(engine=connection.vendor, migrations=applied_migrations())
    partial = target.with_name(f"{target.name}.partial")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder, _open(partial) as archive:
            databases.dump(Path(folder, DATABASE))
            _add(archive, manifest, DATABASE, Path(folder, DATABASE))
            for name, path in _files():
                _add(archive, manifest, name, path)
            text = manifest.dumps()
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def _open(path: Path) -> tarfile.TarFile:
    """It holds everything about everybody, so nobody else on this machine may read it."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    return tarfile.open(path, "w:gz", compresslevel=6)


def _files() -> Iterator[tuple[str, Path]]:
    for root, folder in roots().items():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"{root}/{path.relative_to(folder).as_posix()}", path


def _add(archive: tarfile.TarFile, manifest: Manifest, name: str, path: Path) -> None:
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return  # deleted while we were reading the others
    with source:
        info = archive.gettarinfo(arcname=name, fileobj=source)
        reader = _Hashing(source)
        archive.addfile(info, reader)
    manifest.files[name] = reader.sha.hexdigest()
