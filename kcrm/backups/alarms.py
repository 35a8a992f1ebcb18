"""What is wrong with the back-ups of an installation, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kcrm.backups.store import Backup

LATE: Final = timedelta(hours=26)
DRILL_LATE: Final = timedelta(days=8)
SMALL: Final = 0.8


@dataclass(frozen=True, slots=True)
class Alarm:
    """A sentence (translatable) and its values; `key` names what is wrong."""

    key: str
    sentence: Any
    values: dict[str, Any]


def alarms(backups: list[Backup], *, now: datetime, postgres: int) -> list[Alarm]:
    """What wants attention: no or a late back-up, one that shrank, another major version, no or a failed trial."""
    if not backups:
        return [Alarm("missing", _("There is no back-up."), {})]
    newest, found = backups[-1], []
    if now - newest.manifest.moment > LATE:
        hours = int((now - newest.manifest.moment).total_seconds() // 3600)
        found.append(Alarm("late", _("The last back-up is %(hours)s hours old."), {"hours": hours}))
    if len(backups) > 1 and newest.manifest.size < SMALL * backups[-2].manifest.size:
        share = round(100 * newest.manifest.size / backups[-2].manifest.size)
        found.append(
            Alarm("small", _("The last back-up is only %(share)s %% as large as the one before."), {"share": share})
        )
    if newest.manifest.postgres != postgres:
        values = {"made": newest.manifest.postgres, "runs": postgres}
        sentence = _("The last back-up was made with PostgreSQL %(made)s, but %(runs)s runs.")
        found.append(Alarm("version", sentence, values))
    drills = [drill for backup in backups if (drill := backup.drill)]
    last = max(drills, key=lambda drill: drill.moment, default=None)
    if last is None:
        if now - backups[0].manifest.moment > DRILL_LATE:
            found.append(Alarm("no-drill", _("No back-up has ever been restored on trial."), {}))
    elif not last.passed:
        found.append(Alarm("drill-failed", _("The last trial restore failed."), {}))
    elif now - last.moment > DRILL_LATE:
        days = (now - last.moment).days
        found.append(Alarm("drill-late", _("The last trial restore was %(days)s days ago."), {"days": days}))
    return found
