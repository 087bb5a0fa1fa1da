"""A restore that was cut short: database and files may be of different days. Restoring again finishes it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from gradus.core.backup.manifest import Refusal

FOLDER = "restore-"
MARK = "unfinished-restore"


@contextmanager
def alone() -> Iterator[None]:
    """One restore at a time; what an earlier one left unpacked is removed first."""
    folder = os.open(settings.VAR_DIR, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in Path(settings.VAR_DIR).glob(f"{FOLDER}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    except BlockingIOError:
        raise Refusal("Another restore is at work. Wait until it is done.") from None
    finally:
        os.close(folder)


@contextmanager
def marked(source: Path) -> Iterator[None]:
    """While the block runs, and for as long as it was not run to its end, there is a mark.

    A Refusal changed nothing, unless an earlier restore had: then its mark stays.
    """
    mark = Path(settings.VAR_DIR, MARK)
    before = which()
    mark.write_text(str(source.resolve()), "utf-8")
    try:
        yield
    except Refusal:
        if before:
            mark.write_text(before, "utf-8")
        else:
            mark.unlink()
        raise
    mark.unlink()


def which() -> str:
    """The archive of a restore that was not finished, or an empty text."""
    with suppress(FileNotFoundError):
        return Path(settings.VAR_DIR, MARK).read_text("utf-8")
    return ""
