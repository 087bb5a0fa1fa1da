"""Where figures go: one JSON file per benchmark under var/bench/, with the machine they were measured on."""

import json
import os
import platform
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "var" / "bench"


def keep(name: str, figures: dict[str, Any]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps({**machine(), **figures}, indent=2) + "\n")


def machine() -> dict[str, Any]:
    """What a figure depends on; the load says whether somebody else was using the machine."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }
