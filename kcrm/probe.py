"""Ask the web server on this machine how it is: `python -m kcrm.probe /readyz`. Ends with 0 when all is well.

It speaks as the proxy would: with an allowed host and as if TLS had ended in front of it.
"""

from __future__ import annotations

import http.client
import os
import sys


def ask(path: str, *, port: int = 8000, timeout: float = 8) -> int:
    """The status that a path answers with; 0 when nobody answers."""
    host = (os.environ.get("KCRM_ALLOWED_HOSTS") or "localhost").split(",")[0].strip().lstrip(".")
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        line.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


if __name__ == "__main__":
    status = ask(sys.argv[1])
    sys.stdout.write(f"{status}\n")
    sys.exit(0 if status == 200 else 1)
