"""A broker in pure Python for machines without a Redis server: `python -m kcrm.embedded.python_broker PORT`."""

from __future__ import annotations

import os
import signal
import sys

from fakeredis import TcpFakeServer


def main() -> None:
    """Serve on loopback until told to stop. What it holds is gone with it; jobs live in the database."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # a thread per client would keep an orderly exit waiting
    TcpFakeServer(("127.0.0.1", int(sys.argv[1])), server_type="redis").serve_forever()


if __name__ == "__main__":
    main()
