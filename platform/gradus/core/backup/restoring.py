"""Restoring an archive: everything is unpacked and checked before anything is touched."""

import hashlib
import shutil
import tarfile
import tempfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings
from django.db import connection

from gradus.core.backup import databases, unfinished
from gradus.core.backup.manifest import DATABASE, MANIFEST, Manifest, Refusal, known_migrations, roots

CHUNK = 1 << 20
MANIFEST_BYTES = 128 << 20  # read into memory: the checksums of a million files
SPARE_BYTES = 64 << 20  # of the disk, for everybody else
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def restore(source: Path, *, overwrite: bool = False) -> Manifest:
    """Put back what the archive holds, in place of what is here. Raises Refusal, and then nothing was changed."""
    if not source.is_file():
        raise Refusal(f"There is no file {source}.")
    Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True)
    with unfinished.alone(), tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix=unfinished.FOLDER) as name:
        staged = Path(name)
        manifest = _unpack(source, staged)
        _check_fits(manifest)
        databases.check(staged / DATABASE, manifest.migrations)
        if not overwrite and not _nothing_here():
            raise Refusal("There is data here already, and restoring replaces all of it. Give --yes to do so.")
        with unfinished.marked(source):
            databases.load(staged / DATABASE)
            for root, folder in roots().items():
                _swap(staged / root, folder, aside=staged / f"{root}.before")
    return manifest


def _unpack(source: Path, staged: Path) -> Manifest:
    sums: dict[str, str] = {}
    text = b""
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                content = _content(archive, member, room=shutil.disk_usage(staged).free)
                if member.name == MANIFEST:
                    text = content.read()
                elif member.name in sums:
                    raise Refusal(f"The archive holds a file twice: {member.name}")
                else:
                    sums[member.name] = _write(content, staged / _safe(member.name))
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        raise Refusal(f"{source.name} cannot be read to its end: {error}") from None
    if not text:
        raise Refusal(f"{source.name} is not complete: its manifest is missing.")
    manifest = Manifest.loads(text)
    wrong = sorted({name for name, _ in sums.items() ^ manifest.files.items()})
    if wrong or DATABASE not in sums:
        raise Refusal(f"{source.name} is damaged: {', '.join(wrong[:5]) or DATABASE} differs from the manifest.")
    return manifest


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, *, room: int) -> IO[bytes]:
    """What to read of a member that is a plain file of a size this machine can take."""
    content = archive.extractfile(member) if member.isreg() and not member.issparse() else None
    if content is None:
        raise Refusal(f"The archive holds something that is no file: {member.name}")
    if member.size > (MANIFEST_BYTES if member.name == MANIFEST else room - SPARE_BYTES):
        raise Refusal(f"The archive holds more than there is room for: {member.name} has {member.size} bytes.")
    return content


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    known = name == DATABASE or (len(path.parts) > 1 and path.parts[0] in roots())
    if not known or ".." in path.parts or path.as_posix() != name:
        raise Refusal(f"The archive holds a file that does not belong here: {name}")
    return path


def _write(content: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    sha = hashlib.sha256()
    with target.open("wb") as file:
        while part := content.read(CHUNK):
            sha.update(part)
            file.write(part)
    return sha.hexdigest()


def _check_fits(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        theirs, ours = (ENGINES.get(name, name) for name in (manifest.engine, connection.vendor))
        raise Refusal(f"This archive holds a {theirs} database, and DATABASE_URL names {ours}.")
    unknown = sorted(set(manifest.migrations) - known_migrations())
    if unknown:
        raise Refusal(f"This archive was made by a newer version of Gradus (it knows {unknown[0]}). Update first.")


def _nothing_here() -> bool:
    return databases.is_empty() and not any(folder.is_dir() and any(folder.iterdir()) for folder in roots().values())


def _swap(fresh: Path, folder: Path, *, aside: Path) -> None:
    fresh.mkdir(exist_ok=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        shutil.move(folder, aside)
    shutil.move(fresh, folder)
