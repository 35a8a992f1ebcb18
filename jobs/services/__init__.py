"""Acts on jobs, notifications and mails: written wholly or not at all."""

from jobs.services.notifications import notify, notify_many
from jobs.services.queue import cancel_job, enqueue, retry_job

__all__ = ["cancel_job", "enqueue", "notify", "notify_many", "retry_job"]
