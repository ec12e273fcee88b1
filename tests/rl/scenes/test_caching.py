# SPDX-License-Identifier: Apache-2.0
"""Caches: by recency in memory, whole files on disk."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from spatialevo_dge import SceneError
from spatialevo_rl.scenes.caching import Cache, kept, write_whole


def test_the_value_used_longest_ago_goes_first() -> None:
    made: list[int] = []

    def make(key: int) -> int:
        made.append(key)
        return key * key

    cache: Cache[int, int] = Cache(2)
    for key in (1, 2, 1, 3, 1, 2):
        assert cache.get(key, lambda key=key: make(key)) == key * key
    assert made == [1, 2, 3, 2]
    assert len(cache) == 2


def test_two_threads_make_a_value_once() -> None:
    cache: Cache[str, int] = Cache(2)
    made: list[str] = []

    def slow() -> int:
        time.sleep(0.05)
        made.append("a")
        return 1

    threads = [threading.Thread(target=lambda: cache.get("a", slow)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]


def test_what_making_raises_passes_and_is_not_kept() -> None:
    cache: Cache[str, float] = Cache(1)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 / 0)
    assert cache.get("a", lambda: 2.0) == 2.0
    with pytest.raises(ValueError, match="size: expected at least 1"):
        Cache(0)


def test_a_record_is_kept_or_made_each_time(tmp_path: Path) -> None:
    numbers = iter(range(10))

    def make() -> dict[str, object]:
        return {"number": next(numbers)}

    assert [kept(tmp_path, "a.json", make).integer("number") for _ in range(2)] == [0, 0]
    assert [kept(None, "a.json", make).integer("number") for _ in range(2)] == [1, 2]
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(SceneError, match=r"a\.json: JSON"):
        kept(tmp_path, "a.json", make)


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.json"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    (tmp_path / "new" / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "new" / "folder", b"three")
    assert sorted(item.name for item in path.parent.iterdir()) == ["a.json", "folder"]
