"""The cache of one machine: shared by its processes, counting without losing."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Timer

import pytest
import time_machine
from django.utils import timezone

from gradus.core.cache import SharedFileCache


@pytest.fixture
def shared(tmp_path: Path) -> SharedFileCache:
    return SharedFileCache(str(tmp_path / "cache.sqlite3"), {})


def test_keeps_what_it_was_given(shared: SharedFileCache) -> None:
    for value in ("text", 7, True, None, {"a": [1, 2]}):
        shared.set("key", value)
        assert shared.get("key", "nothing") == value
        assert type(shared.get("key", "nothing")) is type(value)
    assert shared.delete("key")
    assert shared.get("key", "nothing") == "nothing"


def test_forgets_what_has_expired(shared: SharedFileCache) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        shared.set("key", 1, timeout=10)
        assert not shared.add("key", 2, timeout=10)
        assert shared.touch("key", timeout=20)
        clock.shift(timedelta(seconds=15))
        assert shared.get("key") == 1
        clock.shift(timedelta(seconds=6))
        assert shared.get("key") is None
        assert shared.add("key", 2, timeout=10)
        assert shared.get("key") == 2


def test_counting_an_unknown_key_says_so(shared: SharedFileCache) -> None:
    with pytest.raises(ValueError, match="not found"):
        shared.incr("key")


def test_threads_lose_no_count(shared: SharedFileCache) -> None:
    shared.set("hits", 0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: shared.incr("hits"), range(400)))
    assert shared.get("hits") == 400


COUNT = """
import sys, django
from django.conf import settings
settings.configure(); django.setup()
from gradus.core.cache import SharedFileCache
cache = SharedFileCache(sys.argv[1], {})
cache.add("hits", 0)
for _ in range(100):
    cache.incr("hits")
"""


def test_processes_share_it(shared: SharedFileCache) -> None:
    running = [subprocess.Popen([sys.executable, "-c", COUNT, shared._path]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert shared.get("hits") == 200


def test_opening_waits_for_whoever_makes_the_file(tmp_path: Path) -> None:
    file = str(tmp_path / "new.sqlite3")
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as maker:
        maker.execute("BEGIN IMMEDIATE")
        Timer(0.2, maker.commit).start()
        opened = SharedFileCache(file, {})
        opened.set("key", 1)
        assert opened.get("key") == 1


def test_it_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradus.core.cache.SWEEP_EVERY", 10)
    small = SharedFileCache(str(tmp_path / "small.sqlite3"), {"OPTIONS": {"MAX_ENTRIES": 5}})
    for number in range(40):
        small.set(f"key{number}", number, timeout=1000 + number)
    kept = small.get_many([f"key{number}" for number in range(40)])
    assert len(kept) <= 14
    assert "key39" in {key.rsplit(":", 1)[-1] for key in kept}
