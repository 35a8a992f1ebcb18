"""Jobs, their schedules, and what people are told."""

from jobs.models.hold import Hold
from jobs.models.jobs import Job
from jobs.models.notices import EmailMessage, Notification, NotificationSetting
from jobs.models.schedules import Heartbeat, Occurrence, Schedule

__all__ = [
    "EmailMessage",
    "Heartbeat",
    "Hold",
    "Job",
    "Notification",
    "NotificationSetting",
    "Occurrence",
    "Schedule",
]
