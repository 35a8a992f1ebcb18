"""The suite's own PostgreSQL and broker end with it, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kcrm.embedded.stamps import CHECKOUT
from tests.embedded import processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")
SLEEPER = """
import os, pathlib, time, psycopg2

def test_sleeps():
    session = psycopg2.connect(os.environ["DATABASE_URL"].replace("/kcrm?", "/postgres?"))
    pathlib.Path(__file__).with_name("running").write_text(os.environ["KCRM_DATA_DIR"])
    time.sleep(60)
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left(ending: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "test_sleeper.py").write_text(SLEEPER)
    of_this_run = {"DATABASE_URL", "REDIS_URL", "KCRM_TEST_BROKER"}
    environment = {
        key: value for key, value in os.environ.items() if key not in of_this_run and not key.startswith("PYTEST_XDIST")
    }
    suite = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "no:cacheprovider", tmp_path],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a run in the background ignores it
    )
    running = tmp_path / "running"
    while not running.exists() or not running.read_text():
        assert suite.poll() is None
        time.sleep(0.05)
    below = processes.descendants(suite.pid)

    suite.send_signal(ending)
    suite.wait(30)

    assert len(below) > 2
    assert not processes.wait_until_gone(below)
    session = Path(running.read_text()).parent
    assert session.exists() is (ending is signal.SIGKILL)  # a later session clears what a killed one left
    shutil.rmtree(session, ignore_errors=True)
