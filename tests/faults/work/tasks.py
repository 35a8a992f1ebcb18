"""Jobs that keep a ledger of what they do, outside the system."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from jobs.handlers import handler
from jobs.notices import JOB_DONE
from jobs.running import RunningJob
from jobs.schedules import schedule
from jobs.services import notify


def write(job: RunningJob, word: str) -> None:
    """One line in the ledger: job, attempt, word."""
    with Path(job.args["ledger"]).open("a") as ledger:
        ledger.write(f"{job.pk} {job.attempt} {word}\n")
        ledger.flush()
        os.fsync(ledger.fileno())


@handler("faults.steps", title="Steps", heavy=True)
def steps(job: RunningJob) -> dict[str, int]:
    """Many small steps, each told to the person once."""
    count = job.args["steps"]
    for step in range(count):
        write(job, f"step-{step}")
        with job.atomic():
            notify(user=job.by, kind=JOB_DONE, key=f"{job.key}:{step}", subject="Step")
        job.progress(step + 1, count)
        time.sleep(job.args["pause"])
    return {"steps": count}


@handler("faults.quick", title="Quick")
def quick(job: RunningJob) -> dict[str, int]:
    """Write one line."""
    write(job, "done")
    return {"attempt": job.attempt}


@handler("faults.poison", title="Poison")
def poison(job: RunningJob) -> None:
    """Take the whole process along."""
    write(job, "poison")
    os._exit(9)


@handler("faults.sleeper", title="Sleeper")
def sleeper(job: RunningJob) -> dict[str, int]:
    """Sleep without ever looking up, then write."""
    write(job, "asleep")
    time.sleep(job.args["pause"])
    write(job, "awake")
    with job.atomic():
        notify(user=job.by, kind=JOB_DONE, key=f"sleeper:{job.attempt}", subject=f"Attempt {job.attempt}")
    return {"attempt": job.attempt}


@schedule("faults.tick", kind="faults.tick", every=timedelta(seconds=1), policy="all", limit=100)
@handler("faults.tick", title="Tick")
def tick(job: RunningJob) -> None:
    """Nothing but be counted."""
