"""Run a management command on the installation that bin/run keeps running: `bin/manage COMMAND [arguments]`."""

from __future__ import annotations

import os
import sys

from kcrm.embedded import installation
from kcrm.embedded.data_folder import DataFolder
from kcrm.embedded.errors import CannotStart


def main(arguments: list[str]) -> None:
    """Become manage.py, with the addresses and secrets of the running installation."""
    data = DataFolder(installation.data_path())
    facts = data.running()
    if not facts.get("environment"):
        raise CannotStart(f"Nothing runs on the data folder {data.path}. Start it with bin/run, then try again.")
    os.environ.update(facts["environment"])
    os.environ["KCRM_STATEMENT_TIMEOUT"] = "0"
    os.execv(sys.executable, [sys.executable, "manage.py", *arguments])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CannotStart as refusal:
        sys.exit(str(refusal))
