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


def succeeds(*command: object) -> bool:
    with LOG.open("ab") as log:
        return not subprocess.call([str(part) for part in command], stdout=log, stderr=subprocess.STDOUT, cwd=str(ROOT))


def run(*command: object) -> None:
    if not succeeds(*command):
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
    sys.stdout.write("Installing the packages of requirements.lock (a minute, once) ...\n")
    sys.stdout.flush()
    run(sys.executable, "-m", "venv", VENV)
    python = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = (python, "-m", "pip", "install", "--disable-pip-version-check")
    # uv takes a tenth of pip's time but reads neither its settings nor its indexes: where it fails, pip may not.
    if not install_with_uv(python, pip):
        run(*pip, "--require-hashes", "-r", "requirements.lock")
    run(*pip, "--no-deps", "--no-build-isolation", "-e", ".")
    stamp.write_text(wanted, encoding="utf-8")


def install_with_uv(python: Path, pip: Sequence[object]) -> bool:
    wanted = LOG.with_name("uv.lock")
    wanted.write_text(locked("uv", (ROOT / "requirements.lock").read_text(encoding="utf-8")), encoding="utf-8")
    with_uv = (python, "-m", "uv", "pip", "install", "--python", python, "--require-hashes", "-r", "requirements.lock")
    return succeeds(*pip, "--require-hashes", "-r", wanted) and succeeds(*with_uv)


def locked(name: str, lock: str) -> str:
    """The lines of a lock file that pin this package, with its hashes."""
    lines = lock.splitlines(keepends=True)
    pins = [number for number, line in enumerate(lines) if not line.startswith((" ", "#"))]
    start = next(number for number in pins if lines[number].startswith(f"{name}=="))
    return "".join(lines[start : next((number for number in pins if number > start), len(lines))])


if __name__ == "__main__":
    check_python()
    install()
