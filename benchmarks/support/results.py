"""Where figures go: one JSON file per benchmark under var/bench/, with the machine they were measured on."""

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "var" / "bench"


def keep(name: str, figures: dict[str, Any]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps({**machine(), **figures}, indent=2) + "\n")


def calibration() -> float:
    """Seconds for a fixed piece of plain Python: what else the machine was doing shows in it."""
    started = time.perf_counter()
    sum(i * i for i in range(5_000_000))
    return round(time.perf_counter() - started, 2)


def machine() -> dict[str, Any]:
    """What a figure depends on; the load and the calibration say whether somebody else was using the machine."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "calibration": calibration(),
    }
