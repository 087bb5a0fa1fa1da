"""The restore drill: what was backed up comes back, and a bad archive changes nothing."""

import gzip
import hashlib
import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from gradus.accounts.models import User
from gradus.core import backup
from gradus.core.backup import databases, unfinished
from gradus.core.backup import manifest as manifests
from gradus.core.checks import restored_to_the_end

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def academy(settings: Settings, tmp_path: Path, student: User) -> Path:
    """An installation with a person and two files; returns where its archive goes."""
    settings.VAR_DIR, settings.MEDIA_ROOT, settings.PRIVATE_ROOT = (
        tmp_path / name for name in ("var", "var/media", "var/private")
    )
    write(tmp_path / "var/media/images/a.png", "picture")
    write(tmp_path / "var/private/proof.pdf", "proof")
    return tmp_path / "out/academy.tar.gz"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def rewrite(archive: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change an archive's members, as an accident or somebody else would."""
    with tarfile.open(archive) as old:
        members = {info.name: old.extractfile(info).read() for info in old}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(archive, "w:gz") as new:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))


@pytest.mark.both_databases
def test_the_drill(academy: Path, student: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("backup", to=academy)
    assert "the database and 2 files" in capsys.readouterr().out
    student.display_name = "Somebody else"
    student.save()
    User.objects.create_user("late@example.com", "secret")
    var = academy.parent.parent / "var"
    write(var / "private/proof.pdf", "forged")
    write(var / "media/later.png", "later")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_newer_version (id integer)")
    call_command("restore", str(academy), yes=True)
    assert [user.display_name for user in User.objects.all()] == ["Ada"]
    assert "of_a_newer_version" not in connection.introspection.table_names()
    files = {path.relative_to(var).as_posix(): path.read_text() for path in var.rglob("*") if path.is_file()}
    assert files == {"media/images/a.png": "picture", "private/proof.pdf": "proof"}
    assert User.objects.create_user("next@example.com", "secret").pk  # the sequences came back as well


def test_an_archive_is_for_its_owner_only_and_is_not_replaced_unasked(academy: Path) -> None:
    backup.make(academy)
    assert academy.stat().st_mode & 0o077 == 0
    assert [path.name for path in academy.parent.iterdir()] == [academy.name]
    with pytest.raises(CommandError, match="exists"):
        call_command("backup", to=academy)
    call_command("backup", to=academy, yes=True)


def test_data_is_not_replaced_unasked(academy: Path, student: User) -> None:
    backup.make(academy)
    User.objects.update(display_name="Changed")
    with pytest.raises(CommandError, match="--yes"):
        call_command("restore", str(academy))
    assert User.objects.get().display_name == "Changed"


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _change_a_file(path: Path) -> None:
    rewrite(path, lambda members: members.update({"private/proof.pdf": b"forged"}))


def _add_a_file(path: Path) -> None:
    rewrite(path, lambda members: members.update({"private/more": b"more"}))


def _climb_out(path: Path) -> None:
    rewrite(path, lambda members: members.update({"media/../../evil": b"x"}))


def _lose_the_manifest(path: Path) -> None:
    rewrite(path, lambda members: members.pop("manifest.json"))


def _edit_manifest(**values: object) -> Callable[[Path], None]:
    def edit(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | values).encode()

    return lambda path: rewrite(path, edit)


def _replace_the_database(content: bytes) -> Callable[[Path], None]:
    """With a manifest that agrees: nobody's checksum is wrong."""

    def edit(members: dict[str, bytes]) -> None:
        members["database"] = content
        found = json.loads(members["manifest.json"])
        found["files"]["database"] = hashlib.sha256(content).hexdigest()
        members["manifest.json"] = json.dumps(found).encode()

    return lambda path: rewrite(path, edit)


def _database_without_migrations(folder: Path) -> bytes:
    with closing(sqlite3.connect(folder / "other")) as other:
        other.execute("CREATE TABLE django_migrations (id integer, app text, name text, applied text)")
    return (folder / "other").read_bytes()


def _add_member(name: str, **values: Any) -> Callable[[Path], None]:
    """Put something odd before everything else."""

    def add(path: Path) -> None:
        with tarfile.open(path) as old:
            members = [(info, old.extractfile(info).read()) for info in old]  # type: ignore[union-attr]
        odd = tarfile.TarInfo(name)
        for key, value in values.items():
            setattr(odd, key, value)
        with tarfile.open(path, "w:gz") as new:
            new.addfile(odd)
            for info, content in members:
                new.addfile(info, io.BytesIO(content))

    return add


def _claim_a_size(size: int) -> Callable[[Path], None]:
    """A header that promises more than any disk has."""

    def claim(path: Path) -> None:
        odd = tarfile.TarInfo("media/large")
        odd.size = size
        path.write_bytes(gzip.compress(odd.tobuf(tarfile.GNU_FORMAT) + b"x" * 1024))

    return claim


def _deep_manifest(path: Path) -> None:
    rewrite(path, lambda members: members.update({"manifest.json": b"[" * 200_000}))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_cut_short, "cannot be read to its end"),
        (_change_a_file, r"damaged: private/proof\.pdf"),
        (_add_a_file, "damaged: private/more"),
        (_climb_out, "does not belong here"),
        (_lose_the_manifest, "manifest is missing"),
        (_edit_manifest(engine="oracle"), "holds a oracle database"),
        (_edit_manifest(format=2), "format 2"),
        (_edit_manifest(migrations=["accounts.9999_later"]), r"newer version .*accounts\.9999_later"),
        (lambda path: path.write_text("no archive"), "cannot be read"),
        (_replace_the_database(b"x"), "is damaged"),
        (_replace_the_database(b""), "is damaged"),
        (
            lambda path: _replace_the_database(_database_without_migrations(path.parent))(path),
            "not the one its manifest",
        ),
        (_edit_manifest(migrations=["accounts.0001_initial"]), "not the one its manifest speaks of"),
        (_edit_manifest(migrations=[]), "not the one its manifest speaks of"),
        (_edit_manifest(migrations=None), "manifest cannot be read"),
        (_edit_manifest(migrations=[{}]), "manifest cannot be read"),
        (_edit_manifest(files=[["database", "x"]]), "manifest cannot be read"),
        (_edit_manifest(files={"database": 1}), "manifest cannot be read"),
        (_edit_manifest(engine=[]), "manifest cannot be read"),
        (_edit_manifest(made_at=7), "manifest cannot be read"),
        (_deep_manifest, "manifest cannot be read"),
        (_add_member(""), "does not belong here"),
        (_add_member("."), "does not belong here"),
        (_add_member("media"), "does not belong here"),
        (_add_member("database/x"), "does not belong here"),
        (_add_member("media/../database"), "does not belong here"),
        (_add_member("media/link", type=tarfile.SYMTYPE, linkname="nowhere"), "is no file"),
        (_add_member("media/link", type=tarfile.LNKTYPE, linkname="nowhere"), "is no file"),
        (_add_member("media/pipe", type=tarfile.FIFOTYPE), "is no file"),
        (_add_member("database"), "a file twice: database"),
        (_claim_a_size(8**20), "more than there is room for"),
        (lambda path: path.unlink(), "no file"),
    ],
)
def test_a_bad_archive_changes_nothing(academy: Path, damage: Callable[[Path], None], words: str) -> None:
    backup.make(academy)
    damage(academy)
    User.objects.update(display_name="Changed")
    with pytest.raises(CommandError, match=words):
        call_command("restore", str(academy), yes=True)
    assert User.objects.get().display_name == "Changed"
    var = academy.parent.parent / "var"
    assert sorted(path.name for path in var.iterdir()) == ["media", "private"]
    assert (var / "private/proof.pdf").read_text() == "proof"


@pytest.mark.postgres
@pytest.mark.parametrize("damage", [_replace_the_database(b"x"), _edit_manifest(migrations=["accounts.0001_initial"])])
def test_nor_does_it_on_postgresql(academy: Path, damage: Callable[[Path], None]) -> None:
    backup.make(academy)
    damage(academy)
    User.objects.update(display_name="Changed")
    with pytest.raises(CommandError, match=r"pg_restore failed|not the one its manifest speaks of"):
        call_command("restore", str(academy), yes=True)
    assert User.objects.get().display_name == "Changed"


def test_a_backup_that_fails_leaves_no_file(academy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(target: Path) -> None:
        raise backup.Refusal("pg_dump failed: no space")

    monkeypatch.setattr("gradus.core.backup.databases.dump", broken)
    with pytest.raises(CommandError, match="no space"):
        call_command("backup", to=academy)
    assert list(academy.parent.iterdir()) == []


@pytest.mark.postgres
def test_missing_programs_are_named(academy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match="pg_dump is not installed"):
        call_command("backup", to=academy)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the file of SQLite")
def test_the_copy_of_sqlite_is_a_whole_database(academy: Path, tmp_path: Path) -> None:
    backup.make(academy)
    with tarfile.open(academy) as archive:
        archive.extract(manifests.DATABASE, tmp_path, filter="data")
    with sqlite3.connect(tmp_path / manifests.DATABASE) as copy:
        assert copy.execute("SELECT display_name FROM accounts_user").fetchall() == [("Ada",)]
    copy.close()


@pytest.mark.both_databases
def test_a_restore_that_was_cut_short_says_so_and_is_finished_by_the_next(
    academy: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.make(academy)
    User.objects.update(display_name="Changed")
    var = academy.parent.parent / "var"
    write(var / "private/proof.pdf", "changed")
    with monkeypatch.context() as patch:
        patch.setattr("gradus.core.backup.restoring._swap", _killed)
        with pytest.raises(KeyboardInterrupt):
            backup.restore(academy, overwrite=True)
    assert User.objects.get().display_name == "Ada"
    assert (var / "private/proof.pdf").read_text() == "changed"
    [error] = restored_to_the_end()
    assert str(academy) in str(error.hint)
    assert client.get("/readyz").json()["checks"]["restore"] == "failed"
    write(var / "restore-left/private.before/proof.pdf", "of before")  # as kill -9 leaves it
    backup.restore(academy, overwrite=True)
    assert restored_to_the_end() == []
    assert (var / "private/proof.pdf").read_text() == "proof"
    assert sorted(path.name for path in var.iterdir()) == ["media", "private"]


def _killed(*_args: object, **_given: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.postgres
def test_a_database_that_fails_to_load_leaves_the_one_of_before(academy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does where what was set aside is not yet back from an earlier one that was cut short."""
    backup.make(academy)
    User.objects.update(display_name="Changed")
    run = databases._run
    for cut_short in (False, True):
        if cut_short:
            databases._set_aside()
        with monkeypatch.context() as patch:
            patch.setattr(databases, "_run", lambda command: run([*command, "--schema=none", "--table=none", "--bad"]))
            with pytest.raises(backup.Refusal, match="pg_restore failed"):
                databases.load(academy)
        assert User.objects.get().display_name == "Changed"
    backup.restore(academy, overwrite=True)
    assert User.objects.get().display_name == "Ada"


def test_only_one_restore_is_at_work(academy: Path) -> None:
    backup.make(academy)
    with unfinished.alone(), pytest.raises(backup.Refusal, match="Another restore"):
        backup.restore(academy, overwrite=True)
