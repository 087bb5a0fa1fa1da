"""The restore drill: what was backed up comes back, and a bad archive changes nothing."""

import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from gradus.accounts.models import User
from gradus.core import backup
from gradus.core.backup import manifest as manifests

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
