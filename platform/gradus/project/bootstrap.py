"""Make the virtual environment from the lock file. Standard library only: it runs before anything is installed.

Written so that an old Python can still read it far enough to say that it is too old.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv"
LOG = ROOT / "var" / "install.log"
OLDEST = (3, 11)
COMPILER_SIGNS = ("gcc", "command 'cc'", "Python.h", "Microsoft Visual C++", "error: command 'c++'", "clang")


def stop(sentence: str) -> NoReturn:
    sys.stderr.write("\n" + sentence + "\n")
    raise SystemExit(1)


def check_python(version: Sequence[int] = sys.version_info[:2], executable: str = sys.executable) -> None:
    if tuple(version[:2]) < OLDEST:
        stop(
            f"Gradus needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and {executable} is {version[0]}.{version[1]}. "
            "Install a newer one, or name it: make PYTHON=python3.12"
        )


def fingerprint() -> str:
    digest = hashlib.sha256()
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    digest.update(sys.version.encode())
    return digest.hexdigest()


def diagnose(log: str) -> str:
    """One sentence for why an installation failed."""
    if any(sign in log for sign in COMPILER_SIGNS):
        return (
            "A package has no ready-made build for this machine and no C compiler was found. Install one "
            "(Debian: apt-get install build-essential python3-dev), then run make again."
        )
    if "HASHES" in log:
        return (
            f"A downloaded package does not match requirements.lock. Nothing was installed; the details are in {LOG}."
        )
    return f"The packages could not be installed. The last lines are above, all of them in {LOG}."


def run(*command: object) -> None:
    with LOG.open("ab") as log:
        code = subprocess.call([str(part) for part in command], stdout=log, stderr=subprocess.STDOUT, cwd=str(ROOT))
    if code:
        text = LOG.read_text(encoding="utf-8", errors="replace")
        sys.stderr.write("\n".join(text.splitlines()[-8:]) + "\n")
        stop(diagnose(text))


def install() -> None:
    stamp = VENV / "installed"
    wanted = fingerprint()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_bytes(b"")
    sys.stdout.write("Installing the packages of requirements.lock (a minute or two, once) ...\n")
    sys.stdout.flush()
    run(sys.executable, "-m", "venv", VENV)
    python = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", "requirements.lock")
    run(python, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "-e", ".")
    stamp.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    check_python()
    install()
