"""Waiting for another process, without a fixed sleep."""

import threading
import time
from collections.abc import Callable


def until(true: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Ask again and again; fail with these words when it takes longer."""
    pause = threading.Event()
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(otherwise)
        pause.wait(0.05)
