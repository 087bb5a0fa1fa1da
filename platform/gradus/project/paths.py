"""Where the project's own files lie, in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent


def data_dir(name: str) -> Path:
    """The folder `rules` or `fixtures`: inside the wheel when installed, else in the checkout."""
    packaged = PACKAGE / "_data" / name
    return packaged if packaged.is_dir() else CHECKOUT / name
