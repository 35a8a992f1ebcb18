"""The file that a job made, for whoever may have it."""

from __future__ import annotations

from django.http import FileResponse, Http404

from accounts.models import User
from jobs import permissions
from jobs.models import Job
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed


def file_answer(job: Job, user: User) -> FileResponse:
    """The file as a download that no browser runs, for who asked for it and still may have it.

    A token fetches what was asked for with it, nothing that its owner asked for himself. Raises NotAllowed, Http404.
    """
    token = user.api_token
    if not permissions.can_download(user, job) or (token is not None and job.api_token_id != token.pk):
        raise NotAllowed("job", Verb.READ)
    if not job.file.name or job.state != Job.State.SUCCEEDED or not job.file.storage.exists(job.file.name):
        raise Http404
    answer = FileResponse(
        job.file.open("rb"), as_attachment=True, filename=job.file_name, content_type="application/octet-stream"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "no-store, private"
    return answer
