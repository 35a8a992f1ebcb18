"""Whatever server plays the broker, it speaks Redis and starts even on a store that it cannot read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from kcrm.embedded import broker
from kcrm.embedded.broker import Broker


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="kcrm-broker-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("python_only", [False, True], ids=["server", "pure Python"])
def test_answers_in_redis(python_only: bool, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if python_only:
        monkeypatch.setattr(broker, "find_server", lambda: None)
    store = Broker(place / "redis", sockets=place, log=place / "log")

    server = store.launch()
    try:
        client = redis.Redis.from_url(store.url)
        client.lpush("hints", "job 7")

        assert client.brpop(["hints"], timeout=1) == (b"hints", b"job 7")
    finally:
        server.stop(5)
    assert not server.running


@pytest.mark.skipif(broker.find_server() is None, reason="the Python broker keeps no store")
def test_throws_away_a_store_that_cannot_be_read(place: Path) -> None:
    store = Broker(place / "redis", sockets=place, log=place / "log")
    (place / "redis" / "appendonlydir").mkdir(parents=True)
    for name in ("appendonly.aof", "appendonlydir/appendonly.aof.manifest"):
        (place / "redis" / name).write_text("not what a broker writes\n")

    server = store.launch()
    try:
        assert redis.Redis.from_url(store.url).ping()
    finally:
        server.stop(5)
