"""Names that would shadow the standard library or an installed package."""

import platform
import sysconfig
from pathlib import Path

import rules

from gradus.project.paths import CHECKOUT


def test_platform_is_the_standard_librarys() -> None:
    assert Path(platform.__file__).is_relative_to(sysconfig.get_path("stdlib"))
    assert not Path(platform.__file__).is_relative_to(CHECKOUT)


def test_rules_is_the_installed_package() -> None:
    assert not Path(rules.__file__).is_relative_to(CHECKOUT / "rules")


def test_platform_holds_only_gradus() -> None:
    assert {path.name for path in (CHECKOUT / "platform").iterdir()} - {"__pycache__"} == {"gradus"}


def test_data_folders_hold_no_python() -> None:
    assert [path for name in ("rules", "fixtures") for path in (CHECKOUT / name).rglob("*.py")] == []


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in (CHECKOUT / "tests").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []
